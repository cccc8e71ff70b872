"""What this room needs to know of an installation."""

import re
from dataclasses import dataclass, field

from bot.base.address import Address

EVENTS_PATH = "/slack/events"
"""Where all of Slack's requests go: commands, clicks, forms and events."""
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackSettings:
    """The tokens never show in a repr, so that a log of the settings tells nothing.

    Raises ValueError for a command name that Slack would not take.
    """

    bot_token: str = field(default="", repr=False)
    """`xoxb-…`: what the bot calls the Web API with. The manifest is made without."""
    app_token: str = field(default="", repr=False)
    """`xapp-…`: opens the Socket Mode connection."""
    api_url: str = "https://slack.com/api/"
    """Where the Web API is; SLACK_API_URL points it at any Slack-compatible server."""
    ride_command: str = "/ride"
    sql_command: str = "/sql"
    offers_connect: bool = True
    """Whether learners can bring their own client; if not, help and cards leave the connect command out."""
    app_name: str = "Ride"
    messages_a_second: float = 1.0
    """The steady pace in one channel. Slack allows about one message a second, with short bursts."""
    burst: int = 4
    """How many messages may go to a channel at once; then none until so many have had their seconds."""
    answers_within: int = 10
    """Seconds for Slack's answer to a call; one that takes longer is lost."""

    @property
    def bot_name(self) -> str:
        """What people mention the bot by: only `a-z`, `0-9`, `-`, `_` and `.`, as Slack asks."""
        return re.sub(r"[^a-z0-9_.-]+", "-", self.app_name.lower()).strip("-") or "ride"

    def __post_init__(self) -> None:
        for name in (self.ride_command, self.sql_command):
            # https://docs.slack.dev/interactivity/implementing-slash-commands: lower case, 32 characters
            if not name.startswith("/") or not 2 <= len(name) <= 32 or name != "".join(name.lower().split()):
                raise ValueError(
                    f"{name!r} can't be a slash command: it starts with / and is at most 32 characters long, "
                    "in lower case and without spaces"
                )
        if self.ride_command == self.sql_command:
            raise ValueError(f"the two commands need two names, both are {self.ride_command!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpSettings:
    """What HTTP mode needs besides. The secrets never show in a repr."""

    address: Address = field(default_factory=lambda: Address(host="127.0.0.1", port=3000))
    """Where we listen."""
    public_url: str
    """Where Slack and browsers reach us, without a slash at the end; a proxy with a certificate leads on."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)

    @property
    def events_url(self) -> str:
        """The Request URL for everything."""
        return f"{self.public_url}{EVENTS_PATH}"

    @property
    def install_url(self) -> str:
        """Where installing begins."""
        return f"{self.public_url}{INSTALL_PATH}"

    @property
    def redirect_url(self) -> str:
        """Where Slack sends people back to."""
        return f"{self.public_url}{REDIRECT_PATH}"
