"""Repositories of installed workspaces, and of installations that were begun."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base
from storage.repository import Repository, carried_through
from storage.upserting import put


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledWorkspace:
    """A workspace in which Ride is installed."""

    workspace: str
    """The chat's id of it."""
    name: str
    app: str
    bot: str
    bot_user: str
    scopes: tuple[str, ...]
    sealed_token: str
    """The bot's token, encrypted by who stores it."""
    installed_by: str
    installed_at: datetime


class InstalledRow(Base):
    """A workspace, by the chat's id of it."""

    __tablename__ = "installed_workspaces"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    app: Mapped[str]
    bot: Mapped[str]
    bot_user: Mapped[str]
    scopes: Mapped[str] = mapped_column(Text)
    """With commas between them."""
    sealed_token: Mapped[str] = mapped_column(Text)
    """Encrypted: who reads the database reads no token."""
    installed_by: Mapped[str]
    installed_at: Mapped[datetime]


class BegunRow(Base):
    """An installation that somebody has begun and that is not decided yet."""

    __tablename__ = "begun_installations"

    digest: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the secret that comes back with the decision, in hex."""
    expires_at: Mapped[datetime]


_COLUMNS = tuple(field.name for field in fields(InstalledWorkspace) if field.name != "scopes")


class InstallationRecords(Repository):
    """The workspaces in which Ride is installed. Tokens come and go encrypted."""

    @carried_through
    async def put(self, installed: InstalledWorkspace) -> None:
        """Ride is installed in a workspace, or anew: what was known of it before is replaced."""
        values = {name: getattr(installed, name) for name in _COLUMNS}
        async with self._database.session() as session:
            await put(session, InstalledRow, {"scopes": ",".join(installed.scopes), **values})

    @carried_through
    async def get(self, workspace: str) -> InstalledWorkspace | None:
        """A workspace; None where Ride is not installed."""
        async with self._database.reading() as session:
            row = await session.get(InstalledRow, workspace)
            return None if row is None else _installed(row)

    @carried_through
    async def all(self) -> list[InstalledWorkspace]:
        """All of them, in the order in which they came."""
        ordered = select(InstalledRow).order_by(InstalledRow.installed_at, InstalledRow.workspace)
        async with self._database.reading() as session:
            return [_installed(row) for row in await session.scalars(ordered)]

    @carried_through
    async def reseal(self, workspace: str, *, was: str, now: str) -> bool:
        """Store a token encrypted anew; False if it is another by now, or none."""
        this = update(InstalledRow).where(
            InstalledRow.workspace == workspace, InstalledRow.sealed_token == was
        )
        async with self._database.session() as session:
            done = await session.scalar(this.values(sealed_token=now).returning(InstalledRow.workspace))
        return done is not None

    @carried_through
    async def remove(self, workspace: str, *, sealed_token: str | None = None) -> bool:
        """Forget a workspace, and its token with it; False if it isn't there.

        With `sealed_token` only if that is still its token: it may have been installed anew meanwhile.
        """
        this = delete(InstalledRow).where(InstalledRow.workspace == workspace)
        if sealed_token is not None:
            this = this.where(InstalledRow.sealed_token == sealed_token)
        async with self._database.session() as session:
            return await session.scalar(this.returning(InstalledRow.workspace)) is not None


class BegunInstallations(Repository):
    """Installations that were begun: each is decided once, and in time. Only digests are stored."""

    @carried_through
    async def add(self, secret: str, *, now: datetime, expires_at: datetime) -> None:
        """Remember one; those that expired before `now` are forgotten."""
        async with self._database.session() as session:
            await session.execute(delete(BegunRow).where(BegunRow.expires_at <= now))
            await session.execute(insert(BegunRow).values(digest=_digest(secret), expires_at=expires_at))

    @carried_through
    async def take(self, secret: str, now: datetime) -> bool:
        """Whether one was begun with this secret and has not expired; it is used up."""
        this = delete(BegunRow).where(BegunRow.digest == _digest(secret))
        async with self._database.session() as session:
            expires_at = await session.scalar(this.returning(BegunRow.expires_at))
        return expires_at is not None and expires_at > now


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _installed(row: InstalledRow) -> InstalledWorkspace:
    return InstalledWorkspace(
        scopes=tuple(row.scopes.split(",")) if row.scopes else (),
        **{name: getattr(row, name) for name in _COLUMNS},
    )
