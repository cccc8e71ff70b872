"""What can't be done with drills and quiet times. Each carries what a person needs to go on."""

from datetime import datetime

from bot.rides.errors import RideError
from storage.drills import Drill, Quiet, Span


class WindowOverError(RideError):
    """Nothing is left of the time in which a drill could start; `last` is its last window, if it has one."""

    def __init__(self, last: Span | None, zone: str) -> None:
        super().__init__("the window is over")
        self.last = last
        self.zone = zone


class AllQuietError(RideError):
    """What is left of the time in which a drill could start is in the do-not-disturb calendar."""

    def __init__(self, entries: tuple[Quiet, ...], zone: str) -> None:
        super().__init__("the whole window is quiet")
        self.entries = entries
        self.zone = zone


class UnknownDrillError(RideError):
    """There is no drill of this id; `nearest` are ids that may be meant."""

    def __init__(self, drill: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"no drill {drill!r}")
        self.drill = drill
        self.nearest = nearest


class DrillOverError(RideError):
    """The drill waits for no moment any more."""

    def __init__(self, drill: Drill) -> None:
        super().__init__(f"drill {drill.id} is {drill.state}")
        self.drill = drill


class UnknownQuietError(RideError):
    """There is no quiet time of this id; `nearest` are ids that may be meant."""

    def __init__(self, quiet: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"no quiet time {quiet!r}")
        self.quiet = quiet
        self.nearest = nearest


class QuietOrderError(RideError):
    """A quiet time would end before it begins; both are local times in `zone`."""

    def __init__(self, begins: datetime, ends: datetime, zone: str) -> None:
        super().__init__(f"{ends} is not after {begins}")
        self.begins = begins
        self.ends = ends
        self.zone = zone


class QuietOverError(RideError):
    """A quiet time would be over already; a local time in `zone`."""

    def __init__(self, ends: datetime, zone: str) -> None:
        super().__init__(f"{ends} is over")
        self.ends = ends
        self.zone = zone
