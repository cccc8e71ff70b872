r"""`\watch`: what is understood of it, and the one message that shows its runs."""

import asyncio
import json

import pytest

from bot.rides.errors import RideOverError
from bot.slack.areas.asker import Asker
from bot.slack.areas.statements import Statements
from bot.slack.areas.watches import Watches
from sandbox.answer import Answer, Busy, Failed, ResultSet
from sandbox.sql_session.watching import MOST_TIMES, UnreadableWatch, Watch, read_watch
from tests.slack_doubles import (
    DANA,
    RIDE,
    ROOM,
    SETTINGS,
    TEAM,
    FakeFront,
    RecordedOutbox,
    RecordedWeb,
    finished,
)

ASKER = Asker(workspace=TEAM, person=DANA, channel=ROOM)
FAILED = Failed(sqlstate="42P01", text="ERROR:  no", seconds=0.1, transaction="", database="app_db")
BUSY = Busy(running="select 2", seconds=3, waiting_for=None, blocked_by=())


@pytest.mark.parametrize(
    ("typed", "watch"),
    [
        (r"select 1 \watch", Watch(sql="select 1")),
        (r"select 1; \watch 5;", Watch(sql="select 1;", seconds=5)),
        ("select 1\n\\watch i=3 c=4 m=1", Watch(sql="select 1", seconds=3, times=4, least_rows=1)),
        (r"select '\x' \watch 0.1", Watch(sql=r"select '\x'")),
        (r"select 1 \watch 1000 c=1000", Watch(sql="select 1", seconds=60, times=MOST_TIMES)),
        ("```select 1 \\watch 3```", Watch(sql="select 1", seconds=3)),
    ],
)
def test_understood(typed: str, watch: Watch) -> None:
    assert read_watch(typed) == watch


@pytest.mark.parametrize(
    "typed", ["select 1", r"select ' \watch", r"-- \watch", r"select 1 \watch \! id", r"\watcher"]
)
def test_none(typed: str) -> None:
    assert read_watch(typed) is None


@pytest.mark.parametrize("typed", [r"\watch", r"; \watch 1", r"\d orders \watch 2", r"select 1 \watch fast"])
def test_told_how(typed: str) -> None:
    found = read_watch(typed)
    assert isinstance(found, UnreadableWatch)
    assert r"\watch" in found.text


class Changing(FakeFront):
    """Answers differently each time, and then as the last time."""

    def __init__(self, *answers: Answer | Exception) -> None:
        super().__init__()
        self.coming = list(answers)
        self.sent = asyncio.Event()

    async def sql(self, workspace: str, person: str, channel: str | None, text: str) -> Answer:
        self._note("sql", workspace, person, channel, text)
        self.sent.set()
        answer = self.coming.pop(0) if len(self.coming) > 1 else self.coming[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def watched(
    front: FakeFront, typed: str, *, unit: float = 0.001, altogether: float = 60
) -> tuple[list[str], RecordedWeb]:
    """What the message showed, one after the other."""
    web = RecordedWeb()
    watches = Watches(unit=unit, altogether=altogether)
    await Statements(front, RecordedOutbox(web), SETTINGS, watches=watches).run(ASKER, typed)
    return shown(web), web


def shown(web: RecordedWeb) -> list[str]:
    return [
        json.dumps(call["blocks"], ensure_ascii=False)
        for name, call in web.calls
        if name in {"chat.postMessage", "chat.update"}
    ]


async def test_one_message_shows_all_the_runs() -> None:
    front = Changing(finished("one"), finished("two"), finished("three"))
    texts, web = await watched(front, r"select 1 \watch 2 c=3")
    assert [any(word in text for word in ("one", "two", "three")) for text in texts] == [True] * 3
    assert len(web.of("chat.postMessage")) == 1
    assert len(web.of("chat.update")) == 2
    assert len({call["ts"] for call in web.of("chat.update")}) == 1
    assert "Run 1, repeated every 2 s" in texts[0]
    assert "3 runs" in texts[2]
    assert "repeated every" not in texts[2]
    assert [call[-1] for call in front.asked] == ["select 1"] * 3


async def test_it_is_bounded() -> None:
    front = Changing(finished())
    texts, _ = await watched(front, r"select 1 \watch")
    assert len(front.asked) == MOST_TIMES
    texts, _ = await watched(Changing(finished()), r"select 1 \watch", altogether=0)
    assert len(texts) == 1
    assert "has ended" in texts[0]


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (FAILED, "ends with an error"),
        (BUSY, "another statement of yours"),
        (RideOverError(RIDE, preparing=False), "with the ride"),
        (
            finished(results=(ResultSet(columns=("a",), numeric=(True,), cells=(), status="SELECT 0"),)),
            "fewer rows",
        ),
    ],
    ids=["error", "busy", "over", "rows"],
)
async def test_it_says_why_it_ends(last: Answer | Exception, why: str) -> None:
    row = ResultSet(columns=("a",), numeric=(True,), cells=(("1",),), status="SELECT 1")
    texts, _ = await watched(Changing(finished(results=(row,)), last), r"select 1 \watch m=1")
    assert len(texts) == 2
    assert why in texts[-1]
    assert "repeated every" not in texts[-1]


async def test_what_is_sent_next_ends_it() -> None:
    web = RecordedWeb()
    front = Changing(finished("one"))
    statements = Statements(front, RecordedOutbox(web), SETTINGS, watches=Watches(unit=1000))
    watching = asyncio.create_task(statements.run(ASKER, r"select 1 \watch"))
    await front.sent.wait()
    await statements.run(Asker(workspace=TEAM, person="U0SAM0001", channel=ROOM), "select 2")
    assert not watching.done()
    await statements.run(ASKER, "select 3")
    async with asyncio.timeout(5):
        await watching
    (update,) = web.of("chat.update")
    assert "sent something else" in json.dumps(update["blocks"])


async def test_a_message_does_not_promise_a_run_that_will_not_come() -> None:
    web = RecordedWeb()
    front = Changing(finished("one"))
    statements = Statements(front, RecordedOutbox(web), SETTINGS, watches=Watches(unit=1000))
    watching = asyncio.create_task(statements.run(ASKER, r"select 1 \watch"))
    while not web.of("chat.postMessage"):
        web.changed.clear()
        await web.changed.wait()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert "repeated every" not in shown(web)[-1]


async def test_what_it_cannot_do_is_told_to_its_author() -> None:
    web = RecordedWeb()
    front = Changing(finished())
    await Statements(front, RecordedOutbox(web), SETTINGS).run(ASKER, r"\d orders \watch")
    assert not front.asked
    (told,) = web.of("chat.postEphemeral")
    assert "repeats SQL statements only" in json.dumps(told["blocks"])
