"""Several workspaces behind one Web API, as an app meets Slack that more than one has installed.

Each workspace keeps its people, its page and its control API at an address of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Self

from aiohttp import web

from bot.workspace.company.identifiers import Identifiers
from bot.workspace.company.installation import Registration
from bot.workspace.errors import InvalidManifestError, SlackError, WorkspaceError
from bot.workspace.listener import LOCALHOST, Listener, application
from bot.workspace.manifest import Manifest
from bot.workspace.people.authorization import Authorization
from bot.workspace.server import Workspace
from bot.workspace.web_api.arguments import given
from bot.workspace.web_api.methods.files import MAX_FILE
from bot.workspace.web_api.web_api import bearer


class Slack:
    """One app and the workspaces that may install it, each call going to the workspace of its token.

    `register` the app, point it at `api_url` with its credentials, and let people allow it at
    `authorize_url`; or install it in a workspace with `Workspace.install`.
    """

    def __init__(self, workspaces: Sequence[Workspace]) -> None:
        if not workspaces:
            raise WorkspaceError("Slack needs a workspace")
        self.workspaces = tuple(workspaces)
        self._listener = Listener()
        self._url = ""

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self._address}/api/"

    @property
    def authorize_url(self) -> str:
        """Where people allow the app."""
        return f"{self._address}/oauth/v2/authorize"

    @property
    def _address(self) -> str:
        if not self._url:
            raise WorkspaceError("there is no address before the start")
        return self._url

    def register(self, manifest: Manifest | Mapping[str, object]) -> Registration:
        """Make the app known to every workspace; in none is it installed by that.

        Raises InvalidManifestError, also for Socket Mode: what happens in several workspaces goes to
        Request URLs.
        """
        read = manifest if isinstance(manifest, Manifest) else Manifest.read(manifest)
        if read.settings.socket_mode_enabled:
            raise InvalidManifestError("several workspaces need an app with Request URLs, not Socket Mode")
        registration = Registration.new(read, Identifiers(read.display_information.name).seeded("A"))
        for workspace in self.workspaces:
            workspace.register(registration)
        return registration

    async def start(self, host: str = LOCALHOST, port: int = 0, *, bridged: bool = False) -> Self:
        """Serve, and every workspace on a port of its own. Raises OSError when the port is taken.

        `bridged` is as in Workspace.start.
        """
        app = application(host, client_max_size=MAX_FILE + 1024 * 1024)
        for method in ("GET", "POST"):
            app.router.add_route(method, "/api/{method}", self._call)
        Authorization([one.parts for one in self.workspaces]).add_routes(app)
        self._url = await self._listener.start(app, host, port, bridged=bridged)
        for workspace in self.workspaces:
            await workspace.start(host, bridged=bridged)
        return self

    async def _call(self, request: web.Request) -> web.Response:
        try:
            values, form_token = await given(request)
        except SlackError:
            # Any workspace will say what is wrong with it.
            values, form_token = {}, None
        token, code = bearer(request) or form_token, values.get("code")
        for workspace in self.workspaces:
            if workspace.web_api.concerns(token, code if isinstance(code, str) else None):
                return await workspace.web_api.handle(request)
        return await self.workspaces[0].web_api.handle(request)

    async def aclose(self) -> None:
        """Close every workspace, and stop serving."""
        for workspace in self.workspaces:
            await workspace.aclose()
        await self._listener.close()

    async def __aenter__(self) -> Self:
        """Serve on free ports."""
        try:
            return await self.start()
        except BaseException:
            await self.aclose()
            raise

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
