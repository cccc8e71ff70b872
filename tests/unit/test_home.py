"""The App Home: what to ride next, and what a person sees of themselves."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest

from bot.rides.errors import EmptyTeamError, LearnerBusyError
from bot.rides.ports import OnCall
from bot.slack.areas.area import Click
from bot.slack.areas.asker import Asker
from bot.slack.areas.home import HomeArea
from bot.slack.messages.home import START, home
from bot.slack.messages.message import Message
from bot.slack.transport.background import Background
from bot.standings.boards import BoardParts
from bot.standings.levels import level_of, next_ride
from bot.standings.profiles import ProfileParts, Profiles
from bot.standings.results import Results
from bot.standings.views import MyRide, MyTeam, NextRide, Profile, Why
from scenarios.errors import UnknownScenarioError as NoScenario
from scenarios.model.scenario import Scenario
from storage.game_days import Entrant, GameDay
from storage.records import RideRecord, RideState
from storage.results import ResultStore
from tests.integration.engine_fakes import FakeClock
from tests.results import hour, result
from tests.slack_doubles import (
    DANA,
    RIDE,
    ROOM,
    SAM,
    SCENARIO,
    SETTINGS,
    TEAM,
    FakeFront,
    RecordedOutbox,
    RecordedWeb,
)
from tests.slack_limits import check
from tests.unit.test_leaderboard import Book, NoRides, team


def scenario(slug: str, level: str) -> Scenario:
    return SCENARIO.model_copy(update={"slug": slug, "level": level, "alert": f"Alert of {slug}"})


A1, B2, C3, D5 = scenario("a", "L1"), scenario("b", "L2"), scenario("c", "L3"), scenario("d", "L5")
ALL = (A1, B2, C3, D5)
LEVELS = {one.slug: one.level for one in ALL}


# -- levels


@pytest.mark.parametrize(
    ("ridden", "level"),
    [
        ([], "L1"),
        ([("c", 70, 300)], "L3"),
        ([("c", 69, 300)], "L1"),
        ([("c", 80, None)], "L1"),
        ([("d", 100, 10), ("c", 100, 10)], "L5"),
        ([("forgotten", 100, 10)], "L1"),
    ],
)
def test_a_level_is_the_highest_that_was_mastered(
    ridden: Sequence[tuple[str, int, float | None]], level: str
) -> None:
    results = [
        result(slug, DANA, scenario=slug, total=total, to_fix=to_fix) for slug, total, to_fix in ridden
    ]
    assert level_of(results, LEVELS) == level


@pytest.mark.parametrize(
    ("known", "level", "slug"),
    [
        ([], "L1", "a"),
        (["a"], "L1", "b"),
        (["b"], "L2", "c"),
        (["c"], "L4", "d"),
        (["b", "c"], "L3", "d"),
        (["a", "b", "c"], "L3", "d"),
    ],
)
def test_the_next_ride_is_new_and_nearest_and_of_two_the_harder(
    known: list[str], level: str, slug: str
) -> None:
    found = next_ride(ALL, known, level, {})
    assert found is not None
    assert (found.scenario.slug, found.why) == (slug, Why.NEAREST if known else Why.FIRST)


def test_who_knows_them_all_gets_the_one_with_most_to_gain() -> None:
    best = {"a": 90, "b": 40, "c": 60, "d": 95}
    found = next_ride(ALL, list(LEVELS), "L5", best)
    assert found == NextRide(scenario=B2, why=Why.AGAIN, level="L5", best=40)
    assert next_ride((), [], "L1", {}) is None


# -- the view

RECORD = RideRecord(
    id=RIDE,
    workspace=TEAM,
    scenario=SCENARIO.slug,
    version="1",
    document=SCENARIO.model_dump_json(),
    state="resolved",
    started_by=DANA,
    learners=(DANA,),
    channel=ROOM,
    created_at=hour(0),
    ended_at=hour(0.3),
)
NASTY = "``` <!channel> *bold* " + "y" * 3000
DAY = GameDay(
    id="g1",
    workspace=TEAM,
    name=NASTY,
    starts_at=hour(48),
    scenarios=("a",),
    entrants=(Entrant(team="t1", name="one"),),
    facilitators=(SAM,),
    created_by=SAM,
    created_at=hour(0),
)
ON_CALL = OnCall(team="t1", name="payments", primary=DANA, secondary=SAM, members=(DANA, SAM))
NEW = Profile(
    person=DANA,
    now=hour(1),
    live=None,
    next=NextRide(scenario=SCENARIO, why=Why.FIRST, level="L1"),
    rides=(),
    scores=(),
    standing=None,
    of=0,
    teams=(),
    days=(),
)
MINE = MyRide(
    record=RECORD,
    title=SCENARIO.title,
    alert=SCENARIO.alert,
    result=result(RIDE, DANA, total=85, to_fix=125),
    practice=True,
)
FULL = replace(
    NEW,
    rides=(MINE, replace(MINE, record=replace(RECORD, state="void", archived=True), result=None)) * 5,
    scores=tuple(result(f"r{number}", DANA, total=10 * number) for number in range(1, 9)),
    teams=(
        MyTeam(name="payments", place=2, of=3, on_call=ON_CALL),
        MyTeam(name=NASTY, place=None, of=3, on_call=None),
    ),
    days=(DAY, replace(DAY, state="running")),
)


def shown(profile: Profile) -> str:
    """What the Home says; Slack would take it."""
    view = home(profile, SETTINGS)
    view.validate_json()
    blocks = view.blocks or []
    assert len(blocks) <= 100
    message = Message(text="Home", blocks=tuple(blocks))
    check(message)
    return json.dumps(message.as_blocks(), ensure_ascii=False)


def test_somebody_new_reads_what_this_is_and_can_start() -> None:
    said = shown(NEW)
    assert "you get the page" in said
    assert "the best one to begin with" in said
    assert f'"value": "{SCENARIO.slug}"' in said
    assert SCENARIO.alert in said
    assert SCENARIO.title not in said, "the title names the cause"
    assert "My rides" not in said


def test_somebody_who_has_ridden_sees_it_all() -> None:
    said = shown(FULL)
    assert "you get the page" not in said
    assert f"*{SCENARIO.title}* · ✅ resolved · *85*/100 (practice) · fixed in 2:05" in said
    assert "`▃▅▆█████` Detect: 40 of 40, going up" in said
    assert "`▁▁▁▁▃▅▆█` Fix: 40 of 40, going up" in said
    assert "`▁▁▁▁▁▁▁▁` Trap: 0 of 20, steady" in said
    assert f"*payments* · 🥈 of 3 teams · on call: <@{DANA}>, then <@{SAM}>" in said
    assert "no place yet" in said
    assert "it is on now" in said
    assert said.count(f"<#{ROOM}>") == 5, "an archived channel is no place to go"


def test_a_void_ride_does_not_name_the_cause() -> None:
    void = replace(MINE, record=replace(RECORD, state="void"), result=None)
    said = shown(replace(NEW, rides=(void,)))
    assert f"*{SCENARIO.alert}* · ⛔ void" in said
    assert SCENARIO.title not in said


def test_a_live_ride_comes_first_and_there_is_nothing_else_to_start() -> None:
    said = shown(replace(FULL, live=replace(MINE, record=replace(RECORD, state="live"))))
    assert f"Your incident is on: {SCENARIO.alert}*" in said
    assert START not in said


@pytest.mark.parametrize(
    ("suggested", "told"),
    [
        (NextRide(scenario=A1, why=Why.NEAREST, level="L1"), "closest to your level, L1. You move up"),
        (NextRide(scenario=A1, why=Why.NEAREST, level="L3"), "closest to your level, L3: the highest"),
        (NextRide(scenario=A1, why=Why.AGAIN, level="L3", best=62), "lowest here: 62"),
        (NextRide(scenario=A1, why=Why.AGAIN, level="L3"), "haven't ridden this one yourself"),
        (None, "all commands"),
    ],
)
def test_it_says_why(suggested: NextRide | None, told: str) -> None:
    assert told in shown(replace(FULL, next=suggested))


# -- whose profile it is


class Shelf:
    def slugs(self) -> tuple[str, ...]:
        return tuple(LEVELS)

    def load(self, slug: str) -> Scenario:
        found = next((one for one in ALL if one.slug == slug), None)
        if found is None:
            raise NoScenario(slug, known=tuple(LEVELS), nearest=())
        return found


class Stored(NoRides):
    """Rides in memory."""

    def __init__(self) -> None:
        self.records: dict[str, RideRecord] = {}

    async def get(self, ride_id: str) -> RideRecord | None:
        return self.records.get(ride_id)

    async def recent_of(self, workspace: str, person: str, limit: int) -> list[RideRecord]:
        mine = [one for one in self.records.values() if person in one.learners]
        return sorted(mine, key=lambda one: one.created_at, reverse=True)[:limit]


class Rosters(Book):
    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        if team == "empty":
            raise EmptyTeamError(team)
        return ON_CALL


class Days:
    def to_come(self, workspace: str) -> list[GameDay]:
        return [DAY] * 9


class Stage:
    """The Home's area on stores in memory."""

    def __init__(self) -> None:
        self.book, self.stored = Rosters(), Stored()
        parts = BoardParts(
            results=Results(cast("ResultStore", self.book), self.stored),
            seen=self.book,
            scenarios=Shelf(),
            book=self.book,
            teams=self.book,
            directory=self.book,
            clock=FakeClock(moment=hour(24)),
        )
        self.profiles = Profiles(ProfileParts(rides=self.stored, days=Days(), shared=parts))
        self.front, self.web, self.background = FakeFront(), RecordedWeb(), Background()
        self.area = HomeArea(
            self.profiles,
            self.front,
            self.stored,
            outbox=RecordedOutbox(self.web),
            settings=SETTINGS,
            background=self.background,
        )

    async def open(self, person: str = DANA) -> None:
        await self.area.open(Asker(workspace=TEAM, person=person, channel=""))

    async def changed(self, record: RideRecord) -> None:
        """A ride changes, and what follows from it is done."""
        self.stored.records[record.id] = record
        self.area.ride_changed(record.id)
        await self.background.close(grace=5)

    @property
    def published(self) -> list[dict[str, Any]]:
        return self.web.of("views.publish")


async def test_a_profile_is_of_one_person() -> None:
    stage = Stage()
    stage.book.teams = {"t1": team("t1", "payments", DANA), "t2": team("t2", "empty", DANA, SAM)}
    stage.book.results = [
        result("r1", DANA, scenario="b", total=80, team="t1"),
        result("r2", SAM, scenario="c", at=1, total=90, team="t9"),
        result("r3", DANA, scenario="b", at=2, total=100),
    ]
    stage.book.seen = {(DANA, "b"): hour(1), (DANA, "c"): hour(1), (SAM, "a"): hour(0)}
    states: list[RideState] = ["resolved", "stopped", "resolved", "live"]
    for number, state in enumerate(states, start=1):
        stage.stored.records[f"r{number}"] = replace(
            RECORD, id=f"r{number}", state=state, created_at=hour(number), learners=(DANA,)
        )
    mine = await stage.profiles.of(TEAM, DANA)
    assert mine.live is not None
    assert mine.live.record.id == "r4"
    assert [(one.record.id, one.result and one.result.total, one.practice) for one in mine.rides] == [
        ("r3", 100, True),
        ("r2", None, False),
        ("r1", 80, False),
    ]
    assert [one.ride for one in mine.scores] == ["r1", "r3"]
    assert mine.next == NextRide(scenario=A1, why=Why.NEAREST, level="L2")
    assert mine.standing is not None
    assert (mine.standing.place, mine.standing.total, mine.of) == (2, 80, 2)
    assert mine.teams == (
        MyTeam(name="payments", place=2, of=2, on_call=ON_CALL),
        MyTeam(name="empty", place=None, of=2, on_call=None),
    )
    assert mine.days == (DAY,) * 3


async def test_a_ride_of_another_version_has_its_slug_for_a_title() -> None:
    stage = Stage()
    stage.stored.records["r1"] = replace(RECORD, id="r1", document="{}")
    [ride] = (await stage.profiles.of(TEAM, DANA)).rides
    assert ride.title == ride.alert == SCENARIO.slug


# -- opened, clicked and refreshed


async def test_it_is_published_when_it_is_opened() -> None:
    stage = Stage()
    await stage.open()
    [published] = stage.published
    assert published["user_id"] == DANA
    assert "Alert of a" in json.dumps(published["view"])


async def test_start_begins_a_ride_and_answers_in_direct_messages() -> None:
    stage = Stage()
    await stage.open()
    click = Click(asker=Asker(workspace=TEAM, person=DANA, channel=""), action=START, value="a", view="V1")
    await stage.area.start(click)
    [asked] = stage.front.asked
    assert asked[:5] == ("start", TEAM, DANA, "a", ())
    assert asked[5].channel is None
    [told] = stage.web.of("chat.postMessage")
    assert told["channel"] == "D0DANA001"
    assert "Opening an incident channel" in told["text"]
    assert SCENARIO.alert in told["text"]
    assert SCENARIO.title not in told["text"], "the Home has not named the cause"
    assert len(stage.published) == 2


async def test_a_refused_start_is_the_listeners_to_put_into_words() -> None:
    stage = Stage()
    stage.front.error = LearnerBusyError(DANA, RIDE, "a", ROOM)
    click = Click(asker=Asker(workspace=TEAM, person=DANA, channel=""), action=START, value="a")
    with pytest.raises(LearnerBusyError):
        await stage.area.start(click)


async def test_a_learners_home_follows_their_ride() -> None:
    stage = Stage()
    ride = replace(RECORD, id="r1", state="preparing", channel=None, learners=(DANA, SAM))
    await stage.changed(ride)
    assert stage.published == [], "nobody has opened theirs"
    await stage.open()
    ride = replace(ride, state="live", channel=ROOM)
    await stage.changed(ride)
    await stage.changed(replace(ride, log_offset=9))
    assert [one["user_id"] for one in stage.published] == [DANA, DANA], "once for a change, and not for Sam"
    assert f"<#{ROOM}>" in json.dumps(stage.published[-1]["view"])
    ended = replace(ride, state="resolved", ended_at=hour(1), postmortem_sent=True)
    await stage.changed(ended)
    assert "My rides" in json.dumps(stage.published[-1]["view"])
    await stage.changed(replace(ended, archived=True))
    await stage.changed(replace(ended, id="r2", learners=(SAM,)))
    assert len(stage.published) == 3


async def test_a_home_that_slack_refuses_does_not_hold_up_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage()
    await stage.open()
    await stage.open(SAM)
    stage.web.refuse["views.publish"] = ["not_enabled"]
    await stage.changed(replace(RECORD, id="r1", learners=(DANA, SAM)))
    assert [one["user_id"] for one in stage.published] == [DANA, SAM, DANA, SAM]
    assert f"the Home of {DANA} could not be refreshed: not_enabled" in caplog.text


async def test_changes_at_once_are_one_look() -> None:
    stage = Stage()
    await stage.open()
    stage.stored.records["r1"] = replace(RECORD, id="r1")
    for _ in range(5):
        stage.area.ride_changed("r1")
    await stage.background.close(grace=5)
    assert len(stage.published) == 2
    assert asyncio.all_tasks() == {asyncio.current_task()}
