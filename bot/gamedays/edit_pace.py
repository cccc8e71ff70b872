"""How often the messages of game days may be edited, for all of a workspace together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

EVERY = timedelta(seconds=3)
"""Real time between two edits of one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRates:
    """Edits a minute of a workspace's scoreboards and consoles.

    chat.update is of Slack's tier 3, 50 and more a minute for the whole workspace
    (https://docs.slack.dev/apis/web-api/rate-limits), and the rides need most of them. `burst` edits may come
    at once after a rest, and are counted in: in no minute there are more.
    """

    in_all: int = 20
    clocks: int = 12
    """Of these, for messages in which only clocks have moved."""
    burst: int = 5
    clock_burst: int = 2


class _Bucket:
    """Tokens that come back evenly: at most `a_minute` are taken in any minute."""

    def __init__(self, a_minute: int, burst: int, now: datetime) -> None:
        self._burst = float(burst)
        self._each = timedelta(minutes=1) / max(a_minute - burst, 1)
        self._tokens = float(burst)
        self._at = now

    def wait(self, now: datetime) -> timedelta:
        """How long until there is a token; zero for now."""
        self._refill(now)
        return max(1.0 - self._tokens, 0.0) * self._each

    def take(self, now: datetime) -> None:
        self._refill(now)
        self._tokens -= 1.0

    def _refill(self, now: datetime) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) / self._each)
        self._at = now


class EditPace:
    """The edits of one workspace, whatever the number of game days and messages."""

    def __init__(self, now: datetime, rates: EditRates) -> None:
        self._all = _Bucket(rates.in_all, rates.burst, now)
        self._clocks = _Bucket(rates.clocks, rates.clock_burst, now)

    def wait(self, now: datetime, *, only_clocks: bool) -> timedelta:
        """How long until a message may be edited; zero for now."""
        found = self._all.wait(now)
        return max(found, self._clocks.wait(now)) if only_clocks else found

    def edited(self, now: datetime, *, only_clocks: bool) -> None:
        """A message was edited."""
        self._all.take(now)
        if only_clocks:
            self._clocks.take(now)


class EditPaces:
    """One pace for each workspace."""

    def __init__(self) -> None:
        self._paces: dict[str, EditPace] = {}

    def of(self, workspace: str, now: datetime, rates: EditRates) -> EditPace:
        """The pace that all game days of a workspace share."""
        return self._paces.setdefault(workspace, EditPace(now, rates))
