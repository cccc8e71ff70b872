"""The ride's clock in a facilitator's hand: pause, resume, more time. The database goes on all the while."""

from datetime import timedelta

from bot.rides import incident_card, timeline
from bot.rides.announcements import ClockStarted, ClockStopped, MoreTime
from bot.rides.errors import ClockStandsError, PausedError
from bot.rides.live import LiveRide
from scenarios.journal.events import RidePaused, RideResumed, TimeExtended
from storage.records import RESUME


def lease(ride: LiveRide) -> timedelta:
    """How long the sandbox has to live from now: to the deadline, past a pause that lasts, and some slack."""
    left = ride.remaining / ride.record.speed + ride.parts.pace.lease_slack
    if ride.record.paused_at is not None:
        ends_at = ride.record.paused_at + ride.parts.pace.longest_pause
        left += max(ends_at - ride.parts.clock.now(), timedelta(0))
    return left


def refuse_in_pause(ride: LiveRide) -> None:
    """Nothing, but while the clock stands: a pause is no time to work for free. Raises ClockStandsError."""
    if ride.paused:
        raise ClockStandsError(ride.id, _paused_by(ride))


def _paused_by(ride: LiveRide) -> str | None:
    return next((event.by for event in reversed(ride.journal) if isinstance(event, RidePaused)), None)


async def pause(ride: LiveRide, by: str) -> None:
    """Stop the clock and the symptoms. Raises PausedError, and SandboxError when the sandbox is gone."""
    async with ride.timing:
        if ride.paused:
            raise PausedError(ride.id, paused=True)
        await ride.know([by])
        pace, now = ride.parts.pace, ride.parts.clock.now()
        number = 1 + sum(isinstance(event, RidePaused) for event in ride.journal)
        # First the sandbox: one that ends in the middle of a pause would make the ride void.
        if ride.sandbox is not None:
            await ride.sandbox.renew(lease(ride) + pace.longest_pause)
        await ride.reschedule(
            RidePaused(at=now, by=by),
            paused_at=now,
            add=[timeline.resume(ride.id, number, now + pace.longest_pause)],
        )
    ride.say_soon(
        ClockStopped(by=by, elapsed=ride.elapsed(), longest=pace.longest_pause), key=f"paused-{number}"
    )
    incident_card.refresh(ride)


async def resume(ride: LiveRide, by: str | None) -> None:
    """Let the clock go on; what was to come comes later by the pause. Raises PausedError."""
    async with ride.timing:
        since = ride.record.paused_at
        if since is None:
            raise PausedError(ride.id, paused=False)
        if by is not None:
            await ride.know([by])
        now = ride.parts.clock.now()
        number = sum(isinstance(event, RidePaused) for event in ride.journal)
        await ride.reschedule(
            RideResumed(at=now, by=by), paused_at=None, later=max(now - since, timedelta(0)), cancel=[RESUME]
        )
        if ride.sandbox is not None:
            await ride.sandbox.renew(lease(ride))
    ride.say_soon(
        ClockStarted(by=by, elapsed=ride.elapsed(), remaining=ride.remaining), key=f"resumed-{number}"
    )
    incident_card.refresh(ride)


async def extend(ride: LiveRide, by: str, span: timedelta) -> None:
    """Give the ride more ride time; the deadline and the sandbox's lease move with it."""
    async with ride.timing:
        await ride.know([by])
        number = 1 + sum(isinstance(event, TimeExtended) for event in ride.journal)
        if ride.sandbox is not None:
            await ride.sandbox.renew(lease(ride) + span / ride.record.speed)
        due = ride.clock.at(ride.time_limit + span)
        await ride.reschedule(
            TimeExtended(at=ride.parts.clock.now(), by=by, seconds=span.total_seconds()),
            paused_at=ride.record.paused_at,
            cancel=[timeline.DEADLINE],
            add=[timeline.deadline(ride.id, number, due)],
        )
        if ride.remaining > timedelta(0):
            ride.time_is_up.clear()
    ride.say_soon(MoreTime(by=by, span=span, remaining=ride.remaining), key=f"extended-{number}")
    incident_card.refresh(ride)
