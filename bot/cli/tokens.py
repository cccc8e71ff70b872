"""`ride tokens`: the keys that encrypt stored tokens, and the tokens that they encrypt."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import typer
from cryptography.fernet import Fernet

from bot.base.config import load_settings
from bot.program.slack_mode import token_keys
from bot.slack.transport.installation_store import InstallationStore
from bot.slack.transport.token_seal import TokenSeal
from storage.database import Database
from storage.installations import InstallationRecords

app = typer.Typer(
    help="HTTP mode: the keys that encrypt Slack's tokens, and the stored tokens.",
    no_args_is_help=True,
)


@app.command("new-key")
def new_key() -> None:
    """Print a new key for RIDE_TOKEN_KEYS."""
    sys.stdout.write(Fernet.generate_key().decode() + "\n")


@app.command()
def rotate() -> None:
    """Encrypt all stored tokens with the newest key; then you can remove the older keys."""

    async def work(store: InstallationStore) -> str:
        done, unreadable = await store.reseal(), await store.unreadable()
        left = f"; no key can read those of {', '.join(one.name for one in unreadable)}" if unreadable else ""
        return f"tokens encrypted again: {done}{left}"

    _with_store(work)


@app.command()
def forget() -> None:
    """Delete the tokens that no key can read; their workspaces then have to install Ride again."""

    async def work(store: InstallationStore) -> str:
        unreadable = await store.unreadable()
        for one in unreadable:
            await store.async_delete_all(enterprise_id=None, team_id=one.workspace)
        return f"tokens deleted: {', '.join(one.name for one in unreadable) or 'none'}"

    _with_store(work)


def _with_store(work: Callable[[InstallationStore], Awaitable[str]]) -> None:
    settings = load_settings()
    seal = TokenSeal(token_keys(settings))

    async def opened() -> str:
        async with Database(settings.storage_url(), upgrades=settings.database_upgrade) as database:
            return await work(InstallationStore(InstallationRecords(database), seal))

    sys.stdout.write(asyncio.run(opened()) + "\n")
