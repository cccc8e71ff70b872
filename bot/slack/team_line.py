"""What a person types after `team`."""

import difflib
from dataclasses import dataclass
from enum import StrEnum

from bot.slack.command_line import GROUP, MENTION, tidy, unescaped


class TeamVerb(StrEnum):
    """The words that can follow `team`."""

    CREATE = "create"
    JOIN = "join"
    LEAVE = "leave"
    LIST = "list"
    SHOW = "show"
    DELETE = "delete"


_ALIASES = {
    "add": TeamVerb.JOIN,
    "invite": TeamVerb.JOIN,
    "new": TeamVerb.CREATE,
    "make": TeamVerb.CREATE,
    "ls": TeamVerb.LIST,
    "info": TeamVerb.SHOW,
    "who": TeamVerb.SHOW,
    "members": TeamVerb.SHOW,
    "remove": TeamVerb.DELETE,
    "rm": TeamVerb.DELETE,
}
_FILLERS = {"with", "and", "of", "named", "called", ","}


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamLine:
    """A verb and what it is about."""

    verb: TeamVerb | None
    """None when the first word is none of them: it may be a team's name."""
    nearest: tuple[TeamVerb, ...] = ()
    """Without a verb: those that the first word may have meant."""
    name: str = ""
    people: tuple[str, ...] = ()
    """Ids of the people mentioned, each once."""
    groups: tuple[str, ...] = ()
    """Ids of the user groups mentioned, each once."""
    unreadable: tuple[str, ...] = ()
    """`@names` that Slack did not turn into a mention."""


def parse_team(rest: str) -> TeamLine:
    """Read `VERB NAME [@person …]`; the people may stand anywhere."""
    people = tuple(dict.fromkeys(MENTION.findall(rest)))
    groups = tuple(dict.fromkeys(GROUP.findall(rest)))
    words = unescaped(tidy(GROUP.sub(" ", MENTION.sub(" ", rest)))).split()
    unreadable = tuple(word for word in words if word.startswith("@"))
    words = [word for word in words if not word.startswith("@")]
    verb, nearest = None, tuple[TeamVerb, ...]()
    if words:
        first = words[0].casefold()
        verb = _ALIASES.get(first)
        if verb is None and first in list(TeamVerb):
            verb = TeamVerb(first)
        if verb is not None:
            words = words[1:]
        else:
            near = difflib.get_close_matches(first, [str(verb) for verb in TeamVerb], n=2, cutoff=0.7)
            nearest = tuple(TeamVerb(name) for name in near)
    if people or groups:
        words = [word.rstrip(",") for word in words if word.casefold() not in _FILLERS]
    return TeamLine(
        verb=verb,
        nearest=nearest,
        name=" ".join(words).strip(" ,:"),
        people=people,
        groups=groups,
        unreadable=unreadable,
    )
