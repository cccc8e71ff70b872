"""A game day that is to come or runs: its record, its slots and what happened, kept in step."""

import asyncio
import dataclasses
import logging
from collections.abc import Mapping
from datetime import timedelta

from bot.gamedays.announcements import Said
from bot.gamedays.parts import GameDayParts
from bot.gamedays.results import RideResult
from bot.rides.errors import ChatRefusedError
from bot.rides.views import RideGlance
from scenarios.journal.stored import stored_scenario
from scenarios.judging.scoring import score
from storage.game_days import Entrant, GameDay, GameDayEvent, Slot

log = logging.getLogger(__name__)


class LiveDay:
    """The service's handle of one game day. Every change is stored before it is acted on."""

    def __init__(self, parts: GameDayParts, record: GameDay) -> None:
        self.parts = parts
        self.record = record
        self.known_since = parts.clock.now()
        """When this life of the program came to know of the day."""
        self.slots: dict[tuple[str, int], Slot] = {}
        self.events: list[GameDayEvent] = []
        self.results: dict[str, RideResult] = {}
        """Rides that were live and have ended."""
        self.delivered: dict[str, str] = {}
        """Keys of messages found in the channels after a restart, with their ts."""
        self.changed = asyncio.Event()
        self.steering = asyncio.Lock()
        """Held while the day's course changes: begin, cancel, end, go on to the next round."""
        self._writing = asyncio.Lock()
        self._last_looks: dict[str, RideGlance] = {}

    @classmethod
    async def load(cls, parts: GameDayParts, record: GameDay) -> "LiveDay":
        """A day as it is in the store, with the results of its rides."""
        day = cls(parts, record)
        day.slots = {(slot.team, slot.round): slot for slot in await parts.store.slots(record.id)}
        day.events = await parts.store.events(record.id)
        for slot in day.slots.values():
            if slot.state == "done" and slot.ride is not None:
                await day.take_result(slot)
        return day

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def workspace(self) -> str:
        return self.record.workspace

    def entrant(self, team: str) -> Entrant:
        """The team that takes part by this id. Raises KeyError for another."""
        return {entrant.team: entrant for entrant in self.record.entrants}[team]

    async def change(self, **fields: object) -> None:
        """Store new values of the record's fields."""
        async with self._writing:
            changed = dataclasses.replace(self.record, **fields)  # type: ignore[arg-type]
            await self.parts.store.update(changed)
            self.record = changed
        self.changed.set()

    async def put(self, *slots: Slot) -> None:
        """Store slots, new or changed."""
        async with self._writing:
            await self.parts.store.put_slots(slots)
            self.slots |= {(slot.team, slot.round): slot for slot in slots}
        self.changed.set()

    async def note(
        self, kind: str, *, by: str | None = None, team: str | None = None, detail: str = ""
    ) -> None:
        """Write down what happened."""
        event = GameDayEvent(at=self.parts.clock.now(), kind=kind, by=by, team=team, detail=detail)
        await self.parts.store.note(self.id, event)
        self.events.append(event)
        self.changed.set()

    async def take_result(self, slot: Slot) -> RideResult | None:
        """The result of a slot's ride that has ended; None for one that was never live."""
        if slot.ride is None:
            return None
        record = await self.parts.book.get(slot.ride)
        if record is None or record.live_at is None or record.ended_at is None:
            return None
        events = tuple(event for _, event in await self.parts.book.journal(slot.ride))
        scenario = stored_scenario(record.document)
        card = await asyncio.to_thread(score, scenario, events)
        result = RideResult(team=slot.team, round=slot.round, ended_at=record.ended_at, card=card)
        self.results[slot.ride] = result
        return result

    async def glance(self, slot: Slot) -> RideGlance | None:
        """How a slot's ride stands; the last look at one that is over is kept."""
        if slot.ride is None or slot.state not in ("starting", "running", "done"):
            return None
        if slot.ride not in self._last_looks:
            found = await self.parts.hand.glance(self.workspace, slot.ride)
            if slot.state != "done":
                return found
            self._last_looks[slot.ride] = found
        return self._last_looks[slot.ride]

    async def wait(self, at_most: timedelta) -> None:
        """Until something has changed, but not longer than this."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self.changed.wait()
        except TimeoutError:
            return

    # -- saying things

    async def say(self, channel: str | None, said: Said, *, key: str) -> str | None:
        """Post once; None when the chat refused."""
        if channel is None:
            return None
        whole = f"{self.id}:{key}"
        if whole in self.delivered:
            return self.delivered[whole]
        try:
            ts = await self.parts.stage.post(self.workspace, channel, said, key=whole)
        except ChatRefusedError as refusal:
            log.warning("game day %s: the chat refused %s: %s", self.id, key, refusal.code)
            return None
        self.delivered[whole] = ts
        return ts

    def was_said(self, key: str) -> bool:
        """Whether it was posted already, perhaps by an earlier life of the program."""
        return f"{self.id}:{key}" in self.delivered

    async def edit(self, channel: str | None, ts: str | None, said: Said) -> None:
        """Edit a message of the day; one that can't be edited does not stop the day."""
        if channel is None or ts is None:
            return
        try:
            await self.parts.stage.update(self.workspace, channel, ts, said)
        except ChatRefusedError as refusal:
            log.warning("game day %s: the chat refused an edit: %s", self.id, refusal.code)

    async def tell(self, people: Mapping[str, Said], *, key: str) -> None:
        """Say something to each of these people alone."""
        for person, said in people.items():
            try:
                await self.parts.stage.direct(self.workspace, person, said, key=f"{self.id}:{key}:{person}")
            except ChatRefusedError as refusal:
                log.warning("game day %s: %s was not told: %s", self.id, person, refusal.code)

    async def tell_facilitators(self, said: Said, *, key: str) -> None:
        """Say something to each facilitator alone."""
        await self.tell(dict.fromkeys(self.record.facilitators, said), key=key)

    async def remember_messages(self) -> None:
        """What is in the channels already, so that nothing is said twice after a restart."""
        for channel in (self.record.channel, self.record.console):
            if channel is None:
                continue
            try:
                found = await self.parts.stage.posted(self.workspace, channel, self.record.created_at)
            except ChatRefusedError as refusal:
                log.warning("game day %s: can't look into %s: %s", self.id, channel, refusal.code)
                continue
            self.delivered |= {key: ts for key, ts in found.items() if key.startswith(f"{self.id}:")}
