"""What happened when, in a ride: the journal told in a few moments."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One moment of the ride."""

    ride_seconds: float
    at: str
    """`m:ss` of ride time."""
    text: str
    """In our words, mrkdwn, without the names of people."""
    person: str | None = None
    """Who did it, as people call them: plain text."""
    statement: str | None = None
    """What they ran, shortened to one line: plain text."""
