"""Answers of Slack's that are kept for a while: read by need, renewed in time, told by events."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Clock
from bot.slack.transport.background import Background
from bot.slack.transport.outcome import CONNECTION_ERROR
from bot.slack.transport.workspaces import NOT_INSTALLED, TOKEN_IS_DEAD

log = logging.getLogger(__name__)

RENEW_AFTER = timedelta(minutes=5)
"""From this age on, an answer is still given at once, and asked for anew beside it."""
FRESH = timedelta(minutes=10)
"""No older answer is given, unless Slack can't say now what is true now."""
LAST_KNOWN = timedelta(hours=12)
"""How long what was known last is good enough while Slack can't be asked: as long as a game day."""
ABSENT_FOR = timedelta(minutes=1)
"""How long somebody is nobody. Who asks again has mostly just been told to correct a name."""
ASK_AGAIN_AFTER = timedelta(seconds=30)
"""After a refusal, what was known last is given without asking, for this long."""
PATIENCE = 3.0
"""Seconds that somebody waits for an answer when there is an older one."""

TOGETHER_AFTER = timedelta(seconds=0.01)
"""What is asked for within this moment is read together."""
WITHIN = timedelta(minutes=1)
"""The span of Slack's rates, in which questions after one are counted."""
AT_ONCE = 10
"""Questions after one that are under way at the same time."""
MOST_PAGES = 10
"""Of a list. Where there are more, questions after one are cheaper."""
LONG_FOR = timedelta(hours=1)
"""How long a list that has more pages is not read again."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Source(Protocol[T_co]):
    """Where answers come from. Every method raises ChatRefusedError with Slack's code."""

    @property
    def many(self) -> int:
        """With more questions after one than this, within a minute, the list is read instead."""
        ...

    def is_absent(self, refusal: ChatRefusedError) -> bool:
        """Whether a refusal says that there is no such thing."""
        ...

    async def one(self, key: str) -> T_co:
        """The answer for one."""
        ...

    def pages(self) -> AsyncGenerator[Mapping[str, T_co], None]:
        """The answers for everything, page by page: one call each."""
        ...


@dataclass(kw_only=True, slots=True)
class _Entry(Generic[T]):
    answer: T | ChatRefusedError
    """A refusal only where it says that there is nothing."""
    at: datetime
    outdated: bool = False
    """It has changed since, an event says, but not to what."""
    not_before: datetime | None = None
    """When Slack is asked again, after it could not answer."""

    def is_good(self, now: datetime) -> bool:
        """Whether it is what is true now."""
        return not self.outdated and self.at <= now < self.at + FRESH

    def is_due(self, now: datetime) -> bool:
        """Whether Slack is to be asked for it anew."""
        if self.not_before is not None and now < self.not_before:
            return False
        return not self.is_good(now) or now >= self.at + RENEW_AFTER

    def is_lost(self, now: datetime) -> bool:
        """Whether it is worth nothing, not even as what was known last."""
        kept_for = ABSENT_FOR if isinstance(self.answer, ChatRefusedError) else LAST_KNOWN
        return now >= self.at + kept_for


class Kept(Generic[T]):
    """The answers of one source, by key, `most` of them: those that were asked for last.

    Whoever asks for the same at the same time waits for the same call. An answer that Slack was asked for
    before an event told of a change never replaces what the event told.
    """

    def __init__(
        self,
        source: Source[T],
        clock: Clock,
        background: Background,
        *,
        most: int,
        patience: float = PATIENCE,
    ) -> None:
        self._source = source
        self._clock = clock
        self._background = background
        self._most = most
        self._patience = patience
        self._entries: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._wanted: dict[str, asyncio.Future[T | ChatRefusedError]] = {}
        self._gathered: dict[str, asyncio.Future[T | ChatRefusedError]] | None = None
        self._readings = 0
        self._events = 0
        self._told: dict[str, int] = {}
        """Which event, by number, was the last for a key. Kept while Slack is being asked."""
        self._asking = asyncio.Semaphore(AT_ONCE)
        self._asked: deque[datetime] = deque()
        self._listing = asyncio.Lock()
        self._list_after: datetime | None = None

    async def get(self, key: str) -> T:
        """The answer for one. Raises ChatRefusedError where there is none, not even an older one."""
        now, entry = self._clock.now(), self._entries.get(key)
        if entry is None or entry.is_lost(now):
            return _given(await self._coming(self._want(key), None))
        self._entries.move_to_end(key)
        if not entry.is_due(now):
            return _given(entry.answer)
        future = self._want(key)
        if entry.is_good(now):
            return _given(entry.answer)
        return _given(await self._coming(future, entry))

    def tell(self, key: str, answer: T | None) -> None:
        """An event tells that this has changed: to the answer, or None where it doesn't say to what.

        What nobody has asked for is not kept: a large workspace has many events.
        """
        entry = self._entries.get(key)
        if self._readings:
            self._events += 1
            self._told[key] = self._events
        elif entry is None:
            return
        if answer is not None:
            self._put(key, answer)
        elif entry is not None:
            entry.outdated, entry.not_before = True, None

    async def _coming(
        self, future: "asyncio.Future[T | ChatRefusedError]", known: _Entry[T] | None
    ) -> T | ChatRefusedError:
        await asyncio.wait({future}, timeout=None if known is None else self._patience)
        if future.done() and not future.cancelled():
            return future.result()
        if known is not None:
            return known.answer
        return ChatRefusedError("reading", CONNECTION_ERROR)

    def _want(self, key: str) -> "asyncio.Future[T | ChatRefusedError]":
        """What will be the answer. It never raises: nobody may be waiting for it."""
        if key not in self._wanted:
            if self._gathered is None:
                gathered: dict[str, asyncio.Future[T | ChatRefusedError]] = {}
                self._gathered = gathered
                task = self._background.start(self._read(gathered), name=f"reading {key} and others")
                task.add_done_callback(lambda _: self._ended(gathered))
            self._wanted[key] = self._gathered[key] = asyncio.get_running_loop().create_future()
        return self._wanted[key]

    async def _read(self, gathered: "dict[str, asyncio.Future[T | ChatRefusedError]]") -> None:
        await asyncio.sleep(TOGETHER_AFTER.total_seconds())
        self._gathered = None
        self._readings += 1
        try:
            if self._are_many(len(gathered)):
                await self._read_list(gathered)
            async with asyncio.TaskGroup() as group:
                for key, future in gathered.items():
                    if not future.done():
                        group.create_task(self._read_one(key))
        finally:
            self._readings -= 1
            if not self._readings:
                self._told.clear()

    def _ended(self, gathered: "dict[str, asyncio.Future[T | ChatRefusedError]]") -> None:
        """Whatever ended a reading, nobody waits for it for ever, and the next question is a new one."""
        if self._gathered is gathered:
            self._gathered = None
        for key, future in gathered.items():
            future.cancel()
            if self._wanted.get(key) is future:
                del self._wanted[key]

    def _are_many(self, more: int) -> bool:
        now = self._clock.now()
        while self._asked and self._asked[0] <= now - WITHIN:
            self._asked.popleft()
        return len(self._asked) + more > self._source.many

    async def _read_list(self, gathered: "dict[str, asyncio.Future[T | ChatRefusedError]]") -> None:
        """Read the list for these and all others, unless it was read a moment ago or is too long."""
        async with self._listing:
            now = self._clock.now()
            if self._list_after is not None and now < self._list_after:
                return
            if all(future.done() for future in gathered.values()):
                return
            # Whoever is not on a list that was read to its end is not on it a moment later either.
            self._list_after = now + RENEW_AFTER
            pages, before = 0, self._events
            try:
                async with aclosing(self._source.pages()) as listed:
                    async for page in listed:
                        for key, answer in page.items():
                            self._found(key, answer, before)
                        pages, before = pages + 1, self._events
                        if pages == MOST_PAGES:
                            self._list_after = now + LONG_FOR
                            return
            except ChatRefusedError as refusal:
                self._list_after = now + ASK_AGAIN_AFTER
                log.warning("a list could not be read (%s): asking one by one", refusal)

    async def _read_one(self, key: str) -> None:
        async with self._asking:
            self._asked.append(self._clock.now())
            before = self._events
            try:
                answer = await self._source.one(key)
            except ChatRefusedError as refusal:
                self._refused(key, refusal, before)
            else:
                self._found(key, answer, before)

    def _refused(self, key: str, refusal: ChatRefusedError, before: int) -> None:
        now, entry = self._clock.now(), self._entries.get(key)
        if self._source.is_absent(refusal):
            self._found(key, refusal, before)
        elif entry is None or entry.is_lost(now) or refusal.code in TOKEN_IS_DEAD | {NOT_INSTALLED}:
            self._settle(key, refusal)
        else:
            log.info("%s is what was known last: %s", key, refusal)
            entry.not_before = now + ASK_AGAIN_AFTER
            self._settle(key, entry.answer)

    def _found(self, key: str, answer: T | ChatRefusedError, before: int) -> None:
        """Keep what was found, unless an event told more after this many of them: while Slack was asked."""
        entry = self._entries.get(key)
        if self._told.get(key, 0) <= before:
            self._put(key, answer)
        elif entry is not None and not entry.outdated:
            answer = entry.answer
        self._settle(key, answer)

    def _put(self, key: str, answer: T | ChatRefusedError) -> None:
        self._entries[key] = _Entry(answer=answer, at=self._clock.now())
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def _settle(self, key: str, answer: T | ChatRefusedError) -> None:
        future = self._wanted.pop(key, None)
        if future is not None and not future.done():
            future.set_result(answer)


def _given(answer: T | ChatRefusedError) -> T:
    if isinstance(answer, ChatRefusedError):
        # Not the one that is kept: with each raise its traceback would grow.
        raise ChatRefusedError(answer.step, answer.code)
    return answer
