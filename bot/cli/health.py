"""`ride health`: whether the Ride of this machine lives, for a container's health check."""

import sys
import urllib.error
from typing import Annotated

import typer

from bot.base.config import load_settings
from bot.base.errors import NoOperationsAddressError
from bot.operations.asking import ask, nearby
from bot.operations.server import HEALTH, READINESS

NOT_WELL = 1


def command(
    ready: Annotated[
        bool, typer.Option("--ready", help="Also ask whether it leads and can run rides.")
    ] = False,
) -> None:
    """Check the running Ride's health at RIDE_OPERATIONS_ADDRESS; exit code 0 when it is healthy."""
    configured = load_settings().operations_address
    if configured is None:
        raise NoOperationsAddressError
    try:
        sys.stdout.write(ask(configured, READINESS if ready else HEALTH) + "\n")
    except urllib.error.HTTPError as error:
        sys.stdout.write(error.read().decode(errors="replace") + "\n")
        raise typer.Exit(NOT_WELL) from None
    except OSError as error:
        sys.stderr.write(f"Nothing answers at {nearby(configured)}: {getattr(error, 'reason', error)}\n")
        raise typer.Exit(NOT_WELL) from None
