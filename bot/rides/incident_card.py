"""The pinned card of the incident channel, as the ride stands."""

from bot.rides.announcements import IncidentCard, Waiting
from bot.rides.live import LiveRide


def card(ride: LiveRide, *, total: int | None = None) -> IncidentCard:
    """The incident card as it stands."""
    live, called = ride.live, ride.called
    return IncidentCard(
        ride=ride.id,
        scenario=ride.scenario,
        state=ride.record.state,
        learners=ride.record.learners,
        started_by=ride.record.started_by,
        live_at=live.at if live else None,
        deadline=ride.clock.at(ride.time_limit) if live else None,
        paused_at=ride.record.paused_at,
        time_limit=ride.time_limit,
        total=total,
        team=called.name if called else None,
        paged=ride.on_call if called else (),
        waits=waiting(ride),
        offers_connect=ride.parts.connect_host is not None,
    )


def waiting(ride: LiveRide) -> Waiting | None:
    """For a game day's ride that was not live: all that may be said of it to those who ride."""
    if ride.record.game_day is None or ride.live is not None:
        return None
    if ride.call is None:
        return Waiting(day=None, begins_at=None)
    return Waiting(day=ride.call.day, begins_at=ride.call.begins_at)


def refresh(ride: LiveRide, *, total: int | None = None) -> None:
    """Bring the pinned card up to date, soon."""
    if ride.record.card_ts is None or ride.record.channel is None:
        return
    ride.show_soon(ride.channel, ride.record.card_ts, card(ride, total=total), step="card")
