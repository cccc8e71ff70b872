"""Times in the database: aware in Python, UTC on disk."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from scenarios.journal.events import utc


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime; a naive one is refused with ValueError. Comes back in UTC.

    PostgreSQL's timestamptz knows the zone. SQLite has no type for times: SQLAlchemy writes ISO text without
    a zone there, which sorts by time because all of it is UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
