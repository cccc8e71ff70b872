"""What a person types after `team`."""

import difflib
from dataclasses import dataclass
from enum import StrEnum

from bot.slack.lines.command_line import GROUP, MENTION
from bot.slack.lines.reading import Reading
from bot.slack.lines.unclear import LineKind, Part, Problem


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
_FILLERS = {"with", "and", "of", "named", "called"}


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


def parse_team(rest: str) -> TeamLine:
    """Read `VERB NAME [@person …]`; the name may come after the people, but stands together.

    Raises UnclearLineError for all that is not wholly understood.
    """
    line = Reading.of(LineKind.TEAM, rest)
    verb, nearest = _verb(line)
    people: dict[str, None] = {}
    groups: dict[str, None] = {}
    name: list[str] = []
    ended = False
    while line.tokens:
        token = line.tokens[0]
        if (mention := MENTION.fullmatch(token)) is not None:
            people[mention[1]] = None
            line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} {token}".strip()
        elif (group := GROUP.fullmatch(token)) is not None:
            groups[group[1]] = None
        elif token.startswith(("@", "#", "<")):
            line.refuse(token)
        elif not _is_filler(line, at_the_name=bool(name) and not ended):
            if ended:
                line.refuse(token)
            name.append(token)
            line.parts[Part.TEAM] = " ".join(name)
        ended = bool(name) and name[-1] != token
        line.take()
    if verb is TeamVerb.LIST and name:
        raise line.unclear(Problem.WORD, *name)
    if verb in {TeamVerb.LIST, TeamVerb.SHOW, TeamVerb.DELETE} and people:
        raise line.unclear(Problem.PERSON, *(f"<@{person}>" for person in people))
    if verb in {TeamVerb.LIST, TeamVerb.SHOW, TeamVerb.DELETE} and groups:
        raise line.unclear(Problem.GROUP)
    return TeamLine(
        verb=verb,
        nearest=nearest,
        name=" ".join(name).strip(" :"),
        people=tuple(people),
        groups=tuple(groups),
    )


def _verb(line: Reading) -> tuple[TeamVerb | None, tuple[TeamVerb, ...]]:
    """The verb, taken; or else those that the first word may have meant."""
    first = line.word()
    verb = _ALIASES.get(first) or (TeamVerb(first) if first in list(TeamVerb) else None)
    if verb is not None:
        line.note(Part.COMMAND, line.take())
        return verb, ()
    near = (
        difflib.get_close_matches(first, [str(verb) for verb in TeamVerb], n=2, cutoff=0.7) if first else []
    )
    return None, tuple(TeamVerb(one) for one in near)


def _is_filler(line: Reading, *, at_the_name: bool) -> bool:
    """Whether the word says nothing: `with` before people, `called` before a name."""
    if line.word() not in _FILLERS:
        return False
    following = line.tokens[1] if len(line.tokens) > 1 else ""
    return following.startswith("<") or (not at_the_name and bool(following))
