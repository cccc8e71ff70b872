"""Private words for what can't be asked of a leaderboard."""

from collections.abc import Callable, Sequence

from bot.rides.errors import RideError
from bot.slack.messages.asked import Asked
from bot.standings.errors import PeriodToComeError


def _to_come(error: PeriodToComeError, asked: Asked) -> str:
    return (
        f"🤔 {error.first:%d %B %Y} is in the future, so nobody has a place yet. The leaderboard so far: "
        f"{asked.ride('leaderboard')}"
    )


WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = ((PeriodToComeError, _to_come),)
"""Errors of bot.standings, each with its words."""
