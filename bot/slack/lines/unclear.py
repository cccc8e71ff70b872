"""A line that is not wholly understood: it is refused, with what was understood and what was not."""

from enum import Enum, StrEnum, auto

from bot.rides.errors import RideError


class LineKind(Enum):
    """What the line was taken for: the examples are of its kind."""

    BARE = auto()
    """A command with nothing after it."""
    START = auto()
    TEAM = auto()
    FACILITATOR = auto()
    ONCALL = auto()
    ROTA = auto()
    SWAP = auto()
    COVER = auto()
    BACK = auto()
    DRILL = auto()
    QUIET = auto()
    LIST = auto()
    """`drill list` and its like, with nothing after it."""
    CANCEL = auto()
    """An id and nothing else."""
    LEADERBOARD = auto()
    GAMEDAY = auto()


class Part(StrEnum):
    """What a line is made of, by the names that people are told."""

    COMMAND = "command"
    TEAM = "team"
    PEOPLE = "people"
    TURN = "turn"
    DAY = "day"
    TIME = "time"
    ZONE = "time zone"
    BEGINNING = "beginning"
    HOURS = "hours"
    END = "end"
    LENGTH = "length"
    WANTED = "scenario or level"
    SCENARIO = "scenario"
    PERIOD = "time"
    WHOSE = "people or teams"
    ID = "id"


class Problem(Enum):
    """Why a line can't be read."""

    WORD = auto()
    """A word that means nothing here."""
    TWICE = auto()
    """A part that was there already."""
    PERSON = auto()
    """A person where none belongs."""
    NAME = auto()
    """`@here`, `#channel` or the like, where a name belongs."""
    UNREADABLE = auto()
    """An `@name` that Slack did not turn into a mention."""
    GROUP = auto()
    """A user group where people belong, in an order."""
    NO_TEAM = auto()
    NO_PEOPLE = auto()
    NO_TURN = auto()
    TURN = auto()
    DAY = auto()
    TIME = auto()
    LENGTH = auto()
    TWO_PEOPLE = auto()
    WHO_COVERS = auto()
    NO_BEGINNING = auto()
    NO_TIME = auto()
    """Hours from a day, whose time isn't said."""
    NO_END = auto()
    END = auto()
    NO_HOURS = auto()
    HOURS = auto()
    EITHER_HOURS = auto()
    """Hours that may be those of the night or of the day."""
    NO_ID = auto()
    SCENARIO = auto()
    """Neither a scenario nor a level nor a day."""


class UnclearLineError(RideError):
    """A line can't be read; nothing of it is done."""

    def __init__(
        self,
        kind: LineKind,
        problem: Problem,
        *words: str,
        understood: tuple[tuple[Part, str], ...] = (),
        unread: tuple[str, ...] = (),
        meant: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"unclear: {kind.name} {problem.name} {' '.join(words)!r}")
        self.kind = kind
        self.problem = problem
        self.words = words
        """The words in question, as they were typed."""
        self.understood = understood
        """The parts that were read before, as they were typed."""
        self.unread = unread
        """The words that follow those in question, and were not looked at."""
        self.meant = meant
        """What may be meant."""
