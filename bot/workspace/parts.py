"""The workspace's parts, as they are handed to the Web API's methods and the control API."""

from dataclasses import dataclass, field

from bot.workspace.company.channels import Channels
from bot.workspace.company.feed import Feed
from bot.workspace.company.grants import Grants
from bot.workspace.company.installation import Installation, Registration
from bot.workspace.company.messages import Messages
from bot.workspace.company.state import State
from bot.workspace.delivery.background import Background
from bot.workspace.delivery.delivery import Delivery
from bot.workspace.delivery.events import Events
from bot.workspace.delivery.request_urls import RequestUrls
from bot.workspace.delivery.response_urls import ResponseUrls
from bot.workspace.delivery.socket_mode import SocketMode
from bot.workspace.errors import NotInstalledError
from bot.workspace.people.triggers import Triggers
from bot.workspace.people.views import Views
from bot.workspace.web_api.rate_limits import RateLimits


@dataclass(kw_only=True, slots=True)
class Parts:
    state: State
    feed: Feed
    background: Background
    socket_mode: SocketMode
    request_urls: RequestUrls
    delivery: Delivery
    """The one of the two that the app's manifest asks for."""
    events: Events
    messages: Messages
    channels: Channels
    response_urls: ResponseUrls
    triggers: Triggers
    views: Views
    grants: Grants
    rate_limits: RateLimits
    history_page: int | None
    """How many messages a history call gives at most (apps outside Slack's marketplace); None: no cap."""
    url: str = ""
    """Where the workspace is, without a slash at the end."""
    registration: Registration | None = None
    """The app that can be installed here."""
    installed: Installation | None = None
    revoked: set[str] = field(default_factory=set)
    """Bot tokens that were good once."""
    uploads: dict[str, str] = field(default_factory=dict)
    """The file for the secret in each upload address."""

    @property
    def app(self) -> Installation:
        """The installed app. Raises NotInstalledError."""
        if self.installed is None:
            raise NotInstalledError("No app is installed in this workspace.")
        return self.installed
