"""Who is refused, and how the commands are called in this installation."""

from dataclasses import dataclass

from bot.slack.messages.mrkdwn import code
from bot.slack.settings import SlackSettings


def typed(settings: SlackSettings, rest: str) -> str:
    """A sub-command to type, as code."""
    return code(f"{settings.ride_command} {rest}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the words for an error need besides the error."""

    person: str
    settings: SlackSettings

    def ride(self, rest: str) -> str:
        """A sub-command to type, as code."""
        return typed(self.settings, rest)
