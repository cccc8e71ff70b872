"""How a call of Slack is to be made: what it is worth, and how long it is tried."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.slack.transport.budget import Importance
from bot.slack.transport.outcome import Fault

Search = Callable[[], Awaitable[Mapping[str, object] | None]]
"""Finds what an earlier try has done although its answer was lost: the answer it should have had, or None."""

MUST_FOR = timedelta(minutes=30)
"""How long a call that a ride can't do without is tried: as long as a ride can live, and some more."""
SHOULD_TRIES = 4
"""How often a call that a ride can do without is tried."""
STRANGE_TRIES = 3
"""How often a call is tried that Slack refuses with a code that nobody knows."""
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 15.0
_LIMITED_WAIT = 2.0
"""Seconds to wait after a 429 that doesn't say how long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """For one call, or for the calls of one step."""

    importance: Importance = Importance.ANSWER
    must: bool = False
    """Whether it is tried until it is done, for MUST_FOR; else `tries` times."""
    tries: int = SHOULD_TRIES
    fields: tuple[str, ...] = ()
    """What the answer has to have; one without is no answer. See also `web_api.Method.answer`."""
    done: frozenset[str] = frozenset()
    """Codes which say, after a try whose answer was lost, that it was done."""
    search: Search | None = None
    """For a call that would do harm if it were done twice."""
    within: float | None = None
    """Seconds after which it is of no use any more."""
    has_turn: bool = False
    """Whether its first try has its turn in the budget already."""


@dataclass(slots=True)
class Tries:
    """The tries of one call. `began` is a clock's seconds."""

    plan: Plan
    began: float
    made: int = 0
    strange: int = 0
    chance: random.Random = field(default_factory=random.Random)

    def wait(self, fault: Fault, now: float) -> float | None:
        """Seconds until the next try after this fault; None: there is none."""
        self.made += 1
        if fault.lasting:
            return None
        if fault.strange:
            self.strange += 1
            if self.strange >= STRANGE_TRIES:
                return None
        # Not at the same moment as all others that met the same trouble.
        wait = min(_FIRST_WAIT * 2 ** (self.made - 1), _LONGEST_WAIT) * self.chance.uniform(0.75, 1.25)
        if fault.limited:
            wait = max(fault.retry_after if fault.retry_after is not None else _LIMITED_WAIT, wait)
        within = self.plan.within
        if within is not None and now + wait > self.began + within:
            return None
        if self.plan.must:
            return wait if now + wait <= self.began + MUST_FOR.total_seconds() else None
        return wait if self.made < self.plan.tries else None


ONCE = Plan(tries=1)
"""For calls that somebody else tries again."""
