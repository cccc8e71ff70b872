"""Paging the people on call, until somebody acknowledges or acts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.rides import incident_card, inviting, timeline
from bot.rides.announcements import Page
from bot.rides.live import LiveRide
from scenarios.journal.events import Acknowledged, Escalated, Measurement, Paged, TeamCalled
from scenarios.telling.templating import fill
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


def page(ride: LiveRide, number: int, measured: Measurement) -> list["asyncio.Task[None]"]:
    """Page everybody on call, unless somebody is there: in the channel, and each in their direct messages;
    nobody twice. Gives the tasks that do it: a chat that makes one wait holds up no other.
    """
    if ride.acknowledged is not None:
        return []
    people, key = ride.on_call, f"page-{number}"
    if _unpaged(ride, people, number):
        return _send(ride, people, _page(ride, number, people, measured), key=key)
    if (ts := ride.delivered.get(key)) is not None and all(ts != known for _, known, _ in ride.pages):
        # Posted in an earlier life of the program: its button is still there.
        first = ride.called.paged if ride.called is not None else people
        ride.pages.append((ride.channel, ts, _page(ride, number, first, measured)))
    return []


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
    sending = _send(ride, people, replace(page, after=ride.elapsed()), key=f"escalation-{number}")
    incident_card.refresh(ride)
    await done(sending)


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
    own = await ride.parts.store.live_for_person(ride.record.workspace, person)
    return own is None or own.id == ride.id


def _unpaged(ride: LiveRide, people: Sequence[str], number: int) -> list[str]:
    """Those of the people whom the page of this number has not reached."""
    paged = {event.person for event in ride.journal if isinstance(event, Paged) and event.number == number}
    return [person for person in people if person not in paged]


def _send(
    ride: LiveRide, people: Sequence[str], announcement: Page, *, key: str
) -> list["asyncio.Task[None]"]:
    """Begin to send a page, first in the channel, which keeps the order of what is said there."""
    work = [_send_to_channel(ride, announcement, key)]
    work += [
        _send_to(ride, person, announcement, key) for person in _unpaged(ride, people, announcement.number)
    ]
    return [ride.spawn(one, f"{key} of {ride.id}") for one in work]


async def _send_to_channel(ride: LiveRide, announcement: Page, key: str) -> None:
    ts = await ride.say(announcement, key=key)
    if ts is not None:
        _sent(ride, ride.channel, ts, announcement)


async def _send_to(ride: LiveRide, person: str, announcement: Page, key: str) -> None:
    announcement = replace(announcement, to=person, shut_out=inviting.shut_out(ride).get(person))
    sent = await ride.say_to(person, announcement, key=key)
    if sent is not None:
        _sent(ride, *sent, announcement)
    await ride.note(Paged(at=ride.parts.clock.now(), person=person, number=announcement.number))


def move(ride: LiveRide) -> None:
    """The ride has another channel: the page stands there too, until somebody acknowledges."""
    live = ride.live
    here = [(channel, ts, replace(page, channel=ride.channel)) for channel, ts, page in ride.pages if page.to]
    ride.pages = here
    if live is not None and ride.acknowledged is None:
        said = _page(ride, 1, ride.on_call, live.measured)
        ride.soon(_send_to_channel(ride, said, "page-1"), f"page-1 of {ride.id}")


def _sent(ride: LiveRide, channel: str, ts: str, announcement: Page) -> None:
    ride.pages.append((channel, ts, announcement))
    if (there := ride.acknowledged) is not None:
        # Somebody came while this was sent: its button would stay for ever.
        _show_acknowledged(ride, there.person)


async def done(sending: Sequence["asyncio.Task[None]"]) -> None:
    """Until a page is sent, or the ride is over."""
    if sending:
        await asyncio.wait(sending)


async def page_again(ride: LiveRide, step: StepRecord) -> None:
    """A page step fell due: page once more, and plan the next, unless somebody is there."""
    if ride.acknowledged is None and ride.sandbox is not None:
        number = timeline.number_of(step)
        following = timeline.page_again(ride.id, number + 1, ride.clock, ride.parts.pace)
        if following.due_at < ride.clock.at(ride.time_limit):
            await ride.parts.store.add_steps([following])
        await done(page(ride, number, await ride.sandbox.measure()))


async def acknowledge(ride: LiveRide, person: str, by: Literal["button", "activity"]) -> None:
    """Somebody is there. Only the first counts; the pages show who."""
    async with ride.acknowledging:
        if ride.acknowledged is not None:
            return
        await ride.note(Acknowledged(at=ride.parts.clock.now(), person=person, by=by))
    await ride.parts.store.cancel_steps(ride.id, kinds=[timeline.PAGE, timeline.ESCALATION])
    _show_acknowledged(ride, person)


def _show_acknowledged(ride: LiveRide, person: str) -> None:
    pages, ride.pages = ride.pages, []
    for channel, ts, announcement in pages:
        ride.show_soon(channel, ts, replace(announcement, acknowledged_by=person), step="page update")
