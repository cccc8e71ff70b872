"""The engine's front door, as the chat's listeners and tests see it."""

from collections.abc import Sequence
from typing import Protocol

from bot.rides.announcements import StatusText
from bot.rides.inviting import Invited
from bot.rides.views import Connection, Listing, Origin, RideStatus, Started, StatusQuestion, StopQuestion
from sandbox.answer import Answer
from scenarios.journal.events import IncidentRole


class Front(Protocol):
    """What a person can ask of Ride. Every method raises a RideError with what they need to go on."""

    async def start(
        self,
        workspace: str,
        person: str,
        slug: str,
        learners: Sequence[str],
        origin: Origin,
        *,
        team: str | None = None,
    ) -> Started:
        """Accept a ride and go on in the background. No learners: the person rides, or of the team of this
        name whoever is on call. Raises FacilitatorsOnlyError for one who may not start for these.
        """
        ...

    async def status(self, workspace: str, person: str, channel: str | None) -> RideStatus:
        """The ride of this channel, or else the person's own live one."""
        ...

    async def hint(self, workspace: str, person: str, channel: str | None) -> None:
        """Give the next hint, in the ride's channel."""
        ...

    async def connect(self, workspace: str, person: str, channel: str | None) -> Connection: ...

    async def stop(self, workspace: str, person: str, channel: str | None) -> str | StopQuestion:
        """End the ride without a score; gives its id. Or the question whether to, where it isn't theirs
        alone. Raises NotAllowedError, and FacilitatorsStopError in a game day.
        """
        ...

    async def stop_surely(self, workspace: str, person: str, ride: str) -> None:
        """End it, asked no more. Raises what `stop` does."""
        ...

    async def list(self) -> Listing: ...

    async def acknowledge(self, workspace: str, person: str, ride: str) -> None:
        """The Acknowledge button: of somebody who is paged or in the channel, who rides from then on.

        Idempotent; raises NotALearnerError for others.
        """
        ...

    async def sql(self, workspace: str, person: str, channel: str | None, text: str) -> Answer:
        """Run what was typed in /sql, in the person's session of the ride of this channel."""
        ...

    async def cancel_sql(self, workspace: str, person: str, ride: str, session: int = 1) -> bool:
        """The Cancel button of a statement that still runs; False when nothing ran any more.

        `session` is which of the person's two it runs in.
        """
        ...


class CrewFront(Protocol):
    """What people who ride together ask for, besides. Whoever is in the channel joins by it."""

    async def take_role(self, workspace: str, person: str, ride: str, role: IncidentRole) -> None:
        """A role's button: take it, or give it back."""
        ...

    async def status_question(
        self, workspace: str, person: str, *, ride: str | None, channel: str | None, step: str | None
    ) -> StatusQuestion:
        """What an update would be about: in this ride, or else the one of this channel or person."""
        ...

    async def update_status(
        self, workspace: str, person: str, ride: str, step: str | None, update: StatusText
    ) -> None:
        """Post a status update; without `step` it answers the newest question that is open, if one is."""
        ...


class AdmissionFront(Protocol):
    """Ways into the incident channel for who belongs there. See bot.rides.admission.

    Of a ride are its learners, whoever started it or is on call for it, its team and its game day's
    facilitators; others with a facilitator's right may do the same. Raises StrangerError for anybody else.
    """

    async def invite(
        self, workspace: str, person: str, channel: str | None, ride: str | None, people: Sequence[str]
    ) -> Invited:
        """Invite these people, or else the one who asks, to the ride of this id, or of this channel, or else
        the one that they are of. Raises WhichRideError, and what finding a ride raises.
        """
        ...

    async def reopen(self, workspace: str, person: str, ride: str, gone: str) -> Invited:
        """Open another channel for a live ride in place of the one that is `gone`, unless that was done
        already, and let the one who asks in. Raises ChatRefusedError when no channel can be made.
        """
        ...
