"""What Slack was asked while a day was played, as the proxy saw it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.slack_proxy import ProxiedCall, SlackProxy

TOO_MANY = 429
SHOWN = 60
"""Characters of a text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodCalls:
    """How one method was called."""

    method: str
    calls: int
    busiest_minute: int
    """The most that were tried in any 60 seconds."""
    refused: int


class CallLog:
    """The calls of a proxy so far. `zero` is the moment from which they are told, in the proxy's seconds."""

    def __init__(self, proxy: SlackProxy, *, zero: float) -> None:
        self._calls = sorted(proxy.calls, key=lambda call: call.at)
        self._zero = zero
        counts, refused = proxy.counts(), proxy.refusals()
        self.by_method: Sequence[MethodCalls] = [
            MethodCalls(
                method=method,
                calls=count,
                busiest_minute=proxy.busiest_minute(method),
                refused=refused[method],
            )
            for method, count in counts.most_common()
        ]

    @property
    def refused(self) -> int:
        """How many calls Slack refused for its rates."""
        return sum(method.refused for method in self.by_method)

    def refusals(self) -> list[str]:
        """Each of them, for people."""
        return [self._line(call) for call in self._calls if call.status == TOO_MANY and call.spoiled is None]

    def _line(self, call: ProxiedCall) -> str:
        where = call.arguments.get("channel", "")
        text = str(call.arguments.get("text", ""))[:SHOWN]
        return f"{call.at - self._zero:.1f} s: {call.method} {where} for {call.retry_after} s {text!r}"

    def write(self, file: Path) -> None:
        """One JSON object a line: to find out what waited for what."""
        with file.open("w") as out:
            for call in self._calls:
                given = {
                    name: str(value)[:SHOWN] for name, value in call.arguments.items() if name != "blocks"
                }
                line = {
                    "at": round(call.at - self._zero, 3),
                    "seconds": round(call.seconds, 3),
                    "method": call.method,
                    "status": call.status,
                    "error": call.error,
                    "arguments": given,
                }
                out.write(json.dumps(line) + "\n")
