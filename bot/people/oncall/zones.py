"""Time zones as people type them, and the IANA names that they stand for."""

import difflib
import re
import zoneinfo
from collections.abc import Mapping
from functools import cache

from bot.people.oncall.errors import UnknownZoneError

_ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    "wet": ("Europe/Lisbon",),
    "west": ("Europe/Lisbon",),
    "gmt": ("Europe/London", "UTC"),
    "bst": ("Europe/London",),
    "cet": ("Europe/Berlin", "Europe/Paris"),
    "cest": ("Europe/Berlin", "Europe/Paris"),
    "met": ("Europe/Berlin", "Europe/Paris"),
    "eet": ("Europe/Helsinki", "Europe/Athens"),
    "eest": ("Europe/Helsinki", "Europe/Athens"),
    "msk": ("Europe/Moscow",),
    "et": ("America/New_York",),
    "est": ("America/New_York",),
    "edt": ("America/New_York",),
    "est5edt": ("America/New_York",),
    "ct": ("America/Chicago",),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "cdt": ("America/Chicago",),
    "cst6cdt": ("America/Chicago",),
    "mt": ("America/Denver", "America/Phoenix"),
    "mst": ("America/Denver", "America/Phoenix"),
    "mdt": ("America/Denver",),
    "mst7mdt": ("America/Denver",),
    "pt": ("America/Los_Angeles",),
    "pst": ("America/Los_Angeles", "Asia/Manila"),
    "pdt": ("America/Los_Angeles",),
    "pst8pdt": ("America/Los_Angeles",),
    "hst": ("Pacific/Honolulu",),
    "brt": ("America/Sao_Paulo",),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "sgt": ("Asia/Singapore",),
    "hkt": ("Asia/Hong_Kong",),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "aest": ("Australia/Sydney", "Australia/Brisbane"),
    "aedt": ("Australia/Sydney",),
    "awst": ("Australia/Perth",),
    "nzst": ("Pacific/Auckland",),
    "nzdt": ("Pacific/Auckland",),
}
"""Abbreviations name an offset, not a place: they don't say what the clocks do in spring. Some of them are
IANA names too, for old data."""

_OFFSET = re.compile(r"(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|gmt0", re.IGNORECASE)


def time_zone(text: str) -> str:
    """The IANA name that was typed, in its own case. Raises UnknownZoneError with names that may be meant."""
    wanted = "_".join(text.split()).casefold()
    if wanted in {"utc", "z", "zulu"}:
        return "UTC"
    if wanted in _ABBREVIATIONS:
        raise UnknownZoneError(text, _ABBREVIATIONS[wanted], abbreviation=True)
    if _OFFSET.fullmatch(wanted):
        raise UnknownZoneError(text, ("Europe/Lisbon", "America/New_York"), abbreviation=True)
    zones = _zones()
    if wanted in zones:
        return zones[wanted]
    city = wanted.rpartition("/")[2]
    cities = sorted(name for key, name in zones.items() if "/" in key and key.rpartition("/")[2] == city)
    if cities:
        raise UnknownZoneError(text, tuple(cities[:3]))
    by_city = {key.rpartition("/")[2]: name for key, name in zones.items() if "/" in key}
    near = [zones[key] for key in difflib.get_close_matches(wanted, zones, n=2, cutoff=0.75)]
    near += [by_city[key] for key in difflib.get_close_matches(city, by_city, n=2, cutoff=0.75)]
    raise UnknownZoneError(text, tuple(dict.fromkeys(near))[:3])


def known_zone(name: str) -> str:
    """A name that a program gave, if it is an IANA name. Raises UnknownZoneError."""
    if name.casefold() not in _zones():
        raise UnknownZoneError(name, ())
    return name


def is_name(text: str) -> bool:
    """Whether it is an IANA name, whatever the case."""
    return text.casefold() in _zones()


def is_zone(text: str) -> bool:
    """Whether a word looks like a time zone, also one that is refused."""
    wanted = text.casefold()
    named = wanted in _ABBREVIATIONS or wanted in _zones() or wanted == "z" or "/" in wanted
    named = named or any(key.endswith(f"/{wanted}") for key in _zones())
    return named or _OFFSET.fullmatch(wanted) is not None


@cache
def _zones() -> Mapping[str, str]:
    """All IANA names by their lower case. Read from the time zone data once: that takes a while."""
    return {name.casefold(): name for name in zoneinfo.available_timezones() if name != "Factory"}
