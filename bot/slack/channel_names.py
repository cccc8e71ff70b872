"""Names that Slack accepts for a channel."""

import re
import unicodedata

MAX_LENGTH = 80
"""And only lower-case letters, digits, hyphens and underscores.

Source: https://docs.slack.dev/reference/methods/conversations.create.
"""


def acceptable(wanted: str) -> str:
    """The nearest name to `wanted` that Slack takes as it is: never empty, at most 80 characters."""
    plain = unicodedata.normalize("NFKD", wanted).casefold().encode("ascii", "ignore").decode()
    hyphened = re.sub(r"[^a-z0-9_-]+", "-", plain)
    name = re.sub(r"-{2,}", "-", hyphened)[:MAX_LENGTH].strip("-_")
    return name or "incident"


def numbered(name: str, attempt: int) -> str:
    """Another name when `name` is taken: `…-2`, `…-3`, shortened where it has to be."""
    if attempt <= 1:
        return name
    suffix = f"-{attempt}"
    return name[: MAX_LENGTH - len(suffix)].rstrip("-_") + suffix
