"""App manifests: the parts that matter here, and what makes one that can't be used."""

from collections.abc import Mapping
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.workspace.errors import InvalidManifestError
from bot.workspace.guard import LOOPBACK

EVENT_SCOPES: Mapping[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "app_mention": frozenset({"app_mentions:read"}),
    "app_uninstalled": frozenset(),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "subteam_members_changed": frozenset({"usergroups:read"}),
    "subteam_updated": frozenset({"usergroups:read"}),
    "team_join": frozenset({"users:read"}),
    "tokens_revoked": frozenset(),
    "user_change": frozenset({"users:read"}),
}
"""The events that this workspace delivers, each with the scopes of which the app needs one, if any.

Source: https://docs.slack.dev/reference/events.
"""


def _reachable(url: str) -> str:
    """An address that Slack sends to: https; here also http on this machine itself."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local) or parts.fragment:
        raise ValueError("an address begins with https://, or with http:// on this machine (127.0.0.1)")
    return url


Url = Annotated[str, AfterValidator(_reachable)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CommandDeclaration(_Part):
    command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,31}$")]
    description: Annotated[str, StringConstraints(max_length=2000)]
    usage_hint: Annotated[str, StringConstraints(max_length=1000)] = ""
    should_escape: bool = False
    url: Url | None = None
    """Where it goes; needed without Socket Mode."""


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
    redirect_urls: Annotated[tuple[Url, ...], Field(max_length=1000)] = ()


class EventSubscriptions(_Part):
    request_url: Url | None = None
    bot_events: tuple[str, ...] = ()


class Interactivity(_Part):
    is_enabled: bool = False
    request_url: Url | None = None


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
        if not self.settings.socket_mode_enabled:
            self._reaches_the_app()
        return self

    def _reaches_the_app(self) -> None:
        """Without Socket Mode everything needs an address to go to."""
        settings = self.settings
        for command in self.features.slash_commands:
            if command.url is None:
                raise ValueError(f"without Socket Mode {command.command} needs a url")
        if settings.event_subscriptions.bot_events and settings.event_subscriptions.request_url is None:
            raise ValueError("without Socket Mode event_subscriptions needs a request_url")
        if settings.interactivity.is_enabled and settings.interactivity.request_url is None:
            raise ValueError("without Socket Mode interactivity needs a request_url")
