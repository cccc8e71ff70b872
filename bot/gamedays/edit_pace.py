"""How often a message may be edited."""

from datetime import datetime, timedelta

EVERY = timedelta(seconds=3)
"""Real time: Slack allows about 50 edits a minute in all."""


class EditPace:
    """At most one edit in a while, and none too soon after an earlier life of the program."""

    def __init__(self, begins: datetime, every: timedelta = EVERY) -> None:
        self._every = every
        self._next = begins + every

    def wait(self, now: datetime) -> timedelta:
        """How long until the next edit may be made; zero for now."""
        return max(self._next - now, timedelta(0))

    def edited(self, now: datetime) -> None:
        """An edit was made."""
        self._next = now + self._every
