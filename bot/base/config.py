"""Every knob of Ride, with its default and one line of help. `docs/settings.md` is held to this by a test."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import (
    AfterValidator,
    AliasChoices,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.base.address import HIGHEST_PORT, Address, public_address
from bot.base.errors import SettingsError
from bot.base.secret_files import SecretFiles, is_secret, variable_of
from storage.database import sqlite_url, with_password

LEAST_MEMORY = 1408 << 20
"""Bytes: what a server may map, its data in memory, and some for the rest."""
YEARS = timedelta(days=3650)


def _absolute(path: Path) -> Path:
    """As a shell would read it; a sandbox's own processes run in another folder than we do."""
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # there is no home
        raise ValueError(f"{path}: this user has no home folder; name a folder without ~") from None


_Folder = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """Settings come from the environment (`RIDE_…`, Slack's own names for Slack's) or a `.env` file.

    A secret X may stand in a file instead, which X_FILE names.
    """

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
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SLACK_SIGNING_SECRET", "slack_signing_secret"),
        description="HTTP mode: the secret Slack signs requests with (Basic Information, App Credentials).",
    )
    slack_client_id: str | None = Field(
        default=None,
        validation_alias=AliasChoices("SLACK_CLIENT_ID", "slack_client_id"),
        description="HTTP mode: the app's client id, for installing it.",
    )
    slack_client_secret: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SLACK_CLIENT_SECRET", "slack_client_secret"),
        description="HTTP mode: the app's client secret, for installing it.",
    )
    http_address: str = Field(
        default="127.0.0.1:3000",
        description="HTTP mode: where Ride listens for Slack, behind a proxy with a certificate.",
    )
    public_url: str | None = Field(
        default=None,
        description="HTTP mode: the https address at which Slack and browsers reach Ride.",
    )
    token_keys: SecretStr | None = Field(
        default=None,
        description="HTTP mode: keys that encrypt the stored tokens, newest first, separated by commas.",
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
        description="SQLAlchemy URL of Ride's own database; default: SQLite in the data folder.",
    )
    database_password: SecretStr | None = Field(
        default=None,
        description="Password of Ride's own database, if it isn't in RIDE_DATABASE_URL.",
    )
    database_upgrade: bool = Field(
        default=True,
        description="Whether Ride upgrades its tables by itself; if not, run `ride db upgrade`.",
    )
    data_folder: _Folder = Field(
        default_factory=lambda: user_data_path("ride"),
        description="Where the SQLite database is kept.",
    )
    cache_folder: _Folder | None = Field(
        default=None,
        description="Where prepared data is kept; default: the user's cache folder (root: the system's).",
    )
    run_folder: _Folder | None = Field(
        default=None,
        description="Where running sandboxes live; default: in the cache folder.",
    )
    postgres_bin: _Folder | None = Field(
        default=None,
        description="Folder with PostgreSQL's programs (15 or later); default: the embedded ones.",
    )
    provider: Literal["embedded", "docker", "swarm"] = Field(
        default="embedded",
        description="Where sandboxes run: embedded (beside the bot), docker (one container each) or swarm.",
    )
    sandbox_image: str = Field(
        default="postgres:18",
        min_length=1,
        description="The PostgreSQL image (15 to 18) that the scenarios' images are built from.",
    )
    image_repository: str = Field(
        default="ride-sandbox",
        pattern=r"^[a-z0-9]+([._:/-]+[a-z0-9]+)*$",
        description="What the scenarios' images are named: REPOSITORY/SCENARIO:DIGEST.",
    )
    sandbox_memory: ByteSize = Field(
        default=ByteSize(1536 << 20),
        ge=LEAST_MEMORY,
        description="Memory of one container including its data, such as 1536MiB or 2GiB; at least 1408MiB.",
    )
    sandbox_cpus: float = Field(
        default=1.0,
        ge=0.1,
        description="How many processors one container may use.",
    )
    socket_folder: _Folder | None = Field(
        default=None,
        description="Where the bot sees its containers' sockets; default: in the system's temp folder.",
    )
    socket_volume: str | None = Field(
        default=None,
        description="The volume mounted at RIDE_SOCKET_FOLDER, if the bot itself runs in a container.",
    )
    swarm_constraints: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Which of a swarm's machines may run sandboxes, such as node.labels.ride==yes.",
    )
    swarm_encrypted: bool = Field(
        default=True,
        description="Whether traffic between a swarm's machines is encrypted.",
    )
    swarm_attach: str | None = Field(
        default=None,
        description="Name or id of the container that the bot runs in; default: its host name.",
    )
    swarm_reserve_memory: ByteSize = Field(
        default=ByteSize(384 << 20),
        ge=0,
        description="Memory set aside on a machine for each sandbox in a swarm.",
    )
    swarm_reserve_cpus: float = Field(
        default=0.1,
        ge=0,
        description="How many processors are set aside on a machine for each sandbox in a swarm.",
    )
    connect_host: str | None = Field(
        default=None,
        description="Address at which learners reach a sandbox with their own psql; default: /sql only.",
    )
    listen_address: str | None = Field(
        default=None,
        description="An address besides 127.0.0.1 where sandboxes accept learners' own psql.",
    )
    connect_ports: Annotated[tuple[int, int], NoDecode] = Field(
        default=(15432, 15531),
        description="First and last port for learners' own psql into containers, one port each.",
    )
    connect_tls_certificate: _Folder | None = Field(
        default=None,
        description="Certificate (PEM) for containers' ports at RIDE_LISTEN_ADDRESS; default: Ride's own.",
    )
    connect_tls_key: _Folder | None = Field(
        default=None,
        description="The key (PEM) of RIDE_CONNECT_TLS_CERTIFICATE.",
    )
    page_again_every: timedelta = Field(
        default=timedelta(minutes=2),
        gt=timedelta(0),
        le=YEARS,
        description="Ride time between pages until somebody acknowledges.",
    )
    escalate_after: timedelta = Field(
        default=timedelta(minutes=3),
        gt=timedelta(0),
        le=YEARS,
        description="Ride time without an acknowledgement before more of the team is paged.",
    )
    archive_after: timedelta = Field(
        default=timedelta(hours=24),
        ge=timedelta(0),
        le=YEARS,
        description="How long after the end of a ride its channel is archived.",
    )
    admins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Admins of Ride besides Slack's own, as in U012AB3CD or T0G9QF9C6:U012AB3CD.",
    )
    operations_address: str | None = Field(
        default=None,
        description="Where to serve health, readiness and metrics, such as 127.0.0.1:9464; default: nowhere.",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="How much the program logs: DEBUG, INFO, WARNING or ERROR.",
    )
    log_format: str = Field(
        default="text",
        pattern="^(text|json)$",
        description="How `ride serve` logs: text, or json with one object per line.",
    )

    @field_validator("admins", mode="before")
    @classmethod
    def _parted(cls, value: object) -> object:
        """Ids with commas or spaces between them."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("connect_ports", mode="before")
    @classmethod
    def _first_and_last(cls, value: object) -> object:
        """`15432-15531`, or one port alone."""
        if not isinstance(value, str):
            return value
        first, _, last = value.replace(" ", "").partition("-")
        ports = (first, last or first)
        if not all(port.isascii() and port.isdigit() and 0 < int(port) <= HIGHEST_PORT for port in ports):
            raise ValueError(f"{value} is not a range of ports, such as 15432-15531")
        if int(ports[0]) > int(ports[1]):
            raise ValueError(f"{value} has its higher port first; write it as in 15432-15531")
        return (int(ports[0]), int(ports[1]))

    @field_validator("operations_address", "http_address")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        return str(Address.read(value)) if value is not None else None

    @field_validator("public_url")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        return public_address(value) if value is not None else None

    @field_validator("swarm_constraints", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        """Constraints with commas between them."""
        if not isinstance(value, str):
            return value
        return tuple(constraint for part in value.split(",") if (constraint := part.strip()))

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Self:
        if (self.connect_tls_certificate is None) != (self.connect_tls_key is None):
            raise ValueError("RIDE_CONNECT_TLS_CERTIFICATE and RIDE_CONNECT_TLS_KEY: set both, or neither")
        return self

    @model_validator(mode="after")
    def _two_names(self) -> Self:
        if self.ride_command == self.sql_command:
            raise ValueError(
                f"RIDE_RIDE_COMMAND and RIDE_SQL_COMMAND are both {self.ride_command}: "
                "give them different names"
            )
        return self

    def storage_url(self) -> str:
        """The database to use."""
        if self.database_url is None:
            return sqlite_url(self.data_folder / "ride.sqlite3")
        if self.database_password is None:
            return self.database_url
        return with_password(self.database_url, self.database_password.get_secret_value())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (a folder with a file a setting)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Pydantic's own sources, the environment before `.env`, and the files that they name."""
        named: dict[str, str | None] = {}
        for source in (dotenv_settings, env_settings):
            if isinstance(source, EnvSettingsSource):
                named |= source.env_vars
        return (init_settings, env_settings, dotenv_settings, SecretFiles(settings_cls, named))


def variable(name: str) -> str:
    """The environment variable that sets a field."""
    return variable_of(name, Settings.model_fields[name])


def load_settings() -> Settings:
    """The settings of this environment. Raises SettingsError, which names every wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        problems = []
        secrets = {variable(name) for name, field in Settings.model_fields.items() if is_secret(name, field)}
        for problem in error.errors(include_url=False):
            # The location is the field's name, or the variable's where that is Slack's own; none for all.
            place = str(problem["loc"][0]) if problem["loc"] else ""
            name = variable(place) if place in Settings.model_fields else place
            given = "" if not place or name in secrets else f"={problem['input']}"
            said = problem["msg"].removeprefix("Value error, ")
            problems.append(f"{name}{given}: {said}" if name else said)
        raise SettingsError(problems) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"the file .env can't be read: {error}"]) from None
