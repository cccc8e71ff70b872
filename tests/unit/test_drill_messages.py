"""Words about drills and quiet times: within Slack's limits, harmless, and telling no moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from bot.drills import errors
from bot.drills.views import DrillList, DrillPlanned, QuietList, QuietSet
from bot.rides.errors import RideError
from bot.slack.messages import drills, local_times, quiet, refusals
from bot.slack.messages.message import Message
from storage.drills import Drill, DrillProblem, DrillState, Quiet, Span
from tests.slack_doubles import DANA, NOW, SETTINGS, words
from tests.slack_limits import check

NASTY = "``` <!channel> *bold* " + "y" * 178
ZONE = "America/Argentina/ComodRivadavia"
MOMENT = datetime(2026, 11, 26, 13, 47, 11, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = tuple(
    Span(begins=datetime(2026, 11, day, 9, tzinfo=UTC), ends=datetime(2026, 11, day, 17, tzinfo=UTC))
    for day in range(23, 28)
)
DRILL = Drill(
    id="7k3mxq",
    workspace="T1",
    team="team-1",
    team_name="x" * 40,
    planned_by=DANA,
    windows=WEEK,
    zone="UTC",
    wanted="",
    seed="the-seed",
    due_at=MOMENT,
    created_at=NOW,
    scenario="alter-table-locks",
)
PLANNED = DrillPlanned(
    drill="7k3mxq",
    team="payments",
    windows=WEEK,
    zone="Europe/Lisbon",
    zone_was_said=False,
    wanted="L5",
    level="L3",
)
QUIET = Quiet(
    id="b2c3d4",
    workspace="T1",
    team=None,
    team_name=None,
    span=Span(begins=datetime(2026, 12, 24, tzinfo=UTC), ends=datetime(2026, 12, 27, tzinfo=UTC)),
    zone="UTC",
    reason=NASTY,
    created_by=DANA,
    created_at=NOW,
)
TEAMS = replace(QUIET, team="team-1", team_name="payments")


@pytest.mark.parametrize(
    "message",
    [
        drills.planned(PLANNED, SETTINGS),
        drills.planned(replace(PLANNED, wanted="", level=None, windows=WEEK * 9), SETTINGS),
        drills.planned(replace(PLANNED, wanted="y" * 40, level=None, zone_was_said=True), SETTINGS),
        drills.listing(DrillList(drills=()), SETTINGS),
        drills.listing(
            DrillList(drills=(replace(DRILL, windows=WEEK[::2] + WEEK[1::2], zone=ZONE),) * 20, more=9),
            SETTINGS,
        ),
        drills.listing(DrillList(drills=(replace(DRILL, state="started", ride="r1"),)), SETTINGS),
        drills.cancelled(DRILL),
        quiet.added(QuietSet(entries=(QUIET,), zone_was_said=False), SETTINGS),
        quiet.added(QuietSet(entries=(TEAMS,) * 31, zone_was_said=True), SETTINGS),
        quiet.listing(QuietList(entries=(), all_teams=True), SETTINGS),
        quiet.listing(QuietList(entries=(), all_teams=False), SETTINGS),
        quiet.listing(
            QuietList(entries=(replace(TEAMS, team_name="x" * 40, reason=""),) * 190, all_teams=True),
            SETTINGS,
        ),
        quiet.removed(QUIET),
    ],
)
def test_messages_fit_slack(message: Message) -> None:
    check(message)


@pytest.mark.parametrize("state", get_args(DrillState))
@pytest.mark.parametrize("problem", [None, *get_args(DrillProblem)])
def test_every_end_of_a_drill_has_words(state: DrillState, problem: DrillProblem | None) -> None:
    check(drills.off(replace(DRILL, state=state, problem=problem, tries=4), SETTINGS))
    check(drills.listing(DrillList(drills=(replace(DRILL, state=state, problem=problem),)), SETTINGS))


def _errors() -> Iterator[RideError]:
    yield errors.WindowOverError(WEEK[0], ZONE)
    yield errors.WindowOverError(None, ZONE)
    yield errors.AllQuietError((QUIET, TEAMS) * 20, ZONE)
    yield errors.UnknownDrillError(NASTY, ("7k3mxq", "8k3mxq"))
    yield errors.UnknownDrillError(NASTY, ())
    yield errors.UnknownQuietError(NASTY, ("7k3mxq", "8k3mxq"))
    yield errors.UnknownQuietError(NASTY, ())
    yield errors.DrillOverError(replace(DRILL, state="starting"))
    yield errors.DrillOverError(replace(DRILL, state="missed"))
    yield errors.QuietOrderError(NOW + DAY, NOW, ZONE)
    yield errors.QuietOverError(NOW, ZONE)


def test_every_error_of_drills_has_words() -> None:
    known = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RideError)}
    assert {type(error) for error in _errors()} == known - {RideError}


@pytest.mark.parametrize("error", list(_errors()), ids=lambda error: type(error).__name__)
def test_refusals_fit_slack_and_are_not_the_fallback(error: RideError) -> None:
    message = refusals.refusal(error, DANA, SETTINGS)
    check(message)
    assert "can't do that" not in message.text


def test_a_list_says_the_level_that_a_drill_will_have_and_its_state_in_words() -> None:
    view = DrillList(drills=(replace(DRILL, wanted="L5", state="called_off"),), levels={"L5": "L3"})
    message = drills.listing(view, SETTINGS)
    assert "with a scenario of level L3 (there is no scenario of level L5)" in words(message)
    assert "🔕 called off: only quiet time was left" in message.text


def test_no_list_tells_the_moment_or_the_scenario() -> None:
    """Nor the seed, from which both could be reckoned."""
    said = words(drills.listing(DrillList(drills=(DRILL,)), SETTINGS))
    for secret in ("13:47", "alter-table-locks", "the-seed", str(int(MOMENT.timestamp()))):
        assert secret not in said
    assert "7k3mxq" in said
    assert "Mon 23 Nov 2026 – Fri 27 Nov 2026, 09:00–17:00 each day" in said


def test_the_plan_says_which_level_it_will_be() -> None:
    assert "a scenario of level L3 (there is no scenario of level L5)" in words(
        drills.planned(PLANNED, SETTINGS)
    )
    assert "no scenario" not in words(drills.planned(replace(PLANNED, wanted="L3"), SETTINGS))


@pytest.mark.parametrize(
    ("begins", "ends", "zone", "expected"),
    [
        ("2026-11-26T09:00", "2026-11-26T17:00", "UTC", "Thu 26 Nov 2026, 09:00–17:00"),
        ("2026-11-26T22:00", "2026-11-27T02:00", "UTC", "Thu 26 Nov 2026, 22:00 – Fri 27 Nov 2026, 02:00"),
        ("2026-12-24T00:00", "2026-12-25T00:00", "UTC", "Thu 24 Dec 2026"),
        ("2026-12-24T00:00", "2026-12-27T00:00", "UTC", "Thu 24 Dec 2026 – Sat 26 Dec 2026"),
        ("2026-03-28T00:00", "2026-03-29T23:00", "Europe/Lisbon", "Sat 28 Mar 2026 – Sun 29 Mar 2026"),
        ("2026-12-23T23:00", "2026-12-24T23:00", "Europe/Berlin", "Thu 24 Dec 2026"),
    ],
)
def test_spans_are_told_by_the_clock_on_the_wall(begins: str, ends: str, zone: str, expected: str) -> None:
    span = Span(
        begins=datetime.fromisoformat(begins).replace(tzinfo=UTC),
        ends=datetime.fromisoformat(ends).replace(tzinfo=UTC),
    )
    assert local_times.span(span, zone) == expected


def test_only_days_that_follow_each_other_are_told_as_one() -> None:
    told = local_times.spans((WEEK[0], WEEK[1], WEEK[3]), "UTC")
    assert told == "Mon 23 Nov 2026 – Tue 24 Nov 2026, 09:00–17:00 each day; Thu 26 Nov 2026, 09:00–17:00"
    hour = timedelta(hours=1)
    longer = Span(begins=WEEK[1].begins, ends=WEEK[1].ends + hour)
    assert local_times.spans((WEEK[0], longer), "UTC").count("each day") == 0
    assert local_times.spans((), "UTC") == ""
