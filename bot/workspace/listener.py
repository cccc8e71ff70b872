"""A web application on an address of this machine, and no other."""

from aiohttp import web

from bot.workspace.errors import WorkspaceError
from bot.workspace.guard import LOOPBACK, loopback_only

LOCALHOST = "127.0.0.1"


def application(*, client_max_size: int = 1024**2) -> web.Application:
    """An application that answers only this machine; `client_max_size` are the bytes of a request."""
    return web.Application(middlewares=[loopback_only], client_max_size=client_max_size)


class Listener:
    """Serves one application."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    @property
    def listens(self) -> bool:
        return self._runner is not None

    async def start(self, app: web.Application, host: str, port: int) -> str:
        """Serve; port 0 takes a free one. Gives the address, without a slash at the end.

        Raises OSError when the port is taken, WorkspaceError for an address that others reach.
        """
        if host not in LOOPBACK:
            raise WorkspaceError(f"the workspace is for this machine alone: {host} is not a loopback address")
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
