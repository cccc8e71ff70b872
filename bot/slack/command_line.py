"""What a person types after `/ride`, or after a mention of the bot."""

import difflib
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
    FACILITATOR = "facilitator"
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
    "teams": SubCommand.TEAM,
    "on-call": SubCommand.ONCALL,
    "rota": SubCommand.ONCALL,
    "roster": SubCommand.ONCALL,
    "facilitators": SubCommand.FACILITATOR,
}
"""Other words for the same, so that nobody has to guess ours."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_QUOTES = "\"'`“”‘’«»„‚"
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
"""A person, as Slack writes them."""
GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>")
"""A user group: https://docs.slack.dev/messaging/formatting-message-text."""
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


def parse_start(rest: str) -> StartArguments:
    """Read `SCENARIO [@learner …]`, in any order, with whatever dashes and quotes a phone makes of them."""
    learners = tuple(dict.fromkeys(MENTION.findall(rest)))
    words = tidy(MENTION.sub(" ", rest)).split()
    unreadable = tuple(word for word in words if word.startswith("@"))
    named = [
        word
        for word in words
        if not word.startswith("@") and word.lower() not in {"for", "with", "and", "as"}
    ]
    slug = re.sub(r"[-_]+", "-", "-".join(named).lower()).strip("-,.")
    return StartArguments(slug=slug, learners=learners, unreadable=unreadable)


def after_mention(text: str, bot: str) -> str:
    """What follows the first mention of the bot in an event's text, raw; everything when there is none."""
    before, mention, after = text.partition(f"<@{bot}>")
    if mention:
        return after_mention(after, bot) if after.lstrip().startswith(f"<@{bot}>") else after
    labelled = re.search(rf"<@{re.escape(bot)}\|[^>]*>", before)
    return before[labelled.end() :] if labelled else before


def tidy(text: str) -> str:
    """Plain hyphens, and no quotes, whatever a phone makes of them."""
    return "".join(" " if char in _QUOTES else char for char in text.translate(_DASHES))
