"""An app in the workspace: its manifest, and what installing it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.workspace.errors import InvalidManifestError

EVENT_SCOPES: Mapping[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "app_mention": frozenset({"app_mentions:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
}
"""The events that this workspace delivers, each with the scopes of which the app needs one, if any.

Source: https://docs.slack.dev/reference/events.
"""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CommandDeclaration(_Part):
    command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,31}$")]
    description: Annotated[str, StringConstraints(max_length=2000)]
    usage_hint: Annotated[str, StringConstraints(max_length=1000)] = ""
    should_escape: bool = False


class BotUser(_Part):
    display_name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,80}$")]
    always_online: bool = False


class AppHome(_Part):
    """The app's Home and direct messages; an app has neither unless it says so.

    https://docs.slack.dev/surfaces/app-home
    """

    home_tab_enabled: bool = False
    messages_tab_enabled: bool = False
    messages_tab_read_only_enabled: bool = True


class Features(_Part):
    bot_user: BotUser
    app_home: AppHome = AppHome()
    slash_commands: Annotated[tuple[CommandDeclaration, ...], Field(max_length=50)] = ()


class DisplayInformation(_Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=35)]
    description: Annotated[str, StringConstraints(max_length=140)] = ""


class Scopes(_Part):
    bot: tuple[str, ...] = ()


class OAuthConfig(_Part):
    scopes: Scopes = Scopes()


class EventSubscriptions(_Part):
    bot_events: tuple[str, ...] = ()


class Interactivity(_Part):
    is_enabled: bool = False


class ManifestSettings(_Part):
    event_subscriptions: EventSubscriptions = EventSubscriptions()
    interactivity: Interactivity = Interactivity()
    socket_mode_enabled: bool = False


class Manifest(_Part):
    """The parts of an app manifest that matter here: https://docs.slack.dev/reference/app-manifest."""

    display_information: DisplayInformation
    features: Features
    oauth_config: OAuthConfig = OAuthConfig()
    settings: ManifestSettings = ManifestSettings()

    @classmethod
    def read(cls, data: Mapping[str, object]) -> Self:
        """A manifest from its JSON. Raises InvalidManifestError, which says what is wrong and where."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(str(part) for part in problem['loc']) or 'manifest'}: {problem['msg']}"
                for problem in error.errors()
            )
            raise InvalidManifestError(f"this app manifest can't be installed: {problems}") from error

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        granted = set(self.oauth_config.scopes.bot)
        names = [command.command for command in self.features.slash_commands]
        if len(names) != len(set(names)):
            raise ValueError("two slash commands have the same name")
        if names and "commands" not in granted:
            raise ValueError("slash commands need the bot scope commands")
        for event in self.settings.event_subscriptions.bot_events:
            needed = EVENT_SCOPES.get(event)
            if needed is None:
                known = ", ".join(EVENT_SCOPES)
                raise ValueError(f"the event {event} is not delivered by this workspace, only {known}")
            if needed and not needed & granted:
                raise ValueError(f"the event {event} needs a bot scope: {' or '.join(sorted(needed))}")
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """An installed app."""

    manifest: Manifest
    app_id: str
    bot_id: str
    bot_user: str
    """The U… id of the app's bot user."""
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    verification_token: str = field(repr=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the bot token may do."""
        return self.manifest.oauth_config.scopes.bot

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
        """The slash command of that name."""
        return next((one for one in self.manifest.features.slash_commands if one.command == name), None)

    def wants(self, event: str) -> bool:
        """Whether the app subscribes to an event."""
        return event in self.manifest.settings.event_subscriptions.bot_events
