"""Slack as the engine's Chat, against recorded calls."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.models.blocks import DividerBlock
from slack_sdk.models.views import View

from bot.rides.announcements import Recovering, ResultLine, Symptom
from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Channel, Chat, Person
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.statements import Statements
from bot.slack.chat.channel_names import NAMES_TRIED, acceptable, another
from bot.slack.chat.chat import SlackChat
from bot.slack.messages import views
from bot.slack.transport.background import Background
from bot.slack.transport.errors import UndeclaredMethodError
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.pacing import ChannelPace
from bot.slack.transport.people import MANY_GROUPS, MANY_PEOPLE, People
from bot.slack.transport.web_api import METHODS
from bot.slack.transport.workspaces import NOT_INSTALLED, OneWorkspace
from scenarios.journal.events import Outcome
from tests.integration.engine_fakes import FakeClock
from tests.slack_doubles import (
    DANA,
    NOW,
    RIDE,
    ROOM,
    SAM,
    SETTINGS,
    TEAM,
    FakeFront,
    RecordedOutbox,
    RecordedWeb,
    finished,
)

SAID = Symptom(
    speaker="Robin (support)", emoji=":person_raising_hand:", text="Hello?", elapsed=timedelta(seconds=45)
)


@pytest.fixture
def web() -> RecordedWeb:
    return RecordedWeb()


@pytest.fixture
def outbox(web: RecordedWeb) -> RecordedOutbox:
    return RecordedOutbox(web)


@pytest.fixture
def chat(outbox: RecordedOutbox) -> Chat:
    return SlackChat(outbox, SETTINGS, People(outbox, FakeClock(), Background()))


async def test_the_channel_has_the_name_that_comes_back(chat: Chat, web: RecordedWeb) -> None:
    assert await chat.open_channel(TEAM, "inc-1123-alter-table-locks-7k3m") == Channel(
        id=ROOM, name="inc-as-slack-made-it"
    )
    (call,) = web.of("conversations.create")
    assert call["name"] == "inc-1123-alter-table-locks-7k3m"
    assert call["is_private"] in (1, "1", True)


async def test_a_taken_name_gets_a_number(chat: Chat, web: RecordedWeb) -> None:
    web.refuse["conversations.create"] = ["name_taken", "name_taken"]
    await chat.open_channel(TEAM, "inc-1")
    assert [call["name"] for call in web.of("conversations.create")] == ["inc-1", "inc-1-2", "inc-1-3"]


async def test_another_refusal_of_a_channel_is_raised(chat: Chat, web: RecordedWeb) -> None:
    web.refuse["conversations.create"] = ["restricted_action"]
    with pytest.raises(ChatRefusedError) as caught:
        await chat.open_channel(TEAM, "inc-1")
    assert (caught.value.step, caught.value.code) == ("conversations.create", "restricted_action")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("inc-1123-alter-table-locks-7k3m", "inc-1123-alter-table-locks-7k3m"),
        ("INC 1123: Größe & Ärger!", "inc-1123-grosse-arger"),
        ("--a__b--", "a__b"),
        ("事故", "incident"),
        ("x" * 200, "x" * 80),
    ],
)
def test_channel_names_are_acceptable(wanted: str, name: str) -> None:
    assert acceptable(wanted) == name


def test_a_numbered_name_still_fits() -> None:
    def mark() -> str:
        return "c0ffee"

    assert another("x" * 80, 2, mark) == "x" * 78 + "-2"
    assert another("x" * 80, 4, mark) == "x" * 73 + "-c0ffee"
    assert another("inc-1", 1, mark) == "inc-1"


async def test_an_eleventh_channel_of_a_name_finds_a_name_within_few_tries(web: RecordedWeb) -> None:
    marks = iter(["aaaaaa", "bbbbbb"])
    outbox = RecordedOutbox(web)
    people = People(outbox, FakeClock(), Background())
    chat = SlackChat(outbox, SETTINGS, people, mark=lambda: next(marks))
    web.refuse["conversations.create"] = ["name_taken"] * 4
    await chat.open_channel(TEAM, "gameday-winter")
    assert [call["name"] for call in web.of("conversations.create")] == [
        "gameday-winter",
        "gameday-winter-2",
        "gameday-winter-3",
        "gameday-winter-aaaaaa",
        "gameday-winter-bbbbbb",
    ]
    assert NAMES_TRIED <= 6, "Slack makes 20 channels a minute"


async def test_invites_all_at_once(chat: Chat, web: RecordedWeb) -> None:
    assert await chat.invite(TEAM, ROOM, [DANA, SAM, DANA]) == {}
    assert [call["users"] for call in web.of("conversations.invite")] == [f"{DANA},{SAM}"]


async def test_more_than_a_hundred_people_are_invited_in_parts(chat: Chat, web: RecordedWeb) -> None:
    crowd = [f"U{number:03}" for number in range(230)]
    assert await chat.invite(TEAM, ROOM, crowd) == {}
    parts = [call["users"].split(",") for call in web.of("conversations.invite")]
    assert [len(part) for part in parts] == [100, 100, 30]
    assert [person for part in parts for person in part] == crowd


@pytest.mark.parametrize("refused", [True, False])
async def test_slacks_own_list_says_who_cannot_be_invited(
    chat: Chat, web: RecordedWeb, refused: bool
) -> None:
    """With `force` the others are in, whether Slack calls that ok or not."""
    web.refuse["conversations.invite"] = ["cant_invite"] if refused else []
    web.answers["conversations.invite"] = {
        "channel": {"id": ROOM},
        "errors": [
            {"user": DANA, "ok": False, "error": "already_in_channel"},
            {"user": SAM, "ok": False, "error": "user_is_restricted"},
        ],
    }
    assert await chat.invite(TEAM, ROOM, [DANA, SAM, "U0MEI"]) == {SAM: "user_is_restricted"}
    (call,) = web.of("conversations.invite")
    assert call["force"] in (True, "1", "true")


async def test_one_who_cannot_be_invited_does_not_keep_out_the_others(chat: Chat, web: RecordedWeb) -> None:
    """Where Slack does not say who it is."""
    web.refuse["conversations.invite"] = ["cant_invite", "already_in_channel", "cant_invite"]
    assert await chat.invite(TEAM, ROOM, [DANA, SAM]) == {SAM: "cant_invite"}


async def test_a_channel_that_takes_nobody_is_not_asked_for_each(chat: Chat, web: RecordedWeb) -> None:
    web.refuse["conversations.invite"] = ["is_archived"]
    assert await chat.invite(TEAM, ROOM, [DANA, SAM]) == {DANA: "is_archived", SAM: "is_archived"}
    assert len(web.of("conversations.invite")) == 1


async def test_post_carries_its_key(chat: Chat, web: RecordedWeb) -> None:
    ts = await chat.post(TEAM, ROOM, SAID, key="7k3m:step:1")
    (post,) = web.of("chat.postMessage")
    metadata = json.loads(post["metadata"]) if isinstance(post["metadata"], str) else post["metadata"]
    assert metadata == {"event_type": "ride_message", "event_payload": {"key": "7k3m:step:1"}}
    assert ts == "2.000100", "after who we are"


async def test_posted_reads_the_keys_back_in_one_call(chat: Chat, web: RecordedWeb) -> None:
    web.answers["conversations.history"] = {
        "messages": [
            {"ts": "3.1", "metadata": {"event_type": "ride_message", "event_payload": {"key": "b"}}},
            {"ts": "2.1", "text": "a person's"},
            {"ts": "1.5", "metadata": {"event_type": "other", "event_payload": {"key": "x"}}},
            {"ts": "1.1", "metadata": {"event_type": "ride_message", "event_payload": {"key": "a"}}},
        ],
        "has_more": True,
    }
    assert await chat.posted(TEAM, ROOM, NOW) == {"a": "1.1", "b": "3.1"}
    (call,) = web.of("conversations.history")
    assert call["oldest"] == f"{NOW.timestamp():.6f}"
    assert call["include_all_metadata"] in (1, "1", True)


async def test_direct_opens_the_conversation_first(chat: Chat, web: RecordedWeb) -> None:
    channel, ts = await chat.direct(TEAM, DANA, SAID, key="k")
    assert (channel, ts) == ("D0DANA001", "3.000100")
    assert web.of("conversations.open") == [{"users": DANA}]
    assert web.of("chat.postMessage")[0]["channel"] == "D0DANA001"


async def test_reply_goes_to_everyone_and_says_when_it_did_not_arrive(
    chat: Chat, outbox: RecordedOutbox
) -> None:
    said = ResultLine(
        ride=RIDE,
        title="ALTER TABLE locks production",
        outcome=Outcome.RESOLVED,
        learners=(DANA,),
        channel=ROOM,
        total=85,
        to_fix=325.0,
    )
    assert await chat.reply(TEAM, "https://hooks.invalid/1", said) is True
    ((url, message, in_channel),) = outbox.responses
    assert (url, in_channel) == ("https://hooks.invalid/1", True)
    assert message.text == (
        f"✅ <@{DANA}> rode *ALTER TABLE locks production*: resolved in 5:25"
        f" · *85/100* · postmortem in <#{ROOM}>"
    )
    outbox.urls_work = False
    assert await chat.reply(TEAM, "https://hooks.invalid/1", said) is False


@pytest.mark.parametrize(
    ("user", "name", "can_ride"),
    [
        ({"name": "dana", "profile": {"display_name": "Dana K"}}, "Dana K", True),
        ({"name": "dana", "real_name": "Dana Kern", "profile": {"display_name": ""}}, "Dana Kern", True),
        ({"name": "dana"}, "dana", True),
        ({"name": "dana", "is_bot": True}, "dana", False),
        ({"name": "dana", "deleted": True}, "dana", False),
    ],
)
async def test_a_person(
    chat: Chat, web: RecordedWeb, user: dict[str, object], name: str, can_ride: bool
) -> None:
    web.answers["users.info"] = {"user": {"id": DANA, **user}}
    assert await chat.person(TEAM, DANA) == Person(id=DANA, name=name, handle="dana", can_ride=can_ride)


async def test_slackbot_cannot_ride(chat: Chat) -> None:
    assert not (await chat.person(TEAM, "USLACKBOT")).can_ride


async def test_topic_is_shortened(chat: Chat, web: RecordedWeb) -> None:
    await chat.set_topic(TEAM, ROOM, "x" * 400)
    assert len(web.of("conversations.setTopic")[0]["topic"]) == 250


async def test_what_is_done_already_is_fine(chat: Chat, web: RecordedWeb) -> None:
    web.refuse = {"pins.add": ["already_pinned"], "conversations.archive": ["already_archived"]}
    await chat.pin(TEAM, ROOM, "1.1")
    await chat.archive(TEAM, ROOM)


async def test_refusals_carry_slacks_code(chat: Chat, web: RecordedWeb) -> None:
    web.refuse = {"pins.add": ["too_many_pins"], "chat.update": ["cant_update_message"]}
    with pytest.raises(ChatRefusedError, match="too_many_pins"):
        await chat.pin(TEAM, ROOM, "1.1")
    with pytest.raises(ChatRefusedError, match="cant_update_message"):
        await chat.update(TEAM, ROOM, "1.1", SAID)


async def test_nothing_is_said_in_a_workspace_that_the_token_is_not_of(
    chat: Chat, web: RecordedWeb, outbox: RecordedOutbox
) -> None:
    for call in (
        chat.post("T0OTHER01", ROOM, SAID, key="k"),
        chat.direct("T0OTHER01", DANA, SAID, key="k"),
        chat.open_channel("T0OTHER01", "inc-1"),
        chat.person("T0OTHER01", DANA),
    ):
        with pytest.raises(ChatRefusedError, match=NOT_INSTALLED):
            await call
    assert (
        await Outbox(OneWorkspace(web), SETTINGS).respond(
            "T0OTHER01", "https://hooks.invalid/1", views.acknowledged(), in_channel=True
        )
        is False
    )
    assert {method for method, _ in web.calls} == {"auth.test"}


async def test_direct_messages_are_made_ready_ahead(chat: Chat, web: RecordedWeb) -> None:
    web.refuse["conversations.open"] = ["user_not_found"]
    await chat.prepare_direct(TEAM, ["U404", DANA])
    await chat.direct(TEAM, DANA, SAID, key="k")
    assert [call["users"] for call in web.of("conversations.open")] == ["U404", DANA]


async def test_a_method_that_is_not_declared_is_not_called(web: RecordedWeb) -> None:
    from bot.slack.transport.web_api import WebApi

    with pytest.raises(UndeclaredMethodError, match=r"reactions\.add"):
        await WebApi(SETTINGS, bot_token="b").reactions_add(channel=ROOM, name="eyes", timestamp="1.1")


async def test_every_declared_method_is_called(chat: Chat, web: RecordedWeb, outbox: RecordedOutbox) -> None:
    """The other half of the scopes' test: a method that nobody calls any more must leave the table."""
    outbox.urls_work = False
    await OneWorkspace(web).check()
    await chat.open_channel(TEAM, "inc-1")
    await chat.invite(TEAM, ROOM, [DANA])
    await chat.set_topic(TEAM, ROOM, "t")
    await chat.set_purpose(TEAM, ROOM, "p")
    await chat.pin(TEAM, ROOM, "1.1")
    await chat.direct(TEAM, DANA, SAID, key="k")
    await chat.update(TEAM, ROOM, "1.1", Recovering(person=DANA))
    await chat.posted(TEAM, ROOM, datetime.now(UTC))
    await chat.person(TEAM, DANA)
    await chat.members(TEAM, ROOM)
    await chat.group_members(TEAM, "S1")
    await asyncio.gather(*(chat.person(TEAM, f"U{number}") for number in range(MANY_PEOPLE)))
    await asyncio.gather(*(chat.group_members(TEAM, f"S{number}") for number in range(2, MANY_GROUPS + 2)))
    await chat.archive(TEAM, ROOM)
    asker = Asker(workspace=TEAM, person=DANA, channel=ROOM)
    await tell(outbox, asker, views.acknowledged())
    front = FakeFront(answer=finished("x\n" * 4000))
    await Statements(front, outbox, SETTINGS).run(asker, "select 1")
    home = View(type="home", blocks=[DividerBlock()])
    modal = View(type="modal", title="Ride", blocks=[DividerBlock()])
    await outbox.open_view(TEAM, "1.2", modal)
    await outbox.update_view(TEAM, "V1", modal)
    await outbox.publish_home(TEAM, DANA, home)
    # After answers that were lost: what may have been done is looked for.
    web.refuse |= {"conversations.create": ["fatal_error"], "chat.postMessage": ["fatal_error"]}
    await chat.open_channel(TEAM, "inc-2")
    await outbox.post(TEAM, ROOM, views.acknowledged(), thread_ts="1.1")
    elsewhere = {"apps.connections.open", "oauth.v2.access"}
    assert {method for method, _ in web.calls} | elsewhere == set(METHODS)


class FakeTime:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_a_channel_gets_a_burst_and_in_no_span_more_than_one_a_second() -> None:
    time, sent = FakeTime(), list[float]()
    pace = ChannelPace(rate=1, burst=3, time=lambda: time.now, sleep=time.sleep)
    for pause in (0.0, 0.0, 0.5, 0.5, 0.0, 2.5, 0.0, 0.0, 60.0, 0.0, 0.0):
        time.now += pause
        async with pace.turn(TEAM, "C1"):
            time.now += 0.1  # the call's own time
            sent.append(time.now)
    assert sent[:3] == pytest.approx([100.1, 100.2, 100.8]), "a burst goes at once"
    assert sent[-3:] == pytest.approx([sent[-4] + 60 + 0.1 * number for number in (1, 2, 3)])
    assert all(later - earlier >= 3.0 for earlier, later in zip(sent, sent[3:], strict=False))
    slept = list(time.slept)
    async with pace.turn(TEAM, "C2"), pace.turn("T0OTHER01", "C1"):
        pass
    assert time.slept == slept, "another channel has a pace of its own"


async def test_messages_of_a_channel_keep_their_order_while_one_waits() -> None:
    pace = ChannelPace(rate=1000, burst=3)
    gate, order = asyncio.Event(), list[int]()

    async def send(number: int) -> None:
        async with pace.turn(TEAM, "C1"):
            if number == 0:
                await gate.wait()
            order.append(number)

    tasks = [asyncio.create_task(send(number)) for number in range(4)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3]


async def test_over_socket_mode_a_dead_token_is_the_end_of_its_workspace(
    web: RecordedWeb, caplog: pytest.LogCaptureFixture
) -> None:
    workspaces = OneWorkspace(web)
    outbox, left = Outbox(workspaces, SETTINGS), list[str]()
    workspaces.watch(left.append)
    web.refuse = {"chat.postMessage": ["token_revoked"] * 2, "auth.test": [None, None, "token_revoked"]}
    for expected in ([], [TEAM]):
        with pytest.raises(ChatRefusedError, match="token_revoked"):
            await outbox.post(TEAM, ROOM, views.acknowledged())
        assert left == expected, "only when it is asked again and says the same"
    assert "install the app again" in caplog.text
    with pytest.raises(ChatRefusedError, match=NOT_INSTALLED):
        await outbox.post(TEAM, ROOM, views.acknowledged())


async def test_over_socket_mode_a_word_that_another_workspace_is_gone_means_nothing(web: RecordedWeb) -> None:
    workspaces, left = OneWorkspace(web), list[str]()
    workspaces.watch(left.append)
    await workspaces.removed("T0OTHER01", NOW)
    assert left == []
    await workspaces.removed(TEAM, NOW)
    assert left == [TEAM]
