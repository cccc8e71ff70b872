"""`ride manifest`: the Slack app of this installation."""

import json
import sys
from typing import Annotated

import typer

from bot.base.config import load_settings
from bot.program.slack_mode import installation_settings, manifest_addresses
from bot.slack.manifest import manifest


def command(
    *,
    http: Annotated[bool, typer.Option("--http", help="For `ride serve --http`.")] = False,
) -> None:
    """Print the Slack app manifest for this installation, as JSON."""
    settings = load_settings()
    addresses = manifest_addresses(settings) if http else None
    sys.stdout.write(json.dumps(manifest(installation_settings(settings), addresses), indent=2) + "\n")
