"""A meter for where nobody reads one."""

from datetime import timedelta


class NoMeter:
    """Counts nothing. Fulfils bot.rides.ports.Meter."""

    def went_live(self, scenario: str, after: timedelta) -> None: ...

    def ended(self, scenario: str, outcome: str) -> None: ...

    def statement(self, outcome: str, took: timedelta) -> None: ...

    def step_done(self, kind: str, lag: timedelta) -> None: ...

    def evidence_noted(self, lag: timedelta) -> None: ...
