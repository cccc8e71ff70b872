"""Names of teams: letters, digits, hyphens and underscores, at most 40 of them."""

import unicodedata

from bot.people.oncall.errors import TeamNameError

MAX_NAME = 40

RESERVED = {
    "all", "at", "between", "cancel", "cover", "covers", "create", "day", "delete", "each",
    "every", "everybody", "everyone", "for", "from", "join", "leave", "list", "me", "new", "none", "off",
    "on", "people", "remove", "show", "since", "starting", "stop", "swap", "team", "today",
    "tomorrow", "until", "week",
}  # fmt: skip
"""Words that mean something else where a team's name can stand."""


def team_name(text: str) -> str:
    """The name that a team gets: spaces have become hyphens. Raises TeamNameError for what can't be one."""
    typed = unicodedata.normalize("NFC", "-".join(text.split()))
    if typed.casefold() in RESERVED:
        raise TeamNameError(typed, f"{typed}-team", reserved=True)
    if typed and len(typed) <= MAX_NAME and all(map(_allowed, typed)) and any(map(str.isalnum, typed)):
        return typed
    tidied = "".join(char if _allowed(char) else "-" for char in typed)
    nearest = "-".join(part for part in tidied.split("-") if part)[:MAX_NAME].strip("-_")
    raise TeamNameError(text.strip(), nearest or None)


def _allowed(char: str) -> bool:
    # Combining marks belong to the letter before them, in scripts that have no composed form.
    return char.isalnum() or char in "-_" or unicodedata.category(char).startswith("M")
