"""The front door of game days, and the days that are to come or run now."""

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta

from bot.gamedays import reminding
from bot.gamedays.channels import open_channels
from bot.gamedays.console import Console, end_rides
from bot.gamedays.ending import tell_called_off
from bot.gamedays.errors import GameDayOverError, GameDayRunsError, PlanRefusedError, UnknownGameDayError
from bot.gamedays.following import follow
from bot.gamedays.live_day import LiveDay
from bot.gamedays.parts import GameDayParts
from bot.gamedays.plan import JUST_NOW, Plan, Problem
from bot.gamedays.planning import Planner
from bot.gamedays.preparing import LONGEST, Group, begin_at
from bot.gamedays.schedule import first_round, groups
from bot.gamedays.starting import drop, start_group
from bot.rides.errors import ChatRefusedError, FacilitatorsOnlyError
from bot.rides.waker import Waker
from scenarios.model.scenario import Scenario
from storage.game_days import TO_COME, UNSETTLED, GameDay, Slot

log = logging.getLogger(__name__)

PLAN_ONE = "plan a game day"
CANCEL_ONE = "cancel a game day"


class GameDays:
    """All game days of this program. `begin` (after the rides') and `close` are the program's side."""

    def __init__(self, parts: GameDayParts) -> None:
        self._parts = parts
        self._planner = Planner(parts)
        self._days: dict[str, LiveDay] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._awaited: set[str] = set()
        """Days that are followed as soon as they have begun."""
        self._reminding: set[str] = set()
        """Days whose reminder is being sent."""
        self._planning = asyncio.Lock()
        self._waker = Waker("game days", self._next_due, self.sweep, parts.clock)
        self.console = Console(self.find, self._waker.set)

    # -- the program's side

    async def begin(self) -> None:
        """Take up the days that are to come, and those that an earlier life of the program left running."""
        self._parts.rides.watch(self._ride_changed)
        for record in await self._parts.store.unfinished():
            day = await LiveDay.load(self._parts, record)
            self._days[day.id] = day
            if record.state != "planned":
                self._run(self._go_on(day), f"game day {day.id}")
            else:
                # Taken just when the program ended, before the day was noted as begun.
                taken = [slot for slot in day.slots.values() if slot.state == "starting"]
                await day.put(*(dataclasses.replace(slot, state="due") for slot in taken))
        self._waker.start()
        await self._waker.set()

    async def close(self) -> None:
        """End the program's part; days that run wait for its next life."""
        self._waker.close()
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _go_on(self, day: LiveDay) -> None:
        """A day that was begun: what was cut off between two steps is done again."""
        await day.remember_messages()
        if day.record.state == "running":
            if day.record.ended_by is not None:
                await end_rides(day, day.record.ended_by)
            for slot in list(day.slots.values()):
                if slot.state == "starting" and await self._was_cut_off(slot):
                    await day.put(dataclasses.replace(slot, state="due", ride=None))
            await self._waker.set()
        await self._follow(day)

    async def _was_cut_off(self, slot: Slot) -> bool:
        """Whether a slot's ride was being prepared when the program ended.

        Its journal says so: the ride's record is written after it, and so is not written yet now.
        """
        if slot.ride is None:
            return True
        journal = await self._parts.book.journal(slot.ride)
        return not any(event.kind == "incident_live" for _, event in journal)

    async def _follow(self, day: LiveDay) -> None:
        await follow(day, self._waker.set)
        self._days.pop(day.id, None)

    async def abandon(self, gone: Callable[[str], bool]) -> None:
        """No game day takes place or goes on in workspaces that are gone, and nobody is told."""
        for day in [one for one in self._days.values() if gone(one.workspace)]:
            names = {f"game day {day.id}", f"start of game day {day.id}"}
            tasks = [task for task in self._running if task.get_name() in names]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            async with day.steering:
                if day.record.state in TO_COME:
                    await day.note("abandoned")
                    await day.change(state="cancelled", ended_at=self._parts.clock.now())
                unsettled = [slot for slot in day.slots.values() if slot.state in UNSETTLED]
                await day.put(*(dataclasses.replace(slot, state="dropped") for slot in unsettled))
                await day.change(told=True)
            self._days.pop(day.id, None)
        await self._waker.set()

    # -- what people ask for

    async def seen_at_once(self, workspace: str, plan: Plan) -> list[Problem]:
        """What is wrong with a plan as far as that can be told without asking the chat."""
        return await self._planner.seen_at_once(workspace, plan, self._days.values())

    async def check(self, workspace: str, plan: Plan) -> list[Problem]:
        """All that is wrong with a plan. Asks the chat about many people, and so may take long."""
        return await self._planner.problems(workspace, plan, self._days.values())

    async def create(self, workspace: str, by: str, plan: Plan) -> GameDay:
        """Make a plan a game day: its channels are open when this returns.

        It starts as planned, or, where Slack doesn't make channels for so many teams by then, at the first
        full minute at which all are ready. Raises FacilitatorsOnlyError, PlanRefusedError with what is wrong,
        and ChatRefusedError when no channel can be made; then there is no such day.
        """
        await self.refuse_others(workspace, by, PLAN_ONE)
        async with self._planning:
            if (twin := self._planned_twice(workspace, by, plan)) is not None:
                async with twin.steering:  # until its channels are open
                    return twin.record
            if problems := await self.check(workspace, plan):
                raise PlanRefusedError(problems)
            plan = self._planner.in_time(workspace, plan, self._days.values())
            record = self._planner.game_day(workspace, by, plan, await self._planner.names(workspace))
            slots = first_round(record, self._parts.tempo.speed)
            riders = await self._planner.riders(workspace, plan.teams)
            await self._parts.store.add(record, slots)
            day = await LiveDay.load(self._parts, record)
            self._days[day.id] = day
        async with day.steering:
            await day.note("planned", by=by)
            try:
                await open_channels(day, riders)
            except ChatRefusedError:
                await drop(day)
                await day.change(state="cancelled", ended_at=self._parts.clock.now(), told=True)
                self._days.pop(day.id, None)
                raise
        await self._waker.set()
        return day.record

    async def cancel(self, workspace: str, by: str, wanted: str) -> GameDay:
        """Call off a day that has not begun, by its id or its name.

        Raises FacilitatorsOnlyError, UnknownGameDayError, GameDayRunsError and GameDayOverError.
        """
        await self.refuse_others(workspace, by, CANCEL_ONE)
        day = await self.find(workspace, self._by_name(workspace, wanted))
        async with day.steering:
            if day.record.state == "running":
                raise GameDayRunsError(day.record.name, day.record.console)
            if day.record.state != "planned":
                raise GameDayOverError(day.record.name)
            await drop(day)
            await day.note("cancelled", by=by)
            await day.change(state="cancelled", ended_by=by, ended_at=self._parts.clock.now())
        self._days.pop(day.id, None)
        await tell_called_off(day)
        await self._waker.set()
        return day.record

    def to_come(self, workspace: str) -> list[GameDay]:
        """The days that run or are to come, in order of time."""
        records = [day.record for day in self._days.values()]
        mine = [record for record in records if record.workspace == workspace and record.state in TO_COME]
        return sorted(mine, key=lambda record: (record.starts_at, record.id))

    async def recent(self, workspace: str, limit: int) -> list[GameDay]:
        """The latest days of the workspace, whatever became of them."""
        return await self._parts.store.recent(workspace, limit)

    async def find(self, workspace: str, day: str) -> LiveDay:
        """A day that is to come or runs. Raises UnknownGameDayError, or GameDayOverError for an older one."""
        found = self._days.get(day)
        if found is not None and found.record.workspace == workspace:
            return found
        record = await self._parts.store.get(day)
        if record is not None and record.workspace == workspace:
            raise GameDayOverError(record.name)
        known = tuple((record.id, record.name) for record in self.to_come(workspace))
        raise UnknownGameDayError(day, known)

    async def refuse_others(self, workspace: str, person: str, what: str) -> None:
        """Raises FacilitatorsOnlyError for those who may not plan."""
        if not await self._parts.rights.may_facilitate(workspace, person):
            raise FacilitatorsOnlyError(what)

    async def teams(self, workspace: str) -> dict[str, str]:
        """The teams that can take part: id to name, by name."""
        return await self._planner.names(workspace)

    def scenarios(self) -> Sequence[Scenario]:
        """The scenarios that can be ridden."""
        return self._planner.scenarios()

    def now(self) -> datetime:
        """The service's time."""
        return self._parts.clock.now()

    def _planned_twice(self, workspace: str, by: str, plan: Plan) -> LiveDay | None:
        """The day that the first half of a double click made of this plan. It may start later than asked."""
        wanted = (by, plan.name.strip(), plan.teams, plan.facilitators)
        for day in self.to_come(workspace):
            teams = tuple(entrant.team for entrant in day.entrants)
            same = (day.created_by, day.name, teams, day.facilitators) == wanted
            just_now = self._parts.clock.now() - day.created_at < JUST_NOW
            if same and (day.starts_at == plan.starts_at or just_now):
                return self._days[day.id]
        return None

    def _by_name(self, workspace: str, wanted: str) -> str:
        """The id for what somebody typed."""
        typed = wanted.strip().casefold()
        named = [day.id for day in self.to_come(workspace) if day.name.casefold() == typed]
        return named[0] if len(named) == 1 else typed

    # -- running

    async def sweep(self) -> bool:
        """Begin with what is due, or takes as long to prepare. The waker calls it; so do tests that move the
        clock.
        """
        now = self._parts.clock.now()
        self._remind_of_days(now)
        together = groups(await self._parts.store.due_slots(now + LONGEST))
        for group, begins in self._begin_at(together).items():
            slots = together[group]
            if begins > now:
                continue
            day = self._days.get(group.day)
            if day is None:
                log.warning("game day %s is not known: its rides are dropped", group.day)
                await self._parts.store.put_slots(
                    [dataclasses.replace(slot, state="dropped") for slot in slots]
                )
                continue
            taken = [dataclasses.replace(slot, state="starting") for slot in slots]
            await day.put(*taken)
            self._run(self._start(day, taken), f"start of game day {day.id}")
        return True

    def _remind_of_days(self, now: datetime) -> None:
        for day in list(self._days.values()):
            before = reminding.due(day, now)
            if before is not None and day.id not in self._reminding:
                self._reminding.add(day.id)
                self._run(self._remind(day, before), f"reminder of game day {day.id}")

    async def _remind(self, day: LiveDay, before: timedelta) -> None:
        try:
            await reminding.remind(day, before)
        finally:
            self._reminding.discard(day.id)
        await self._waker.set()

    def _begin_at(self, together: Iterable[Group]) -> dict[Group, datetime]:
        """When to begin with each group: those of a workspace share what Slack allows it."""
        by_workspace: dict[str, list[Group]] = {}
        for group in together:
            day = self._days.get(group.day)
            by_workspace.setdefault(day.workspace if day is not None else "", []).append(group)
        found: dict[Group, datetime] = {}
        for mine in by_workspace.values():
            found |= begin_at(mine, self._parts.tempo)
        return dict(sorted(found.items(), key=lambda item: item[1]))

    async def _start(self, day: LiveDay, slots: Sequence[Slot]) -> None:
        if day.record.state == "planned" and day.id not in self._awaited:
            self._awaited.add(day.id)
            self._run(self._follow_when_begun(day), f"game day {day.id}")
        await start_group(day, slots)
        if day.record.state == "missed":
            self._days.pop(day.id, None)

    async def _follow_when_begun(self, day: LiveDay) -> None:
        while day.record.state == "planned":
            day.changed.clear()
            await day.changed.wait()
        if day.record.state == "running":
            await self._follow(day)

    async def _next_due(self) -> datetime | None:
        now = self._parts.clock.now()
        reminders = [
            moment
            for day in self._days.values()
            if day.id not in self._reminding and (moment := reminding.next_due(day, now)) is not None
        ]
        due = await self._parts.store.next_due()
        if due is None:
            return min(reminders, default=None)
        # Many that are due later may take longer to prepare than the few that are due first.
        together = groups(await self._parts.store.due_slots(due + LONGEST))
        return min((*self._begin_at(together).values(), *reminders), default=due)

    def _ride_changed(self, ride: str) -> None:
        for day in self._days.values():
            if any(slot.ride == ride for slot in day.slots.values()):
                day.changed.set()

    def _run(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)
