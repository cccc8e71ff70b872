"""Figures of a day: how long people waited for what, and which of them are to be reached."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from tests.load.calls import CallLog


def percentile(values: Sequence[float], part: float) -> float:
    """The value that so many of them don't exceed: nearest rank, of at least one value."""
    ordered = sorted(values)
    return ordered[max(math.ceil(part * len(ordered)) - 1, 0)]


@dataclass
class Waits:
    """Seconds that people waited, by what for."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, what: str, seconds: float) -> None:
        """Somebody waited so long."""
        self.seconds[what].append(seconds)

    def part(self, what: str, part: float) -> float:
        """What such a part of them did not exceed; infinite where nobody got it."""
        return percentile(self.seconds[what], part) if self.seconds.get(what) else math.inf


@dataclass(kw_only=True)
class Report:
    """All that is known of a day that was played."""

    title: str
    waits: Waits = field(default_factory=Waits)
    facts: dict[str, str] = field(default_factory=dict)
    """What is no time: words by name."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Rides by how they ended."""
    troubles: list[str] = field(default_factory=list)
    """What did not come about."""
    calls: CallLog | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """A figure to be reached."""

    what: str
    """As in Waits."""
    part: float
    """Of those who waited, such as 0.95."""
    within: float
    """Seconds."""

    def missed(self, waits: Waits) -> str | None:
        """What is wrong, or None."""
        found = waits.part(self.what, self.part)
        if found <= self.within:
            return None
        return f"{self.what}: {found:.2f} s for {self.part:.0%}, to be {self.within:g} s at most"


def missed(report: Report, goals: Sequence[Goal], *, rides: int, refusals: int) -> list[str]:
    """Everything that was not as it is to be: all `rides` resolved, and no more `refusals` of Slack's."""
    found = [*report.troubles]
    found += [said for goal in goals if (said := goal.missed(report.waits)) is not None]
    if report.outcomes != {"resolved": rides}:
        found.append(f"rides: {dict(report.outcomes)}, to be {rides} resolved")
    if report.calls is None or report.calls.refused > refusals:
        refused = report.calls.refusals() if report.calls is not None else []
        found.append("\n  ".join([f"{len(refused)} refusals, to be {refusals} at most", *refused]))
    return found


def show(report: Report, console: Console) -> None:
    """Tables for people."""
    waits = Table("waited for", "times", "median", "p95", "slowest", title=report.title)
    for what, seconds in report.waits.seconds.items():
        row = (percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds))
        waits.add_row(what, str(len(seconds)), *(f"{one:.2f} s" for one in row))
    console.print(waits)
    if report.calls is not None:
        calls = Table("method", "calls", "busiest minute", "refused")
        for one in report.calls.by_method:
            calls.add_row(one.method, str(one.calls), str(one.busiest_minute), str(one.refused or ""))
        console.print(calls)
    for name, value in report.facts.items():
        console.print(f"{name}: {value}", highlight=False)
    for refusal in report.calls.refusals() if report.calls is not None else ():
        console.print(f"refused: {refusal}", highlight=False)
    for trouble in report.troubles:
        console.print(f"[red]{trouble}", highlight=False)
