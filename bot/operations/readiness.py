"""Whether this program can do its work now, and if not, why: what `/readyz` says."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

log = logging.getLogger(__name__)

ANSWERS_WITHIN = 2.0
"""Seconds for all probes together; load balancers and Docker give up after a few."""

Probe = Callable[[], Awaitable[str | None]]
"""Looks at a part now: None when it works, else why it doesn't. A probe that raises is not ready either."""


class Role(StrEnum):
    """What this program is among those that share its database."""

    STARTING = "starting"
    STANDBY = "standby"
    """Another one leads; this one waits to take over."""
    LEADING = "leading"
    STOPPING = "stopping"


_NOT_YET: Mapping[Role, str] = {
    Role.STARTING: "Ride is starting",
    Role.STANDBY: "standing by: another Ride leads",
    Role.STOPPING: "Ride is stopping",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """An answer to `/readyz`."""

    role: Role
    reasons: Mapping[str, str]
    """Part to why it isn't ready; empty when all is well."""

    @property
    def ready(self) -> bool:
        return not self.reasons


class Readiness:
    """What the parts say of themselves. Whoever changes a part's state says so here, or leaves a probe."""

    def __init__(self) -> None:
        self._role = Role.STARTING
        self._reasons: dict[str, str] = {}
        self._probes: dict[str, Probe] = {}
        self._unwell: frozenset[str] = frozenset()
        """The parts whose probes found something, the last time."""

    @property
    def role(self) -> Role:
        return self._role

    def become(self, role: Role) -> None:
        """Lead, stand by, stop. Only one that leads can be ready."""
        self._role = role

    def ready(self, part: str) -> None:
        """The part works."""
        self._reasons.pop(part, None)

    def not_ready(self, part: str, because: str) -> None:
        """The part doesn't work, for a reason that may be shown: no secrets in it."""
        self._reasons[part] = because

    def ask(self, part: str, probe: Probe) -> None:
        """Have a part looked at whenever somebody wants to know."""
        self._probes[part] = probe

    def forget(self, part: str) -> None:
        """The part is no more."""
        self._probes.pop(part, None)
        self._reasons.pop(part, None)

    async def report(self) -> Report:
        """How all parts are now, within `ANSWERS_WITHIN` seconds."""
        probes = dict(self._probes) if self._role is Role.LEADING else {}
        answers = await asyncio.gather(*(self._look(part, probe) for part, probe in probes.items()))
        found = {part: why for part, why in zip(probes, answers, strict=True) if why is not None}
        if probes:
            self._tell_changes(found)
        reasons = self._reasons | found
        if (not_yet := _NOT_YET.get(self._role)) is not None:
            reasons["ride"] = not_yet
        return Report(role=self._role, reasons=reasons)

    async def _look(self, part: str, probe: Probe) -> str | None:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                return await probe()
        except TimeoutError:
            return f"no answer within {ANSWERS_WITHIN:g} s"
        except Exception as error:
            # Its text may hold an address with a password; the log, where that is taken out, has it.
            if part not in self._unwell:
                log.warning("%s can't be looked at", part, exc_info=True)
            return f"{type(error).__name__}; see the log"

    def _tell_changes(self, unwell: Mapping[str, str]) -> None:
        """In the log, once each: it is asked every few seconds."""
        before, self._unwell = self._unwell, frozenset(unwell)
        for part in sorted(self._unwell - before):
            log.warning("Not ready: %s: %s", part, unwell[part])
        for part in sorted(before - self._unwell):
            log.info("Ready again: %s", part)
