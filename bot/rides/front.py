"""The engine's front door, as the chat's listeners and tests see it."""

from collections.abc import Sequence
from typing import Protocol

from bot.rides.views import Connection, Listing, Origin, RideStatus, Started
from sandbox.answer import Answer


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

    async def stop(self, workspace: str, person: str, channel: str | None) -> str:
        """End the ride without a score; gives its id."""
        ...

    async def list(self) -> Listing: ...

    async def acknowledge(self, workspace: str, person: str, ride: str) -> None:
        """The Acknowledge button. Idempotent; raises NotALearnerError for others."""
        ...

    async def sql(self, workspace: str, person: str, channel: str | None, text: str) -> Answer:
        """Run what was typed in /sql, in the person's session of the ride of this channel."""
        ...

    async def cancel_sql(self, workspace: str, person: str, ride: str) -> bool:
        """The Cancel button of a statement that still runs; False when nothing ran any more."""
        ...
