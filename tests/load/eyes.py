"""What people see, and when: cheap enough for a hundred of them on a machine that also does all the work.

A person's own client reads a whole conversation at each change in it, which for a hundred people is more work
than the program under test. So the eyes stand in the workspace itself: on the feed from which the clients'
streams come, and on the messages that they would read.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from bot.workspace.company.feed import Change
from bot.workspace.company.state import Kind, Message
from bot.workspace.json_values import JsonObject
from bot.workspace.server import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """A message, as somebody saw it come or change."""

    at: float
    """Seconds of time.monotonic."""
    channel: str
    ts: str
    text: str
    blocks: tuple[JsonObject, ...]
    edited: bool
    """Whether it stood there before, and changed."""
    direct: bool
    """Whether it is in direct messages."""
    ephemeral: bool
    thread: bool
    """Whether it stands in a thread."""

    def has_button(self, action: str) -> bool:
        """Whether there is a button to click."""
        return any(
            element.get("action_id") == action
            for block in self.blocks
            for element in block.get("elements") or ()
            if isinstance(element, dict)
        )


Fits = Callable[[Sight], bool]


class Eyes:
    """What one person has seen so far, in order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sights: list[Sight] = []
        self._awaited: list[tuple[Fits, asyncio.Future[Sight]]] = []

    def saw(self, sight: Sight) -> None:
        """Something came or changed."""
        self.sights.append(sight)
        for waiting in [one for one in self._awaited if one[0](sight)]:
            self._awaited.remove(waiting)
            if not waiting[1].done():
                waiting[1].set_result(sight)

    def first(self, fits: Fits, *, after: int = 0) -> Sight | None:
        """The first that fits, of what was seen; `after` leaves out so many."""
        return next((sight for sight in self.sights[after:] if fits(sight)), None)

    async def see(self, fits: Fits, within: float, *, after: int = 0) -> Sight:
        """The first that fits, at once or as soon as there is one. Raises TimeoutError: what was seen."""
        if (found := self.first(fits, after=after)) is not None:
            return found
        coming: asyncio.Future[Sight] = asyncio.get_running_loop().create_future()
        waiting = (fits, coming)
        self._awaited.append(waiting)
        try:
            async with asyncio.timeout(within):
                return await coming
        except TimeoutError:
            seen = "\n".join(f"  {one.channel} {one.ts}: {one.text[:120]}" for one in self.sights[-20:])
            raise TimeoutError(f"{self.name} saw no such thing within {within:g} s; last:\n{seen}") from None
        finally:
            if waiting in self._awaited:
                self._awaited.remove(waiting)


class Watch:
    """The eyes of many, while the block is open."""

    def __init__(self, workspace: Workspace, people: Mapping[str, str]) -> None:
        """`people` are ids by name."""
        self._workspace = workspace
        self._people = people
        self._stack = ExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self.eyes: dict[str, Eyes] = {name: Eyes(name) for name in people}

    async def __aenter__(self) -> "Watch":
        feed = self._workspace.parts.feed
        for name, person in self._people.items():
            changes = self._stack.enter_context(feed.watch(person))
            self._tasks.append(
                asyncio.create_task(self._look(self.eyes[name], changes), name=f"eyes of {name}")
            )
        return self

    async def __aexit__(self, *exception: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._stack.close()

    async def _look(self, eyes: Eyes, changes: "asyncio.Queue[Change | None]") -> None:
        while (change := await changes.get()) is not None:
            if change.type in ("message", "message_changed", "ephemeral"):
                sight = self._sight(change)
                if sight is not None:
                    eyes.saw(sight)

    def _sight(self, change: Change) -> Sight | None:
        conversation = self._workspace.state.conversations.get(change.channel or "")
        if conversation is None or change.ts is None:
            return None
        shown = conversation.ephemerals if change.type == "ephemeral" else conversation.messages
        message = _newest(reversed(shown), change.ts)
        if message is None:
            return None
        return Sight(
            at=time.monotonic(),
            channel=conversation.id,
            ts=message.ts,
            text=message.text,
            blocks=tuple(message.blocks or ()),
            edited=change.type == "message_changed",
            direct=conversation.kind is Kind.IM,
            ephemeral=change.type == "ephemeral",
            thread=message.is_reply,
        )


def _newest(messages: Iterable[Message], ts: str) -> Message | None:
    return next((message for message in messages if message.ts == ts), None)
