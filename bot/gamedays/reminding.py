"""Reminders in the day's channel: a day, an hour and five minutes before it begins, each once."""

import logging
from datetime import datetime, timedelta

from bot.gamedays.announcements import Reminder
from bot.gamedays.live_day import LiveDay
from bot.gamedays.starting import riders
from bot.rides.errors import ChatRefusedError

log = logging.getLogger(__name__)

BEFORE = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=5))
KIND = "reminded"
"""Of the event in the day's journal that says which was sent: a row, so that a restart sends none twice."""


def due(day: LiveDay, now: datetime) -> timedelta | None:
    """The reminder that is to be sent now, by how long before the start it comes.

    Of several that nobody was there to send only the last.
    """
    passed = [before for before in _outstanding(day, now) if day.record.starts_at - before <= now]
    return min(passed, default=None)


def next_due(day: LiveDay, now: datetime) -> datetime | None:
    """When the next one is to be sent, or was to."""
    return min((day.record.starts_at - before for before in _outstanding(day, now)), default=None)


async def remind(day: LiveDay, before: timedelta) -> None:
    """Send it. One that the chat refuses is not tried again: the next one comes."""
    try:
        players = tuple(await riders(day))
    except ChatRefusedError as refusal:
        log.info("game day %s: nobody knows who rides: %s", day.id, refusal.code)
        players = ()
    said = Reminder(day=day.record, before=before, players=players)
    await day.say(day.record.channel, said, key=f"reminder-{before.total_seconds():.0f}")
    await day.note(KIND, detail=f"{before.total_seconds():.0f}")


def _outstanding(day: LiveDay, now: datetime) -> list[timedelta]:
    """Those not sent, of a day that is to come; none that came before the day was planned."""
    record = day.record
    if record.state != "planned" or record.starts_at <= now:
        return []
    sent = [timedelta(seconds=float(event.detail)) for event in day.events if event.kind == KIND]
    last = min(sent, default=timedelta.max)
    return [before for before in BEFORE if before < last and record.starts_at - before > record.created_at]
