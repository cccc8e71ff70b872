"""The last step of a ride: its channel is archived, tried again for some days where the chat refuses."""

import logging
from dataclasses import replace

from bot.rides import timeline
from bot.rides.announcements import NotArchived
from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError
from storage.records import RideRecord, StepRecord

log = logging.getLogger(__name__)

ATTEMPTS = 5
"""With the pace's 6 hours, and twice as long each time, the last is 90 hours after the first."""


async def archive_channel(parts: Parts, record: RideRecord, step: StepRecord) -> None:
    """The grace time is over. `archived` is written only once there is nothing left to archive."""
    if record.channel is None or record.archived:
        return
    try:
        await parts.chat.archive(record.workspace, record.channel)
    except ChatRefusedError as refusal:
        if not refusal.channel_is_closed:
            await _later(parts, record, record.channel, timeline.archive_attempt(step), refusal)
            return
        log.info("ride %s: there is no channel left to archive: %s", record.id, refusal.code)
    await parts.store.update(replace(record, archived=True))


async def _later(
    parts: Parts, record: RideRecord, channel: str, attempt: int, refusal: ChatRefusedError
) -> None:
    """Try it again when some hours have passed; after the last time, say that it stays as it is."""
    if attempt < ATTEMPTS:
        again = parts.clock.now() + parts.pace.archive_again_after * 2 ** (attempt - 1)
        await parts.store.add_steps([timeline.archive(record.id, again, attempt + 1)])
        log.warning(
            "ride %s: the channel could not be archived: %s; again at %s", record.id, refusal.code, again
        )
        return
    log.error("ride %s: the channel stays unarchived: %s", record.id, refusal.code)
    told = NotArchived(ride=record.id, channel=channel, refused=refusal.code)
    key = f"{record.id}:not-archived"
    try:
        await parts.chat.post(record.workspace, channel, told, key=key)
    except ChatRefusedError as unsaid:
        log.warning("ride %s: its channel takes no word of that: %s", record.id, unsaid.code)
        try:
            await parts.chat.direct(record.workspace, record.started_by, told, key=key)
        except ChatRefusedError as untold:
            log.warning("ride %s: %s was not told: %s", record.id, record.started_by, untold.code)
