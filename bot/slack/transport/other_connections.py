"""Whether other programs are connected with our app-level token: Slack gives each request to any of them.

Slack counts an app's connections in the greeting of each new one (`num_connections`,
https://docs.slack.dev/apis/events-api/using-socket-mode). A count above one says little by itself: it may
hold our own connection that this one follows, or that of a Ride which ended a moment ago. So we look again
when those must be gone, and warn only of what is still there.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.rides.errors import ChatRefusedError
from bot.slack.transport.metering import SlackMeter

log = logging.getLogger(__name__)

LOOKS_AFTER = 60.0
"""Seconds after a count above one. By then Slack has noticed that a connection was cut."""
LOOKS_EVERY = 600.0
"""Seconds between two looks while others are there."""

Look = Callable[[], Awaitable[int]]
"""Gives how many connections are not ours; may raise ChatRefusedError."""


class OtherConnections:
    """What we know of them. Tells the log, once each time that it changes, and the meter."""

    def __init__(
        self,
        look: Look,
        meter: SlackMeter,
        *,
        looks_after: float = LOOKS_AFTER,
        looks_every: float = LOOKS_EVERY,
    ) -> None:
        self._look = look
        self._meter = meter
        self._looks_after = looks_after
        self._looks_every = looks_every
        self._looking: asyncio.Task[None] | None = None
        self._warned = False

    def greeted(self, connections: int) -> None:
        """Slack has counted the app's connections, our new one with them."""
        if connections <= 1:
            self._stop()
            self._alone()
        elif self._looking is None or self._looking.done():
            log.info(
                "Slack counts %d connections of this app besides this one: another program's, or left by a "
                "Ride that has just ended. Ride looks again in %g s.",
                connections - 1,
                self._looks_after,
            )
            self._looking = asyncio.create_task(
                self._watch(), name="a look for others with slack's app token"
            )

    async def close(self) -> None:
        """Look no more: who isn't connected knows of nobody."""
        looking = self._looking
        self._stop()
        self._meter.other_connections(0)
        if looking is not None:
            await asyncio.gather(looking, return_exceptions=True)

    def _stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _watch(self) -> None:
        pause = self._looks_after
        while True:
            await asyncio.sleep(pause)
            try:
                others = await self._look()
            except ChatRefusedError as refusal:
                log.info("Ride could not look for other programs with this app token: %s", refusal)
                continue
            if others <= 0:
                self._alone()
                return
            self._told(others)
            pause = self._looks_every

    def _alone(self) -> None:
        self._meter.other_connections(0)
        if self._warned:
            log.info("No other program is connected with this app token any more.")
        self._warned = False

    def _told(self, others: int) -> None:
        self._meter.other_connections(others)
        if not self._warned:
            log.warning(warning(others))
        self._warned = True


def warning(others: int) -> str:
    """For the log: what is wrong, what people see of it, and what to do."""
    connections = "another connection" if others == 1 else f"{others} other connections"
    return (
        f"Another program uses this Ride's SLACK_APP_TOKEN: Slack has {connections} of the app. It gives "
        "each command and click to any one of them, so people are told now and then that there is no ride "
        f"here, or get no answer. {WHAT_TO_DO}"
    )


WHAT_TO_DO = (
    "Stop the other program, or give each Ride a Slack app of its own. Rides that should stand in for each "
    "other share one RIDE_DATABASE_URL: then only one of them connects."
)
