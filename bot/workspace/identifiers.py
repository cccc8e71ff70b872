"""Ids and timestamps of Slack's shapes."""

import random
import string
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970, as time.time gives them."""

_ALPHABET = string.ascii_uppercase + string.digits


class Identifiers:
    """Ids like U04KX2Q8ZRB: the same ones, in the same order, for the same seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - names things, keeps no secret
        self._given: set[str] = set()

    def new(self, prefix: str) -> str:
        """An id that was not given before: the prefix and ten letters and digits, the first a zero."""
        while True:
            name = prefix + "0" + "".join(self._random.choices(_ALPHABET, k=9))
            if name not in self._given:
                self._given.add(name)
                return name


class Timestamps:
    """Message timestamps, `1764000000.000100`: unique and rising in a workspace, whatever the clock does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> str:
        """A timestamp later than all before it."""
        self._last = max(int(self._clock() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def is_timestamp(text: str) -> bool:
    """Whether a text is a message's timestamp, or one that Slack takes for a bound (`0`, `1764000000`)."""
    whole, _, fraction = text.partition(".")
    return whole.isdecimal() and (fraction == "" or fraction.isdecimal())


def moment(ts: str) -> tuple[int, int]:
    """A timestamp to compare by: seconds and microseconds."""
    whole, _, fraction = ts.partition(".")
    return int(whole), int(fraction[:6].ljust(6, "0"))
