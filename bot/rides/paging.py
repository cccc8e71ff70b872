"""Paging the people on call, until somebody acknowledges or acts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.rides import incident_card, timeline
from bot.rides.announcements import Page
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.journal import Acknowledged, Escalated, Measurement, Paged, TeamCalled
from scenarios.templating import fill
from storage.records import StepRecord


def _page(ride: LiveRide, number: int, people: Sequence[str], measured: Measurement) -> Page:
    return Page(
        ride=ride.id,
        number=number,
        learners=tuple(people),
        title=ride.scenario.title,
        text=fill(ride.scenario.page, measured=measured, elapsed=ride.elapsed()),
        channel=ride.channel,
        acknowledged_by=None,
    )


async def page(ride: LiveRide, number: int, measured: Measurement) -> None:
    """Page everybody on call, unless somebody is there: in the channel, and each in their direct messages;
    nobody twice.
    """
    if ride.acknowledged is not None:
        return
    people, key = ride.on_call, f"page-{number}"
    if _unpaged(ride, people, number):
        await _send(ride, people, _page(ride, number, people, measured), key=key)
    elif (ts := ride.delivered.get(key)) is not None and all(ts != known for _, known, _ in ride.pages):
        # Posted in an earlier life of the program: its button is still there.
        first = ride.called.paged if ride.called is not None else people
        ride.pages.append((ride.channel, ts, _page(ride, number, first, measured)))


async def escalate(ride: LiveRide, step: StepRecord) -> None:
    """An escalation step fell due: page more of the team, unless somebody is there."""
    called = ride.called
    if called is None or ride.acknowledged is not None or ride.sandbox is None:
        return
    number = timeline.number_of(step)
    known = [event for event in ride.journal if isinstance(event, Escalated)]
    if len(known) < number:
        to = await _next(ride, called)
        if to is None:
            return
        await ride.know(to.people)
        await ride.note(to)
        known.append(to)
    # The first may have failed before it was written down: then this one is the first.
    people = known[min(number, len(known)) - 1].people
    page = _page(ride, 1, people, await ride.sandbox.measure())
    await _send(ride, people, replace(page, after=ride.elapsed()), key=f"escalation-{number}")
    await incident_card.refresh(ride)


async def _next(ride: LiveRide, called: TeamCalled) -> Escalated | None:
    """The next to be paged; None when all of the team are.

    A secondary who is in another ride could not come: the team is next.
    """
    paged = ride.on_call
    now = ride.parts.clock.now()
    secondary = called.secondary
    first = not any(isinstance(event, Escalated) for event in ride.journal)
    to_come = secondary is not None and secondary not in paged and secondary in called.members
    if first and secondary is not None and to_come and await _is_free(ride, secondary):
        return Escalated(at=now, to="secondary", people=(secondary,))
    rest = tuple(person for person in called.members if person not in paged)
    return Escalated(at=now, to="team", people=rest) if rest else None


async def _is_free(ride: LiveRide, person: str) -> bool:
    return await ride.parts.store.live_for_person(ride.record.workspace, person) is None


def _unpaged(ride: LiveRide, people: Sequence[str], number: int) -> list[str]:
    """Those of the people whom the page of this number has not reached."""
    paged = {event.person for event in ride.journal if isinstance(event, Paged) and event.number == number}
    return [person for person in people if person not in paged]


async def _send(ride: LiveRide, people: Sequence[str], announcement: Page, *, key: str) -> None:
    ts = await ride.say(announcement, key=key)
    if ts is not None:
        ride.pages.append((ride.channel, ts, announcement))
    for person in _unpaged(ride, people, announcement.number):
        try:
            sent = await ride.parts.chat.direct(
                ride.record.workspace, person, announcement, key=f"{ride.id}:{key}"
            )
        except ChatRefusedError as refusal:
            await ride.skipped(f"direct page to {person}", refusal.code)
        else:
            ride.pages.append((*sent, announcement))
        await ride.note(Paged(at=ride.parts.clock.now(), person=person, number=announcement.number))
    if (there := ride.acknowledged) is not None:
        # Somebody came while this was sent: its buttons would stay for ever.
        await _show_acknowledged(ride, there.person)


async def page_again(ride: LiveRide, step: StepRecord) -> None:
    """A page step fell due: page once more, and plan the next, unless somebody is there."""
    if ride.acknowledged is None and ride.sandbox is not None:
        number = timeline.number_of(step)
        following = timeline.page_again(ride.id, number + 1, ride.clock, ride.parts.pace)
        if following.due_at < ride.clock.at(ride.time_limit):
            await ride.parts.store.add_steps([following])
        await page(ride, number, await ride.sandbox.measure())


async def acknowledge(ride: LiveRide, person: str, by: Literal["button", "activity"]) -> None:
    """Somebody is there. Only the first counts; the pages show who."""
    async with ride.acknowledging:
        if ride.acknowledged is not None:
            return
        await ride.note(Acknowledged(at=ride.parts.clock.now(), person=person, by=by))
    await ride.parts.store.cancel_steps(ride.id, kinds=[timeline.PAGE, timeline.ESCALATION])
    await _show_acknowledged(ride, person)


async def _show_acknowledged(ride: LiveRide, person: str) -> None:
    pages, ride.pages = ride.pages, []
    for channel, ts, announcement in pages:
        try:
            await ride.parts.chat.update(
                ride.record.workspace, channel, ts, replace(announcement, acknowledged_by=person)
            )
        except ChatRefusedError as refusal:
            await ride.skipped("page update", refusal.code)
