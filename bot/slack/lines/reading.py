"""How every line is read: a word after the other, each of which is used or else named in the refusal."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from bot.slack.lines.command_line import GROUP, MENTION, tidy, unescaped
from bot.slack.lines.unclear import LineKind, Part, Problem, UnclearLineError

_CHANNEL = re.compile(r"<#[A-Z0-9]+(?:\|([^>]*))?>")
_EVERYBODY = re.compile(r"<!(here|channel|everyone)(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?:https?://|mailto:)[^>|]*(?:\|([^>]*))?>")
_TOKEN = re.compile(r"<[@!][^>\s]*>|,|[^\s,;]+")
_HALF = re.compile(r"(?<=[\d\s])([ap])\.m\.?(?!\w)", re.IGNORECASE)
_AT_ALL = {"@here", "@channel", "@everyone", "@all"}
_MARKS = ".!?"
_WITH_TIMES = {LineKind.ROTA, LineKind.SWAP, LineKind.COVER, LineKind.DRILL, LineKind.QUIET}


def as_typed(text: str) -> str:
    """The text as it was typed, with people and user groups as Slack wrote them, each a word of its own."""
    text = _EVERYBODY.sub(r" @\1 ", _CHANNEL.sub(lambda found: f" #{found[1] or 'channel'} ", text))
    text = _LINK.sub(lambda found: f" {found[1] or 'link'} ", text)
    spaced = GROUP.sub(r" <!subteam^\1> ", MENTION.sub(r" <@\1> ", text))
    return _HALF.sub(r"\1m", unescaped(tidy(spaced)))


def tokens(text: str) -> list[str]:
    """The words of a line, and its commas; without the mark that ends a sentence."""
    return [word.rstrip(_MARKS) or word for word in _TOKEN.findall(as_typed(text))]


def is_room(word: str) -> bool:
    """Whether it calls everybody in a channel, or is a channel: nobody's name and no team's."""
    return word.casefold() in _AT_ALL or (word.startswith("#") and len(word) > 1)


@dataclass(kw_only=True, slots=True)
class Reading:
    """A line while it is read."""

    kind: LineKind
    tokens: list[str]
    parts: dict[Part, str] = field(default_factory=dict)
    """What was read so far, as it was typed."""

    @classmethod
    def of(cls, kind: LineKind, text: str, *, commas: bool = False) -> "Reading":
        """Begin with a line; without `commas` those part words and say nothing else."""
        found = tokens(text)
        return cls(kind=kind, tokens=found if commas else [word for word in found if word != ","])

    def word(self, ahead: int = 0) -> str:
        """A word that comes, the next or one after it, without its case; empty where the line ends."""
        return self.tokens[ahead].casefold() if len(self.tokens) > ahead else ""

    def take(self) -> str:
        """The next word, as it was typed."""
        return self.tokens.pop(0)

    def took(self, words: Collection[str]) -> bool:
        """Take the next word if it is one of these."""
        if self.word() in words:
            self.tokens.pop(0)
            return True
        return False

    def note(self, part: Part, typed: str) -> None:
        """Remember what was read. Raises UnclearLineError for a part that is there already."""
        if part in self.parts:
            raise self.unclear(Problem.TWICE, typed)
        self.parts[part] = typed

    def typed_since(self, before: Sequence[str]) -> str:
        """What was taken since these were the words to come."""
        return " ".join(before[: len(before) - len(self.tokens)])

    def unclear(self, problem: Problem, *words: str, meant: tuple[str, ...] = ()) -> UnclearLineError:
        """What to raise."""
        named = [part for word in words for part in word.split()]
        unread = self.tokens[len(named) :] if self.tokens[: len(named)] == named else self.tokens
        return UnclearLineError(
            self.kind,
            problem,
            *words,
            understood=tuple(self.parts.items()),
            unread=tuple(word for word in unread if word != ","),
            meant=meant,
        )

    def refuse(self, word: str) -> NoReturn:
        """Name a word that means nothing here, and say what would."""
        raise self.unclear(self.problem_with(word), word)

    def problem_with(self, word: str) -> Problem:
        """Why a word can't stand where no people belong."""
        if is_room(word):
            return Problem.NAME
        if MENTION.fullmatch(word):
            return Problem.PERSON
        if GROUP.fullmatch(word):
            return Problem.GROUP
        bare_hour = word.isascii() and word.isdigit() and len(word) <= len("24")
        if bare_hour and self.kind in _WITH_TIMES:
            return Problem.TIME
        return Problem.UNREADABLE if word.startswith("@") else Problem.WORD

    def person(self) -> str | None:
        """The person that comes, taken. Raises UnclearLineError for what else stands in a person's place."""
        token = self.tokens[0]
        if (mention := MENTION.fullmatch(token)) is not None:
            self.take()
            return mention[1]
        if GROUP.fullmatch(token) or is_room(token) or token.startswith("@"):
            self.refuse(token)
        return None

    def end(self) -> None:
        """Nothing more may come."""
        if self.tokens:
            self.refuse(self.tokens[0])

    def name(self, ends: Collection[int]) -> str:
        """The words up to the first of the places, as a team's name: they may be several."""
        place = min(ends, default=len(self.tokens))
        said = [word for word in self.tokens[:place] if word != ","]
        del self.tokens[:place]
        for word in said:
            if word.startswith(("@", "#", "<@", "<!")):
                self.refuse(word)
        return " ".join(said)
