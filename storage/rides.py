"""Repository of rides: their records, journals, timelines and scorecards."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from scenarios.journal.events import Event
from scenarios.journal.stored import dump_card, dump_event, load_event, stored_card
from scenarios.judging.scorecard import Scorecard
from storage.errors import (
    LearnerBusyError,
    RideExistsError,
    StaleRideError,
    StorageError,
    UnknownRideError,
    UnknownStepError,
)
from storage.models import EventRow, LearnerRow, RideRow, ScorecardRow, StepRow
from storage.records import RESUME, UNDER_WAY, RideRecord, StepRecord
from storage.repository import Repository, carried_through

_COLUMNS = tuple(field.name for field in fields(RideRecord) if field.name != "learners")
_LEARNER_COLUMNS = ("ride_id", "person", "position", "workspace", "under_way")
_STEP_COLUMNS = tuple(field.name for field in fields(StepRecord) if field.name != "ride")
_TRIES = 5
"""How often to look again who is in the way when a ride that was in the way has just gone."""


class RideStore(Repository):
    """The rides of a database. Every method is one transaction, carried through; times must be aware."""

    # -- rides

    @carried_through
    async def add(self, ride: RideRecord) -> None:
        """Store a new ride.

        Raises RideExistsError, and LearnerBusyError when one of its learners is in a ride of this workspace
        that has not ended. That holds for any number of programs: a unique index is behind it.
        """
        await self._store(ride, _insert)

    @carried_through
    async def update(self, ride: RideRecord) -> RideRecord:
        """Store all fields but `log_offset`, if the ride is still at the record's revision; gives the record
        as it is now. Raises StaleRideError, UnknownRideError and, if it puts somebody in two rides,
        LearnerBusyError.
        """
        return await self._store(ride, _replace)

    @carried_through
    async def get(self, ride_id: str) -> RideRecord | None:
        """The ride of this id."""
        return await self._first(select(RideRow).where(RideRow.id == ride_id))

    @carried_through
    async def by_channel(self, workspace: str, channel: str) -> RideRecord | None:
        """The newest ride of an incident channel."""
        rides = select(RideRow).where(RideRow.workspace == workspace, RideRow.channel == channel)
        return await self._first(rides.order_by(RideRow.created_at.desc(), RideRow.id.desc()))

    @carried_through
    async def live_for_person(self, workspace: str, person: str) -> RideRecord | None:
        """The ride that a person is a learner of and that is preparing or live; there is at most one."""
        return await self._first(_under_way(workspace, [person]))

    @carried_through
    async def unfinished(self) -> list[RideRecord]:
        """Rides with something left to do, oldest first: they run, or a postmortem or archiving is due."""
        outstanding = or_(
            RideRow.state.in_(UNDER_WAY),
            RideRow.postmortem_sent.is_(False),
            and_(RideRow.channel.is_not(None), RideRow.archived.is_(False)),
        )
        return await self._all(select(RideRow).where(outstanding).order_by(RideRow.created_at, RideRow.id))

    @carried_through
    async def recent(self, workspace: str, limit: int) -> list[RideRecord]:
        """A workspace's rides, newest first, at most `limit`."""
        rides = select(RideRow).where(RideRow.workspace == workspace)
        return await self._all(rides.order_by(RideRow.created_at.desc(), RideRow.id.desc()).limit(limit))

    @carried_through
    async def recent_of(self, workspace: str, person: str, limit: int) -> list[RideRecord]:
        """The rides that a person was a learner of, newest first, at most `limit`."""
        theirs = select(LearnerRow.ride_id).where(
            LearnerRow.workspace == workspace, LearnerRow.person == person
        )
        rides = select(RideRow).where(RideRow.id.in_(theirs))
        return await self._all(rides.order_by(RideRow.created_at.desc(), RideRow.id.desc()).limit(limit))

    @carried_through
    async def ids(self) -> list[str]:
        """The ids of all rides, newest first."""
        ids = select(RideRow.id).order_by(RideRow.created_at.desc(), RideRow.id.desc())
        async with self._database.reading() as session:
            return list(await session.scalars(ids))

    # -- the journal

    @carried_through
    async def append(
        self, ride_id: str, events: Sequence[Event], *, log_offset: int | None = None
    ) -> list[int]:
        """Append to the journal and, with it or not at all, move the log's offset; gives the events' numbers.

        Numbers are 1, 2, 3, … in a ride, without gaps, in the order in which appends were committed. Raises
        UnknownRideError.
        """
        async with self._database.session() as session:
            numbers = await _append(session, ride_id, events)
            if log_offset is not None:
                await session.execute(
                    update(RideRow).where(RideRow.id == ride_id).values(log_offset=log_offset)
                )
        return numbers

    @carried_through
    async def journal(self, ride_id: str, *, after: int = 0) -> list[tuple[int, Event]]:
        """The events of a ride with their numbers, in order, from the one after `after`."""
        events = select(EventRow.seq, EventRow.payload).where(
            EventRow.ride_id == ride_id, EventRow.seq > after
        )
        async with self._database.reading() as session:
            rows = (await session.execute(events.order_by(EventRow.seq))).all()
        return [(seq, load_event(payload)) for seq, payload in rows]

    # -- the timeline

    @carried_through
    async def add_steps(self, steps: Sequence[StepRecord]) -> None:
        """Store steps. One that is there already stays as it is, so that planning again does no harm.

        Raises UnknownRideError.
        """
        async with self._database.session() as session:
            for ride_id in sorted({step.ride for step in steps}):
                await _lock(session, ride_id)
                present = set(await session.scalars(select(StepRow.step).where(StepRow.ride_id == ride_id)))
                new = [step for step in steps if step.ride == ride_id and step.step not in present]
                if new:
                    await session.execute(insert(StepRow), [_step_values(step) for step in new])

    @carried_through
    async def due_steps(self, now: datetime) -> list[StepRecord]:
        """Steps of all rides that are due at `now`, neither sent nor cancelled, in order of time.

        Of a paused ride only the one that ends the pause.
        """
        return await self._steps(select(StepRow).where(_OUTSTANDING, _RUNS, StepRow.due_at <= now))

    @carried_through
    async def next_due(self, *, besides: Collection[tuple[str, str]] = ()) -> datetime | None:
        """When the next step falls due, or fell due: the earliest that `due_steps` gives or will give.

        `besides` are steps that somebody is at already: ride and step.
        """
        steps = select(StepRow.ride_id, StepRow.step, StepRow.due_at).where(_OUTSTANDING, _RUNS)
        first = steps.order_by(StepRow.due_at).limit(len(besides) + 1)
        async with self._database.reading() as session:
            rows = (await session.execute(first)).all()
        return next((row.due_at for row in rows if (row.ride_id, row.step) not in besides), None)

    @carried_through
    async def reschedule(
        self,
        ride: RideRecord,
        event: Event,
        *,
        later: timedelta = timedelta(0),
        cancel: Sequence[str] = (),
        add: Sequence[StepRecord] = (),
    ) -> RideRecord:
        """The ride's clock changes: store the record and the event, and move what is outstanding, at once.

        Steps of the kinds in `cancel` are never due again, the others that are outstanding come `later`, and
        those in `add` come as well. Gives the record as it is now. Raises what `update` raises.
        """
        async with self._database.session() as session:
            changed = await _replace(session, ride)
            await _append(session, ride.id, [event])
            if later or cancel:
                steps = select(StepRow).where(StepRow.ride_id == ride.id, _OUTSTANDING)
                for step in await session.scalars(steps):
                    if step.kind in cancel:
                        step.cancelled = True
                    else:
                        step.due_at += later
            if add:
                await session.execute(insert(StepRow), [_step_values(step) for step in add])
        return changed

    @carried_through
    async def mark_step(self, ride_id: str, step_id: str, *, sent_at: datetime) -> None:
        """The step was done. Raises UnknownStepError."""
        this = and_(StepRow.ride_id == ride_id, StepRow.step == step_id)
        async with self._database.session() as session:
            marked = await session.scalar(
                update(StepRow).where(this).values(sent_at=sent_at).returning(StepRow.step)
            )
        if marked is None:
            raise UnknownStepError(ride_id, step_id)

    @carried_through
    async def cancel_steps(self, ride_id: str, *, kinds: Sequence[str] | None = None) -> None:
        """A ride's steps that were not sent are never due again; with `kinds`, only steps of these kinds."""
        chosen = and_(StepRow.ride_id == ride_id, _OUTSTANDING)
        if kinds is not None:
            chosen = and_(chosen, StepRow.kind.in_(kinds))
        async with self._database.session() as session:
            await session.execute(update(StepRow).where(chosen).values(cancelled=True))

    @carried_through
    async def steps(self, ride_id: str) -> list[StepRecord]:
        """All steps of a ride, in the order of their time, also those sent or cancelled."""
        return await self._steps(select(StepRow).where(StepRow.ride_id == ride_id))

    # -- scorecards

    @carried_through
    async def save_scorecard(self, ride_id: str, scorecard: Scorecard) -> None:
        """Keep a ride's scorecard in place of an earlier one. Raises UnknownRideError."""
        document = dump_card(scorecard)
        async with self._database.session() as session:
            await _lock(session, ride_id)
            await session.merge(ScorecardRow(ride_id=ride_id, document=document))

    @carried_through
    async def scorecard(self, ride_id: str) -> Scorecard | None:
        """The scorecard kept for a ride."""
        async with self._database.reading() as session:
            row = await session.get(ScorecardRow, ride_id)
        return None if row is None else stored_card(row.document)

    # -- within
    async def _store(self, ride: RideRecord, write: "_Write") -> RideRecord:
        """One write of a ride. An index that another program hit first shows in the next look."""
        for tries_left in reversed(range(_TRIES)):
            try:
                async with self._database.session() as session:
                    return await write(session, ride)
            except IntegrityError as error:
                if not tries_left:
                    raise StorageError(f"Ride {ride.id} could not be stored: {error.orig}") from error
        raise AssertionError("unreachable")

    async def _first(self, rides: Select[RideRow]) -> RideRecord | None:
        async with self._database.reading() as session:
            row = (await session.scalars(rides.limit(1))).first()
            return None if row is None else _record(row)

    async def _all(self, rides: Select[RideRow]) -> list[RideRecord]:
        async with self._database.reading() as session:
            return [_record(row) for row in await session.scalars(rides)]

    async def _steps(self, steps: Select[StepRow]) -> list[StepRecord]:
        ordered = steps.order_by(StepRow.due_at, StepRow.ride_id, StepRow.step)
        async with self._database.reading() as session:
            return [_step(row) for row in await session.scalars(ordered)]


_Write = Callable[[AsyncSession, RideRecord], Awaitable[RideRecord]]

_OUTSTANDING = and_(StepRow.sent_at.is_(None), StepRow.cancelled.is_(False))
_RUNS = or_(
    StepRow.kind == RESUME,
    StepRow.ride_id.not_in(select(RideRow.id).where(RideRow.paused_at.is_not(None))),
)
"""The step's ride isn't paused, or this is what ends the pause."""


async def _lock(session: AsyncSession, ride_id: str) -> None:
    """Writers of one ride take turns: by its row on PostgreSQL, and anyway on SQLite."""
    rides = select(RideRow.id).where(RideRow.id == ride_id)
    if await session.scalar(rides.with_for_update(key_share=True)) is None:
        raise UnknownRideError(ride_id)


async def _append(session: AsyncSession, ride_id: str, events: Sequence[Event]) -> list[int]:
    """The events after what the journal has; gives their numbers."""
    await _lock(session, ride_id)
    last = await session.scalar(select(func.max(EventRow.seq)).where(EventRow.ride_id == ride_id))
    first = (last or 0) + 1
    rows = [
        {"ride_id": ride_id, "seq": seq, "at": event.at, "kind": event.kind, "payload": dump_event(event)}
        for seq, event in enumerate(events, start=first)
    ]
    if rows:
        await session.execute(insert(EventRow), rows)
    return list(range(first, first + len(rows)))


async def _insert(session: AsyncSession, ride: RideRecord) -> RideRecord:
    if await session.scalar(select(RideRow.id).where(RideRow.id == ride.id)) is not None:
        raise RideExistsError(ride.id)
    await _refuse_busy(session, ride)
    await session.execute(insert(RideRow).values(_values(ride)))
    await _insert_learners(session, ride)
    return ride


async def _replace(session: AsyncSession, ride: RideRecord) -> RideRecord:
    values = _values(replace(ride, revision=ride.revision + 1))
    del values["id"], values["log_offset"]
    this = and_(RideRow.id == ride.id, RideRow.revision == ride.revision)
    log_offset = await session.scalar(
        update(RideRow).where(this).values(values).returning(RideRow.log_offset)
    )
    if log_offset is None:
        await _lock(session, ride.id)
        raise StaleRideError(ride.id, ride.revision)
    if await _learners(session, ride.id) != _learner_rows(ride):
        await _refuse_busy(session, ride)
        await session.execute(delete(LearnerRow).where(LearnerRow.ride_id == ride.id))
        await _insert_learners(session, ride)
    return replace(ride, revision=ride.revision + 1, log_offset=log_offset)


async def _refuse_busy(session: AsyncSession, ride: RideRecord) -> None:
    if ride.state not in UNDER_WAY:
        return
    others = _under_way(ride.workspace, ride.learners).where(RideRow.id != ride.id)
    other = (await session.scalars(others.order_by(RideRow.created_at).limit(1))).first()
    if other is not None:
        record = _record(other)
        raise LearnerBusyError(next(one for one in ride.learners if one in record.learners), record)


async def _learners(session: AsyncSession, ride_id: str) -> list[dict[str, object]]:
    columns = [LearnerRow.__table__.c[name] for name in _LEARNER_COLUMNS]
    rows = await session.execute(select(*columns).where(LearnerRow.ride_id == ride_id))
    return sorted((dict(row) for row in rows.mappings()), key=lambda row: str(row["person"]))


def _learner_rows(ride: RideRecord) -> list[dict[str, object]]:
    under_way = ride.state in UNDER_WAY
    positions = {person: position for position, person in enumerate(dict.fromkeys(ride.learners))}
    # Always in the same order, so that two rides with the same people can't deadlock on the index.
    people = sorted(positions)
    return [
        dict(zip(_LEARNER_COLUMNS, (ride.id, who, positions[who], ride.workspace, under_way), strict=True))
        for who in people
    ]


async def _insert_learners(session: AsyncSession, ride: RideRecord) -> None:
    if rows := _learner_rows(ride):
        await session.execute(insert(LearnerRow), rows)


def _under_way(workspace: str, people: Sequence[str]) -> Select[RideRow]:
    learners = select(LearnerRow.ride_id).where(
        LearnerRow.workspace == workspace, LearnerRow.person.in_(people), LearnerRow.under_way
    )
    return select(RideRow).where(RideRow.id.in_(learners))


def _values(ride: RideRecord) -> dict[str, object]:
    return {name: getattr(ride, name) for name in _COLUMNS}


def _record(row: RideRow) -> RideRecord:
    return RideRecord(
        learners=tuple(learner.person for learner in row.learners),
        **{name: getattr(row, name) for name in _COLUMNS},
    )


def _step_values(step: StepRecord) -> dict[str, object]:
    return {"ride_id": step.ride, **{name: getattr(step, name) for name in _STEP_COLUMNS}}


def _step(row: StepRow) -> StepRecord:
    return StepRecord(ride=row.ride_id, **{name: getattr(row, name) for name in _STEP_COLUMNS})
