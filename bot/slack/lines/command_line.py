"""What a person types after `/ride`, or after a mention of the bot."""

import difflib
import itertools
import re
from dataclasses import dataclass
from enum import StrEnum


class SubCommand(StrEnum):
    """The words that can follow the command."""

    START = "start"
    STATUS = "status"
    HINT = "hint"
    CONNECT = "connect"
    STOP = "stop"
    LIST = "list"
    SQL = "sql"
    TEAM = "team"
    ONCALL = "oncall"
    LEADERBOARD = "leaderboard"
    FACILITATOR = "facilitator"
    DRILL = "drill"
    QUIET = "quiet"
    UPDATE = "update"
    INVITE = "invite"
    GAMEDAY = "gameday"
    HELP = "help"


ALIASES = {
    "?": SubCommand.HELP,
    "hints": SubCommand.HINT,
    "psql": SubCommand.CONNECT,
    "scenarios": SubCommand.LIST,
    "ls": SubCommand.LIST,
    "begin": SubCommand.START,
    "run": SubCommand.START,
    "end": SubCommand.STOP,
    "quit": SubCommand.STOP,
    "abort": SubCommand.STOP,
    "letmein": SubCommand.INVITE,
    "let-me-in": SubCommand.INVITE,
    "teams": SubCommand.TEAM,
    "on-call": SubCommand.ONCALL,
    "rota": SubCommand.ONCALL,
    "roster": SubCommand.ONCALL,
    "facilitators": SubCommand.FACILITATOR,
    "leaderboards": SubCommand.LEADERBOARD,
    "board": SubCommand.LEADERBOARD,
    "scores": SubCommand.LEADERBOARD,
    "top": SubCommand.LEADERBOARD,
    "drills": SubCommand.DRILL,
    "dnd": SubCommand.QUIET,
    "game-day": SubCommand.GAMEDAY,
    "gamedays": SubCommand.GAMEDAY,
    "game-days": SubCommand.GAMEDAY,
}
"""Other words for the same, so that nobody has to guess ours."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_QUOTES = "\"'`“”‘’«»„‚"
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
"""A person, as Slack writes them."""
GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>")
"""A user group: https://docs.slack.dev/messaging/formatting-message-text."""
_SOMEBODY = "@"
"""Stands for a mention while words are read: nobody's name is that."""
_FIRST_WORD = re.compile(r"\s*([^\s`\\;]+)\s?(.*)\Z", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandLine:
    """A sub-command and what follows it, untouched."""

    command: SubCommand
    rest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownCommand:
    """A word that is no sub-command, with those that it may have meant."""

    word: str
    nearest: tuple[SubCommand, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StartArguments:
    """What follows `start`."""

    slug: str
    """Empty when no scenario was named."""
    learners: tuple[str, ...]
    """Ids of the people mentioned, each once."""
    unreadable: tuple[str, ...]
    """`@names` that Slack did not turn into a mention: nobody knows who that is."""
    team: str | None = None
    """The name of the team that it is for."""
    groups: tuple[str, ...] = ()
    """Ids of the user groups mentioned, each once."""


def parse(text: str) -> CommandLine | UnknownCommand:
    r"""Read a command line. Nothing at all asks for help; a code block or a `\d` is taken for SQL."""
    # "@ride, status" is how people write to somebody; a backslash or back-tick is SQL's.
    stripped = text.strip().lstrip(",:;.!-–— ").lstrip()
    if not stripped:
        return CommandLine(command=SubCommand.HELP)
    if stripped[0] in "`\\":
        return CommandLine(command=SubCommand.SQL, rest=stripped)
    match = _FIRST_WORD.match(stripped)
    if match is None:
        return CommandLine(command=SubCommand.HELP)
    word = tidy(match[1]).strip(" -/.,:!").lower() or match[1]
    rest = stripped[match.end(1) :]
    if word in ALIASES:
        return CommandLine(command=ALIASES[word], rest=rest)
    try:
        return CommandLine(command=SubCommand(word), rest=rest)
    except ValueError:
        nearest = difflib.get_close_matches(word, [str(command) for command in SubCommand], n=2, cutoff=0.55)
        return UnknownCommand(word=word, nearest=tuple(SubCommand(name) for name in nearest))


BARE = frozenset(
    {
        SubCommand.STATUS,
        SubCommand.HINT,
        SubCommand.CONNECT,
        SubCommand.STOP,
        SubCommand.LIST,
        SubCommand.UPDATE,
    }
)
"""Commands with nothing after them."""


def parse_start(rest: str) -> StartArguments:
    """Read `SCENARIO [for TEAM] [@learner …]`, with whatever dashes and quotes a phone makes of them.

    The learners may stand anywhere; `for` before one of them says no more than the mention.
    """
    learners = tuple(dict.fromkeys(MENTION.findall(rest)))
    groups = tuple(dict.fromkeys(GROUP.findall(rest)))
    words = unescaped(tidy(GROUP.sub(" ", MENTION.sub(f" {_SOMEBODY} ", rest)))).split()
    unreadable = tuple(word for word in words if word.startswith("@") and word != _SOMEBODY)
    named, team = _without_team(words)
    slug = re.sub(r"[-_]+", "-", "-".join(filter(_says, named)).lower()).strip("-,.")
    return StartArguments(slug=slug, learners=learners, unreadable=unreadable, team=team, groups=groups)


def _without_team(words: list[str]) -> tuple[list[str], str | None]:
    """The words but for `for TEAM`, and the team's name: after a scenario it may have several words."""
    for place, word in enumerate(words):
        if word.lower() != "for":
            continue
        before, after = words[:place], words[place + 1 :]
        if after[:1] and after[0].lower() == "team":
            after = after[1:]
        said = list(itertools.takewhile(_says, after))
        if not said or said[0].lower() == "me":
            continue
        if not any(map(_says, before)):
            said = said[:1]
        return [*before, *after[len(said) :]], "-".join(said).strip("-,.")
    return words, None


def _says(word: str) -> bool:
    """Whether the word is part of a name."""
    return not word.startswith("@") and word.lower() not in {"for", "with", "and", "as", "me"}


def after_mention(text: str, bot: str) -> str:
    """What follows the first mention of the bot in an event's text, raw; everything when there is none."""
    before, mention, after = text.partition(f"<@{bot}>")
    if mention:
        return after_mention(after, bot) if after.lstrip().startswith(f"<@{bot}>") else after
    labelled = re.search(rf"<@{re.escape(bot)}\|[^>]*>", before)
    return before[labelled.end() :] if labelled else before


def unescaped(text: str) -> str:
    """The three characters that Slack escapes, as they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def tidy(text: str) -> str:
    """Plain hyphens, and no quotes, whatever a phone makes of them."""
    return "".join(" " if char in _QUOTES else char for char in text.translate(_DASHES))
