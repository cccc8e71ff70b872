"""Repository of game days: what was planned, each team's rides, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import JSON, ForeignKey, Index, Select, Text, and_, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.errors import UnknownGameDayError
from storage.models import Base
from storage.repository import Repository, carried_through
from storage.upserting import put

GameDayState = Literal["planned", "running", "over", "cancelled", "missed"]

TO_COME: tuple[GameDayState, ...] = ("planned", "running")
"""The states of a day that is not over; its teams can't be in another one at that time."""

SlotState = Literal["due", "starting", "running", "done", "failed", "dropped"]

PREPARING: tuple[SlotState, ...] = ("due", "starting")
"""The states of a slot whose ride is not live yet."""

UNSETTLED: tuple[SlotState, ...] = ("due", "starting", "running")
"""The states of a slot of which something is still to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrant:
    """A team that takes part, by the name it had when the day was planned."""

    team: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GameDay:
    """A day on which teams ride the same incidents."""

    id: str
    workspace: str
    name: str
    state: GameDayState = "planned"
    starts_at: datetime
    scenarios: tuple[str, ...]
    """Slugs, in the order of the rounds."""
    level: str | None = None
    """The level that they were drawn from, at random; None: somebody chose them."""
    entrants: tuple[Entrant, ...]
    """In the order in which they were chosen, which is that of the waves."""
    facilitators: tuple[str, ...]
    wave_size: int | None = None
    """How many teams start at once; None: all together."""
    wave_minutes: int = 0
    """Minutes of ride time between two waves."""
    created_by: str
    created_at: datetime
    channel: str | None = None
    console: str | None = None
    """The facilitators' channel."""
    card_ts: str | None = None
    board_ts: str | None = None
    """Which message of the channel is the scoreboard."""
    console_ts: tuple[str, ...] = ()
    """Which messages of the facilitators' channel are the console."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    """The facilitator who ended it early, or cancelled it."""
    told: bool = False
    """Whether its end was told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One team's ride of one round: to come, under way or over."""

    game_day: str
    team: str
    round: int
    """0, 1, 2, …"""
    scenario: str
    state: SlotState = "due"
    due_at: datetime
    """When it goes live."""
    ride: str | None = None
    attempt: int = 1
    failure: str | None = None
    """Why it could not start: what the chat or the sandbox said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GameDayEvent:
    """Something that happened on a game day. Never changed."""

    at: datetime
    kind: str
    by: str | None = None
    """The facilitator; None: it came by itself."""
    team: str | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a team may know of its next ride of a game day before it begins."""

    day: str
    """The game day's name."""
    begins_at: datetime


class EntrantRow(Base):
    __tablename__ = "game_day_teams"

    game_day: Mapped[str] = mapped_column(ForeignKey("game_days.id"), primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]


class GameDayRow(Base):
    __tablename__ = "game_days"
    __table_args__ = (Index(None, "workspace", "starts_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    name: Mapped[str]
    state: Mapped[str]
    starts_at: Mapped[datetime]
    scenarios: Mapped[list[str]] = mapped_column(JSON)
    level: Mapped[str | None]
    facilitators: Mapped[list[str]] = mapped_column(JSON)
    wave_size: Mapped[int | None]
    wave_minutes: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    channel: Mapped[str | None]
    console: Mapped[str | None]
    card_ts: Mapped[str | None]
    board_ts: Mapped[str | None]
    console_ts: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    told: Mapped[bool]

    entrants: Mapped[list[EntrantRow]] = relationship(
        order_by=EntrantRow.position, lazy="selectin", viewonly=True
    )


class SlotRow(Base):
    __tablename__ = "game_day_slots"
    __table_args__ = (
        Index(
            "ix_game_day_slots_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
    )

    game_day: Mapped[str] = mapped_column(ForeignKey("game_days.id"), primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scenario: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    ride: Mapped[str | None]
    attempt: Mapped[int]
    failure: Mapped[str | None] = mapped_column(Text)


class GameDayEventRow(Base):
    """What happened: rows are added, never changed."""

    __tablename__ = "game_day_events"

    game_day: Mapped[str] = mapped_column(ForeignKey("game_days.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, … in a game day, without gaps."""
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str | None]
    team: Mapped[str | None]
    detail: Mapped[str] = mapped_column(Text)


_LISTS = ("scenarios", "facilitators", "console_ts")
_COLUMNS = tuple(field.name for field in fields(GameDay) if field.name not in {"entrants", *_LISTS})
_SLOT_COLUMNS = tuple(field.name for field in fields(Slot))
_EVENT_COLUMNS = tuple(field.name for field in fields(GameDayEvent))


class GameDayStore(Repository):
    """The game days of a database. Every method is one transaction, carried through; times must be aware."""

    @carried_through
    async def add(self, day: GameDay, slots: Sequence[Slot]) -> None:
        """Store a new game day with its first rides."""
        entrants = [
            {"game_day": day.id, "team": entrant.team, "position": position, "name": entrant.name}
            for position, entrant in enumerate(day.entrants)
        ]
        async with self._database.session() as session:
            await session.execute(insert(GameDayRow).values(_values(day)))
            await session.execute(insert(EntrantRow), entrants)
            if slots:
                await session.execute(insert(SlotRow), [_slot_values(slot) for slot in slots])

    @carried_through
    async def update(self, day: GameDay) -> None:
        """Store all fields but the teams. Raises UnknownGameDayError."""
        this = update(GameDayRow).where(GameDayRow.id == day.id).values(_values(day))
        async with self._database.session() as session:
            if await session.scalar(this.returning(GameDayRow.id)) is None:
                raise UnknownGameDayError(day.id)

    @carried_through
    async def get(self, day_id: str) -> GameDay | None:
        """The game day of this id."""
        found = await self._all(select(GameDayRow).where(GameDayRow.id == day_id))
        return found[0] if found else None

    @carried_through
    async def facilitators(self, game_day: str) -> tuple[str, ...]:
        """Those of a game day that is to come or runs; nobody for any other."""
        this = select(GameDayRow.facilitators).where(GameDayRow.id == game_day, GameDayRow.state.in_(TO_COME))
        async with self._database.reading() as session:
            return tuple(await session.scalar(this) or ())

    @carried_through
    async def call(self, game_day: str, team: str) -> Call | None:
        """When a team's next ride of a game day begins; None where nothing is to begin."""
        this = and_(SlotRow.game_day == game_day, SlotRow.team == team, SlotRow.state.in_(PREPARING))
        named = select(GameDayRow.name, SlotRow.due_at).join(SlotRow, SlotRow.game_day == GameDayRow.id)
        async with self._database.reading() as session:
            found = (await session.execute(named.where(this).order_by(SlotRow.due_at).limit(1))).first()
        return None if found is None else Call(day=found.name, begins_at=found.due_at)

    @carried_through
    async def unfinished(self) -> list[GameDay]:
        """Game days with something left to do, in order of time: to come, or not told to the end."""
        left = or_(GameDayRow.state.in_(TO_COME), GameDayRow.told.is_(False))
        return await self._all(_in_time(select(GameDayRow).where(left)))

    @carried_through
    async def recent(self, workspace: str, limit: int) -> list[GameDay]:
        """A workspace's game days, the latest first, at most `limit`."""
        days = select(GameDayRow).where(GameDayRow.workspace == workspace)
        return await self._all(days.order_by(GameDayRow.starts_at.desc(), GameDayRow.id.desc()).limit(limit))

    # -- rides of the teams

    @carried_through
    async def put_slots(self, slots: Sequence[Slot]) -> None:
        """Store slots; one that is there already is replaced."""
        async with self._database.session() as session:
            for slot in sorted(slots, key=lambda slot: (slot.game_day, slot.team, slot.round)):
                await put(session, SlotRow, _slot_values(slot))

    @carried_through
    async def slots(self, day_id: str) -> list[Slot]:
        """The slots of a game day, by round, in the order of its teams."""
        rows = (
            select(SlotRow)
            .join(EntrantRow, and_(EntrantRow.game_day == SlotRow.game_day, EntrantRow.team == SlotRow.team))
            .where(SlotRow.game_day == day_id)
            .order_by(SlotRow.round, EntrantRow.position)
        )
        async with self._database.reading() as session:
            return [_slot(row) for row in await session.scalars(rows)]

    @carried_through
    async def next_due(self) -> datetime | None:
        """When the next ride of any game day is to go live, or was to."""
        async with self._database.reading() as session:
            return await session.scalar(select(func.min(SlotRow.due_at)).where(SlotRow.state == "due"))

    @carried_through
    async def due_slots(self, until: datetime) -> list[Slot]:
        """Slots of all game days that are due by then, in order of time."""
        rows = select(SlotRow).where(SlotRow.state == "due", SlotRow.due_at <= until)
        async with self._database.reading() as session:
            found = await session.scalars(rows.order_by(SlotRow.due_at, SlotRow.game_day, SlotRow.team))
            return [_slot(row) for row in found]

    # -- what happened

    @carried_through
    async def note(self, day_id: str, event: GameDayEvent) -> None:
        """Append to what happened. Raises UnknownGameDayError."""
        try:
            async with self._database.session() as session:
                # The row's lock, so that two who append at once get numbers of their own.
                lock = update(GameDayRow).where(GameDayRow.id == day_id).values(name=GameDayRow.name)
                await session.execute(lock)
                last = await session.scalar(
                    select(func.max(GameDayEventRow.seq)).where(GameDayEventRow.game_day == day_id)
                )
                values = {name: getattr(event, name) for name in _EVENT_COLUMNS}
                await session.execute(
                    insert(GameDayEventRow).values(game_day=day_id, seq=(last or 0) + 1, **values)
                )
        except IntegrityError as error:
            raise UnknownGameDayError(day_id) from error

    @carried_through
    async def events(self, day_id: str) -> list[GameDayEvent]:
        """What happened on a game day, in order."""
        rows = select(GameDayEventRow).where(GameDayEventRow.game_day == day_id).order_by(GameDayEventRow.seq)
        async with self._database.reading() as session:
            return [
                GameDayEvent(**{name: getattr(row, name) for name in _EVENT_COLUMNS})
                for row in await session.scalars(rows)
            ]

    async def _all(self, days: Select[GameDayRow]) -> list[GameDay]:
        async with self._database.reading() as session:
            return [_day(row) for row in await session.scalars(days)]


def _in_time(days: Select[GameDayRow]) -> Select[GameDayRow]:
    return days.order_by(GameDayRow.starts_at, GameDayRow.id)


def _values(day: GameDay) -> dict[str, object]:
    lists = {name: list(getattr(day, name)) for name in _LISTS}
    return {name: getattr(day, name) for name in _COLUMNS} | lists


def _day(row: GameDayRow) -> GameDay:
    return GameDay(
        entrants=tuple(Entrant(team=entrant.team, name=entrant.name) for entrant in row.entrants),
        scenarios=tuple(row.scenarios),
        facilitators=tuple(row.facilitators),
        console_ts=tuple(row.console_ts),
        **{name: getattr(row, name) for name in _COLUMNS},
    )


def _slot_values(slot: Slot) -> dict[str, object]:
    return {name: getattr(slot, name) for name in _SLOT_COLUMNS}


def _slot(row: SlotRow) -> Slot:
    return Slot(**{name: getattr(row, name) for name in _SLOT_COLUMNS})
