"""The local workspace: a server that speaks Slack's Web API and Socket Mode, on this machine alone."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from aiohttp import web

from bot.workspace.background import Background
from bot.workspace.channels import Channels
from bot.workspace.control import Control
from bot.workspace.control_views import ControlViews
from bot.workspace.deliveries import Deliveries
from bot.workspace.errors import WorkspaceError
from bot.workspace.events import RETRY_AFTER, Events
from bot.workspace.feed import Feed
from bot.workspace.guard import loopback_only
from bot.workspace.identifiers import Clock
from bot.workspace.installation import Installation, Manifest
from bot.workspace.messages import Messages
from bot.workspace.methods.files import MAX_FILE
from bot.workspace.parts import Parts
from bot.workspace.rate_limits import RateLimits
from bot.workspace.response_urls import ResponseUrls
from bot.workspace.seed import APP_HOME, seeded
from bot.workspace.socket_mode import ACKNOWLEDGE_WITHIN, SocketMode
from bot.workspace.state import State, User
from bot.workspace.triggers import SECONDS, Triggers
from bot.workspace.views import Views
from bot.workspace.web_api import WebApi

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
        clock: Clock = time.time,
        mounts: Sequence[Mount] = (),
        rate_limits: bool = False,
        outside_marketplace: bool = False,
        acknowledge_within: float = ACKNOWLEDGE_WITHIN,
        retry_events_after: Sequence[float] = RETRY_AFTER,
        triggers_last: float = SECONDS,
    ) -> None:
        """`outside_marketplace` limits history calls as Slack does for apps that it doesn't list.

        `triggers_last`: seconds in which a trigger id opens a modal.
        """
        state = seeded(seed, clock)
        feed, background = Feed(), Background()
        socket_mode = SocketMode(clock=clock, acknowledge_within=acknowledge_within)
        events = Events(state, socket_mode, background, retry_after=retry_events_after)
        messages = Messages(state, feed, events)
        self._parts = Parts(
            state=state,
            feed=feed,
            background=background,
            socket_mode=socket_mode,
            events=events,
            messages=messages,
            channels=Channels(state, feed, messages, events),
            response_urls=ResponseUrls(state, messages, clock=clock),
            triggers=Triggers(state, seconds=triggers_last),
            views=Views(state, feed),
            rate_limits=RateLimits(clock=clock, enabled=rate_limits, outside_marketplace=outside_marketplace),
            history_page=HISTORY_OUTSIDE_MARKETPLACE if outside_marketplace else None,
        )
        self._mounts = tuple(mounts)
        self._runner: web.AppRunner | None = None

    @property
    def state(self) -> State:
        """What the workspace holds."""
        return self._parts.state

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

    def install(self, manifest: Manifest | Mapping[str, object]) -> Installation:
        """Install the app, or install it anew with another manifest: its ids and tokens stay.

        Raises InvalidManifestError.
        """
        read = manifest if isinstance(manifest, Manifest) else Manifest.read(manifest)
        before = self._parts.installed
        state = self.state
        app_id = before.app_id if before else state.ids.seeded("A")
        bot_user = before.bot_user if before else state.ids.seeded("U")
        bot_id = before.bot_id if before else state.ids.seeded("B")
        installed = Installation(
            manifest=read,
            app_id=app_id,
            bot_id=bot_id,
            bot_user=bot_user,
            bot_token=before.bot_token if before else f"xoxb-{secrets.token_hex(24)}",
            app_token=before.app_token if before else f"xapp-1-{app_id}-{secrets.token_hex(24)}",
            verification_token=before.verification_token if before else secrets.token_hex(12),
        )
        state.users[bot_user] = User(
            id=bot_user,
            name=read.features.bot_user.display_name.lower().replace(" ", "_"),
            real_name=read.display_information.name,
            color="e0563b",
            bot_id=bot_id,
            app_id=app_id,
        )
        self._parts.installed = self._parts.events.installation = installed
        self._parts.socket_mode.app_id = app_id
        home = state.channel_named(APP_HOME)
        if home is not None and before is None:
            self._parts.channels.add(home, bot_user)
        return installed

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Serve; port 0 takes a free one. Raises OSError when the port is taken."""
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise WorkspaceError(f"the workspace is for this machine alone: {host} is not a loopback address")
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        bound = self._runner.addresses[0]
        shown = f"[{host}]" if ":" in host else host
        self._parts.url = self._parts.events.url = f"http://{shown}:{bound[1]}"
        return self

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[loopback_only], client_max_size=MAX_FILE + 1024 * 1024)
        web_api = WebApi(self._parts)
        app.router.add_route("GET", "/api/{method}", web_api.handle)
        app.router.add_route("POST", "/api/{method}", web_api.handle)
        app.router.add_get("/link/", self._parts.socket_mode.connect)
        Deliveries(self._parts).add_routes(app)
        Control(self._parts).add_routes(app)
        ControlViews(self._parts).add_routes(app)
        for mount in self._mounts:
            mount(app)
        return app

    async def wait_connected(self) -> None:
        """Return when the app has opened a Socket Mode connection."""
        await self._parts.socket_mode.wait_connected()

    async def aclose(self) -> None:
        """Disconnect the app, end every stream and stop serving."""
        self._parts.feed.close()
        await self._parts.background.close()
        await self._parts.socket_mode.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Serve on a free port, unless it serves already."""
        return self if self._runner is not None else await self.start()

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
