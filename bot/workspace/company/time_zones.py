"""A person's time zone as Slack shows it: name, label, and seconds from UTC at this moment."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.workspace.json_values import JsonObject

_LABELS: Mapping[str, str] = {
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "IST": "India Standard Time",
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
}
_BY_ZONE: Mapping[str, str] = {
    "Asia/Singapore": "Singapore Standard Time",
    "America/Sao_Paulo": "Brasilia Standard Time",
}
"""Zones whose abbreviation in the database is a number."""


def time_zone(name: str, now: float) -> JsonObject:
    """The keys of a user object; `now` is seconds since 1970. The offset follows daylight saving."""
    there = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(name))
    offset = there.utcoffset()
    short = there.tzname() or name
    return {
        "tz": name,
        "tz_label": _BY_ZONE.get(name) or _LABELS.get(short, short),
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
    }
