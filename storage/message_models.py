"""The table of posted messages."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class MessageRow(Base):
    """A message that has a key: written when it is begun, and again when the chat has taken it."""

    __tablename__ = "messages"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    ts: Mapped[str | None]
