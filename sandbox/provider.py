"""What the engine sees of a sandbox: Protocols that every provider (embedded, container, …) fulfils alike.

Sandboxes live on their own: the server and the actors go on when the program that started them dies, and end
by themselves when the lease is over.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from urllib.parse import quote

from sandbox.answer import Answer
from sandbox.server.survey import Survey
from scenarios.journal.events import Backend, Evidence, Measurement
from scenarios.model.scenario import Check, Scenario

Progress = Callable[[str], None]
"""Told in a few words what is being prepared now."""


def quiet(_: str) -> None:
    """A Progress for where nobody watches."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A person's own way into the sandbox. `host` is a name or address, or the folder of a Unix socket."""

    role: str
    password: str
    host: str
    port: int
    database: str
    tls: bool = False
    """Only a client that asks for TLS gets in."""

    def dsn(self, host: str | None = None) -> str:
        """A postgresql:// URI for psql; `host` overrides the address."""
        place = quote(host or self.host, safe=":[]")  # the slashes of a socket's folder are not a URI's
        options = "?sslmode=require" if self.tls else ""
        return f"postgresql://{self.role}:{self.password}@{place}:{self.port}/{self.database}{options}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the log said since an offset: events in PostgreSQL's order, and where to read from next time."""

    events: tuple[Evidence, ...]
    offset: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """Who waits for a lock now, and for whom."""

    waiting: tuple[Backend, ...]
    blockers: tuple[Backend, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Glimpse:
    """A quick look at the application."""

    rows_written: int
    """Since the server started: two looks give a rate."""
    waiting: int
    """Sessions that wait for a lock now."""
    oldest_wait: float
    """Seconds that the longest-waiting one has waited; 0 when none does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    passed: bool
    detail: str


class SqlSession(Protocol):
    """A person's SQL in /sql: one kept session, so that BEGIN and SET persist, a second while it waits."""

    async def run(self, text: str) -> Answer:
        """Run a statement or an allowed meta-command, as it came from the chat, and say what came of it.

        Answers within about 2.5 s; a statement that goes on is `StillRunning`, its `finished` gives the rest.
        Never raises for what a person can type.
        """
        ...

    async def cancel(self, session: int = 1) -> bool:
        """Cancel what runs in the person's first or second session; False when nothing did."""
        ...

    async def close(self) -> None: ...


class Sandbox(Protocol):
    """One running server with its actors."""

    @property
    def id(self) -> str: ...

    async def arm(self) -> tuple[Measurement, Queue]:
        """Start the incident: returns when the writes have really stopped, with what was measured then.

        Raises SandboxError if that does not come about in 30 s.
        """
        ...

    async def add_person(self, person: str, role_hint: str) -> Login:
        """A login role of their own for a person (idempotent for the same person: same role, same password).

        The role's name is made from `role_hint` (a chat handle, any text): unique, and
        never one of the scenario's own roles. Kept beside the sandbox, so that an adopted one still knows it.
        """
        ...

    async def session(self, person: str) -> SqlSession:
        """The person's /sql session; the same one until it is closed."""
        ...

    async def read_evidence(self, offset: int, people: dict[str, str]) -> Reading:
        """What the log says from `offset` on (0 is the start). `people` maps roles to persons."""
        ...

    def evidence_changes(self) -> AsyncIterator[None]:
        """Yields when it is worth reading: at once after a /sql statement, else every 250 ms."""
        ...

    async def measure(self) -> Measurement: ...

    async def sample(self) -> Glimpse:
        """Look at the scenario's waiters, for a picture of the whole ride. Disturbs no measurement."""
        ...

    async def queue(self, group: str) -> Queue:
        """Which sessions of the scenario's group wait for a lock, and who blocks them."""
        ...

    async def check_workload(self, check: Check) -> CheckResult:
        """Run the actor's script once more, with `check.within` as lock_timeout: does it commit?"""
        ...

    async def check_alive(self) -> str | None:
        """None while the server is as it was started; else, in words, what outside cause ended it."""
        ...

    async def renew(self, lease: timedelta) -> None:
        """The sandbox's life ends this long from now."""
        ...

    async def destroy(self) -> None:
        """End the server and the actors and remove every trace. Idempotent."""
        ...


class Provider(Protocol):
    """Makes sandboxes."""

    async def prepare(self, scenario: Scenario, progress: Progress) -> None:
        """Build what a start needs. Quick when it is there already; safe when two do it at once."""
        ...

    async def start(self, scenario: Scenario, ride: str, lease: timedelta) -> Sandbox:
        """A started, prepared sandbox for a ride, writes flowing; not yet armed."""
        ...

    async def adopt(self, scenario: Scenario, sandbox: str) -> Sandbox | None:
        """The living sandbox of this id, from an earlier life of this program; None if it is gone."""
        ...

    async def clear(self, keep: Collection[str]) -> Sequence[str]:
        """Remove this provider's sandboxes that are dead or whose ids nobody keeps; gives the removed ids.

        Never one that another living program on the same machine owns.
        """
        ...

    async def survey(self) -> Survey:
        """Look at what there is to make sandboxes with. Raises SandboxError when none could be made."""
        ...

    async def is_prepared(self, scenario: Scenario) -> bool:
        """Whether a start needs nothing to be built first. Raises SandboxError."""
        ...

    async def close(self) -> None: ...
