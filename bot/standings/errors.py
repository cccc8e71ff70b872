"""What can't be asked of a leaderboard."""

from datetime import date

from bot.rides.errors import RideError


class PeriodToComeError(RideError):
    """The time that was asked for has not begun yet."""

    def __init__(self, first: date) -> None:
        super().__init__(f"{first} is in the future")
        self.first = first
