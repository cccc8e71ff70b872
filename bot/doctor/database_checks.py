"""The storage: whether it answers, is of this version and can be written, and whether the clocks agree."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.base.clock import SystemClock
from bot.base.config import Settings
from bot.doctor.finding import Check, Finding, fine, warning, wrong
from storage.database import Database, is_sqlite

SKEW = timedelta(seconds=5)
"""Rides' rows are written with this machine's clock, and read by the next Ride, perhaps on another."""


def database_checks(settings: Settings) -> list[Check]:
    """Nothing is changed by looking."""

    async def look() -> Sequence[Finding]:
        return await look_at_database(settings.storage_url())

    return [Check(about="Database", look=look)]


async def look_at_database(url: str) -> Sequence[Finding]:
    """Raises StorageError when nothing can be told of it."""
    database = Database(url, upgrades=False)
    if is_sqlite(url) and not await asyncio.to_thread(Path(database.name).exists):
        return [
            fine("Database", f"{database.name}: doesn't exist yet; Ride creates it when it first starts.")
        ]
    condition = await database.condition()
    if condition.problems:
        return [
            wrong("Database", f"{condition.name} ({condition.server}) can't be used as it stands.", problem)
            for problem in condition.problems
        ]
    led = f"; led by {condition.leader}" if condition.leader is not None else ""
    said = f"{condition.name} ({condition.server}), tables at {condition.tables.wanted}{led}."
    return [fine("Database", said), *([] if is_sqlite(url) else await _clock(database))]


async def _clock(database: Database) -> list[Finding]:
    async with database, database.reading() as session:
        theirs: datetime | None = await session.scalar(select(func.clock_timestamp()))
    ahead = SystemClock().now() - theirs if theirs is not None else timedelta(0)
    if abs(ahead) <= SKEW:
        return []
    words = "ahead of" if ahead > timedelta(0) else "behind"
    return [
        warning(
            "Clock",
            f"This machine's clock is {abs(ahead.total_seconds()):.0f} s {words} the database's.",
            "Turn on time synchronisation on both (such as systemd-timesyncd or chrony).",
        )
    ]
