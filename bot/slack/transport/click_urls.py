"""The response_url of a click: by it the clicked message can be replaced without a call of the Web API.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.rides.ports import Clock

LASTS = timedelta(minutes=29)
"""Slack's are good for half an hour."""
USES = 3
"""Of the five that Slack takes: the others are for answers to the one who clicked."""
REMEMBERED = 2_000


class ClickUrls:
    """The newest address for each message that was clicked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str, str], tuple[str, datetime, int]] = OrderedDict()

    def clicked(self, workspace: str, channel: str, ts: str, url: str) -> None:
        """Somebody clicked in a message."""
        self._known.pop((workspace, channel, ts), None)
        self._known[workspace, channel, ts] = (url, self._clock.now(), USES)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def has(self, workspace: str, channel: str, ts: str) -> bool:
        """Whether there is an address for the message."""
        found = self._known.get((workspace, channel, ts))
        return found is not None and self._clock.now() < found[1] + LASTS

    def take(self, workspace: str, channel: str, ts: str) -> str | None:
        """An address for the message, for one use."""
        if not self.has(workspace, channel, ts):
            return None
        url, at, uses = self._known.pop((workspace, channel, ts))
        if uses > 1:
            self._known[workspace, channel, ts] = (url, at, uses - 1)
        return url
