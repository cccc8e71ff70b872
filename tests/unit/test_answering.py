"""Answers that Slack refuses: by another way, shorter, and never with a promise that isn't kept."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.rides.errors import ChatRefusedError
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.statements import Statements
from bot.slack.chat import fitting
from bot.slack.messages import answers, openly, views
from bot.slack.messages.message import Message, context, header, said, section, size, verbatim
from bot.slack.messages.preview import ResultFile
from sandbox.answer import Answer, Failed, Finished, Lost, StillRunning
from tests.slack_doubles import (
    DANA,
    ROOM,
    SETTINGS,
    TEAM,
    FakeFront,
    RecordedOutbox,
    RecordedWeb,
    finished,
    words,
)
from tests.slack_limits import check

MENTION = Asker(workspace=TEAM, person=DANA, channel=ROOM, thread_ts="50.1")
ROWS = [f"{number:6} | {'x' * 40}" for number in range(200)]
LONG = "\n".join(["    id | note", "-------+------", *ROWS, "(200 rows)"])


@pytest.fixture
def web() -> RecordedWeb:
    return RecordedWeb()


@pytest.fixture
def outbox(web: RecordedWeb) -> RecordedOutbox:
    return RecordedOutbox(web)


@pytest.fixture
def front() -> FakeFront:
    return FakeFront()


@pytest.fixture
def statements(front: FakeFront, outbox: RecordedOutbox) -> Statements:
    return Statements(front, outbox, SETTINGS)


def posts(web: RecordedWeb) -> list[tuple[str, str]]:
    """(channel, all that can be read) of each message that was posted or refused."""
    return [
        (call["channel"], json.dumps(call, ensure_ascii=False))
        for name, call in web.calls
        if name == "chat.postMessage"
    ]


class TestPrivately:
    async def test_where_the_channel_refuses_it_comes_in_direct_messages(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        web.refuse["chat.postEphemeral"] = ["channel_not_found"]
        await tell(outbox, MENTION, said("You have 3 hints left."))
        [(channel, text)] = posts(web)
        assert channel == "D0DANA001"
        assert "3 hints" in text

    async def test_where_both_refuse_it_stands_in_the_thread(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        web.refuse = {"chat.postEphemeral": ["restricted_action"], "conversations.open": ["user_disabled"]}
        await tell(outbox, MENTION, said("You have 3 hints left."))
        [(channel, text)] = posts(web)
        assert channel == ROOM
        assert '"thread_ts": "50.1"' in text
        assert "3 hints" in text
        assert f"<@{DANA}>" in text

    async def test_a_secret_is_never_shown_to_others(
        self, front: FakeFront, web: RecordedWeb, outbox: RecordedOutbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        web.refuse = {"chat.postEphemeral": ["restricted_action"], "conversations.open": ["user_disabled"]}
        await tell(outbox, MENTION, views.connection(await front.connect(TEAM, DANA, ROOM)))
        [(channel, text)] = posts(web)
        assert channel == ROOM
        assert "s3cr3t" not in json.dumps([call for name, call in web.calls if name != "chat.postEphemeral"])
        assert "s3cr3t" not in caplog.text
        assert f"<@{DANA}>: your answer is for you alone" in text
        assert "`restricted_action`" in text

    async def test_a_secret_that_is_too_long_stays_one_in_its_parts(self) -> None:
        message = Message(text="s", blocks=(verbatim("y\n" * 800),), secret=True).shorter()
        assert message is not None
        assert message.secret
        assert all(part.secret for part in message.thread)

    async def test_who_is_not_in_the_channel_is_not_answered_there(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        web.refuse = {
            "chat.postEphemeral": ["user_not_in_channel"],
            "conversations.open": ["user_disabled"],
        }
        await tell(outbox, MENTION, said("You have 3 hints left."))
        assert posts(web) == []

    async def test_a_response_url_that_fails_is_no_end(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        outbox.urls_work = False
        web.refuse["chat.postEphemeral"] = ["not_in_channel"]
        asker = Asker(workspace=TEAM, person=DANA, channel=ROOM, response_url="https://hooks.invalid/1")
        await tell(outbox, asker, said("You have 3 hints left."))
        assert [channel for channel, _ in posts(web)] == ["D0DANA001"]

    async def test_what_nobody_takes_is_logged_without_its_text(
        self, web: RecordedWeb, outbox: RecordedOutbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        web.refuse = {
            "chat.postEphemeral": ["is_archived"],
            "conversations.open": ["user_disabled"],
            "chat.postMessage": ["is_archived"],
        }
        await tell(outbox, MENTION, said("You have 3 hints left."))
        assert "is_archived" in caplog.text
        assert "3 hints" not in caplog.text

    def test_a_full_message_may_be_addressed_too(self) -> None:
        for count in (0, 1, 49, 50):
            message = Message(text="x" * 4_000, blocks=(section("y"),) * count)
            check(openly.shown(DANA, message))


class TestFiles:
    @pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
    async def test_a_file_that_is_refused_is_not_promised(
        self, statements: Statements, front: FakeFront, web: RecordedWeb, method: str
    ) -> None:
        front.answer = finished(LONG)
        web.refuse[method] = ["file_uploads_disabled"]
        await statements.run(MENTION, "select * from orders")
        (_, result), (channel, word) = posts(web)
        assert "file" not in result
        assert channel == ROOM
        assert '"thread_ts": "50.1"' in word
        assert "There is no file with the whole result" in word
        assert "more line" in word
        assert "this workspace doesn't allow files" in word
        assert "`LIMIT`" in word
        assert "/ride connect" in word

    async def test_where_the_word_is_refused_too_its_author_has_it(
        self, statements: Statements, front: FakeFront, web: RecordedWeb
    ) -> None:
        front.answer = finished(LONG)
        web.refuse = {
            "files.getUploadURLExternal": ["storage_limit_reached"],
            "chat.postMessage": [None, "restricted_action_thread_locked"],
        }
        await statements.run(MENTION, "select * from orders")
        [whisper] = web.of("chat.postEphemeral")
        assert "There is no file" in json.dumps(whisper)

    async def test_a_result_for_its_author_alone_promises_no_file(
        self, statements: Statements, front: FakeFront, web: RecordedWeb
    ) -> None:
        front.answer = finished(LONG)
        web.refuse["chat.postMessage"] = ["not_in_channel"]
        with pytest.raises(ChatRefusedError):
            await statements.run(MENTION, "select * from orders")
        told = [json.dumps(call) for call in web.of("chat.postEphemeral")]
        assert len(told) == 2
        assert "There is no file" in told[1]
        assert web.of("files.getUploadURLExternal") == []

    def test_the_words_without_a_psql_of_ones_own_dont_name_it(self) -> None:

        file = ResultFile(content="x", missing="2 more rows")
        told = answers.without_file(file, replace(SETTINGS, offers_connect=False), None)
        check(told)
        assert "connect" not in words(told)


def readable(message: Message) -> list[str]:
    """The lines of a message and its thread that are in blocks, or in the text where there are none."""
    lines: list[str] = []
    for block in message.as_blocks():
        raw: Any = block
        if raw["type"] == "rich_text":
            lines += raw["elements"][0]["elements"][0]["text"].split("\n")
        elif raw["type"] == "section":
            lines += raw["text"]["text"].split("\n")
    lines += [] if message.blocks else message.text.split("\n")
    return [line for line in lines if line] + [line for part in message.thread for line in readable(part)]


async def started(result: Answer) -> Finished | Failed | Lost:
    """What a statement that runs still comes to."""
    assert isinstance(result, Finished)
    return result


class TestWaiting:
    @pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed", "cant_update_message"])
    async def test_where_the_waiting_message_cant_be_edited_the_result_comes_as_a_new_one(
        self, statements: Statements, front: FakeFront, web: RecordedWeb, code: str
    ) -> None:
        front.answer = StillRunning(
            seconds=3, waiting_for=None, blocked_by=(), finished=started(finished("done at last"))
        )
        web.refuse["chat.update"] = [code]
        await statements.run(Asker(workspace=TEAM, person=DANA, channel=ROOM), "select 1")
        _, result = web.of("chat.postMessage")
        assert "done at last" in json.dumps(result["blocks"])
        assert web.of("chat.postEphemeral") == []


class TestTooLong:
    @pytest.mark.parametrize(
        "message",
        [
            Message(text="x", blocks=(section("▶️ a"), verbatim(LONG[:5000]), context("c"))),
            Message(text="x", blocks=(section("\n".join(ROWS)[:2900]),)),
            Message(text="x", blocks=tuple(section(row) for row in ROWS[:50])),
            Message(text="\n".join(ROWS)[:3900]),
            Message(text="x" * 3900),
            Message(text="x", blocks=(header("h"), verbatim("z" * 2900))),
        ],
        ids=["result", "section", "many", "text", "one line", "wide"],
    )
    def test_nothing_is_lost_when_a_message_is_made_shorter(self, message: Message) -> None:
        before = message
        for _ in range(3):
            less = message.shorter()
            if less is None:
                break
            assert size(less.blocks) < size(message.blocks) or len(less.text) < len(message.text)
            for part in (less, *less.thread):
                check(part)
            message = less
        assert message is not before
        assert "".join(readable(message)) == "".join(readable(before))

    def test_what_is_short_can_not_be_shorter(self) -> None:
        assert said("Hello.").shorter() is None
        assert Message(text="Hello.").shorter() is None

    @pytest.mark.parametrize("code", ["msg_too_long", "msg_blocks_too_long"])
    async def test_a_long_result_goes_on_in_its_thread(
        self, statements: Statements, front: FakeFront, web: RecordedWeb, code: str
    ) -> None:
        text = "\n".join(ROWS[:50])
        front.answer = finished(text)
        web.refuse["chat.postMessage"] = [code, code]
        await statements.run(Asker(workspace=TEAM, person=DANA, channel=ROOM), "select 1")
        calls = web.of("chat.postMessage")[2:]
        assert "thread_ts" not in calls[0]
        head = next(n for n, (name, _) in enumerate(web.calls, 1) if name == "chat.postMessage") + 2
        assert {call["thread_ts"] for call in calls[1:]} == {f"{head}.000100"}
        shown = "".join(json.dumps(call["blocks"]) for call in calls)
        assert all(row in shown for row in ROWS[:50])

    async def test_a_result_in_another_messages_place_goes_on_in_its_thread(
        self, statements: Statements, front: FakeFront, web: RecordedWeb
    ) -> None:
        long = finished("\n".join(ROWS[:50]))
        front.answer = StillRunning(seconds=3, waiting_for=None, blocked_by=(), finished=started(long))
        web.refuse["chat.update"] = ["msg_too_long"]
        await statements.run(Asker(workspace=TEAM, person=DANA, channel=ROOM), "select 1")
        _, update = web.of("chat.update")
        _, *replies = web.of("chat.postMessage")
        assert {reply["thread_ts"] for reply in replies} == {update["ts"]}
        shown = "".join(json.dumps(call["blocks"]) for call in (update, *replies))
        assert all(row in shown for row in ROWS[:50])

    async def test_another_refusal_is_no_reason_to_be_shorter(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        web.refuse["chat.postMessage"] = ["is_archived"]
        with pytest.raises(ChatRefusedError, match="is_archived"):
            await fitting.post(outbox, TEAM, ROOM, Message(text=LONG))
        assert len(web.of("chat.postMessage")) == 1

    async def test_what_slack_never_takes_is_refused_in_the_end(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        web.refuse["chat.postMessage"] = ["msg_too_long"] * 50
        with pytest.raises(ChatRefusedError, match="msg_too_long"):
            await fitting.post(outbox, TEAM, ROOM, Message(text=LONG))
        assert len(web.of("chat.postMessage")) < 10

    async def test_a_long_private_answer_comes_in_parts(
        self, web: RecordedWeb, outbox: RecordedOutbox
    ) -> None:
        web.refuse["chat.postEphemeral"] = ["msg_too_long"]
        await tell(outbox, MENTION, Message(text="\n".join(ROWS[:50])))
        shown = "".join(call["text"] for call in web.of("chat.postEphemeral")[1:])
        assert all(row.strip() in shown for row in ROWS[:50])


async def test_whoever_waits_for_slack_hears_that_it_ran() -> None:
    class SlowWeb(RecordedWeb):
        def __init__(self) -> None:
            super().__init__()
            self.open = asyncio.Event()

        async def chat_postMessage(self, **arguments: Any) -> AsyncSlackResponse:  # noqa: N802
            await self.open.wait()
            return await super().chat_postMessage(**arguments)

    web = SlowWeb()
    outbox = RecordedOutbox(web)
    statements = Statements(FakeFront(), outbox, SETTINGS, noticed_after=0.01)
    asker = Asker(workspace=TEAM, person=DANA, channel=ROOM, response_url="https://hooks.invalid/1")
    running = asyncio.create_task(statements.run(asker, "select 1"))
    async with asyncio.timeout(5):
        await outbox.responded.wait()
    assert [("It ran" in message.text, in_channel) for _, message, in_channel in outbox.responses] == [
        (True, False)
    ]
    web.open.set()
    await running
    assert len(web.of("chat.postMessage")) == 1
