"""Posting once: by Ride's own records, and by Slack's history where an answer was lost."""

import asyncio
from typing import Any

import pytest

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Picture
from bot.slack.messages.message import said
from bot.slack.transport.budget import Importance
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.postings import EVENT_TYPE, HISTORY_LIMIT, Search, ShortMemory
from bot.slack.transport.workspaces import OneWorkspace
from storage.messages import Posting
from tests.integration.engine_fakes import STARTED, FakeClock
from tests.slack_doubles import ROOM, SETTINGS, TEAM, RecordedWeb
from tests.virtual_time import in_virtual_time

POST = "chat.postMessage"
HISTORY = "conversations.history"
REPLIES = "conversations.replies"
COMPLETE = "files.completeUploadExternal"
KEY = "7k3m:card"
WORDS = said("Hello")
THERE = {
    "ts": "7.000700",
    "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": KEY}},
}
PICTURE = Picture(content=b"png", name="ride.png", title="A ride", alt_text="Writes fell.")


@pytest.fixture
def web() -> RecordedWeb:
    return RecordedWeb()


def outbox_of(web: RecordedWeb, records: ShortMemory) -> Outbox:
    return Outbox(OneWorkspace(web), SETTINGS, records=records, clock=FakeClock())


@pytest.fixture
def records() -> ShortMemory:
    return ShortMemory()


@pytest.fixture
def outbox(web: RecordedWeb, records: ShortMemory) -> Outbox:
    return outbox_of(web, records)


def methods(web: RecordedWeb) -> list[str]:
    return [method for method, _ in web.calls if method != "auth.test"]


# -- by the records


@in_virtual_time
async def test_a_key_is_posted_once_in_a_channel(web: RecordedWeb, outbox: Outbox) -> None:
    ts = await outbox.post(TEAM, ROOM, WORDS, key=KEY)
    assert await outbox.post(TEAM, ROOM, said("Other words"), key=KEY) == ts
    assert methods(web) == [POST]
    await outbox.post(TEAM, "C0OTHER", WORDS, key=KEY)
    await outbox.post(TEAM, ROOM, WORDS)
    await outbox.post(TEAM, ROOM, WORDS)
    assert methods(web) == [POST] * 4, "without a key each is a message of its own"


@in_virtual_time
async def test_what_an_earlier_life_began_is_looked_for_first(
    web: RecordedWeb, outbox: Outbox, records: ShortMemory
) -> None:
    await records.begin(TEAM, ROOM, KEY, STARTED)
    web.answers[HISTORY] = {"messages": [{"ts": "8.1"}, THERE]}
    assert await outbox.post(TEAM, ROOM, WORDS, key=KEY) == "7.000700"
    assert methods(web) == [HISTORY]
    assert await records.of(TEAM, ROOM) == {KEY: "7.000700"}


@in_virtual_time
async def test_what_an_earlier_life_began_and_is_not_there_is_posted(
    web: RecordedWeb, outbox: Outbox, records: ShortMemory
) -> None:
    await records.begin(TEAM, ROOM, KEY, STARTED)
    ts = await outbox.post(TEAM, ROOM, WORDS, key=KEY)
    assert methods(web) == [HISTORY, POST]
    assert await records.of(TEAM, ROOM) == {KEY: ts}


@in_virtual_time
async def test_what_slack_refuses_for_good_is_given_up_and_posted_anew_later(
    web: RecordedWeb, outbox: Outbox, records: ShortMemory
) -> None:
    web.refuse[POST] = ["is_archived"]
    with pytest.raises(ChatRefusedError, match="is_archived"):
        await outbox.post(TEAM, ROOM, WORDS, key=KEY)
    assert await records.of(TEAM, ROOM) == {}
    await outbox.post(TEAM, ROOM, WORDS, key=KEY)
    assert methods(web) == [POST, POST], "nothing to look for"


@in_virtual_time
async def test_what_may_stand_there_stays_begun(
    web: RecordedWeb, outbox: Outbox, records: ShortMemory
) -> None:
    web.refuse[POST] = ["fatal_error"] * 9
    with pytest.raises(ChatRefusedError, match="fatal_error"):
        await outbox.post(TEAM, ROOM, WORDS, key=KEY, must=False, importance=Importance.PAGE)
    assert await records.of(TEAM, ROOM) == {KEY: None}


@in_virtual_time
async def test_the_records_of_this_life(records: ShortMemory) -> None:
    assert await records.begin(TEAM, ROOM, "a", STARTED) is None
    assert await records.begin(TEAM, ROOM, "a", STARTED) == Posting(ts=None)
    await records.posted(TEAM, ROOM, "a", "1.1")
    assert await records.begin(TEAM, ROOM, "a", STARTED) == Posting(ts="1.1")
    await records.begin(TEAM, ROOM, "b", STARTED)
    assert await records.of(TEAM, ROOM) == {"a": "1.1", "b": None}
    await records.given_up(TEAM, ROOM, "b")
    assert await records.of(TEAM, ROOM) == {"a": "1.1"}
    assert await records.of("T0OTHER", ROOM) == {}


# -- by the history


@in_virtual_time
async def test_after_an_answer_that_was_lost_the_message_is_found(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse[POST] = ["fatal_error"]
    web.answers[HISTORY] = {"messages": [THERE]}
    assert await outbox.post(TEAM, ROOM, WORDS, key=KEY) == "7.000700"
    assert methods(web) == [POST, HISTORY]
    (asked,) = web.of(HISTORY)
    assert float(asked["oldest"]) == STARTED.timestamp() - 60, "clocks differ"
    assert int(asked["limit"]) == HISTORY_LIMIT
    assert asked["include_all_metadata"] in (1, "1", True)


@in_virtual_time
async def test_another_ones_message_is_not_ours(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse[POST] = ["fatal_error"]
    other: dict[str, Any] = {"event_type": "their_message", "event_payload": {"key": KEY}}
    web.answers[HISTORY] = {
        "messages": [{"ts": "8.1", "metadata": other}, {"ts": "8.2", "text": "Hello"}, {"ts": "8.3"}]
    }
    await outbox.post(TEAM, ROOM, WORDS, key=KEY)
    assert methods(web) == [POST, HISTORY, POST]


@in_virtual_time
async def test_a_message_without_a_key_of_its_own_is_found_too(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse[POST] = ["fatal_error", None]
    await outbox.post(TEAM, ROOM, WORDS)
    first, second = web.of(POST)
    assert first["metadata"] == second["metadata"], "by which it is looked for"


@in_virtual_time
async def test_in_a_thread_the_replies_are_looked_through(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse[POST] = ["fatal_error"]
    web.answers[REPLIES] = {"messages": [{"ts": "1.1"}, THERE]}
    assert await outbox.post(TEAM, ROOM, WORDS, key=KEY, thread_ts="1.1") == "7.000700"
    assert methods(web) == [POST, REPLIES]
    assert web.of(REPLIES)[0]["ts"] == "1.1"


@in_virtual_time
async def test_a_file_is_looked_for_by_its_id(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse[COMPLETE] = ["fatal_error"]
    web.answers[HISTORY] = {"messages": [{"ts": "1.1", "files": [{"id": "F0"}, {"id": "F1"}]}]}
    await outbox.upload_picture(TEAM, ROOM, PICTURE)
    assert methods(web) == ["files.getUploadURLExternal", COMPLETE, HISTORY]


@in_virtual_time
async def test_a_file_that_is_not_there_is_shown_again(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse[COMPLETE] = ["fatal_error"]
    web.answers[REPLIES] = {"messages": [{"ts": "1.1", "files": [{"id": "F0"}]}, {"ts": "1.2"}]}
    await outbox.upload(TEAM, ROOM, thread_ts="1.1", name="a.txt", title="A", content="rows")
    assert methods(web) == ["files.getUploadURLExternal", COMPLETE, REPLIES, COMPLETE]
    assert len(web.uploads) == 1


@pytest.mark.parametrize(
    ("importance", "waits"),
    [(Importance.PAGE, 5), (Importance.ANSWER, 5), (Importance.STORY, 20), (Importance.ENDING, 20)],
)
def test_a_search_waits_for_its_turn_only_as_long_as_its_message_can(
    web: RecordedWeb, importance: Importance, waits: float
) -> None:
    """Slack's history is for one look a minute."""

    @in_virtual_time
    async def looked() -> None:
        loop = asyncio.get_running_loop()
        web.answers[HISTORY] = {"messages": [THERE]}
        search = Search(web, FakeClock(), ROOM, key=KEY, importance=importance)
        assert await search() is not None
        assert await search() is None, "rather double than late"
        assert loop.time() == waits
        await asyncio.sleep(61 - waits)
        assert await search() is not None
        assert loop.time() == 61

    looked()


@in_virtual_time
async def test_where_the_history_is_refused_it_is_posted_again(web: RecordedWeb, outbox: Outbox) -> None:
    web.refuse |= {POST: ["fatal_error"], HISTORY: ["missing_scope"]}
    await outbox.post(TEAM, ROOM, WORDS, key=KEY)
    assert methods(web) == [POST, HISTORY, POST]
