"""The workspace's parts, as they are handed to the Web API's methods and the control API."""

from dataclasses import dataclass, field

from bot.workspace.background import Background
from bot.workspace.channels import Channels
from bot.workspace.errors import NotInstalledError
from bot.workspace.events import Events
from bot.workspace.feed import Feed
from bot.workspace.installation import Installation
from bot.workspace.messages import Messages
from bot.workspace.rate_limits import RateLimits
from bot.workspace.response_urls import ResponseUrls
from bot.workspace.socket_mode import SocketMode
from bot.workspace.state import State
from bot.workspace.triggers import Triggers
from bot.workspace.views import Views


@dataclass(kw_only=True, slots=True)
class Parts:
    state: State
    feed: Feed
    background: Background
    socket_mode: SocketMode
    events: Events
    messages: Messages
    channels: Channels
    response_urls: ResponseUrls
    triggers: Triggers
    views: Views
    rate_limits: RateLimits
    history_page: int | None
    """How many messages a history call gives at most (apps outside Slack's marketplace); None: no cap."""
    url: str = ""
    """Where the workspace is, without a slash at the end."""
    installed: Installation | None = None
    uploads: dict[str, str] = field(default_factory=dict)
    """The file for the secret in each upload address."""

    @property
    def app(self) -> Installation:
        """The installed app. Raises NotInstalledError."""
        if self.installed is None:
            raise NotInstalledError("no app is installed in this workspace: call Workspace.install first")
        return self.installed
