"""Words about game days: within Slack's limits, harmless, and saying what they should."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from bot.gamedays import errors
from bot.gamedays.announcements import (
    Board,
    ConsoleHead,
    ConsoleTeams,
    CouldNotStart,
    DayCard,
    Ended,
    FacilitatesInstead,
    Failure,
    InvitesRefused,
    LineState,
    Reminder,
    Said,
    StartsLate,
    Summary,
    TeamLine,
    TooBusy,
    refused_by_chat,
)
from bot.gamedays.console_page import ACTS_SHOWN, TEAMS_A_MESSAGE
from bot.gamedays.plan import MAX_TEAMS, Fault, Field, Plan, Problem
from bot.gamedays.results import RideResult, hardest, medians, standings
from bot.rides.errors import RideError
from bot.rides.views import RideGlance, UnsentSymptom
from bot.slack.chat.gameday_chat import worded
from bot.slack.forms.fields import FormValues
from bot.slack.messages import console, gameday_form, gamedays, refusals
from bot.slack.messages.message import Message
from scenarios.journal.events import Outcome
from scenarios.loading.catalogue import Catalogue
from storage.game_days import Entrant, GameDayEvent, GameDayState
from tests.game_days import HOUR, game_day, result
from tests.slack_doubles import DANA, ROOM, SAM, SCENARIO, SETTINGS, words
from tests.slack_limits import check

NASTY = "``` <!channel> <@U1> *bold* `x` \x00 🧨" + "y" * 30
MANY = tuple(Entrant(team=f"t{number}", name=f"{NASTY}{number}"[:40]) for number in range(MAX_TEAMS))
DAY = game_day(
    name=NASTY[:40],
    entrants=MANY,
    channel=ROOM,
    console=ROOM,
    state="running",
    facilitators=tuple(f"U{number:09}" for number in range(50)),
    scenarios=("alter-table-locks",) * 5,
)
KINDS = sorted(console.ACTS)
DETAILS = {"extended": "300", "paused_all": "4", "resumed_all": "1", "ride_over": "resolved 75"}


def line(state: LineState = "live", **changes: object) -> TeamLine:
    values: dict[str, object] = {
        "team": "a",
        "name": "Apes",
        "state": state,
        "round": 1,
        "due_at": HOUR,
        "elapsed": timedelta(minutes=4, seconds=5),
        "remaining": timedelta(minutes=10),
        "channel": ROOM,
        **changes,
    }
    return TeamLine(**values)  # type: ignore[arg-type]


def event(kind: str, detail: str = NASTY) -> GameDayEvent:
    return GameDayEvent(at=HOUR, kind=kind, by=DANA, team="t1", detail=DETAILS.get(kind, detail))


CROWD = tuple(
    line(team=one.team, name=one.name, round=3, total=100, place=number, hints_taken=3, hints_total=3)
    for number, one in enumerate(MANY, 1)
)
FULL_PAGE = ConsoleTeams(day="day1", rounds=5, lines=CROWD[:TEAMS_A_MESSAGE])
LONG_WHY = "You killed sessions that only waited, and a longer explanation of why that is no good. " * 4


def summary(results: tuple[RideResult, ...], **changes: object) -> Summary:
    day = game_day(**changes)
    return Summary(
        day=day,
        standings=standings(day.entrants, results),
        hard=hardest(day.entrants, results),
        medians=medians(results),
    )


HARD = tuple(
    result(
        one.team,
        number,
        missed=tuple((f"{LONG_WHY} {n}", 10) for n in range(4)),
        traps=tuple((f"{LONG_WHY} t{n}", 10) for n in range(4)),
    )
    for one in MANY
    for number in range(5)
)


def said() -> Iterator[Said]:
    yield DayCard(day=DAY, levels=("L3",) * 5)
    yield DayCard(day=game_day(wave_size=2, wave_minutes=5), levels=("L3",))
    yield Board(name=DAY.name, state="running", rounds=5, lines=CROWD)
    failed = tuple(replace(one, state="failed", failure=LONG_WHY * 3, can_start_again=True) for one in CROWD)
    yield Board(name=DAY.name, state="running", rounds=5, lines=failed)
    yield replace(FULL_PAGE, lines=failed[:TEAMS_A_MESSAGE])
    for state in get_args(LineState):
        yield Board(name="Winter", state="running", rounds=1, lines=(line(state),))
        yield ConsoleTeams(day="day1", rounds=1, lines=(line(state, can_start_again=True),))
    yield ConsoleHead(
        day=DAY, live=3, paused=1, acts=tuple(event("spoke") for _ in range(ACTS_SHOWN)), names=()
    )
    failures = tuple(event("not_started", LONG_WHY * 2) for _ in range(ACTS_SHOWN))
    yield ConsoleHead(day=DAY, live=3, paused=1, acts=failures, names=())
    for end in get_args(GameDayState):
        yield ConsoleHead(day=replace(DAY, state=end), live=0, paused=0, acts=(), names=())
        yield Ended(day=replace(DAY, state=end, ended_by=DANA))
    yield FULL_PAGE
    yield replace(FULL_PAGE, over=True)
    yield summary((), entrants=MANY)
    yield summary(HARD, entrants=MANY)
    yield InvitesRefused(day=DAY.name, channel=ROOM, refused=((DANA, "cant_invite"), (SAM, "new_code")))
    crowd = tuple((f"U{number:09}", "org_user_not_in_team") for number in range(150))
    yield InvitesRefused(day=DAY.name, channel=ROOM, refused=crowd)
    yield TooBusy(day=DAY.name, team=NASTY, channel=ROOM)
    yield TooBusy(day=DAY.name, team=NASTY, channel=None)
    yield FacilitatesInstead(day=DAY.name, team=NASTY)
    yield CouldNotStart(day=DAY.name, team=NASTY, failure=NASTY, console=ROOM, can_start_again=True)
    refused = refused_by_chat("conversations.create", "restricted_action")
    yield CouldNotStart(day=DAY.name, team="A", failure=refused, console=ROOM, can_start_again=True)
    yield StartsLate(due_at=HOUR)
    yield Reminder(day=DAY, before=timedelta(days=1), players=tuple(f"U{n:010}" for n in range(300)))
    yield Reminder(day=DAY, before=timedelta(minutes=5), players=())


def test_every_announcement_is_tried() -> None:
    assert {type(one) for one in said()} == set(get_args(Said))


@pytest.mark.parametrize("one", list(said()), ids=lambda one: type(one).__name__)
def test_within_slacks_limits_and_harmless(one: Said) -> None:
    check(worded(one, SETTINGS))


def private() -> Iterator[Message]:
    yield gamedays.created(DAY)
    yield gamedays.created(replace(DAY, starts_at=DAY.created_at))
    yield gamedays.created(DAY, wanted=DAY.starts_at - timedelta(minutes=3))
    yield gamedays.cancelled(DAY)
    yield gamedays.listing([], SETTINGS)
    yield gamedays.listing([DAY] * 30, SETTINGS)
    yield gamedays.how_to(SETTINGS)
    yield gamedays.needs_slash(SETTINGS)
    yield gamedays.no_teams(SETTINGS)
    for number in (0, 1, 4):
        yield console.paused_all(number)
        yield console.resumed_all(number)
    yield console.no_symptom_left(NASTY)
    yield console.outdated()


@pytest.mark.parametrize("message", list(private()))
def test_private_words_too(message: Message) -> None:
    check(message)


REFUSED = (
    errors.UnknownGameDayError(NASTY, ()),
    errors.UnknownGameDayError("", (("day1", NASTY),)),
    errors.GameDayOverError(NASTY),
    errors.GameDayRunsError(NASTY, ROOM),
    errors.GameDayRunsError(NASTY, None),
    errors.GameDayNotBegunError(NASTY, HOUR),
    errors.NotYourGameDayError(NASTY, (DANA, SAM)),
    errors.NoRideNowError(NASTY, preparing=True),
    errors.NoRideNowError(NASTY, preparing=False),
    errors.NotToStartAgainError(NASTY),
    errors.PlanRefusedError([Problem(field=Field.TEAMS, fault=Fault.TEAM_GONE)]),
)


@pytest.mark.parametrize("error", REFUSED)
def test_every_error_has_words(error: RideError) -> None:
    message = refusals.refusal(error, DANA, SETTINGS)
    check(message)
    assert "Ride can't do that" not in message.text


def test_no_error_is_left_out() -> None:
    known = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.GameDayError)
    }
    assert known - {errors.GameDayError} == {type(error) for error in REFUSED}


def test_the_card_of_a_day_that_is_on_asks_for_no_patience() -> None:
    assert "until then" in words(worded(DayCard(day=game_day(), levels=("L3",)), SETTINGS))
    assert "until then" not in words(worded(DayCard(day=game_day(state="running"), levels=("L3",)), SETTINGS))


# -- the scoreboard and the console


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("waiting", "starts at"),
        ("preparing", "getting ready"),
        ("live", "live `4 min` · 📟 not acknowledged · no hints"),
        ("paused", "paused at `4 min`"),
        ("recovering", "recovering"),
        ("resolved", "fixed in `3:20` · no hints"),
        ("expired", "time is up"),
        ("stopped", "no score"),
        ("void", "no score"),
        ("failed", "could not start: nobody in the team is free to ride"),
        ("dropped", "did not ride"),
    ],
)
def test_a_teams_state_in_words(state: LineState, shown: str) -> None:
    one = line(state, to_fix=200.0, failure=Failure.NOBODY)
    assert shown in words(worded(Board(name="W", state="running", rounds=1, lines=(one,)), SETTINGS))


def test_the_board_says_who_leads_with_what() -> None:
    lines = (line(total=75, place=1, acknowledged=True, hints_taken=1), line(name="Bears"))
    message = worded(Board(name="Winter", state="running", rounds=2, lines=lines), SETTINGS)
    assert message.text == "🏁 Scoreboard of Winter. Apes leads with 75 points."
    shown = words(message)
    assert "🥇 *Apes* *75* · 🚨 live `4 min` · 👀 acknowledged · 💡 1 hint (round 1 of 2)" in shown
    assert "▫️ *Bears* 🚨" in shown


def test_there_is_a_control_only_where_it_does_something() -> None:
    def actions(one: TeamLine, *, over: bool = False) -> list[str]:
        page = ConsoleTeams(day="day1", rounds=1, lines=(one,), over=over)
        blocks = worded(page, SETTINGS).as_blocks()
        found = json.loads(json.dumps(blocks))
        return [
            element["action_id"].partition(":")[0]
            for block in found
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    steered = [console.EXTEND, console.SYMPTOM, console.HINT, console.SPEAK, console.END]
    assert actions(line("live")) == [console.PAUSE, *steered]
    assert actions(line("paused")) == [console.RESUME, *steered]
    assert actions(line("live"), over=True) == []
    assert actions(line("resolved")) == []
    assert actions(line("failed")) == []
    assert actions(line("failed", can_start_again=True)) == [console.AGAIN]


def test_each_control_on_a_page_is_its_own() -> None:
    blocks = json.loads(json.dumps(worded(FULL_PAGE, SETTINGS).as_blocks()))
    ids = [element["action_id"] for block in blocks for element in block.get("elements", [])]
    assert len(ids) == len(set(ids)) == 6 * TEAMS_A_MESSAGE
    targets = {
        console.read_target(element["value"]) for block in blocks for element in block.get("elements", [])
    }
    assert targets == {console.Target(day="day1", team=one.team) for one in FULL_PAGE.lines}
    assert console.read_target("something old") is None


def test_every_act_has_words() -> None:
    acts = tuple(event(kind, "nobody") for kind in KINDS)
    shown = words(
        worded(
            ConsoleHead(day=DAY, live=0, paused=0, acts=acts, names=(("t1", "Apes"),)),
            SETTINGS,
        )
    )
    for kind in KINDS:
        assert f" {kind}\n" not in shown
    assert f"<@{DANA}> gave *Apes* 5:00 more" in shown
    assert "*Apes* fixed it: 75 points" in shown


# -- the summary


def test_the_podium_says_what_decided() -> None:
    shown = words(
        worded(
            summary(
                (
                    result("a", points=75, to_fix=325, ended=400),
                    result("b", points=75, to_fix=300, ended=300),
                    result("c", points=0, to_fix=None, outcome=Outcome.EXPIRED, ended=900),
                )
            ),
            SETTINGS,
        )
    )
    assert "🥇 *Bears* · *75* points · fixed in `5:00`" in shown
    assert "🥈 *Apes* · *75* points · fixed in `5:25` · same points, more time to fix" in shown
    assert "🥉 *Cats* · *0* points · did not fix it" in shown
    assert "▫️ *Dogs*: no score" in shown
    assert "Medians of 3 rides" in shown
    assert "fixed after `5:12` (2 of 3)" in shown


def test_what_was_hard_is_told_for_each_team() -> None:
    shown = words(
        worded(
            summary((result("a", missed=(("No look.", 10),), traps=(("A victim.", 5),)), result("b"))),
            SETTINGS,
        )
    )
    assert "*Apes*\\n▫️ 0 of 10  No look.\\n⚠️ −5  A victim." in shown
    assert "*Bears*\\n✨ Nothing" in shown


def test_a_day_without_a_score_and_one_with_two_winners() -> None:
    assert "No team has a score" in words(worded(summary(()), SETTINGS))
    both = worded(summary((result("a"), result("b"))), SETTINGS)
    assert both.text == "🏆 Winter is over. Apes and Bears won with 80 points."


# -- the forms


def test_the_form_is_what_slack_takes() -> None:
    teams = {f"t{number}": NASTY for number in range(150)}
    view = gameday_form.gameday_form(
        person=DANA, zone="Europe/Lisbon", now=HOUR, teams=teams, scenarios=[SCENARIO] * 150
    ).to_dict()
    for block in view["blocks"]:
        element = block["element"]
        assert len(element.get("options", [])) <= 100
        assert all(1 <= len(option["text"]["text"]) <= 75 for option in element.get("options", []))
    labels = [block["label"]["text"] for block in view["blocks"]]
    assert "Time (Europe/Lisbon)" in labels
    assert view["blocks"][1]["element"]["initial_date"] == "2026-11-27"


STATE: dict[str, dict[str, object]] = {
    "name": {"type": "plain_text_input", "value": " Winter "},
    "day": {"type": "datepicker", "selected_date": "2026-12-01"},
    "time": {"type": "timepicker", "selected_time": "15:30"},
    "pick": {"type": "radio_buttons", "selected_option": {"value": "chosen"}},
    "scenarios": {"type": "multi_static_select", "selected_options": [{"value": "b"}, {"value": "a"}]},
    "teams": {"type": "multi_static_select", "selected_options": [{"value": "t2"}, {"value": "t1"}]},
    "facilitators": {"type": "multi_users_select", "selected_users": [DANA]},
    "start": {"type": "radio_buttons", "selected_option": {"value": "together"}},
}


def read(**changes: dict[str, object]) -> Plan:
    values = FormValues.read({block: {block: value} for block, value in (STATE | changes).items()})
    return gameday_form.read_plan(values, gameday_form.Carried(zone="America/New_York").model_dump_json())


def test_what_was_filled_in_is_read_in_the_askers_zone() -> None:
    assert read() == Plan(
        name="Winter",
        starts_at=datetime(2026, 12, 1, 20, 30, tzinfo=UTC),
        scenarios=("b", "a"),
        teams=("t2", "t1"),
        facilitators=(DANA,),
    )


def test_a_draw_and_waves_are_read() -> None:
    def picked(value: str) -> dict[str, object]:
        return {"type": "x", "selected_option": {"value": value}}

    found = read(
        pick=picked("random"),
        level=picked("L3"),
        count=picked("2"),
        start=picked("waves"),
        wave_size=picked("3"),
        wave_minutes=picked("15"),
        time={"type": "timepicker", "selected_time": None},
    )
    assert (found.scenarios, found.level, found.count) == ((), "L3", 2)
    assert (found.wave_size, found.wave_minutes, found.starts_at) == (3, 15, None)
    unsure = read(pick=picked("random"), start=picked("waves"))
    assert (unsure.level, unsure.count, unsure.wave_size, unsure.wave_minutes) == ("", 1, 1, 5)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("names", [("Dana",), ("Dana", "Sam", "Ines")])
def test_every_fault_is_said_beside_its_field(fault: Fault, names: tuple[str, ...]) -> None:
    found = gameday_form.errors([Problem(field=Field.TEAMS, fault=fault, names=names, day="Autumn")])
    assert list(found) == ["teams"]
    assert 10 < len(found["teams"]) <= 2_000


def test_an_error_stands_beside_a_field_that_is_there() -> None:
    view = gameday_form.gameday_form(
        person=DANA, zone="UTC", now=HOUR, teams={"t": "T"}, scenarios=[SCENARIO]
    ).to_dict()
    blocks = {block["block_id"] for block in view["blocks"]}
    for field in Field:
        assert set(gameday_form.errors([Problem(field=field, fault=Fault.TEAM_GONE)])) <= blocks


def test_the_consoles_forms_are_what_slack_takes() -> None:
    glance = RideGlance(
        ride="r1",
        scenario=SCENARIO,
        state="live",
        learners=(DANA,),
        team=None,
        channel=ROOM,
        elapsed=None,
        remaining=None,
        paused=False,
        acknowledged_by=None,
        hints_taken=0,
        hints_total=3,
        recovering=False,
        total=None,
        unsent=tuple(UnsentSymptom(id=f"s{number}", speaker=NASTY, text=NASTY) for number in range(120)),
        to_fix=None,
    )
    target = console.Target(day="day1", team="t1")
    symptoms = console.symptom_form(glance, target, NASTY).to_dict()
    options = symptoms["blocks"][1]["element"]["options"]
    assert len(options) == 100
    assert all(len(option["text"]["text"]) <= 75 for option in options)
    story = Catalogue().load("alter-table-locks")
    speak = console.speak_form(story, target, NASTY).to_dict()
    who = speak["blocks"][1]["element"]
    offered = [option["value"] for option in who["options"]]
    assert who["initial_option"]["value"] == offered[0]
    told = {step.speaker for step in story.timeline} | {one.speaker for one in story.reactions}
    assert set(offered) == told
    assert console.read_target(speak["private_metadata"]) == target
