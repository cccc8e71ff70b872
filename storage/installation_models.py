"""The tables of workspaces in which Ride is installed, and of installations that were begun."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


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
