"""What a person types after `invite`."""

import re
from dataclasses import dataclass

from bot.slack.lines.command_line import GROUP, MENTION, tidy, unescaped

_FILLERS = {"and", "in", "into", "me", "myself", "please", "ride", "to", "us", "with", ","}
_RIDE = re.compile(r"[0-9a-z]{4,8}")
"""A ride's id: see bot.rides.dependencies.new_ride_id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InviteLine:
    """Whom to invite, and perhaps to which ride."""

    people: tuple[str, ...] = ()
    """Ids of the people mentioned, each once; nobody: the one who asks."""
    ride: str | None = None
    """The ride's id, if one was typed."""
    groups: tuple[str, ...] = ()
    """Ids of the user groups mentioned, each once."""
    unreadable: tuple[str, ...] = ()
    """`@names` that Slack did not turn into a mention."""
    strange: str | None = None
    """A word that says neither who nor where."""


def parse_invite(rest: str) -> InviteLine:
    """Read `[RIDE] [@person …]`, in any order."""
    people = tuple(dict.fromkeys(MENTION.findall(rest)))
    groups = tuple(dict.fromkeys(GROUP.findall(rest)))
    words = unescaped(tidy(GROUP.sub(" ", MENTION.sub(" ", rest)))).split()
    unreadable = tuple(word for word in words if word.startswith("@"))
    left = [word.strip(",.").lower() for word in words if not word.startswith("@")]
    left = [word for word in left if word and word not in _FILLERS]
    rides = [word for word in left if _RIDE.fullmatch(word) and any(map(str.isdigit, word))] or [
        word for word in left if _RIDE.fullmatch(word)
    ]
    strange = next((word for word in left if word not in rides[:1]), None)
    return InviteLine(
        people=people,
        ride=rides[0] if rides else None,
        groups=groups,
        unreadable=unreadable,
        strange=strange,
    )
