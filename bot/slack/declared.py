"""What Ride registers with Slack: one table each of commands, events and actions.

The listeners and the app manifest are made from these tables, so that neither can know more than the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.slack.messages.buttons import ACKNOWLEDGE, CANCEL_SQL
from bot.slack.settings import SlackSettings


class CommandKind(StrEnum):
    """The two slash commands, whatever their names are in an installation."""

    RIDE = "ride"
    SQL = "sql"


@dataclass(frozen=True, kw_only=True, slots=True)
class SlashCommand:
    """A slash command as the manifest declares it."""

    kind: CommandKind
    name: str
    description: str
    usage_hint: str
    should_escape: bool
    """Whether Slack turns typed @names and #channels into ids: wanted for people, harmful in SQL."""


def slash_commands(settings: SlackSettings) -> tuple[SlashCommand, ...]:
    """The slash commands under their configured names."""
    return (
        SlashCommand(
            kind=CommandKind.RIDE,
            name=settings.ride_command,
            description="Ride an incident, alone or as a team",
            usage_hint="start SCENARIO [for TEAM] [@who …] | status | hint | team | oncall | drill | help",
            should_escape=True,
        ),
        SlashCommand(
            kind=CommandKind.SQL,
            name=settings.sql_command,
            description="Run a statement in the incident's database",
            usage_hint="select * from pg_stat_activity",
            should_escape=False,
        ),
    )


EVENTS: Mapping[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "subteam_updated": "usergroups:read",
    "team_join": "users:read",
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""The events Ride subscribes to, with the bot scope each needs, if any."""

ACTIONS: tuple[str, ...] = (ACKNOWLEDGE, CANCEL_SQL)
"""The buttons."""

COMMANDS_SCOPE = "commands"
