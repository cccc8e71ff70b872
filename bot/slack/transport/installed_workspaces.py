"""The workspaces that have installed Ride: a client for each, until the workspace removes it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store import Installation

from bot.base.errors import UnreadableTokensError
from bot.rides.errors import ChatRefusedError
from bot.slack.transport.installation_store import InstallationStore
from bot.slack.transport.web_api import WebApi
from bot.slack.transport.workspaces import NOT_INSTALLED, Farewell, is_dead

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    web: WebApi
    bot: AuthorizeResult
    installed_at: float


class InstalledWorkspaces:
    """Fulfils bot.slack.transport.workspaces.Workspaces from the database. `client` makes one for a token."""

    def __init__(self, store: InstallationStore, client: Callable[[str], WebApi]) -> None:
        self._store = store
        self._client = client
        self._known: dict[str, _Known] = {}
        self._watchers: list[Farewell] = []
        self._left: set[str] = set()
        # Slack tells of a removal twice, in the same moment, and refuses the token too: one leaves. And who
        # installs Ride anew meanwhile keeps it.
        self._changing = asyncio.Lock()
        self._changes = 0
        """How many there were: what was read before one is not remembered after it."""

    async def check(self) -> None:
        """Whether every token can be read, encrypted with an older key or not.

        Raises UnreadableTokensError.
        """
        if unreadable := await self._store.unreadable():
            raise UnreadableTokensError([f"{one.name} ({one.workspace})" for one in unreadable])
        if renewed := await self._store.reseal():
            log.info("%d tokens are encrypted with the newest key now", renewed)

    async def all(self) -> frozenset[str]:
        """The ids of the workspaces."""
        return frozenset(one.workspace for one in await self._store.workspaces())

    async def web(self, workspace: str) -> WebApi:
        """The client of a workspace. Raises ChatRefusedError NOT_INSTALLED where there is none."""
        known = await self._find(workspace)
        if known is None:
            raise ChatRefusedError("authorization", NOT_INSTALLED)
        return known.web

    async def bot(self, workspace: str) -> AuthorizeResult | None:
        """Who the bot is in a workspace; None where Ride is not installed."""
        known = await self._find(workspace)
        return known.bot if known is not None else None

    async def install(self, installation: Installation) -> None:
        """A workspace has installed Ride, or installed it anew. Raises ValueError for what can't be kept."""
        async with self._changing:
            await self._store.async_save(installation)
            self._forget(installation.team_id or "")
        log.info("Ride was installed in workspace %s", installation.team_id)

    async def refused(self, workspace: str, token: str) -> None:
        """Leave, if this is the workspace's token still and it is dead indeed."""
        async with self._changing:
            known = await self._find(workspace)
            if known is not None and known.web.token == token and await is_dead(known.web):
                log.warning("the token of workspace %s is dead", workspace)
                await self._leave(workspace)

    async def removed(self, workspace: str, at: datetime) -> None:
        """Leave, unless Ride was installed again since: Slack may tell late, and more than once."""
        async with self._changing:
            known = await self._find(workspace)
            if known is None:
                return
            if at.timestamp() < int(known.installed_at):
                log.info("workspace %s has Ride again since it was removed", workspace)
                return
            await self._leave(workspace)

    def watch(self, farewell: Farewell) -> None:
        """Call back when a workspace was left, and at once for those that were while nobody watched.

        Rides are taken up before: the first call for one may find that its workspace is gone.
        """
        self._watchers.append(farewell)
        for workspace in self._left:
            farewell(workspace)
        self._left.clear()

    async def _leave(self, workspace: str) -> None:
        await self._store.async_delete_all(enterprise_id=None, team_id=workspace)
        self._forget(workspace)
        log.info("workspace %s has removed Ride: its token is forgotten", workspace)
        for farewell in self._watchers:
            farewell(workspace)
        if not self._watchers:
            self._left.add(workspace)

    def _forget(self, workspace: str) -> None:
        self._known.pop(workspace, None)
        self._changes += 1

    async def _find(self, workspace: str) -> _Known | None:
        while workspace not in self._known:
            changes = self._changes
            found = await self._store.async_find_bot(enterprise_id=None, team_id=workspace)
            if changes != self._changes:
                continue
            if found is None:
                return None
            bot = AuthorizeResult(
                enterprise_id=None,
                team_id=workspace,
                team=found.team_name,
                bot_user_id=found.bot_user_id,
                bot_id=found.bot_id,
                bot_token=found.bot_token,
                bot_scopes=list(found.bot_scopes),
            )
            self._known[workspace] = _Known(
                web=self._client(found.bot_token), bot=bot, installed_at=found.installed_at
            )
        return self._known[workspace]
