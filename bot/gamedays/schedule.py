"""When which team rides: waves, rounds, and whether anything is still to come. Pure functions of slots."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.gamedays.plan import BREAK
from bot.gamedays.preparing import Group, channels_take
from storage.game_days import UNSETTLED, GameDay, Slot


def wave_of(position: int, wave_size: int | None) -> int:
    """The wave, from 0, of the team at this place."""
    return 0 if wave_size is None else position // wave_size


def first_round(day: GameDay, speed: float) -> list[Slot]:
    """Each team's first ride."""
    gap = timedelta(minutes=day.wave_minutes) / speed
    return [
        _slot(day, entrant.team, 0, day.starts_at + gap * wave_of(position, day.wave_size))
        for position, entrant in enumerate(day.entrants)
    ]


def waves(teams: int, wave_size: int | None, gap: timedelta) -> dict[timedelta, int]:
    """How many teams start how long after the hour."""
    size = wave_size or teams
    return {gap * number: min(size, teams - first) for number, first in enumerate(range(0, teams, size))}


def to_follow(day: GameDay, slots: Sequence[Slot], now: datetime, speed: float) -> list[Slot]:
    """The slots that follow now, after a break: none while a ride that comes before is under way.

    Teams that start together go on together; in waves each team is on its own. A round in which nobody could
    start is not gone on from: its teams may start again.
    """
    due = now + BREAK / speed
    teams = [entrant.team for entrant in day.entrants]
    groups = [teams] if day.wave_size is None else [[team] for team in teams]
    added: list[Slot] = []
    for group in groups:
        mine = [slot for slot in slots if slot.team in group]
        current = max((slot.round for slot in mine), default=-1)
        last = [slot for slot in mine if slot.round == current]
        if current + 1 >= len(day.scenarios) or any(slot.state in UNSETTLED for slot in last):
            continue
        if len(groups) == 1 and not any(slot.state == "done" for slot in last):
            continue
        due = now + max(BREAK / speed, channels_take(len(group)))
        added += [_slot(day, team, current + 1, due) for team in group]
    return added


def groups(slots: Iterable[Slot]) -> dict[Group, list[Slot]]:
    """Slots that go live together, of any days."""
    found: dict[tuple[str, datetime], list[Slot]] = {}
    for slot in slots:
        found.setdefault((slot.game_day, slot.due_at), []).append(slot)
    return {
        Group(day=day, due_at=due, teams=len(together)): together for (day, due), together in found.items()
    }


def is_over(day: GameDay, slots: Sequence[Slot]) -> bool:
    """Whether all rounds were ridden. Not when nobody could start: then a facilitator decides."""
    if any(slot.state in UNSETTLED for slot in slots) or not any(slot.state == "done" for slot in slots):
        return False
    last = len(day.scenarios) - 1
    return {slot.team for slot in slots if slot.round == last} >= {entrant.team for entrant in day.entrants}


def current(slots: Iterable[Slot], team: str) -> Slot | None:
    """A team's newest slot."""
    return max((slot for slot in slots if slot.team == team), key=lambda slot: slot.round, default=None)


def _slot(day: GameDay, team: str, number: int, due: datetime) -> Slot:
    return Slot(
        game_day=day.id, team=team, round=number, scenario=day.scenarios[number], due_at=due, state="due"
    )
