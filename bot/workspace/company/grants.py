"""What people have allowed an app, until it fetches its token with the code that it was given for it.

Source: https://docs.slack.dev/authentication/installing-with-oauth.
"""

import secrets
from dataclasses import dataclass

from bot.workspace.company.identifiers import Clock
from bot.workspace.errors import SlackError

SECONDS = 600.0
"""How long a code can be used, once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Who allowed what."""

    user: str
    scopes: tuple[str, ...]
    redirect_uri: str | None
    """Where the person was sent with the code, if the app had asked for an address."""
    expires: float


class Grants:
    """Gives codes and takes them back."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._given: dict[str, Grant] = {}

    def new(self, *, user: str, scopes: tuple[str, ...], redirect_uri: str | None) -> str:
        """A code for what was allowed."""
        code = f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**13):013d}.{secrets.token_hex(32)}"
        self._given[code] = Grant(
            user=user, scopes=scopes, redirect_uri=redirect_uri, expires=self._clock() + SECONDS
        )
        return code

    def knows(self, code: str | None) -> bool:
        """Whether a code was given here and not yet taken back."""
        return code in self._given

    def take(self, code: str) -> Grant:
        """What a code stands for; it is none afterwards. Raises SlackError `invalid_code`."""
        grant = self._given.pop(code, None)
        if grant is None or grant.expires <= self._clock():
            raise SlackError("invalid_code")
        return grant
