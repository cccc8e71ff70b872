"""A web application on an address of this machine, and no other."""

from aiohttp import web

from bot.workspace.errors import WorkspaceError
from bot.workspace.guard import LOOPBACK, is_private, own_hosts_only

LOCALHOST = "127.0.0.1"


def application(host: str, *, client_max_size: int = 1024**2) -> web.Application:
    """An application that answers by this host's name only; `client_max_size` are the bytes of a request."""
    return web.Application(middlewares=[own_hosts_only(host)], client_max_size=client_max_size)


class Listener:
    """Serves one application."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    @property
    def listens(self) -> bool:
        return self._runner is not None

    async def start(self, app: web.Application, host: str, port: int, *, bridged: bool) -> str:
        """Serve; port 0 takes a free one. Gives the address, without a slash at the end.

        `bridged`: the host may be this machine's address on a bridge between its containers.
        Raises OSError when the port is taken, WorkspaceError for an address that others reach.
        """
        if host not in LOOPBACK and not (bridged and is_private(host)):
            raise WorkspaceError(f"the workspace is for this machine only: {host} is not a loopback address")
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
