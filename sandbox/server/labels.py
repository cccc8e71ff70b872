"""What is written on a sandbox's container, service and network: whose it is, and which."""

from datetime import UTC, datetime, timedelta

from sandbox.containers.images import SCENARIO_LABEL, VERSION_LABEL
from sandbox.containers.steering import deadline
from scenarios.model.scenario import Scenario

SANDBOX_LABEL = "ride.sandbox"
INSTALLATION_LABEL = "ride.installation"
RIDE_LABEL = "ride.ride"
LEASE_LABEL = "ride.lease"
"""The Unix time to which it was made to live; its lease may have been renewed since."""
FOREIGN_DEAD = timedelta(hours=1)
"""How long what another installation left dead is left for it to look at."""


def labels(
    scenario: Scenario, *, sandbox: str, installation: str, ride: str, lease: timedelta
) -> dict[str, str]:
    """The labels of a new sandbox."""
    return {
        SANDBOX_LABEL: sandbox,
        INSTALLATION_LABEL: installation,
        RIDE_LABEL: ride,
        LEASE_LABEL: str(deadline(lease)),
        SCENARIO_LABEL: scenario.slug,
        VERSION_LABEL: scenario.version,
    }


def may_go(installation: str | None, made: datetime, *, ours: str, lives: bool, kept: bool) -> bool:
    """Whether a sandbox may be cleared away. `ours` is this installation; `made` is aware.

    Of ours, what is dead or what nobody keeps; of another's, what has been dead for long: it may be about to
    start it, or yet ask why it ended.
    """
    if installation == ours:
        return not lives or not kept
    return not lives and datetime.now(UTC) - made > FOREIGN_DEAD
