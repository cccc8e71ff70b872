"""The listeners behind a real Bolt app, with requests as Socket Mode delivers them."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.rides.errors import NotALearnerError, UnknownScenarioError
from bot.rides.views import Origin
from bot.slack.areas.help import HelpArea
from bot.slack.messages.buttons import ACKNOWLEDGE, CANCEL_SQL
from bot.slack.transport.app import SlackApp
from bot.slack.transport.workspaces import OneWorkspace
from sandbox.answer import Answer, Busy, Failed, Finished, Lost, Refused, StillRunning
from sandbox.errors import SandboxGoneError
from scenarios.journal.events import Backend
from tests.slack_doubles import (
    BOT,
    DANA,
    RIDE,
    ROOM,
    SAM,
    SETTINGS,
    TEAM,
    FakeFront,
    FakeRights,
    RecordedOutbox,
    RecordedWeb,
    finished,
    words,
)

URL = "https://hooks.invalid/commands/1"


class Room:
    """A Bolt app with our listeners, in memory."""

    def __init__(self) -> None:
        self.front = FakeFront()
        self.web = RecordedWeb()
        self.outbox = RecordedOutbox(self.web)
        slack = SlackApp(SETTINGS, workspaces=OneWorkspace(self.web), outbox=self.outbox)
        self.slack = slack
        self.background = slack.background
        self.app = slack.build(self.front, [HelpArea(FakeRights(), self.outbox, SETTINGS).area()])

    async def deliver(self, body: dict[str, Any], *, settle: bool = True) -> None:
        response = await self.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        assert response.status == 200
        assert not response.body
        if settle:
            # Bolt acknowledges events before their listener runs.
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others, timeout=5)
            await self.background.close(grace=5)

    async def command(
        self, text: str, *, name: str = "/ride", person: str = DANA, channel: str = ROOM
    ) -> str:
        """Type a slash command; gives what the person was told alone."""
        before = len(self.outbox.responses)
        await self.deliver(
            {
                "command": name,
                "text": text,
                "team_id": TEAM,
                "user_id": person,
                "channel_id": channel,
                "response_url": URL,
                "trigger_id": "1.2.3",
            }
        )
        told = self.outbox.responses[before:]
        assert all(not in_channel for _, _, in_channel in told)
        return "\n".join(words(message) for _, message, _ in told)

    async def mention(self, text: str, **event: Any) -> None:
        await self.deliver(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": event.pop("event_id", "Ev1"),
                "event": {
                    "type": "app_mention",
                    "user": DANA,
                    "channel": ROOM,
                    "ts": "100.1",
                    "text": f"<@{BOT}> {text}",
                    **event,
                },
            }
        )

    async def event(self, number: int, kind: str, at: int = 0, **event: Any) -> None:
        """Something happens in the workspace; one `number` is one event, however often it comes."""
        await self.deliver(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": f"Ev{number}",
                "event_time": at,
                "event": {"type": kind, **event},
            }
        )

    async def click(self, action: str, value: str, *, person: str = DANA, settle: bool = True) -> str:
        before = len(self.outbox.responses)
        await self.deliver(
            {
                "type": "block_actions",
                "team": {"id": TEAM},
                "user": {"id": person},
                "channel": {"id": ROOM},
                "container": {"type": "message", "message_ts": "1.1"},
                "response_url": URL,
                "actions": [{"action_id": action, "value": value, "type": "button", "block_id": "b"}],
            },
            settle=settle,
        )
        return "\n".join(words(message) for _, message, _ in self.outbox.responses[before:])


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    room = Room()
    yield room
    await room.background.close(grace=0)


async def test_start_hands_over_everything_and_answers_privately(room: Room) -> None:
    told = await room.command("start Alter–Table-locks <@U0SAM0001|sam>")
    assert room.front.asked == [
        ("start", TEAM, DANA, "alter-table-locks", (SAM,), Origin(channel=ROOM, response_url=URL))
    ]
    assert (
        f"Opening an incident channel for <@{SAM}>: *ALTER TABLE locks production* (L3, 10–15 min)…" in told
    )
    assert not room.web.of("chat.postMessage")


async def test_start_without_a_scenario_lists_them(room: Room) -> None:
    assert "/ride start alter-table-locks" in await room.command("start")
    assert not room.front.asked


async def test_start_with_an_unreadable_name_asks_for_a_mention(room: Room) -> None:
    assert "@nobody" in await room.command("start alter-table-locks @nobody")
    assert not room.front.asked


async def test_unknown_scenario_names_the_nearest(room: Room) -> None:
    room.front.error = UnknownScenarioError("alter-tabel", ("alter-table-locks",), ("alter-table-locks",))
    assert "Did you mean `/ride start alter-table-locks`" in await room.command("start alter-tabel")


async def test_unknown_command_names_the_nearest(room: Room) -> None:
    assert "`/ride status`" in await room.command("statsu")


async def test_bare_command_shows_help(room: Room) -> None:
    assert "/ride start alter-table-locks" in await room.command("")


async def test_status_is_private(room: Room) -> None:
    told = await room.command("status")
    assert "12:55 left" in told
    assert "1 of 3" in told


async def test_connect_is_told_to_that_person_alone(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = await room.command("connect")
    assert "postgresql://dana:s3cr3t@db.example:5433/app_db" in told
    assert not room.web.of("chat.postMessage")
    assert "s3cr3t" not in caplog.text


async def test_hint_in_the_rides_channel_says_nothing_more(room: Room) -> None:
    assert await room.command("hint") == ""
    assert room.front.asked == [("hint", TEAM, DANA, ROOM)]


async def test_hint_from_elsewhere_says_where_it_is(room: Room) -> None:
    assert f"<#{ROOM}>" in await room.command("hint", channel="C0GENERAL")


async def test_stop_confirms(room: Room) -> None:
    assert RIDE in await room.command("stop")


async def test_sql_result_is_posted_for_all(room: Room) -> None:
    assert await room.command("select 1 < 2", name="/sql") == ""
    assert room.front.asked == [("sql", TEAM, DANA, ROOM, "select 1 < 2")]
    (post,) = room.web.of("chat.postMessage")
    assert post["channel"] == ROOM
    assert f"<@{DANA}> ran" in json.dumps(post["blocks"])
    assert "select 1 &lt; 2" in json.dumps(post["blocks"])
    assert "(1 row)" in json.dumps(post["blocks"])
    assert "(1 row)" in post["text"]


async def test_outsider_is_refused_privately(room: Room) -> None:
    room.front.error = NotALearnerError(RIDE, (DANA,))
    told = await room.command("select 1", name="/sql", person=SAM)
    assert f"<@{DANA}>'s to solve" in told
    assert not room.web.of("chat.postMessage")


async def test_empty_sql_says_what_to_type(room: Room) -> None:
    assert "/sql select 1" in await room.command(" ", name="/sql")
    assert not room.front.asked


async def test_refused_meta_command_is_private(room: Room) -> None:
    room.front.answer = Refused(text="\\! is not available here.", meta_command="\\!")
    assert "not available here" in await room.command("\\! id", name="/sql")
    assert not room.web.of("chat.postMessage")


async def test_busy_is_private_with_a_cancel_button(room: Room) -> None:
    room.front.answer = Busy(
        running="select * from orders",
        seconds=12,
        waiting_for="Lock/relation",
        blocked_by=(Backend(pid=4242, application="migration_runner_9"),),
    )
    told = await room.command("select 1", name="/sql")
    assert "pid 4242" in told
    assert "migration_runner_9" in told
    assert CANCEL_SQL in told
    assert not room.web.of("chat.postMessage")


async def _outcome(future: "asyncio.Future[Answer]") -> Finished | Failed | Lost:
    answer = await future
    assert isinstance(answer, Finished | Failed | Lost)
    return answer


async def test_still_running_becomes_the_result_in_its_place(room: Room) -> None:
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    room.front.answer = StillRunning(
        seconds=2.5,
        waiting_for="Lock/relation",
        blocked_by=(Backend(pid=4242, role="migration_runner", application="migration_runner_9"),),
        finished=_outcome(future),
    )
    body = {"command": "/sql", "text": "select 1", "team_id": TEAM, "user_id": DANA, "channel_id": ROOM}
    await room.deliver(body, settle=False)
    while not room.web.of("chat.postMessage"):
        room.web.changed.clear()
        await room.web.changed.wait()
    (post,) = room.web.of("chat.postMessage")
    shown = json.dumps(post["blocks"])
    assert "Still running" in shown
    assert "pid 4242" in shown
    assert '"style": "danger"' in shown
    button = next(block for block in post["blocks"] if block["type"] == "actions")["elements"][0]
    await room.click(CANCEL_SQL, button["value"], person=SAM, settle=False)
    assert await _told(room, "Only <@U0DANA001> can cancel")
    assert ("cancel_sql", TEAM, SAM, RIDE) not in room.front.asked
    await room.click(CANCEL_SQL, button["value"], settle=False)
    assert await _told(room, "Cancelled")
    assert ("cancel_sql", TEAM, DANA, RIDE) in room.front.asked
    future.set_result(finished("done at last"))
    await room.background.close(grace=5)
    (update,) = room.web.of("chat.update")
    assert update["ts"] == f"{[name for name, _ in room.web.calls].index('chat.postMessage') + 1}.000100"
    assert "done at last" in json.dumps(update["blocks"])
    assert CANCEL_SQL not in json.dumps(update["blocks"])
    assert len(room.web.of("chat.postMessage")) == 1


@pytest.mark.parametrize("failure", [None, SandboxGoneError("gone")], ids=["closing", "no sandbox"])
async def test_a_message_does_not_promise_an_answer_that_will_not_come(
    room: Room, failure: Exception | None
) -> None:
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    room.front.answer = StillRunning(seconds=2.5, waiting_for=None, blocked_by=(), finished=_outcome(future))
    body = {"command": "/sql", "text": "select 1", "team_id": TEAM, "user_id": DANA, "channel_id": ROOM}
    await room.deliver(body, settle=False)
    while not room.web.of("chat.postMessage"):
        room.web.changed.clear()
        await room.web.changed.wait()
    if failure is not None:
        future.set_exception(failure)
    await room.background.close(grace=0.1)
    (update,) = room.web.of("chat.update")
    assert "run it again" in json.dumps(update["blocks"])
    assert CANCEL_SQL not in json.dumps(update["blocks"])


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived"])
async def test_a_result_that_the_channel_does_not_take_goes_to_its_author(room: Room, code: str) -> None:
    room.front.answer = finished("there it is")
    room.web.refuse["chat.postMessage"] = [code]
    body = {"command": "/sql", "text": "select 1", "team_id": TEAM, "user_id": DANA, "channel_id": ROOM}
    await room.deliver({**body, "response_url": URL})
    assert ["there it is" in words(message) for _, message, _ in room.outbox.responses] == [True, False]
    assert f"`{code}`" in words(room.outbox.responses[1][1])
    assert not any(in_channel for _, _, in_channel in room.outbox.responses)


async def test_waiting_and_result_go_to_the_author_where_the_channel_takes_neither(room: Room) -> None:
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    room.front.answer = StillRunning(seconds=2.5, waiting_for=None, blocked_by=(), finished=_outcome(future))
    room.web.refuse["chat.postMessage"] = ["not_in_channel", "not_in_channel"]
    body = {"command": "/sql", "text": "select 1", "team_id": TEAM, "user_id": DANA, "channel_id": ROOM}
    await room.deliver({**body, "response_url": URL}, settle=False)
    assert await _told(room, "Still running")
    future.set_result(finished("done at last"))
    assert await _told(room, "done at last")
    assert await _told(room, "`not_in_channel`")


async def _told(room: Room, part: str) -> bool:
    async with asyncio.timeout(5):
        while not any(part in words(message) for _, message, _ in room.outbox.responses):
            room.outbox.responded.clear()
            await room.outbox.responded.wait()
    return True


async def test_long_results_come_as_a_preview_and_a_file(room: Room) -> None:
    rows = [f"{number:6} | {'x' * 40}" for number in range(200)]
    text = "\n".join(["    id | note", "-------+------", *rows, "(200 rows)"])
    room.front.answer = finished(text)
    await room.command("select * from orders", name="/sql")
    (post,) = room.web.of("chat.postMessage")
    (block,) = [block for block in post["blocks"] if block["type"] == "rich_text"]
    preview = block["elements"][0]["elements"][0]["text"].split("\n")
    assert preview[:-1] == text.split("\n")[: len(preview) - 1]
    assert preview[-1] == f"… not shown here: {len(text.splitlines()) - len(preview) + 1} more lines"
    assert "file" not in json.dumps(post), "it is not there yet"
    (upload,) = room.web.of("files.completeUploadExternal")
    assert "The whole result" in json.dumps(upload["files"])
    assert upload["channel_id"] == ROOM
    assert upload["thread_ts"]
    assert room.web.uploads[0].decode() == f"-- app_db: select * from orders\n{text}"


async def test_mention_in_a_thread_is_answered_there(room: Room) -> None:
    await room.mention("sql\n```select\n  1 &lt; 2```", thread_ts="50.1")
    assert room.front.asked == [("sql", TEAM, DANA, ROOM, "\n```select\n  1 &lt; 2```")]
    (post,) = room.web.of("chat.postMessage")
    assert post["thread_ts"] == "50.1"
    assert "1 &lt; 2" in post["text"]


async def test_mention_answers_privately_in_the_thread(room: Room) -> None:
    await room.mention("status", thread_ts="50.1")
    (whisper,) = room.web.of("chat.postEphemeral")
    assert (whisper["channel"], whisper["user"], whisper["thread_ts"]) == (ROOM, DANA, "50.1")
    assert not room.web.of("chat.postMessage")


async def test_bare_mention_shows_help(room: Room) -> None:
    await room.mention("")
    (whisper,) = room.web.of("chat.postEphemeral")
    assert "/ride list" in json.dumps(whisper["blocks"])
    assert "thread_ts" not in whisper


async def test_an_event_delivered_again_counts_once(room: Room) -> None:
    await room.mention("sql select 1", client_msg_id="m1")
    await room.mention("sql select 1", client_msg_id="m1")
    await room.mention("sql select 1", client_msg_id="m1", event_id="Ev2")
    assert len(room.front.asked) == 1
    await room.mention("sql select 1", client_msg_id="m2", event_id="Ev3", ts="100.2")
    assert len(room.front.asked) == 2


async def test_bots_are_ignored(room: Room) -> None:
    await room.mention("sql select 1", bot_id="B0OTHER")
    assert not room.front.asked


async def test_acknowledge(room: Room) -> None:
    assert "Acknowledged" in await room.click(ACKNOWLEDGE, RIDE)
    assert room.front.asked == [("acknowledge", TEAM, DANA, RIDE)]


async def test_acknowledge_by_an_outsider_is_refused_privately(room: Room) -> None:
    room.front.error = NotALearnerError(RIDE, (DANA,))
    assert "only they can work on it" in await room.click(ACKNOWLEDGE, RIDE, person=SAM)


async def test_a_request_from_another_workspace_reaches_nobody(room: Room) -> None:
    body = {"command": "/ride", "text": "stop", "team_id": "T0OTHER01", "user_id": DANA, "channel_id": ROOM}
    response = await room.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
    assert "not installed" in response.body
    assert not room.front.asked


async def test_an_unexpected_error_is_logged_and_told_with_a_reference(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.front.error = ZeroDivisionError("boom")
    told = await room.command("stop")
    reference = next(
        record.args[-1] for record in caplog.records if isinstance(record.args, tuple) and record.exc_info
    )
    assert f"ref {reference}" in told
    assert "boom" not in told


async def test_an_answer_is_whispered_when_the_response_url_is_used_up(room: Room) -> None:
    room.outbox.urls_work = False
    await room.command("status")
    (whisper,) = room.web.of("chat.postEphemeral")
    assert whisper["user"] == DANA


@pytest.mark.parametrize("kind", ["user_change", "team_join"])
async def test_slack_tells_of_people_who_come_change_and_leave(room: Room, kind: str) -> None:
    chat = room.slack.chat
    assert (await chat.person(TEAM, DANA)).can_ride
    await room.event(1, kind, user={"id": DANA, "name": "dana", "is_admin": True})
    assert (await chat.person(TEAM, DANA)).is_admin
    await room.event(2, kind, user={"id": DANA, "name": "dana", "deleted": True})
    # Slack delivers again what it had no answer to, however late.
    await room.event(1, kind, user={"id": DANA, "name": "dana", "is_admin": True})
    await room.event(3, kind, user=DANA)
    assert not (await chat.person(TEAM, DANA)).can_ride
    assert len(room.web.of("users.info")) == 1


async def test_slack_tells_of_a_user_group_whose_people_change(room: Room) -> None:
    chat = room.slack.chat
    assert await chat.group_members(TEAM, "S1") == (DANA,)
    await room.event(1, "subteam_updated", subteam={"id": "S1", "users": [SAM], "user_count": 1})
    assert await chat.group_members(TEAM, "S1") == (SAM,)
    assert len(room.web.of("usergroups.users.list")) == 1


async def test_nobody_is_known_any_more_where_ride_was_removed(room: Room) -> None:
    left: list[str] = []
    room.slack.watch(left.append)
    await room.slack.chat.person(TEAM, DANA)
    await room.event(1, "app_uninstalled")
    assert left == [TEAM]
    await room.slack.chat.person(TEAM, DANA)
    assert len(room.web.of("users.info")) == 2, "it is Slack's to say that nobody may ask"
