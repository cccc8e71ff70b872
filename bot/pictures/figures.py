"""A ride in a few figures, out of its samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scenarios.journal.events import Outcome, RideEnded, SessionEnded
from scenarios.journal.view import JournalView
from storage.samples import SampleRecord

_BACK = 0.5
"""From this part of the writes before the incident on, writes are back."""
_SETTLED = timedelta(seconds=1.5)
"""After the fix a sample may still hold a part of the standstill."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Writes are rows a second; waits are real seconds. None: that was not seen."""

    before: float | None
    """Writes before the incident."""
    lowest: float | None
    """Writes between the page and the fix, or the end."""
    after: float | None
    """Writes after the fix, on the average."""
    back_at: datetime | None
    """When writes were first back after the fix."""
    most_waiting: int
    """Sessions."""
    longest_wait: float
    fixed_at: datetime | None
    """When the session behind the incident ended, in a ride that was resolved."""


def figures_of(journal: JournalView, samples: Sequence[SampleRecord]) -> Figures:
    """The figures of a ride that was live."""
    live = journal.live
    if live is None:
        raise ValueError("the ride was never live")
    fixed_at, ended = fixed(journal), end_of(journal)
    until = fixed_at or (ended.at if ended is not None else None)
    during = [one for one in samples if one.at >= live.at and (until is None or one.at <= until)]
    later = [one for one in samples if fixed_at is not None and one.at >= fixed_at]
    before = live.measured.writes_per_second_before
    settled = [one for one in later if fixed_at is not None and one.at >= fixed_at + _SETTLED] or later
    return Figures(
        before=before,
        lowest=min((one.writes_per_second for one in during), default=live.measured.writes_per_second),
        after=sum(one.writes_per_second for one in settled) / len(settled) if settled else None,
        back_at=next((one.at for one in later if one.writes_per_second >= _BACK * before), None),
        most_waiting=max((one.waiting for one in samples), default=live.measured.writers_waiting),
        longest_wait=max((one.oldest_wait for one in samples), default=live.measured.oldest_wait_seconds),
        fixed_at=fixed_at,
    )


def end_of(journal: JournalView) -> RideEnded | None:
    """The ride's end."""
    last = journal.events[-1]
    return last if isinstance(last, RideEnded) else None


def fixed(journal: JournalView) -> datetime | None:
    """When the session behind the incident ended, in a ride that was resolved."""
    live, ended = journal.live, end_of(journal)
    if live is None or ended is None or ended.outcome is not Outcome.RESOLVED:
        return None
    return next(
        (
            event.at
            for event in journal.events
            if isinstance(event, SessionEnded) and event.backend.is_same(live.blocker)
        ),
        None,
    )
