"""Installations as Slack's SDK speaks of them, over our storage, with encrypted tokens."""

import logging
import secrets
from datetime import UTC, datetime, timedelta

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.rides.ports import Clock
from bot.slack.transport.token_seal import TokenSeal, UnreadableTokenError
from bot.slack.transport.web_api import sdk_logger
from storage.installations import BegunInstallations, InstallationRecords, InstalledWorkspace

STATE_LASTS = timedelta(minutes=10)
"""How long somebody may take to allow the app; Slack's code lasts as long."""


class InstallationStore(AsyncInstallationStore):
    """One installation a workspace, with the bot's token; Ride asks nobody for a token of their own."""

    def __init__(self, records: InstallationRecords, seal: TokenSeal) -> None:
        self._records = records
        self._seal = seal

    @property
    def logger(self) -> logging.Logger:
        """Slack's libraries ask for it."""
        return sdk_logger()

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in place of an earlier one of its workspace. Raises ValueError for others."""
        if installation.is_enterprise_install or not installation.team_id or not installation.bot_token:
            raise ValueError("only an installation of a workspace with a bot token can be kept")
        scopes = installation.bot_scopes or ()
        await self._records.put(
            InstalledWorkspace(
                workspace=installation.team_id,
                name=installation.team_name or installation.team_id,
                app=installation.app_id or "",
                bot=installation.bot_id or "",
                bot_user=installation.bot_user_id or "",
                scopes=tuple(scopes.split(",")) if isinstance(scopes, str) else tuple(scopes),
                sealed_token=self._seal.seal(installation.team_id, installation.bot_token),
                installed_by=installation.user_id,
                installed_at=datetime.fromtimestamp(installation.installed_at, UTC),
            )
        )

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,  # noqa: ARG002 - Slack's SDK names the parameters
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The bot of a workspace. Raises UnreadableTokenError."""
        if team_id is None or is_enterprise_install:
            return None
        found = await self._records.get(team_id)
        if found is None:
            return None
        return Bot(
            app_id=found.app,
            team_id=found.workspace,
            team_name=found.name,
            bot_token=self._seal.open(found.workspace, found.sealed_token),
            bot_id=found.bot,
            bot_user_id=found.bot_user,
            bot_scopes=list(found.scopes),
            installed_at=found.installed_at.timestamp(),
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:  # noqa: ARG002
        """Forget a workspace and its token."""
        if team_id is not None:
            await self._records.remove(team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """A person's installation: nothing of theirs is kept, so there is nothing to forget."""

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace and its token."""
        await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    # -- beside Slack's interface

    async def unreadable(self) -> list[InstalledWorkspace]:
        """The workspaces whose token can be read with none of the keys."""
        return [found for found in await self._records.all() if not self._readable(found)]

    async def workspaces(self) -> list[InstalledWorkspace]:
        """All workspaces."""
        return await self._records.all()

    async def reseal(self) -> int:
        """Encrypt with the newest key what was with an older one; gives how many."""
        done = 0
        for found in await self._records.all():
            if self._seal.is_newest(found.sealed_token) or not self._readable(found):
                continue
            token = self._seal.open(found.workspace, found.sealed_token)
            now = self._seal.seal(found.workspace, token)
            done += await self._records.reseal(found.workspace, was=found.sealed_token, now=now)
        return done

    def _readable(self, found: InstalledWorkspace) -> bool:
        try:
            self._seal.open(found.workspace, found.sealed_token)
        except UnreadableTokenError:
            return False
        return True


class StateStore(AsyncOAuthStateStore):
    """The secrets that go to Slack and come back with the person: each good once, for ten minutes."""

    def __init__(self, begun: BegunInstallations, clock: Clock) -> None:
        self._begun = begun
        self._clock = clock

    @property
    def logger(self) -> logging.Logger:
        """Slack's libraries ask for it."""
        return sdk_logger()

    async def async_issue(self, *_args: object, **_named: object) -> str:
        """A new one."""
        state, now = secrets.token_urlsafe(32), self._clock.now()
        await self._begun.add(state, now=now, expires_at=now + STATE_LASTS)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours, in time and not used yet; it is used up."""
        return await self._begun.take(state, self._clock.now())
