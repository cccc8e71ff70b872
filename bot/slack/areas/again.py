"""The button below a void ride that starts it again."""

from bot.rides.again import Repeater
from bot.slack.areas.area import Area, Click
from bot.slack.areas.asker import tell
from bot.slack.messages import views
from bot.slack.messages.buttons import START_AGAIN
from bot.slack.transport.outbox import Outbox


class AgainArea:
    """One button."""

    def __init__(self, again: Repeater, outbox: Outbox) -> None:
        self._again = again
        self._outbox = outbox

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(actions={START_AGAIN: self.start})

    async def start(self, click: Click) -> None:
        """The same incident for the same people, in a channel of its own."""
        asker = click.asker
        started = await self._again.start(asker.workspace, asker.person, click.value)
        await tell(self._outbox, asker, views.started(started, unspoilt=True))
