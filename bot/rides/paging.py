"""Paging the people on call, until somebody acknowledges or acts."""

from dataclasses import replace
from typing import Literal

from bot.rides import timeline
from bot.rides.announcements import Page
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.journal import Acknowledged, Measurement, Paged
from scenarios.templating import fill
from storage.records import StepRecord


def _page(ride: LiveRide, number: int, measured: Measurement) -> Page:
    return Page(
        ride=ride.id,
        number=number,
        learners=ride.record.learners,
        title=ride.scenario.title,
        text=fill(ride.scenario.page, measured=measured, elapsed=ride.elapsed()),
        channel=ride.channel,
        acknowledged_by=None,
    )


async def page(ride: LiveRide, number: int, measured: Measurement) -> None:
    """Page every learner: in the channel, and each in their direct messages; nobody twice."""
    paged = {event.person for event in ride.journal if isinstance(event, Paged) and event.number == number}
    learners = [learner for learner in ride.record.learners if learner not in paged]
    if not learners:
        return
    announcement = _page(ride, number, measured)
    ts = await ride.say(announcement, key=f"page-{number}")
    if ts is not None:
        ride.pages.append((ride.channel, ts, announcement))
    for learner in learners:
        try:
            sent = await ride.parts.chat.direct(
                ride.record.workspace, learner, announcement, key=f"{ride.id}:page-{number}"
            )
        except ChatRefusedError as refusal:
            await ride.skipped(f"direct page to {learner}", refusal.code)
        else:
            ride.pages.append((*sent, announcement))
        await ride.note(Paged(at=ride.parts.clock.now(), person=learner, number=number))


async def page_again(ride: LiveRide, step: StepRecord) -> None:
    """A page step fell due: page once more, and plan the next, unless somebody is there."""
    if ride.acknowledged is None and ride.sandbox is not None:
        number = timeline.page_number(step)
        following = timeline.page_again(ride.id, number + 1, ride.clock, ride.parts.pace)
        if following.due_at < ride.clock.at(ride.scenario.time_limit):
            await ride.parts.store.add_steps([following])
        await page(ride, number, await ride.sandbox.measure())


async def acknowledge(ride: LiveRide, person: str, by: Literal["button", "activity"]) -> None:
    """Somebody is there. Only the first counts; the pages show who."""
    async with ride.acknowledging:
        if ride.acknowledged is not None:
            return
        await ride.note(Acknowledged(at=ride.parts.clock.now(), person=person, by=by))
    await ride.parts.store.cancel_steps(ride.id, kinds=[timeline.PAGE])
    for channel, ts, announcement in ride.pages:
        try:
            await ride.parts.chat.update(
                ride.record.workspace, channel, ts, replace(announcement, acknowledged_by=person)
            )
        except ChatRefusedError as refusal:
            await ride.skipped("page update", refusal.code)
