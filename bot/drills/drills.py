"""Drills: planned, listed and cancelled by people, and started when nobody expects it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.drills.errors import AllQuietError, DrillOverError, UnknownDrillError, WindowOverError
from bot.drills.parts import DrillParts
from bot.drills.scenarios import candidates, level_for
from bot.drills.spans import contains, draw, left
from bot.drills.starting import Starting
from bot.drills.views import DrillList, DrillPlanned, DrillRequest
from bot.drills.windows import windows
from bot.rides.errors import FacilitatorsOnlyError
from bot.rides.waker import Waker
from scenarios.loading.nearest import nearest
from storage.drills import Drill, Span
from storage.errors import StaleDrillError

log = logging.getLogger(__name__)

SHOWN = 20
"""How many drills a list has at most."""
_RECENT = 50
"""How many drills are looked through, besides those that wait for their moment."""


class Drills:
    """The drills of this program; `begin` and `close` are for the program, the rest for people."""

    def __init__(self, parts: DrillParts) -> None:
        self._parts = parts
        self._starting = Starting(parts)
        self._waker = Waker("drills", parts.store.next_due, self.sweep, parts.clock)
        self._turn = asyncio.Lock()
        """What people do with drills and what the clock does with them: one after the other."""

    # -- the program's side

    async def begin(self) -> None:
        """Wait for the moments; what fell due while nobody was there comes at once."""
        self._waker.start()
        await self._waker.set()

    async def close(self) -> None:
        """Start no more of them. The rows wait for the program's next life."""
        self._waker.close()
        async with self._turn:
            pass

    async def sweep(self) -> bool:
        """Do what is due; False when something is to be tried again. The waker calls it; so do tests."""
        async with self._turn:
            done = True
            for drill in await self._parts.store.due(self._parts.clock.now()):
                try:
                    await self._starting.go_on(drill)
                except StaleDrillError:
                    log.info("drill %s was changed by another program", drill.id)
                except Exception:
                    # One drill that fails must not hold up the others.
                    log.exception("drill %s could not go on", drill.id)
                    done = False
            return done

    async def abandon(self, gone: Callable[[str], bool]) -> None:
        """No drill starts in workspaces that are gone, and nobody is told."""
        async with self._turn:
            for drill in await self._parts.store.waiting():
                if gone(drill.workspace):
                    try:
                        await self._parts.store.update(replace(drill, state="cancelled", due_at=None))
                    except StaleDrillError:
                        log.info("drill %s was changed by another program", drill.id)
        await self._waker.set()

    # -- people

    async def plan(self, workspace: str, person: str, request: DrillRequest) -> DrillPlanned:
        """Plan a drill, at a moment that is told to nobody.

        Raises FacilitatorsOnlyError, UnknownTeamError, EmptyTeamError, UnknownScenarioError,
        UnknownZoneError, TooFarError, WindowOverError and AllQuietError.
        """
        parts = self._parts
        if not await parts.rights.may_facilitate(workspace, person):
            raise FacilitatorsOnlyError("plan a drill")
        now = parts.clock.now()
        team = await parts.teams.team(workspace, request.team)
        # A team without anybody could not be paged now either: better said at once.
        await parts.teams.on_call(workspace, team.name, now)
        candidates(parts.scenarios, request.wanted)  # what can never be ridden is refused now
        zone = await parts.zone(workspace, person, request.zone)
        whole = windows(request.days, request.hours, zone, now)
        seed = parts.new_seed()
        drill = Drill(
            id=parts.new_id(),
            workspace=workspace,
            team=team.id,
            team_name=team.name,
            planned_by=person,
            windows=whole,
            zone=zone,
            wanted=request.wanted,
            seed=seed,
            due_at=None,
            created_at=now,
        )
        async with self._turn:
            await parts.store.add(replace(drill, due_at=await self._moment(drill, now)))
        await self._waker.set()
        return DrillPlanned(
            drill=drill.id,
            team=team.name,
            windows=tuple(window for window in whole if window.ends > now),
            zone=zone,
            zone_was_said=request.zone is not None,
            wanted=request.wanted,
            level=level_for(parts.scenarios, request.wanted),
        )

    async def listing(self, workspace: str, person: str) -> DrillList:
        """The drills that wait for their moment, then the newest others: a person's own, all for
        facilitators.

        Raises FacilitatorsOnlyError.
        """
        mine = await self._visible(workspace, person)
        if not mine and not await self._parts.rights.may_facilitate(workspace, person):
            raise FacilitatorsOnlyError("see the drills")
        shown, levels = tuple(mine[:SHOWN]), dict[str, str]()
        for wanted in {drill.wanted for drill in shown}:
            if (level := level_for(self._parts.scenarios, wanted)) is not None:
                levels[wanted] = level
        return DrillList(drills=shown, more=max(len(mine) - SHOWN, 0), levels=levels)

    async def cancel(self, workspace: str, person: str, drill_id: str) -> Drill:
        """There will be no drill. Raises UnknownDrillError, DrillOverError and FacilitatorsOnlyError."""
        store, typed = self._parts.store, drill_id.casefold()
        async with self._turn:
            drill = await store.get(workspace, typed)
            if drill is None:
                waiting = [one.id for one in await self._visible(workspace, person) if one.state == "planned"]
                raise UnknownDrillError(drill_id, nearest(typed, waiting))
            if person != drill.planned_by and not await self._parts.rights.may_facilitate(workspace, person):
                raise FacilitatorsOnlyError("cancel somebody else's drill")
            if drill.state != "planned":
                raise DrillOverError(drill)
            cancelled = await store.update(replace(drill, state="cancelled", due_at=None))
        await self._waker.set()
        return cancelled

    async def make_way(self, workspace: str) -> None:
        """The calendar has a new entry: drills whose moment it covers move, and nobody learns which."""
        now = self._parts.clock.now()
        async with self._turn:
            for drill in await self._parts.store.planned(workspace):
                entries = await self._parts.quiet_times(workspace, drill.team, now)
                if drill.due_at is not None and contains((entry.span for entry in entries), drill.due_at):
                    await self._starting.move(drill)
        await self._waker.set()

    # -- within

    async def _moment(self, drill: Drill, now: datetime) -> datetime:
        quiet = await self._parts.quiet_times(drill.workspace, drill.team, now)
        spans = tuple(entry.span for entry in quiet)
        at = draw(drill.windows, spans, now, drill.seed, drill.draw)
        if at is not None:
            return at
        rest = left(drill.windows, (), now)
        if not rest or draw(drill.windows, (), now, drill.seed, 0) is None:
            raise WindowOverError(drill.windows[-1] if drill.windows else None, drill.zone)
        touching = (entry for entry in quiet if any(_touch(entry.span, span) for span in rest))
        raise AllQuietError(tuple(touching), drill.zone)

    async def _visible(self, workspace: str, person: str) -> list[Drill]:
        waiting = await self._parts.store.planned(workspace)
        recent = await self._parts.store.recent(workspace, _RECENT)
        drills = [*waiting, *(drill for drill in recent if drill.state != "planned")]
        if await self._parts.rights.may_facilitate(workspace, person):
            return drills
        return [drill for drill in drills if drill.planned_by == person]


def _touch(one: Span, other: Span) -> bool:
    return one.begins < other.ends and other.begins < one.ends
