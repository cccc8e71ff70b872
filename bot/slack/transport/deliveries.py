"""Slack delivers an event again when it doubts that it arrived; it counts once."""

from collections import OrderedDict

REMEMBERED = 2_000


class Deliveries:
    """The last events that arrived, a bounded number of them."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def first_time(self, workspace: str, *keys: str | None) -> bool:
        """Whether none of these ids came from the workspace before; remembers them."""
        known = [(workspace, key) for key in keys if key]
        new = not any(key in self._seen for key in known)
        for key in known:
            self._seen[key] = None
            self._seen.move_to_end(key)
        while len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        return new
