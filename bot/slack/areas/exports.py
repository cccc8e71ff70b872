"""The button below a postmortem: the whole of it as a page for a wiki, to the one who clicked."""

from bot.exporting.asked import RidePages
from bot.rides.errors import ChatRefusedError
from bot.slack.areas.area import Area, Click
from bot.slack.areas.asker import tell
from bot.slack.messages import exports
from bot.slack.messages.buttons import EXPORT
from bot.slack.transport.budget import Importance
from bot.slack.transport.outbox import Outbox


class ExportArea:
    """One button."""

    def __init__(self, pages: RidePages, outbox: Outbox) -> None:
        self._pages = pages
        self._outbox = outbox

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(actions={EXPORT: self.export})

    async def export(self, click: Click) -> None:
        """Send the page as a file to their direct messages; nobody else sees it there."""
        asker, outbox = click.asker, self._outbox
        page = await self._pages.page(asker.workspace, asker.person, click.value)
        try:
            channel = await outbox.direct_channel(asker.workspace, asker.person, Importance.ANSWER)
            await outbox.upload(
                asker.workspace, channel, thread_ts=None, name=page.name, title=page.title, content=page.text
            )
        except ChatRefusedError as refusal:
            await tell(outbox, asker, exports.not_sent(page.ride, refusal))
        else:
            await tell(outbox, asker, exports.sent(page.name))
