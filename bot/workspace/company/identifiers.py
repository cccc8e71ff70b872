"""Ids and timestamps of Slack's shapes."""

import random
import string
from collections.abc import Callable, Iterable

Clock = Callable[[], float]
"""Seconds since 1970, as time.time gives them."""

_ALPHABET = string.ascii_uppercase + string.digits


class Identifiers:
    """Ids like U04KX2Q8ZRB: a prefix, a zero, and nine letters and digits. None is given twice."""

    def __init__(self, seed: str, *, repeating: Iterable[str] = ()) -> None:
        """`repeating`: prefixes of which new ids too are the same in every workspace of this seed."""
        self._seeded = random.Random(seed)  # noqa: S311 - names things, keeps no secret
        self._repeating = {
            prefix: random.Random(f"{seed}/{prefix}")  # noqa: S311
            for prefix in repeating
        }
        self._random = random.SystemRandom()
        self._given: set[str] = set()

    def seeded(self, prefix: str) -> str:
        """An id for what is there from the start: the same in every workspace with this seed."""
        return self._new(prefix, self._seeded)

    def new(self, prefix: str) -> str:
        """An id for what comes into being later: another in every workspace.

        An app remembers channels beyond a workspace that is gone, and must not take a new one for an old one.
        """
        return self._new(prefix, self._repeating.get(prefix, self._random))

    def _new(self, prefix: str, source: random.Random) -> str:
        while True:
            name = prefix + "0" + "".join(source.choices(_ALPHABET, k=9))
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
