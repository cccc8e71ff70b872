"""The workspace as a server of its own: `python -m bot.workspace --manifest manifest.json [--port 8990]`.

Prints the page's address and the three settings with which an app connects, and serves until Ctrl-C.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.workspace.errors import WorkspaceError
from bot.workspace.page.routes import mount
from bot.workspace.server import Workspace


async def _serve(manifest: Mapping[str, object], port: int) -> None:
    # Ctrl-C closes the workspace in order: the app is told, streams end.
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    workspace = Workspace(mounts=[mount])
    workspace.install(manifest)
    try:
        await workspace.start(port=port)
        sys.stdout.write(
            f"The workspace is at {workspace.url}/\n"
            f"SLACK_API_URL={workspace.api_url}\n"
            f"SLACK_BOT_TOKEN={workspace.bot_token}\n"
            f"SLACK_APP_TOKEN={workspace.app_token}\n"
        )
        sys.stdout.flush()
        await stop.wait()
    finally:
        await workspace.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description=__doc__)
    parser.add_argument(
        "--manifest", type=Path, required=True, help="the app's manifest, as `ride manifest` prints it"
    )
    parser.add_argument("--port", type=int, default=0, help="a port of this machine; default: a free one")
    options = parser.parse_args()
    try:
        manifest = json.loads(options.manifest.read_text("utf-8"))
        asyncio.run(_serve(manifest, options.port))
    except (OSError, ValueError, WorkspaceError) as error:
        sys.stderr.write(f"The workspace can't start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
