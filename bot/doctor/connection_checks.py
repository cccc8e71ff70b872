"""Socket Mode: whether Slack gives a connection, and whether others have one with our app-level token.

A connection of the doctor's own may be given a command or a click in the moment until it is closed: Slack
sends events that nobody acknowledged again, to another, but who clicked has to click again. So the Ride of
this machine is asked first, and only where none answers the doctor connects.
"""

import asyncio
import json
import logging
from collections.abc import Sequence

import aiohttp
from aiohttp import WSMsgType
from prometheus_client.parser import text_string_to_metric_families

from bot.base.config import Settings
from bot.base.state_folder import is_used
from bot.doctor.finding import Finding, fine, warning
from bot.operations.asking import ask
from bot.operations.metrics import LEADER, OTHER_CONNECTIONS
from bot.operations.server import METRICS
from bot.slack.transport.other_connections import WHAT_TO_DO
from bot.slack.transport.outcome import refusals
from bot.slack.transport.web_api import WebApi
from storage.database import Database, is_sqlite
from storage.errors import StorageError

log = logging.getLogger(__name__)

STEP = "apps.connections.open"
GREETED_WITHIN = 10.0
"""Seconds for Slack's first message on a connection."""
MOST = 10
"""Connections that Slack gives an app: https://docs.slack.dev/apis/events-api/using-socket-mode."""
_ABOUT = "Socket Mode"


async def look_at_connections(settings: Settings, web: WebApi, app_token: str) -> Sequence[Finding]:
    """Raises ChatRefusedError where Slack gives none."""
    async with refusals(STEP):
        address = str((await web.apps_connections_open(app_token=app_token)).get("url") or "")
    others = await asyncio.to_thread(seen_by_ours, settings.operations_address)
    if others is not None:
        return [_of_ours(others)]
    connections = await _counted(address)
    if connections is None:
        return [
            fine(_ABOUT, "Slack accepts the app-level token; it doesn't say how many connections use it.")
        ]
    return [of_the_doctor(connections - 1, ours_runs=await _ours_runs(settings))]


def seen_by_ours(operations_address: str | None) -> int | None:
    """How many connections of others the Ride of this machine has seen; None where none answers or leads."""
    if operations_address is None:
        return None
    try:
        text = ask(operations_address, METRICS)
        families = list(text_string_to_metric_families(text))
    except (OSError, ValueError) as error:
        log.debug("no Ride says at %s what it sees: %s", operations_address, error)
        return None
    values = {sample.name: sample.value for family in families for sample in family.samples}
    if values.get(LEADER) != 1 or OTHER_CONNECTIONS not in values:
        return None
    return int(values[OTHER_CONNECTIONS])


def _of_ours(others: int) -> Finding:
    given = "Slack accepts the app-level token; the Ride running here"
    if others == 0:
        return fine(_ABOUT, f"{given} saw no other program connected when it last connected.")
    return warning(_ABOUT, f"{given} saw {_number(others)} from another program. {_WHAT_HAPPENS}", WHAT_TO_DO)


def of_the_doctor(others: int, *, ours_runs: bool | None) -> Finding:
    """`others` have connections beside the doctor's; `ours_runs` says whether a Ride leads on our storage."""
    given = "Slack accepts the app-level token"
    expected = 0 if ours_runs is False else 1
    if others > expected:
        right = (
            "there should be one, of the Ride on this database"
            if expected
            else "there should be none, since no Ride is running"
        )
        text = f"{given}, but already has {_number(others)} with it; {right}. {_WHAT_HAPPENS}"
        return warning(_ABOUT, text, WHAT_TO_DO)
    if others == 1:
        return fine(_ABOUT, f"{given}, and has one connection with it, as it should while a Ride is running.")
    return fine(_ABOUT, f"{given}; no other program is connected with it.")


_WHAT_HAPPENS = (
    "Slack sends each command and click to only one of them, and the wrong one doesn't know the ride."
)


def _number(connections: int) -> str:
    return "one connection" if connections == 1 else f"{connections} connections"


async def _ours_runs(settings: Settings) -> bool | None:
    """Whether a Ride leads on the storage that is configured; None where that can't be told."""
    url = settings.storage_url()
    if is_sqlite(url):
        return await asyncio.to_thread(is_used, settings.data_folder, "serve")
    try:
        return (await Database(url, upgrades=False).condition()).leader is not None
    except StorageError as error:
        log.debug("the storage doesn't say whether a Ride leads: %s", error)
        return None


async def _counted(address: str) -> int | None:
    """How many connections Slack counts, the one for this with them; None where it doesn't say.

    Raises ChatRefusedError.
    """
    async with (
        refusals(STEP),
        aiohttp.ClientSession(trust_env=True) as session,
        session.ws_connect(address) as socket,
    ):
        greeting = await socket.receive(timeout=GREETED_WITHIN)
    return _read(greeting.data) if greeting.type is WSMsgType.TEXT else None


def _read(greeting: str) -> int | None:
    try:
        message = json.loads(greeting)
    except ValueError:
        return None
    if not isinstance(message, dict):
        return None
    if message.get("reason") == "too_many_websockets":
        return MOST + 1
    count = message.get("num_connections")
    return count if isinstance(count, int) else None
