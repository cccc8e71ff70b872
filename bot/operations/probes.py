"""What `/readyz` looks at, each time it is asked."""

from bot.operations.readiness import Probe
from bot.slack.transport.app import SlackApp
from sandbox.errors import SandboxError
from sandbox.provider import Provider
from storage.database import Database
from storage.errors import StorageError


def database_answers(database: Database) -> Probe:
    """The storage answers a question."""

    async def look() -> str | None:
        try:
            await database.ping()
        except StorageError as error:
            return str(error)
        return None

    return look


def sandboxes_can_be_made(provider: Provider) -> Probe:
    """The provider has what it needs."""

    async def look() -> str | None:
        try:
            await provider.survey()
        except SandboxError as error:
            return str(error)
        return None

    return look


def chat_is_connected(slack: SlackApp) -> Probe:
    """Slack's messages come in."""

    async def look() -> str | None:
        return None if await slack.connected() else "not connected to Slack"

    return look
