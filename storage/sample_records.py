"""What a sandbox looked like, second by second, as a plain value."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRecord:
    """A sandbox at one moment."""

    at: datetime
    writes_per_second: float
    """Rows that the application wrote a second, since the sample before."""
    waiting: int
    """Sessions of the application that waited for a lock."""
    oldest_wait: float
    """Seconds that the longest-waiting one had waited; 0 when none did."""
