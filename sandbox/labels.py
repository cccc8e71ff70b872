"""What is written on a sandbox's container, service and network: whose it is, and which."""

from datetime import timedelta

from sandbox.images import SCENARIO_LABEL, VERSION_LABEL
from sandbox.steering import deadline
from scenarios.model import Scenario

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
