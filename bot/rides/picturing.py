"""After the postmortem: the picture of the ride, in its channel, once."""

import asyncio
import contextlib
import logging

from bot.rides.announcements import PictureMissing
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.journal.events import Outcome, PictureShown

log = logging.getLogger(__name__)

_FEWEST = 2
"""Samples that make a picture."""


async def sample_aftermath(ride: LiveRide) -> None:
    """Sample a little longer, so that the picture shows what came after the end; then no more."""
    if _has_one(ride):
        await _aftermath(ride)
    await ride.stop_sampling()


async def show_picture(ride: LiveRide) -> None:
    """Paint the picture and post it. Not for a ride that is void, nor when the program stops.

    Nothing that fails here holds up the ride's end; its channel is told that there is no picture.
    """
    try:
        if _has_one(ride) and not ride.hurried.is_set():
            await _show(ride)
    except ChatRefusedError as refusal:
        await ride.skipped("picture", refusal.code)
        await _tell(ride, refusal.code)
    except Exception:
        log.exception("ride %s: the picture could not be shown", ride.id)
        await _tell(ride, None)


async def _tell(ride: LiveRide, refused: str | None) -> None:
    """Say once in the channel that no picture comes, and where what it shows is; never in the end's way."""
    try:
        await ride.say(PictureMissing(ride=ride.id, refused=refused), key="no-picture")
    except Exception:
        log.exception("ride %s: it could not be told that there is no picture", ride.id)


def _has_one(ride: LiveRide) -> bool:
    parts, ended = ride.parts, ride.ended
    return (
        parts.painter is not None
        and parts.samples is not None
        and ride.record.channel is not None
        and ride.live is not None
        and ended is not None
        and ended.outcome is not Outcome.VOID
        and not any(isinstance(event, PictureShown) for event in ride.journal)
    )


async def _aftermath(ride: LiveRide) -> None:
    ended = ride.ended
    if ride.sampler is None or ended is None:
        return
    left = ended.at + ride.parts.pace.aftermath - ride.parts.clock.now()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ride.hurried.wait(), max(left.total_seconds(), 0))


async def _show(ride: LiveRide) -> None:
    parts, record = ride.parts, ride.record
    card = await parts.store.scorecard(ride.id)
    if parts.painter is None or parts.samples is None or card is None or record.channel is None:
        return
    samples = await parts.samples.of(ride.id)
    if len(samples) < _FEWEST:
        log.info("ride %s: no picture out of %d samples", ride.id, len(samples))
        return
    journal = tuple(ride.journal)
    async with parts.painting:
        picture = await asyncio.to_thread(parts.painter.paint, ride.scenario, journal, card, samples)

    async def shown() -> None:
        await parts.chat.upload(record.workspace, ride.channel, picture)
        await ride.note(PictureShown(at=parts.clock.now()))

    # An upload that is begun is written down, also when the program ends meanwhile: it can't be found again.
    await ride.carry_through(shown())
