"""Secrets from files: a secret setting X may be given as X_FILE, a file's name, as with Docker's secrets."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.base.errors import SettingsError

SUFFIX = "_FILE"
LONGEST = 64 * 1024
"""Bytes. A secret is a line or two; what is longer is the wrong file."""


def is_secret(name: str, field: FieldInfo) -> bool:
    """Whether a setting may come from a file. The database's URL has a password in it."""
    return name == "database_url" or SecretStr in (field.annotation, *get_args(field.annotation))


def variable_of(name: str, field: FieldInfo) -> str:
    """The environment variable that sets a field."""
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"RIDE_{name.upper()}"


class SecretFiles(PydanticBaseSettingsSource):
    """Reads the files that the environment, or else the file `.env`, names.

    An empty file counts as not set, as an empty variable does: a deployment can name the same file always.
    """

    def __init__(self, settings: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        """`variables` have names in lower case."""
        super().__init__(settings)
        self._variables = variables

    def __call__(self) -> dict[str, object]:
        """The secrets that were found. Raises SettingsError for every file that can't be used."""
        found: dict[str, object] = {}
        problems = []
        for name, field in self.settings_cls.model_fields.items():
            if not is_secret(name, field):
                continue
            variable = variable_of(name, field)
            file = self._variables.get(f"{variable}{SUFFIX}".lower())
            if not file:
                continue
            try:
                secret = _read(Path(file))
            except (OSError, ValueError) as error:
                said = error.strerror if isinstance(error, OSError) else str(error)
                problems.append(f"{variable}{SUFFIX}={file}: {said}")
                continue
            if secret and self._variables.get(variable.lower()):
                problems.append(f"{variable} and {variable}{SUFFIX} are both set: leave one out")
            elif secret:
                found[name] = secret
        if problems:
            raise SettingsError(problems)
        return found

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[object, str, bool]:
        """Not used: all are read together."""
        raise NotImplementedError


def _read(file: Path) -> str:
    """The secret without the line break at its end. Raises OSError, ValueError."""
    with file.open("rb") as reading:
        content = reading.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError("the file is too long for a secret")
    try:
        return content.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8 text") from None
