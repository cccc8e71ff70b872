"""The workspace as a server of its own: `python -m bot.workspace --manifest manifest.json [--port 8990]`.

Prints the page's address and the settings with which an app connects, and serves until Ctrl-C. An app with
Request URLs is not installed yet; its own install page leads here. `--workspace NAME`, more than once if
wanted, opens workspaces of these names for it. `--slack-rates` holds the app to Slack's published rate
limits.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.workspace.company.seed import NAME
from bot.workspace.errors import WorkspaceError
from bot.workspace.manifest import Manifest
from bot.workspace.page.routes import mount
from bot.workspace.server import Workspace
from bot.workspace.slack import Slack


async def _serve(manifest: Manifest, port: int, names: Sequence[str], *, slack_rates: bool) -> None:
    # Ctrl-C closes the workspace in order: the app is told, streams end.
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if manifest.settings.socket_mode_enabled and tuple(names) == (NAME,):
        await _one(manifest, port, stop, slack_rates=slack_rates)
    else:
        await _several(manifest, port, names, stop, slack_rates=slack_rates)


def _workspace(name: str, seed: str, *, slack_rates: bool) -> Workspace:
    # Ride isn't in Slack's marketplace.
    return Workspace(
        name=name, seed=seed, mounts=[mount], rate_limits=slack_rates, outside_marketplace=slack_rates
    )


async def _one(manifest: Manifest, port: int, stop: asyncio.Event, *, slack_rates: bool) -> None:
    workspace = _workspace(NAME, "harbor", slack_rates=slack_rates)
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


async def _several(
    manifest: Manifest, port: int, names: Sequence[str], stop: asyncio.Event, *, slack_rates: bool
) -> None:
    # The first has the people that a lone one has.
    seeds = ["harbor", *names[1:]]
    workspaces = [
        _workspace(name, seed, slack_rates=slack_rates) for name, seed in zip(names, seeds, strict=True)
    ]
    slack = Slack(workspaces)
    app = slack.register(manifest)
    try:
        await slack.start(port=port)
        for workspace in workspaces:
            sys.stdout.write(f"{workspace.state.team.name} is at {workspace.url}/\n")
        sys.stdout.write(
            f"SLACK_API_URL={slack.api_url}\n"
            f"SLACK_CLIENT_ID={app.client_id}\n"
            f"SLACK_CLIENT_SECRET={app.client_secret}\n"
            f"SLACK_SIGNING_SECRET={app.signing_secret}\n"
        )
        sys.stdout.flush()
        await stop.wait()
    finally:
        await slack.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description=__doc__)
    parser.add_argument(
        "--manifest", type=Path, required=True, help="the app's manifest, as `ride manifest` prints it"
    )
    parser.add_argument("--port", type=int, default=0, help="a port of this machine; default: a free one")
    parser.add_argument(
        "--workspace",
        action="append",
        metavar="NAME",
        help=f"a workspace for an app with Request URLs; default: {NAME}",
    )
    parser.add_argument(
        "--slack-rates", action="store_true", help="hold the app to Slack's published rate limits"
    )
    options = parser.parse_args()
    try:
        manifest = Manifest.read(json.loads(options.manifest.read_text("utf-8")))
        names = options.workspace or [NAME]
        asyncio.run(_serve(manifest, options.port, names, slack_rates=options.slack_rates))
    except (OSError, ValueError, WorkspaceError) as error:
        sys.stderr.write(f"The workspace can't start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
