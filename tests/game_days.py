"""Game days, rides and cards that tests are made of."""

from datetime import UTC, datetime, timedelta

from bot.gamedays.results import RideResult
from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import TRAP_LINE, Dimension, Line, Scorecard, Times
from storage.game_days import Entrant, GameDay, Slot

HOUR = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
NAMES = {"a": "Apes", "b": "Bears", "c": "Cats", "d": "Dogs"}


def game_day(**changes: object) -> GameDay:
    """Four teams, one scenario, all together."""
    values: dict[str, object] = {
        "id": "day1",
        "workspace": "T1",
        "name": "Winter",
        "starts_at": HOUR,
        "scenarios": ("alter-table-locks",),
        "entrants": tuple(Entrant(team=team, name=name) for team, name in NAMES.items()),
        "facilitators": ("U9",),
        "created_by": "U9",
        "created_at": HOUR - timedelta(days=1),
    }
    return GameDay(**(values | changes))  # type: ignore[arg-type]


def slot(team: str, number: int = 0, **changes: object) -> Slot:
    """A team's slot of a round."""
    values: dict[str, object] = {
        "game_day": "day1",
        "team": team,
        "round": number,
        "scenario": "alter-table-locks",
        "due_at": HOUR,
    }
    return Slot(**(values | changes))  # type: ignore[arg-type]


def card(
    *,
    outcome: Outcome = Outcome.RESOLVED,
    points: int = 80,
    to_fix: float | None = 100,
    missed: tuple[tuple[str, int], ...] = (),
    traps: tuple[tuple[str, int], ...] = (),
    times: Times | None = None,
) -> Scorecard:
    """A card with one line that gives all points, and those that give none."""
    lines = [Line(id="all", dimension=Dimension.FIX, points=points, of=max(points, 1), why="Well done.")]
    lines += [
        Line(id=f"m{number}", dimension=Dimension.DETECT, points=0, of=of, why=why)
        for number, (why, of) in enumerate(missed)
    ]
    lines.append(Line(id=TRAP_LINE, dimension=Dimension.TRAP, points=0, of=20, why="None."))
    lines += [
        Line(id=f"t{number}", dimension=Dimension.TRAP, points=-lost, of=0, why=why)
        for number, (why, lost) in enumerate(traps)
    ]
    found = times or Times(to_live=2, to_acknowledge=10, to_detect=20, to_fix=to_fix)
    return Scorecard(
        ride="r", scenario="alter-table-locks", version="1", outcome=outcome, lines=tuple(lines), times=found
    )


def result(team: str, number: int = 0, *, ended: float = 0, **of_card: object) -> RideResult:
    """A ride that ended so many seconds after the hour."""
    return RideResult(
        team=team,
        round=number,
        ended_at=HOUR + timedelta(seconds=ended),
        card=card(**of_card),  # type: ignore[arg-type]
    )
