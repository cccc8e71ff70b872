"""The button that ends a ride of several people, below the question whether to."""

from bot.rides.front import Front
from bot.slack.areas.area import Area, Click
from bot.slack.areas.asker import tell
from bot.slack.messages import views
from bot.slack.messages.buttons import STOP_RIDE
from bot.slack.transport.outbox import Outbox


class StopArea:
    """One button."""

    def __init__(self, front: Front, outbox: Outbox) -> None:
        self._front = front
        self._outbox = outbox

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(actions={STOP_RIDE: self.stop})

    async def stop(self, click: Click) -> None:
        """They are sure. Whether they may is asked again: the question may be old."""
        asker = click.asker
        await self._front.stop_surely(asker.workspace, asker.person, click.value)
        await tell(self._outbox, asker, views.stopped(click.value))
