"""Keeping the scoreboard and the console up to date: edited, not posted anew, and not too often."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.gamedays.announcements import UNDER_WAY, Board, ConsoleTeams, Said, TeamLine
from bot.gamedays.console_page import board, head, lines, pages
from bot.gamedays.edit_pace import EditPace
from bot.gamedays.live_day import LiveDay


class Boards:
    """The messages of one running day."""

    def __init__(self, day: LiveDay) -> None:
        self._day = day
        tempo = day.parts.tempo
        self._pace = EditPace(day.parts.clock.now(), tempo.edit_every)
        self._shown: dict[str, Said] = {}
        """What each message shows, by its ts, without the clocks."""
        self._clocks_moved: datetime | None = None
        self._wants = False
        self._post_from = day.parts.clock.now()
        """When to try again to post what the chat refused."""

    async def show(self) -> None:
        """Bring all messages up to date, if that may be done now."""
        day, now = self._day, self._day.parts.clock.now()
        found = await lines(day)
        await self._post_missing(found)
        due = self._clocks_moved is None or now >= self._clocks_moved + day.parts.tempo.refresh_every
        clocks = due and any(line.state in UNDER_WAY for line in found)
        stale = [
            (channel, ts, said)
            for channel, ts, said in self._messages(found)
            if clocks or self._shown.get(ts) != _still(said)
        ]
        self._wants = bool(stale)
        if not stale or self._pace.wait(now) > timedelta(0):
            return
        # Counted from the beginning and from the end: an edit may take a while to come through.
        self._pace.edited(now)
        for channel, ts, said in stale:
            await day.edit(channel, ts, said)
            self._shown[ts] = _still(said)
        self._pace.edited(day.parts.clock.now())
        self._clocks_moved = now
        self._wants = False

    async def show_last(self) -> None:
        """Bring all messages up to date for the last time, as soon as that may be done."""
        await self.show()
        while self._wants:
            self._day.changed.clear()
            await self._day.wait(self.rest())
            await self.show()

    def rest(self) -> timedelta:
        """How long nothing has to be shown if nothing happens."""
        tempo = self._day.parts.tempo
        if self._wants:
            # A breath more than the pace asks for, so that it is over then.
            return self._pace.wait(self._day.parts.clock.now()) + timedelta(milliseconds=10)
        return tempo.refresh_every

    async def _post_missing(self, found: Sequence[TeamLine]) -> None:
        day = self._day
        now = day.parts.clock.now()
        if now < self._post_from:
            return
        self._post_from = now + day.parts.tempo.refresh_every
        if day.record.board_ts is None:
            ts = await day.say(day.record.channel, board(day, found), key="board")
            if ts is not None:
                await day.change(board_ts=ts)
                self._pace.edited(day.parts.clock.now())
        there = len(day.record.console_ts)
        if there == 0:
            return
        for number, page in enumerate(pages(day, found), 1):
            if number < there:
                continue
            ts = await day.say(day.record.console, page, key=f"console-{number}")
            if ts is None:
                return
            await day.change(console_ts=(*day.record.console_ts, ts))
            self._shown[ts] = _still(page)
        if day.record.board_ts is not None:
            self._post_from = now

    def _messages(self, found: Sequence[TeamLine]) -> list[tuple[str | None, str, Said]]:
        """Channel, ts and content of every message as it should be now."""
        record = self._day.record
        wanted: list[tuple[str | None, str, Said]] = []
        if record.board_ts is not None:
            wanted.append((record.channel, record.board_ts, board(self._day, found)))
        console: list[Said] = [head(self._day, found), *pages(self._day, found)]
        wanted += [(record.console, ts, said) for ts, said in zip(record.console_ts, console, strict=False)]
        return wanted


def _still(said: Said) -> Said:
    """The same without what moves by itself."""
    if isinstance(said, Board | ConsoleTeams):
        return replace(said, lines=tuple(replace(line, elapsed=None, remaining=None) for line in said.lines))
    return said
