"""Words about teams and rotas: within Slack's limits, harmless, and saying what they should."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.people.oncall import errors
from bot.people.oncall.local_time import wall_clock
from bot.people.oncall.views import (
    Created,
    Joined,
    Left,
    MyTurns,
    Outlook,
    Roll,
    RotaRemoved,
    RotaSet,
    Swapped,
    SwapsEnded,
    Turn,
)
from bot.rides.errors import RideError
from bot.slack.lines.team_line import TeamLine, TeamVerb
from bot.slack.messages import oncall, refusals, swaps, teams
from bot.slack.messages.message import Message
from storage.teams import Team
from tests.rotas import rota, swap
from tests.slack_doubles import DANA, NOW, SAM, SETTINGS, words
from tests.slack_limits import check

LONG = "x" * 40
CROWD = tuple(f"U{number:09}" for number in range(300))
NASTY = "``` <!channel> *bold* " + "y" * 500
WEEKLY = rota("2026-11-23T10:00", "America/Argentina/ComodRivadavia", people=CROWD, every=2)
TEAM = Team(id="t", workspace="T1", name=LONG, members=CROWD, created_by=DANA, created_at=NOW)
OF_A_GROUP = Team(id="g", workspace="T1", name="sre", group="S1", created_by=DANA, created_at=NOW)


def turn(number: int, **changes: object) -> Turn:
    start = NOW + timedelta(days=number)
    values: dict[str, object] = {
        "start": start,
        "end": start + timedelta(days=1),
        "primary": DANA,
        "secondary": SAM,
        "instead_of": None,
        "swapped": False,
        **changes,
    }
    return Turn(**values)  # type: ignore[arg-type]


TURNS = tuple(turn(number, swapped=True, instead_of="U1") for number in range(29))
OUTLOOK = Outlook(
    team=TEAM, members=CROWD, rota=WEEKLY, following=replace(WEEKLY, id="2"), now=TURNS[0], turns=TURNS
)
BARE = Outlook(team=TEAM, members=(DANA,), rota=None, following=None, now=None, turns=())
SWAP = swap(DANA, SAM, NOW, NOW + timedelta(days=3))
SWAPPED = Swapped(team=TEAM, swap=SWAP, zone="Europe/Lisbon", changes=True, outlook=BARE)
COVERED = replace(
    SWAPPED,
    swap=replace(SWAP, kind="cover"),
    changes=False,
    cut_at=NOW,
    outlook=replace(OUTLOOK, agreed=(SWAP,) * 30),
)
ENDED = SwapsEnded(team=TEAM, swaps=(SWAP, COVERED.swap), zone="Europe/Lisbon", outlook=OUTLOOK)
SET = RotaSet(
    team=TEAM,
    rota=WEEKLY,
    zone_was_said=False,
    left_out=CROWD,
    replaced=WEEKLY,
    dropped=WEEKLY,
    outlook=OUTLOOK,
)


@pytest.mark.parametrize(
    "message",
    [
        teams.created(Created(team=TEAM, members=CROWD, left_out=CROWD, asked=NASTY), SETTINGS),
        teams.created(Created(team=OF_A_GROUP, members=(DANA,), left_out=(), asked="sre"), SETTINGS),
        teams.joined(Joined(team=TEAM, already=False), SETTINGS),
        teams.joined(Joined(team=TEAM, already=True), SETTINGS),
        teams.left(Left(team=TEAM, was_in=False, members=CROWD, had_turns=False), SETTINGS),
        teams.left(Left(team=TEAM, was_in=True, members=(), had_turns=True), SETTINGS),
        teams.left(Left(team=TEAM, was_in=True, members=CROWD, had_turns=True), SETTINGS),
        teams.deleted(TEAM),
        teams.listing([], SETTINGS),
        teams.listing([Roll(team=TEAM, members=CROWD, mine=True)] * 100, SETTINGS),
        teams.listing([Roll(team=OF_A_GROUP, members=None, mine=False)], SETTINGS),
        teams.roll(Roll(team=TEAM, members=CROWD, mine=True, gone=CROWD), SETTINGS),
        teams.roll(Roll(team=OF_A_GROUP, members=(), mine=False), SETTINGS),
        teams.unknown_verb(TeamLine(verb=None, nearest=(TeamVerb.JOIN,), name=NASTY), SETTINGS),
        *(teams.name_missing(verb, SETTINGS) for verb in TeamVerb),
        teams.one_or_the_other(SETTINGS),
        oncall.rota_set(SET, SETTINGS),
        oncall.rota_set(replace(SET, ended=(SWAP,) * 40), SETTINGS),
        oncall.rota_set(replace(SET, replaced=None, outlook=replace(OUTLOOK, rota=None)), SETTINGS),
        swaps.swapped(COVERED, SETTINGS),
        oncall.off(TEAM, SETTINGS),
        oncall.rota_gone(RotaRemoved(team=TEAM, people=CROWD), DANA),
        oncall.outlooks([], SETTINGS),
        oncall.outlooks([BARE], SETTINGS),
        oncall.outlooks([replace(BARE, members=())], SETTINGS),
        oncall.outlooks([OUTLOOK] * 3, SETTINGS),
        oncall.outlooks([OUTLOOK] * 200, SETTINGS),
        swaps.in_swap(COVERED, DANA, SETTINGS),
        swaps.ended(ENDED, SETTINGS),
        swaps.out_of_swap(ENDED, DANA, SETTINGS),
        oncall.on_rota(SET, CROWD[0], DANA),
        oncall.mine([], SETTINGS),
        oncall.mine([MyTurns(person=DANA, outlook=OUTLOOK, turns=TURNS)] * 9, SETTINGS),
        oncall.mine([MyTurns(person=DANA, outlook=BARE, turns=())], SETTINGS),
        teams.put_in(Created(team=TEAM, members=CROWD, left_out=(), asked=NASTY), DANA, SETTINGS),
        teams.put_in(Created(team=OF_A_GROUP, members=CROWD, left_out=(), asked="sre"), DANA, SETTINGS),
    ],
)
def test_messages_fit_slack(message: Message) -> None:
    check(message)
    assert "<!channel>" not in words(message)


def _errors() -> Iterator[RideError]:
    at = datetime(2026, 3, 29, 1, 30)  # noqa: DTZ001 - a wall clock's
    yield errors.TeamNameError(NASTY, "pay-ments")
    yield errors.TeamNameError("", None)
    yield errors.TeamNameError("swap", "swap-team", reserved=True)
    yield errors.TeamTakenError(LONG)
    yield errors.EmptyGroupError("S1")
    yield errors.GroupTeamError("sre", "S1")
    yield errors.NotYourTeamError("sre", "change the rota", creator=DANA)
    yield errors.NotYourTeamError("sre", "delete it", creator=DANA, creators_only=True)
    yield errors.NotInTeamError("sre", CROWD, "S1")
    yield errors.NotInTeamError("sre", (SAM,), None)
    yield errors.NotInRotaError("sre", (SAM,), CROWD)
    yield errors.TwiceInRotaError(SAM)
    yield errors.NoRotaError("sre")
    yield errors.RotaNotBegunError("sre", NOW)
    yield errors.RotaInPastError(at, at + timedelta(days=7), "Europe/Lisbon")
    yield errors.SwapOverError(at, "Europe/Lisbon")
    yield errors.SwapOverError(at, "Europe/Lisbon", begins=True)
    yield errors.SwapOrderError(at, at, "Europe/Lisbon")
    yield errors.CannotBeOnCallError("sre", CROWD, swaps=True)
    yield errors.CannotBeOnCallError("sre", (SAM,), swaps=False)
    yield errors.UnknownSwapError(NASTY, ("7k3mxq",))
    yield errors.UnknownSwapError(NASTY, ())
    yield errors.TooFarError(1)
    yield errors.TooFarError(5)
    yield errors.UnknownZoneError(NASTY, ())
    yield errors.UnknownZoneError("Lisbon", ("Europe/Lisbon",))
    yield errors.UnknownZoneError("CET", ("Europe/Berlin",), abbreviation=True)


def test_every_error_has_an_example() -> None:
    known = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RideError)}
    assert {type(error) for error in _errors()} == known - {RideError}


@pytest.mark.parametrize("error", list(_errors()), ids=lambda error: type(error).__name__)
def test_refusals_fit_slack_and_are_not_the_fallback(error: RideError) -> None:
    message = refusals.refusal(error, DANA, SETTINGS)
    check(message)
    assert "Ride can't do that" not in message.text
    assert "<!channel>" not in words(message)


def test_who_is_on_call_in_words() -> None:
    said = words(
        oncall.outlooks([replace(OUTLOOK, members=(DANA, SAM), now=turn(0), following=None)], SETTINGS)
    )
    until = int((NOW + timedelta(days=1)).timestamp())
    assert f"<@{DANA}> is on call until <!date^{until}^{{date_long_pretty}}, {{time}}|" in said
    assert f"If they don't answer, <@{SAM}> is paged." in said
    assert said.count("• <!date^") == len(TURNS)


def test_a_swap_is_told_with_its_times_zone_and_id() -> None:
    assert teams.some(CROWD).endswith("and 289 more")
    said = words(swaps.swapped(SWAPPED, SETTINGS))
    begins, until = (wall_clock(at, "Europe/Lisbon") for at in (SWAP.begins, SWAP.until))
    for moment in (begins, until):
        assert f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M} Europe/Lisbon" in said
    assert f"oncall {TEAM.name} cancel {SWAP.id}" in said


def test_a_moment_falls_back_to_utc_with_its_weekday() -> None:
    said = words(oncall.outlooks([OUTLOOK], SETTINGS))
    assert f"|{TURNS[1].start.astimezone(UTC):%A, %d %B %Y, %H:%M} UTC>" in said
