"""An app as Slack knows it, and what it has in a workspace that installed it."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from bot.workspace.manifest import EVENT_SCOPES, CommandDeclaration, Manifest


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """An app with its credentials: the same in every workspace, and there before any has installed it."""

    manifest: Manifest
    app_id: str
    client_id: str
    client_secret: str = field(repr=False)
    signing_secret: str = field(repr=False)
    """What requests to the app's addresses are signed with."""
    verification_token: str = field(repr=False)
    app_token: str = field(repr=False)
    """`xapp-…`, for Socket Mode."""

    @classmethod
    def new(cls, manifest: Manifest, app_id: str) -> Self:
        """An app with new credentials."""
        return cls(
            manifest=manifest,
            app_id=app_id,
            client_id=f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**13):013d}",
            client_secret=secrets.token_hex(16),
            signing_secret=secrets.token_hex(16),
            verification_token=secrets.token_hex(12),
            app_token=f"xapp-1-{app_id}-{secrets.token_hex(24)}",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """An app in a workspace."""

    registration: Registration
    bot_id: str
    bot_user: str
    """The U… id of the app's bot user."""
    bot_token: str = field(repr=False)
    scopes: tuple[str, ...]
    """What the bot token may do: what was granted."""

    @property
    def manifest(self) -> Manifest:
        return self.registration.manifest

    @property
    def app_id(self) -> str:
        return self.registration.app_id

    @property
    def app_token(self) -> str:
        return self.registration.app_token

    @property
    def verification_token(self) -> str:
        return self.registration.verification_token

    @property
    def has_home_tab(self) -> bool:
        """Whether it can show each person a Home."""
        return self.manifest.features.app_home.home_tab_enabled

    @property
    def has_messages_tab(self) -> bool:
        """Whether it can send direct messages."""
        return self.manifest.features.app_home.messages_tab_enabled

    @property
    def takes_messages(self) -> bool:
        """Whether people can type in its direct messages."""
        return self.has_messages_tab and not self.manifest.features.app_home.messages_tab_read_only_enabled

    def command(self, name: str) -> CommandDeclaration | None:
        """The slash command of that name, if the app may have any here."""
        if "commands" not in self.scopes:
            return None
        return next((one for one in self.manifest.features.slash_commands if one.command == name), None)

    def wants(self, event: str) -> bool:
        """Whether the app subscribes to an event, and may."""
        needed = EVENT_SCOPES.get(event, frozenset())
        allowed = not needed or bool(needed & set(self.scopes))
        return allowed and event in self.manifest.settings.event_subscriptions.bot_events
