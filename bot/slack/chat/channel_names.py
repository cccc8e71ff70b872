"""Names that Slack accepts for a channel."""

import re
import secrets
import unicodedata
from collections.abc import Callable

MAX_LENGTH = 80
"""And only lower-case letters, digits, hyphens and underscores.

Source: https://docs.slack.dev/reference/methods/conversations.create.
"""

NUMBERS = 3
"""The highest number that a taken name gets: each try is one of the 20 channels that Slack makes a minute."""
NAMES_TRIED = NUMBERS + 3
"""The last of them are marked, and so free but for an unheard-of chance."""


def acceptable(wanted: str) -> str:
    """The nearest name to `wanted` that Slack takes as it is: never empty, at most 80 characters."""
    plain = unicodedata.normalize("NFKD", wanted).casefold().encode("ascii", "ignore").decode()
    hyphened = re.sub(r"[^a-z0-9_-]+", "-", plain)
    name = re.sub(r"-{2,}", "-", hyphened)[:MAX_LENGTH].strip("-_")
    return name or "incident"


def another(name: str, attempt: int, mark: Callable[[], str]) -> str:
    """The name to try: as wanted, with a number (`…-2`, `…-3`), then with a mark that nobody else has.

    Shortened where it has to be. Channels that were archived keep their names, so that numbers run out.
    """
    if attempt <= 1:
        return name
    suffix = f"-{attempt}" if attempt <= NUMBERS else f"-{mark()}"
    return name[: MAX_LENGTH - len(suffix)].rstrip("-_") + suffix


def random_mark() -> str:
    """Six characters, one of 16 million."""
    return secrets.token_hex(3)
