"""The local workspace: a server that speaks Slack's Web API and Socket Mode, on this machine alone."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from aiohttp import web

from bot.workspace.company.channels import Channels
from bot.workspace.company.feed import Feed
from bot.workspace.company.grants import Grants
from bot.workspace.company.identifiers import Clock
from bot.workspace.company.installation import Installation, Registration
from bot.workspace.company.installing import install, uninstall
from bot.workspace.company.messages import Messages
from bot.workspace.company.seed import NAME, seeded
from bot.workspace.company.state import State
from bot.workspace.delivery.addresses import Deliveries
from bot.workspace.delivery.background import Background
from bot.workspace.delivery.delivery import ACKNOWLEDGE_WITHIN, EitherWay
from bot.workspace.delivery.events import RETRY_AFTER, Events
from bot.workspace.delivery.request_urls import RequestUrls
from bot.workspace.delivery.response_urls import ResponseUrls
from bot.workspace.delivery.socket_mode import SocketMode
from bot.workspace.errors import WorkspaceError
from bot.workspace.listener import LOCALHOST, Listener, application
from bot.workspace.manifest import Manifest
from bot.workspace.parts import Parts
from bot.workspace.people.authorization import Authorization
from bot.workspace.people.control import Control
from bot.workspace.people.control_admin import ControlAdmin
from bot.workspace.people.control_views import ControlViews
from bot.workspace.people.triggers import SECONDS, Triggers
from bot.workspace.people.views import Views
from bot.workspace.web_api.methods.files import MAX_FILE
from bot.workspace.web_api.rate_limits import RateLimits
from bot.workspace.web_api.web_api import WebApi

HISTORY_OUTSIDE_MARKETPLACE = 15
"""Messages a call, once a minute: https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps."""

Mount = Callable[[web.Application], None]
"""Adds routes to the server, such as those of the page."""


class Workspace:
    """A workspace with people and channels in it, for one app.

    `install` an app before it connects; then point it at `api_url` with `bot_token` and `app_token`.
    """

    def __init__(
        self,
        *,
        seed: str = "harbor",
        name: str = NAME,
        repeating_ids: bool = False,
        crowd: int = 0,
        clock: Clock = time.time,
        mounts: Sequence[Mount] = (),
        rate_limits: bool = False,
        outside_marketplace: bool = False,
        acknowledge_within: float = ACKNOWLEDGE_WITHIN,
        retry_events_after: Sequence[float] = RETRY_AFTER,
        triggers_last: float = SECONDS,
    ) -> None:
        """`name` is the workspace's. Two with one `seed` have people and channels of the same ids, and with
        `repeating_ids` the channels that are made later have too. `crowd` people more than the ten that a
        newcomer finds are there: bot.workspace.company.crowd.

        `outside_marketplace` limits history calls as Slack does for apps that it doesn't list.
        `triggers_last`: seconds in which a trigger id opens a modal.
        """
        state = seeded(seed, clock, name=name, repeating=repeating_ids, crowd=crowd)
        feed, background = Feed(), Background()
        socket_mode = SocketMode(clock=clock, acknowledge_within=acknowledge_within)
        request_urls = RequestUrls(clock=clock, acknowledge_within=acknowledge_within)
        delivery = EitherWay(socket_mode, request_urls)
        events = Events(state, delivery, background, retry_after=retry_events_after)
        messages = Messages(state, feed, events)
        self._parts = Parts(
            state=state,
            feed=feed,
            background=background,
            socket_mode=socket_mode,
            request_urls=request_urls,
            delivery=delivery,
            events=events,
            messages=messages,
            channels=Channels(state, feed, messages, events),
            response_urls=ResponseUrls(state, messages, clock=clock),
            triggers=Triggers(state, seconds=triggers_last),
            views=Views(state, feed),
            grants=Grants(clock=clock),
            rate_limits=RateLimits(clock=clock, enabled=rate_limits, outside_marketplace=outside_marketplace),
            history_page=HISTORY_OUTSIDE_MARKETPLACE if outside_marketplace else None,
        )
        self.web_api = WebApi(self._parts)
        self._mounts = tuple(mounts)
        self._listener = Listener()

    @property
    def state(self) -> State:
        """What the workspace holds."""
        return self._parts.state

    @property
    def parts(self) -> Parts:
        """What it is made of."""
        return self._parts

    @property
    def url(self) -> str:
        """Where the page is, without a slash at the end. Raises WorkspaceError before `start`."""
        if not self._parts.url:
            raise WorkspaceError("the workspace has no address before it is started")
        return self._parts.url

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The installed app's xoxb-…. Raises NotInstalledError."""
        return self._parts.app.bot_token

    @property
    def app_token(self) -> str:
        """The installed app's xapp-…. Raises NotInstalledError."""
        return self._parts.app.app_token

    def register(self, app: Registration | Manifest | Mapping[str, object]) -> Registration:
        """Make an app known, so that it can be installed; with another manifest its credentials stay.

        Raises InvalidManifestError.
        """
        if isinstance(app, Registration):
            self._parts.registration = app
            return app
        manifest = app if isinstance(app, Manifest) else Manifest.read(app)
        before = self._parts.registration
        if before is not None:
            registration = replace(before, manifest=manifest)
        else:
            registration = Registration.new(manifest, self.state.ids.seeded("A"))
        self._parts.registration = registration
        return registration

    def install(self, app: Registration | Manifest | Mapping[str, object]) -> Installation:
        """Install the app, or install it anew with another manifest: its ids and tokens stay.

        Its bot is in the channel where people expect it. Raises InvalidManifestError.
        """
        registration = self.register(app)
        return install(self._parts, scopes=registration.manifest.oauth_config.scopes.bot, invite=True)

    def uninstall(self) -> None:
        """Remove the app, which hears of it. Raises NotInstalledError."""
        uninstall(self._parts)

    async def start(self, host: str = LOCALHOST, port: int = 0, *, bridged: bool = False) -> Self:
        """Serve; port 0 takes a free one. Raises OSError when the port is taken.

        `bridged`: the host is this machine's address on a bridge to its own containers, for an app in one of
        them; whoever is on that bridge can act as anybody here.
        """
        url = await self._listener.start(self._application(host), host, port, bridged=bridged)
        self._parts.url = self._parts.events.url = url
        return self

    def _application(self, host: str) -> web.Application:
        app = application(host, client_max_size=MAX_FILE + 1024 * 1024)
        for method in ("GET", "POST"):
            app.router.add_route(method, "/api/{method}", self.web_api.handle)
        app.router.add_get("/link/", self._parts.socket_mode.connect)
        Authorization([self._parts]).add_routes(app)
        Deliveries(self._parts).add_routes(app)
        Control(self._parts).add_routes(app)
        ControlViews(self._parts).add_routes(app)
        ControlAdmin(self._parts).add_routes(app)
        for mount in self._mounts:
            mount(app)
        return app

    @property
    def connections(self) -> int:
        """How many Socket Mode connections the app has open."""
        return self._parts.socket_mode.connections

    async def wait_connected(self) -> None:
        """Return when the app has opened a Socket Mode connection."""
        await self._parts.socket_mode.wait_connected()

    async def aclose(self) -> None:
        """Disconnect the app, end every stream and stop serving."""
        self._parts.feed.close()
        await self._parts.background.close()
        await self._parts.socket_mode.close()
        await self._parts.request_urls.close()
        await self._listener.close()

    async def __aenter__(self) -> Self:
        """Serve on a free port, unless it serves already."""
        return self if self._listener.listens else await self.start()

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
