"""The export of a game day: who did how, what happened, and the export of each ride."""

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime

from bot.base.errors import GameDayNotOverError
from bot.exporting.conversion import escaped
from bot.exporting.document import RideExport
from bot.exporting.gathering import gather
from bot.exporting.page import page
from bot.exporting.stored_rides import StoredDay
from bot.gamedays.results import RideResult, standings
from scenarios.journal.events import Value
from scenarios.model.durations import clock

FORMAT: Literal["game-day-export"] = "game-day-export"
VERSION: Literal[1] = 1


class StandingPart(Value):
    """A team's place."""

    team: str
    name: str
    place: int | None
    total: int | None
    fixed: int
    rides: int
    to_fix: float


class ActPart(Value):
    """Something that happened on the day."""

    at: AwareDatetime
    kind: str
    by: str | None
    team: str | None
    detail: str


class SlotPart(Value):
    """A team's ride of one round."""

    team: str
    round: int
    scenario: str
    state: str
    ride: str | None
    failure: str | None


class DayExport(Value):
    """A game day as a whole."""

    format: Literal["game-day-export"]
    version: Literal[1]
    id: str
    workspace: str
    name: str
    state: str
    starts_at: AwareDatetime
    ended_at: AwareDatetime | None
    scenarios: tuple[str, ...]
    facilitators: tuple[str, ...]
    standings: tuple[StandingPart, ...]
    slots: tuple[SlotPart, ...]
    acts: tuple[ActPart, ...]
    rides: tuple[RideExport, ...]


def gather_day(stored: StoredDay) -> DayExport:
    """The export of a day. Raises GameDayNotOverError for one that is to come or runs."""
    day = stored.day
    if day.state in ("planned", "running"):
        raise GameDayNotOverError(day.id, day.state)
    by_ride = {ride.record.id: ride for ride in stored.rides}
    results = [
        RideResult(team=slot.team, round=slot.round, ended_at=ride.record.ended_at, card=ride.card)
        for slot in stored.slots
        if (ride := by_ride.get(slot.ride or "")) is not None
        and ride.card is not None
        and ride.record.live_at is not None
        and ride.record.ended_at is not None
    ]
    return DayExport(
        format=FORMAT,
        version=VERSION,
        id=day.id,
        workspace=day.workspace,
        name=day.name,
        state=day.state,
        starts_at=day.starts_at,
        ended_at=day.ended_at,
        scenarios=day.scenarios,
        facilitators=day.facilitators,
        standings=tuple(
            StandingPart(
                team=one.team,
                name=one.name,
                place=one.place,
                total=one.total,
                fixed=one.fixed,
                rides=one.rides,
                to_fix=one.to_fix,
            )
            for one in standings(day.entrants, results)
        ),
        slots=tuple(
            SlotPart(
                team=slot.team,
                round=slot.round + 1,
                scenario=slot.scenario,
                state=slot.state,
                ride=slot.ride,
                failure=slot.failure,
            )
            for slot in stored.slots
        ),
        acts=tuple(
            ActPart(at=event.at, kind=event.kind, by=event.by, team=event.team, detail=event.detail)
            for event in stored.events
        ),
        rides=tuple(gather(ride) for ride in stored.rides),
    )


def day_page(stored: StoredDay) -> str:
    """The day as a page for a wiki, in Markdown: the table, then each ride's own page, one level deeper.

    Raises GameDayNotOverError.
    """
    export = gather_day(stored)
    rows = ["| Place | Team | Points | Fixed | Time to fix |", "|---|---|---|---|---|"]
    for one in export.standings:
        place, total = one.place or "–", one.total if one.total is not None else "no score"
        fixed = f"{one.fixed} of {one.rides}" if one.rides else "–"
        time = clock(one.to_fix) if one.fixed else "–"
        rows.append(f"| {place} | {escaped(one.name)} | {total} | {fixed} | {time} |")
    when = f"{export.starts_at:%Y-%m-%d %H:%M} UTC"
    chapters = [f"# Game day: {escaped(export.name)}", f"{when}, {export.state}.", "\n".join(rows)]
    names = {one.team: one.name for one in export.standings}
    teams = {slot.ride: slot for slot in export.slots if slot.ride is not None}
    for ride in stored.rides:
        slot = teams.get(ride.record.id)
        of = f"{escaped(names.get(slot.team, slot.team))}, round {slot.round}" if slot is not None else ""
        chapters.append(f"# {of}")
        chapters.append(_deeper(page(ride)).rstrip())
    chapters += _not_ridden(export, names)
    return "\n\n".join(chapters) + "\n"


def _not_ridden(export: DayExport, names: dict[str, str]) -> Sequence[str]:
    """Who has no ride to show, and why."""
    told = {ride.ride.id for ride in export.rides}
    missing = [slot for slot in export.slots if slot.ride not in told]
    lines = [
        f"- {escaped(names.get(slot.team, slot.team))}, round {slot.round}: "
        f"{escaped(slot.failure or slot.state)}"
        for slot in missing
    ]
    return ["# Not ridden", "\n".join(lines)] if lines else []


def _deeper(markdown: str) -> str:
    """Each heading one level deeper; what stands in code blocks is left as it is."""
    lines, fenced = [], False
    for line in markdown.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        lines.append(f"#{line}" if line.startswith("#") and not fenced else line)
    return "\n".join(lines)
