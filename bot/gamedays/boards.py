"""Keeping the scoreboard and the console up to date: edited, not posted anew, and not too often."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.gamedays.announcements import Board, ConsoleTeams, Said, TeamLine
from bot.gamedays.console_page import board, head, lines, pages
from bot.gamedays.live_day import LiveDay

MINUTE = timedelta(minutes=1)
BREATH = timedelta(milliseconds=10)
"""More than a pace asks for, so that it is over then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Message:
    """A message as it should be now."""

    channel: str | None
    ts: str
    said: Said
    only_clocks: bool
    """Nothing but a clock has moved in it."""


class Boards:
    """The messages of one running day. All days of a workspace share one pace."""

    def __init__(self, day: LiveDay) -> None:
        self._day = day
        self._began = day.parts.clock.now()
        self._pace = day.parts.edits.of(day.workspace, self._began, day.parts.tempo.edits)
        self._shown: dict[str, Said] = {}
        """What each message shows, by its ts."""
        self._edited: dict[str, datetime] = {}
        """When each message was edited last, by its ts."""
        self._wants: timedelta | None = None
        """After how long something can be shown that could not be now; None: all is shown."""
        self._post_from = self._began
        """When to try again to post what the chat refused."""

    async def show(self) -> None:
        """Bring the messages up to date, as far as that may be done now.

        What happened comes before clocks, and what was not edited for longest before the rest: no message
        waits for ever where others change all the time.
        """
        found = await lines(self._day)
        await self._post_missing(found)
        self._wants = None
        stale = [message for message in self._messages(found) if self._shown.get(message.ts) != message.said]
        for message in sorted(stale, key=lambda one: (one.only_clocks, self._last_edit(one.ts))):
            wait = self._wait(message)
            if wait > timedelta(0):
                self._wants = wait if self._wants is None else min(self._wants, wait)
                continue
            self._pace.edited(self._day.parts.clock.now(), only_clocks=message.only_clocks)
            await self._day.edit(message.channel, message.ts, message.said)
            self._shown[message.ts] = message.said
            # When it came through: an edit may take a while.
            self._edited[message.ts] = self._day.parts.clock.now()

    async def show_last(self) -> None:
        """Bring all messages up to date for the last time, as soon as that may be done."""
        await self.show()
        while self._wants is not None:
            self._day.changed.clear()
            await self._day.wait(self.rest())
            await self.show()

    def rest(self) -> timedelta:
        """How long nothing has to be shown if nothing happens."""
        return self._wants + BREATH if self._wants is not None else self._day.parts.tempo.refresh_every

    def _wait(self, message: _Message) -> timedelta:
        now = self._day.parts.clock.now()
        own = self._last_edit(message.ts) + self._day.parts.tempo.edit_every - now
        return max(own, self._pace.wait(now, only_clocks=message.only_clocks))

    def _last_edit(self, ts: str) -> datetime:
        """As if all were edited at the beginning: an earlier life of the program may just have done so."""
        return self._edited.get(ts, self._began)

    async def _post_missing(self, found: Sequence[TeamLine]) -> None:
        day = self._day
        now = day.parts.clock.now()
        if now < self._post_from:
            return
        self._post_from = now + day.parts.tempo.refresh_every
        if day.record.board_ts is None:
            ts = await self._post(day.record.channel, board(day, found), key="board")
            if ts is not None:
                await day.change(board_ts=ts)
        there = len(day.record.console_ts)
        if there == 0:
            return
        for number, page in enumerate(pages(day, found), 1):
            if number < there:
                continue
            ts = await self._post(day.record.console, page, key=f"console-{number}")
            if ts is None:
                return
            await day.change(console_ts=(*day.record.console_ts, ts))
        if day.record.board_ts is not None:
            self._post_from = now

    async def _post(self, channel: str | None, said: Said, *, key: str) -> str | None:
        """Post a message; its ts, or None when the chat refused."""
        there = self._day.was_said(key)
        ts = await self._day.say(channel, _to_the_minute(said), key=key)
        if ts is not None:
            self._edited[ts] = self._day.parts.clock.now()
            if not there:  # else it shows what an earlier life of the program said
                self._shown[ts] = _to_the_minute(said)
        return ts

    def _messages(self, found: Sequence[TeamLine]) -> list[_Message]:
        """Every message as it should be now."""
        record = self._day.record
        wanted: list[tuple[str | None, str, Said]] = []
        if record.board_ts is not None:
            wanted.append((record.channel, record.board_ts, board(self._day, found)))
        console: list[Said] = [head(self._day, found), *pages(self._day, found)]
        wanted += [(record.console, ts, said) for ts, said in zip(record.console_ts, console, strict=False)]
        return [self._message(channel, ts, _to_the_minute(said)) for channel, ts, said in wanted]

    def _message(self, channel: str | None, ts: str, said: Said) -> _Message:
        shown = self._shown.get(ts)
        only_clocks = shown is not None and _still(shown) == _still(said)
        return _Message(channel=channel, ts=ts, said=said, only_clocks=only_clocks)


def _to_the_minute(said: Said) -> Said:
    """With clocks as they are shown: a second more or less is no reason to edit."""
    if isinstance(said, Board | ConsoleTeams):
        return replace(
            said,
            lines=tuple(
                replace(line, elapsed=_begun(line.elapsed), remaining=_left(line.remaining))
                for line in said.lines
            ),
        )
    return said


def _begun(clock: timedelta | None) -> timedelta | None:
    return clock // MINUTE * MINUTE if clock is not None else None


def _left(clock: timedelta | None) -> timedelta | None:
    """Rounded up: there is still some of the last minute."""
    return -(-clock // MINUTE) * MINUTE if clock is not None else None


def _still(said: Said) -> Said:
    """The same without what moves by itself."""
    if isinstance(said, Board | ConsoleTeams):
        return replace(said, lines=tuple(replace(line, elapsed=None, remaining=None) for line in said.lines))
    return said
