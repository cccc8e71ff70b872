"""`ride health`: whether the Ride of this machine lives, for a container's health check."""

import sys
import urllib.error
import urllib.request
from typing import Annotated

import typer

from bot.address import Address
from bot.config import load_settings
from bot.errors import NoOperationsAddressError
from bot.operations.server import HEALTH, READINESS

ANSWERS_WITHIN = 5.0
"""Seconds; a container engine waits 30 by default."""
NOT_WELL = 1
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where it listens, not where we do
"""Who listens on every address is asked on the machine's own."""


def health(
    ready: Annotated[bool, typer.Option("--ready", help="Ask whether it leads and can ride, too.")] = False,
) -> None:
    """Ask the running Ride how it is, at RIDE_OPERATIONS_ADDRESS; exit 0 when it is well."""
    configured = load_settings().operations_address
    if configured is None:
        raise NoOperationsAddressError
    address = Address.read(configured)
    near = Address(host=_ANYWHERE.get(address.host, address.host), port=address.port)
    # Not through a proxy of the environment: it is this machine that is asked.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{near}{READINESS if ready else HEALTH}", timeout=ANSWERS_WITHIN) as answer:
            sys.stdout.write(answer.read().decode() + "\n")
    except urllib.error.HTTPError as error:
        sys.stdout.write(error.read().decode(errors="replace") + "\n")
        raise typer.Exit(NOT_WELL) from None
    except OSError as error:
        sys.stderr.write(f"Nothing answers at {near}: {getattr(error, 'reason', error)}\n")
        raise typer.Exit(NOT_WELL) from None
