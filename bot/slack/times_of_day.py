"""Times of day as people type them."""

import re
from datetime import time

CLOCK = r"(?:noon|midnight|\d{1,2}(?:[:.h]\d{2}){0,2}(?:\s?[ap]m)?)"
"""A regular expression for what may be one."""

_PARTS = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?\s?([ap]m)?")


def time_of_day(text: str) -> time | None:
    """`09:00`, `9.30`, `9h30`, `9`, `9am`, `9:30 pm`, `noon`, `midnight`, `24:00`; None for anything else."""
    plain = text.casefold().strip()
    if plain in {"midnight", "24:00", "24"}:
        return time(0)
    if plain == "noon":
        return time(12)
    match = _PARTS.fullmatch(plain)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] == "pm" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None
