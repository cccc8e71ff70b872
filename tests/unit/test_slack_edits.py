"""Edits: the newest state alone is sent, each once, to whoever waits for it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.rides.errors import ChatRefusedError
from bot.slack.messages.message import Message, said
from bot.slack.transport.budget import Importance
from bot.slack.transport.edits import Edits

CARD = ("T1", "C1", "1.1")
OTHER = ("T1", "C1", "2.2")


@dataclass
class Slack:
    """Where edits go: each waits for its turn and for its answer until the test lets it go on."""

    edits: Edits = field(default_factory=Edits)
    sent: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Those that asked for a turn, by their first content."""
    turns: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def show(
        self, text: str, importance: Importance = Importance.BOARD, *, at: tuple[str, str, str] = CARD
    ) -> asyncio.Task[None]:
        async def turn() -> None:
            self.asked.append(text)
            if importance is not Importance.PAGE:
                await self.turns.wait()

        async def send(newest: Message) -> None:
            self.sent.append(newest.text)
            await self.answers.wait()
            if self.refuses:
                raise ChatRefusedError("chat.update", "message_not_found")

        task = asyncio.create_task(self.edits.edit(at, said(text), importance, turn=turn, send=send))
        self.tasks.append(task)
        return task

    async def settle(self) -> None:
        """Until nothing goes on by itself."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def all(self) -> list[BaseException | None]:
        self.turns.set()
        self.answers.set()
        async with asyncio.timeout(5):
            return await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_while_one_waits_for_its_turn_only_the_newest_is_sent() -> None:
    slack = Slack()
    for text in ("one", "two", "three"):
        slack.show(text)
        await slack.settle()
    assert await slack.all() == [None] * 3
    assert (slack.asked, slack.sent) == (["one"], ["three"])


async def test_one_on_its_way_is_followed_by_the_newest_and_not_overtaken() -> None:
    slack = Slack()
    slack.turns.set()
    first = slack.show("one")
    await slack.settle()
    slack.show("two")
    await slack.settle()
    slack.show("three")
    await slack.settle()
    assert slack.sent == ["one"], "the second waits for the first's answer"
    assert not first.done()
    assert await slack.all() == [None] * 3
    assert slack.sent == ["one", "three"]


async def test_what_changes_nothing_is_not_sent() -> None:
    slack = Slack()
    slack.edits.shows(CARD, said("one"))
    slack.show("one")
    assert await slack.all() == [None]
    slack.show("two")
    await slack.all()
    slack.show("two")
    slack.show("two", at=OTHER)
    await slack.all()
    slack.show("one")
    await slack.all()
    assert slack.sent == ["two", "two", "one"]
    assert len(slack.asked) == 3


async def test_what_comes_back_to_what_is_shown_is_not_sent() -> None:
    slack = Slack()
    slack.edits.shows(CARD, said("one"))
    slack.show("two")
    await slack.settle()
    slack.show("one")
    await slack.all()
    assert slack.sent == []


async def test_an_error_reaches_all_who_wait_and_the_next_is_sent() -> None:
    slack = Slack(refuses=True)
    slack.show("one")
    slack.show("two")
    errors = await slack.all()
    assert [getattr(error, "code", None) for error in errors] == ["message_not_found"] * 2
    slack.refuses = False
    slack.tasks.clear()
    slack.show("two")
    assert await slack.all() == [None]
    assert slack.sent == ["two", "two"], "what was refused isn't shown"


async def test_a_newer_state_that_matters_more_does_not_wait_for_the_older_ones_turn() -> None:
    slack = Slack()
    older = slack.show("one", Importance.BOARD)
    await slack.settle()
    newer = slack.show("two", Importance.PAGE)
    slack.answers.set()
    await asyncio.wait_for(newer, 5)
    assert slack.sent == ["two"]
    slack.turns.set()
    await asyncio.wait_for(older, 5)
    assert slack.sent == ["two"], "what was overtaken is never sent"


async def test_an_error_of_what_overtook_reaches_the_overtaken_too() -> None:
    slack = Slack(refuses=True)
    slack.show("one", Importance.BOARD)
    await slack.settle()
    slack.show("two", Importance.PAGE)
    await slack.settle()
    errors = await slack.all()
    assert [getattr(error, "code", None) for error in errors] == ["message_not_found"] * 2
    assert slack.sent == ["two"]


async def test_a_less_important_state_joins_the_one_that_waits() -> None:
    slack = Slack()
    slack.show("one", Importance.BOARD)
    await slack.settle()
    slack.show("two", Importance.COLOUR)
    await slack.settle()
    assert slack.asked == ["one"]
    await slack.all()
    assert slack.sent == ["two"]


async def test_who_waits_no_more_keeps_nothing_from_being_sent() -> None:
    slack = Slack()
    gone = slack.show("one")
    await slack.settle()
    gone.cancel()
    slack.show("two")
    await slack.settle()
    await slack.all()
    assert slack.sent == ["two"]
    slack.turns.clear()
    gone = slack.show("three")
    await slack.settle()
    gone.cancel()
    await slack.settle()
    slack.turns.set()
    await slack.settle()
    assert slack.sent == ["two", "three"]


async def test_messages_do_not_wait_for_each_other() -> None:
    slack = Slack()
    slack.turns.set()
    slack.show("one")
    slack.show("two", at=OTHER)
    await slack.settle()
    assert slack.sent == ["one", "two"]
    await slack.all()


async def test_closing_ends_what_waits() -> None:
    slack = Slack()
    waiting = slack.show("one")
    await slack.settle()
    await slack.edits.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert slack.sent == []
