"""Where a sandbox's server and actors live: what differs from provider to provider.

Everything that can be seen and done through PostgreSQL itself is `RunningSandbox`'s, and the same for all.
"""

from datetime import timedelta
from typing import Literal, Protocol

from sandbox.address import Address
from sandbox.provider import CheckResult
from sandbox.server.observer import Observer
from scenarios.model.scenario import Actor

StageName = Literal["before", "incident"]
"""Which actors are to play: those of before the incident, or those who make it."""


class Housing(Protocol):
    """One sandbox's server, its actors and its lease. Lives on when we die; `end` is for good."""

    @property
    def id(self) -> str: ...

    @property
    def signal_key(self) -> str:
        """What the log's records of signals are signed with."""
        ...

    @property
    def observer(self) -> Observer:
        """The superuser's connection: ours alone."""
        ...

    @property
    def address(self) -> Address:
        """Where we connect as the people who ride (`/sql`)."""
        ...

    @property
    def doorway(self) -> Address:
        """Where their own clients connect; `address` when nothing else is open."""
        ...

    @property
    def patience(self) -> float:
        """Seconds that a server which does not answer gets, to be there again or for us to learn why."""
        ...

    async def begin(self, stage: StageName) -> None:
        """Have this stage's actors play, one client a session. Raises SandboxError when it can't be told."""
        ...

    async def run_once(self, actor: Actor, lock_timeout: timedelta) -> CheckResult:
        """Run the actor's script once in its role, waiting at most `lock_timeout` for each lock."""
        ...

    async def renew(self, lease: timedelta) -> None:
        """It ends by itself this long from now. Raises SandboxGoneError when it has ended."""
        ...

    async def cause(self) -> str | None:
        """In words, what has ended it; None as long as whoever keeps it knows of nothing."""
        ...

    async def said(self) -> str:
        """Its keeper's last words, for a message about what went wrong; may be empty."""
        ...

    async def keep(self, name: str, text: str) -> None:
        """Keep a text beside the sandbox for whoever adopts it, in place of an older one of that name."""
        ...

    async def kept(self, name: str) -> str | None:
        """What was kept under that name."""
        ...

    async def let_go(self) -> None:
        """Leave it to the next who adopts it: no connection, no task of ours is left."""
        ...

    async def end(self) -> None:
        """End the server and the actors, however much of them still lives, and remove every trace."""
        ...
