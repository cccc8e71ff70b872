"""Asking Slack while it is out of order for a moment: again and again, for a while, and told once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import ClientConnectorError

from bot.rides.errors import ChatRefusedError

log = logging.getLogger(__name__)

NEVER_PASSES = frozenset(
    {
        "access_denied",
        "account_inactive",
        "deprecated_endpoint",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "forbidden_team",
        "insecure_request",
        "invalid_auth",
        "method_deprecated",
        "missing_args",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "unknown_method",
    }
)
"""Slack's codes that asking again doesn't change: a person must do something.

Source: the errors of https://docs.slack.dev/reference/methods/auth.test and
https://docs.slack.dev/reference/methods/apps.connections.open. All others pass, or are tried in vain for a
while: an outage has no list of codes, and often none at all.
"""

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long something is tried, in seconds."""

    tries_for: float = 300.0
    """Then it is told as it is: whatever watches over this program starts it again."""
    first: float = 1.0
    """Until the second try."""
    longest: float = 15.0
    """Between any two."""

    def pauses(self) -> Iterator[float]:
        """Between two tries, each twice as long as the one before, without an end."""
        pause = self.first
        while True:
            yield min(pause, self.longest)
            pause = min(pause * 2, self.longest)


async def patiently(ask: Callable[[], Awaitable[Answer]], patience: Patience) -> Answer:
    """What `ask` gives, as soon as it does. Raises its ChatRefusedError that won't pass, or its last."""
    loop = asyncio.get_running_loop()
    end, told = loop.time() + patience.tries_for, False
    for pause in patience.pauses():
        try:
            answer = await ask()
        except ChatRefusedError as refusal:
            if not passes(refusal) or loop.time() + pause > end:
                raise
            if not told:
                log.warning(
                    "Slack is out of order: %s answers `%s`. Ride asks again, for up to %s.",
                    refusal.step,
                    refusal.code,
                    _span(patience.tries_for),
                )
            told = True
            await asyncio.sleep(pause)
        else:
            if told:
                log.info("Slack answers now.")
            return answer
    raise AssertionError("there is always another pause")


def passes(refusal: ChatRefusedError) -> bool:
    """Whether asking again may help by itself.

    Where nobody listens, the address is most likely wrong, and the client has tried a few times: a person
    who has just started the program wants to know.
    """
    return refusal.code not in NEVER_PASSES and not isinstance(refusal.__cause__, ClientConnectorError)


def _span(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds > 60 else f"{seconds:g} seconds"
