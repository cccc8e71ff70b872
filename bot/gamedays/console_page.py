"""What the scoreboard and the console show: each team's line, and the day as a whole."""

from collections.abc import Mapping, Sequence

from bot.gamedays.announcements import Board, ConsoleHead, ConsoleTeams, LineState, TeamLine
from bot.gamedays.live_day import LiveDay
from bot.gamedays.results import standings
from bot.gamedays.schedule import current
from bot.rides.views import RideGlance
from storage.game_days import Slot

ACTS_SHOWN = 8
TEAMS_A_MESSAGE = 5
"""A team's block with its buttons takes about 2,000 of the 13,200 characters that a message may have."""
TRIES = 2
"""How often a team's ride may be started: the second time by a facilitator."""
_ENDS: Mapping[str, LineState] = {
    "resolved": "resolved",
    "expired": "expired",
    "stopped": "stopped",
    "void": "void",
}


async def lines(day: LiveDay) -> tuple[TeamLine, ...]:
    """Each team as it stands, the best first; those without a score in their own order."""
    places = standings(day.record.entrants, tuple(day.results.values()))
    found = []
    for standing in places:
        slot = current(day.slots.values(), standing.team)
        if slot is None:
            continue
        glance = await day.glance(slot)
        result = day.results.get(slot.ride or "")
        found.append(
            TeamLine(
                team=standing.team,
                name=standing.name,
                state=_state(slot, glance),
                round=slot.round + 1,
                due_at=slot.due_at,
                elapsed=glance.elapsed if glance else None,
                remaining=glance.remaining if glance else None,
                acknowledged=glance is not None and glance.acknowledged_by is not None,
                hints_taken=glance.hints_taken if glance else 0,
                hints_total=glance.hints_total if glance else 0,
                channel=glance.channel if glance else None,
                total=standing.total,
                to_fix=result.to_fix if result else None,
                place=standing.place,
                failure=slot.failure,
                can_start_again=slot.state == "failed" and slot.attempt < TRIES,
            )
        )
    return tuple(found)


def _state(slot: Slot, glance: RideGlance | None) -> LineState:
    if slot.state == "due":
        return "waiting"
    if slot.state == "failed":
        return "failed"
    if slot.state == "dropped":
        return "dropped"
    if glance is None or glance.state == "preparing":
        return "preparing"
    if glance.state == "live":
        return "paused" if glance.paused else "recovering" if glance.recovering else "live"
    return _ENDS[glance.state]


def board(day: LiveDay, found: Sequence[TeamLine]) -> Board:
    """The scoreboard."""
    return Board(
        name=day.record.name,
        state=day.record.state,
        rounds=len(day.record.scenarios),
        lines=tuple(found),
    )


def head(day: LiveDay, found: Sequence[TeamLine]) -> ConsoleHead:
    """The console's first message."""
    return ConsoleHead(
        day=day.record,
        live=sum(line.state in ("live", "recovering") for line in found),
        paused=sum(line.state == "paused" for line in found),
        acts=tuple(day.events[-ACTS_SHOWN:]),
        names=tuple((entrant.team, entrant.name) for entrant in day.record.entrants),
    )


def pages(day: LiveDay, found: Sequence[TeamLine]) -> list[ConsoleTeams]:
    """The console's other messages: the teams in their own order, so that no button moves away."""
    by_team = {line.team: line for line in found}
    ordered = [by_team[entrant.team] for entrant in day.record.entrants if entrant.team in by_team]
    return [
        ConsoleTeams(
            day=day.id,
            rounds=len(day.record.scenarios),
            lines=tuple(ordered[start : start + TEAMS_A_MESSAGE]),
            over=day.record.state != "running",
        )
        for start in range(0, len(ordered), TEAMS_A_MESSAGE)
    ]
