"""Slack's tokens at rest: encrypted, each bound to its workspace."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.base.errors import TokenKeysError


class UnreadableTokenError(Exception):
    """A stored token was encrypted with none of the keys, or is not its workspace's."""


class TokenSeal:
    """Fernet with several keys, newest first: the first encrypts, all of them decrypt."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises TokenKeysError for no key, or one that is none."""
        if not keys:
            raise TokenKeysError("is not set")
        try:
            fernets = [Fernet(key) for key in keys]
        except ValueError:
            raise TokenKeysError("has a key that is none") from None
        self._newest = fernets[0]
        self._all = MultiFernet(fernets)

    def seal(self, workspace: str, token: str) -> str:
        """A token of a workspace's, encrypted with the newest key."""
        return self._newest.encrypt(f"{workspace} {token}".encode()).decode()

    def open(self, workspace: str, sealed: str) -> str:
        """The token again. Raises UnreadableTokenError."""
        try:
            owner, _, token = self._all.decrypt(sealed).decode().partition(" ")
        except InvalidToken:
            raise UnreadableTokenError(workspace) from None
        # A row that was given another's token must not speak for it.
        if owner != workspace:
            raise UnreadableTokenError(workspace)
        return token

    def is_newest(self, sealed: str) -> bool:
        """Whether it was encrypted with the newest key."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True
