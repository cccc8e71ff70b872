"""What can't be done with a game day. The words are the chat's."""

from collections.abc import Sequence
from datetime import datetime

from bot.gamedays.plan import Problem
from bot.rides.errors import RideError


class GameDayError(RideError):
    """A game day can't do what was asked."""


class UnknownGameDayError(GameDayError):
    """No game day that is to come has this id; `known` are those that are, with their names."""

    def __init__(self, day: str, known: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"no game day {day!r}")
        self.day = day
        self.known = known


class GameDayOverError(GameDayError):
    """The game day is over, or was cancelled."""

    def __init__(self, name: str) -> None:
        super().__init__(f"game day {name!r} is over")
        self.name = name


class GameDayRunsError(GameDayError):
    """The game day has begun: it can be ended, not cancelled. `console` is the facilitators' channel."""

    def __init__(self, name: str, console: str | None) -> None:
        super().__init__(f"game day {name!r} runs")
        self.name = name
        self.console = console


class GameDayNotBegunError(GameDayError):
    """The game day begins at `starts_at`; until then there is nothing to steer."""

    def __init__(self, name: str, starts_at: datetime) -> None:
        super().__init__(f"game day {name!r} has not begun")
        self.name = name
        self.starts_at = starts_at


class NotYourGameDayError(GameDayError):
    """Only the facilitators of this game day, and admins, may steer it."""

    def __init__(self, name: str, facilitators: tuple[str, ...]) -> None:
        super().__init__(f"not a facilitator of game day {name!r}")
        self.name = name
        self.facilitators = facilitators


class NoRideNowError(GameDayError):
    """The team has no ride under way; `preparing`: it will have one in a moment."""

    def __init__(self, team: str, *, preparing: bool) -> None:
        super().__init__(f"team {team!r} has no ride now")
        self.team = team
        self.preparing = preparing


class NotToStartAgainError(GameDayError):
    """The team's ride has not failed, or was started again already."""

    def __init__(self, team: str) -> None:
        super().__init__(f"team {team!r} can't start again")
        self.team = team


class PlanRefusedError(GameDayError):
    """The plan can't be made a game day; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"a plan is refused: {', '.join(problem.fault for problem in problems)}")
        self.problems = tuple(problems)
