"""What was posted, as a plain value."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """A message that was begun to be posted before."""

    ts: str | None
    """Which message it is, by the chat's word; None: that word never came."""
