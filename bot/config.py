"""Every knob of Ride, with its default and one line of help. `docs/settings.md` is held to this by a test."""

from datetime import timedelta
from pathlib import Path

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.database import sqlite_url


class Settings(BaseSettings):
    """Settings come from the environment (`RIDE_…`, Slack's own names for Slack's) or a `.env` file."""

    model_config = SettingsConfigDict(
        env_prefix="RIDE_", env_file=".env", extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    slack_bot_token: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SLACK_BOT_TOKEN", "slack_bot_token"),
        description="The bot token of the installed app (xoxb-…).",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SLACK_APP_TOKEN", "slack_app_token"),
        description="The app-level token for Socket Mode (xapp-…, scope connections:write).",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias=AliasChoices("SLACK_API_URL", "slack_api_url"),
        description="The Web API of Slack, or of any Slack-compatible server.",
    )
    ride_command: str = Field(
        default="/ride",
        pattern=r"^/[a-z0-9_-]{1,31}$",
        description="Name of the main command, if another app has taken this one.",
    )
    sql_command: str = Field(
        default="/sql",
        pattern=r"^/[a-z0-9_-]{1,31}$",
        description="Name of the SQL command, if another app has taken this one.",
    )
    database_url: str | None = Field(
        default=None,
        description="SQLAlchemy URL of the storage; default: SQLite in the data folder.",
    )
    data_folder: Path = Field(
        default_factory=lambda: user_data_path("ride"),
        description="Where the SQLite database is kept.",
    )
    cache_folder: Path | None = Field(
        default=None,
        description="Where prepared data is kept; default: the user's cache folder (root: the system's).",
    )
    run_folder: Path | None = Field(
        default=None,
        description="Where running sandboxes live; default: in the cache folder.",
    )
    postgres_bin: Path | None = Field(
        default=None,
        description="Folder with PostgreSQL's programs (15 or later); default: the embedded ones.",
    )
    connect_host: str | None = Field(
        default=None,
        description="Address under which learners reach a sandbox with their own psql; default: /sql only.",
    )
    listen_address: str | None = Field(
        default=None,
        description="An address besides 127.0.0.1 where sandboxes accept learners' own psql.",
    )
    page_again_every: timedelta = Field(
        default=timedelta(minutes=2),
        gt=timedelta(0),
        description="Ride time between pages until somebody acknowledges.",
    )
    archive_after: timedelta = Field(
        default=timedelta(hours=24),
        ge=timedelta(0),
        description="How long after its end a ride's channel is archived.",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="How much the program logs: DEBUG, INFO, WARNING or ERROR.",
    )

    def storage_url(self) -> str:
        """The database to use."""
        return self.database_url or sqlite_url(self.data_folder / "ride.sqlite3")
