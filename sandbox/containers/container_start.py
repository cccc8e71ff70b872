"""From a container that runs to a sandbox that is in use: a new one, or one of an earlier life of ours."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.gateway.gateway import Admits, GatewaySettings
from sandbox.server.housing import Housing
from sandbox.server.running import OpenSession, RunningSandbox
from sandbox.server.watchdog import Limits
from sandbox.sql_session.psql import Psql
from scenarios.model.scenario import Scenario

START_SECONDS = 60.0


class Quarters(Housing, Protocol):
    """A housing in a container."""

    async def learn(self) -> None:
        """Learn from the server what the image's maker put into it. Raises SandboxGoneError."""
        ...

    async def open_gateway(self, settings: GatewaySettings, admits: Admits) -> None:
        """Let the learners' own clients in. Raises SandboxError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What holds for every sandbox of a provider."""

    open_session: OpenSession
    limits: Limits
    """What those who ride may use up."""
    gateway: GatewaySettings | None
    """Where learners' own clients get in; None: nowhere."""
    psql: Psql
    """Ours, which speaks with any server: nothing of the container is run for an answer."""


async def move_in(scenario: Scenario, housing: Quarters, terms: Terms) -> RunningSandbox:
    """The sandbox of a container that has just been started, once its application writes.

    Raises SandboxError; whoever made the container ends it then.
    """
    await _answering(housing)
    sandbox = _sandbox(scenario, housing, terms)
    try:
        await sandbox.ready()
        if terms.gateway is not None:
            await housing.open_gateway(terms.gateway, sandbox.is_person)
        await sandbox.flow()
    except BaseException:
        await sandbox.leave()
        raise
    sandbox.watch()
    return sandbox


async def move_back(scenario: Scenario, housing: Quarters, terms: Terms) -> RunningSandbox | None:
    """The sandbox of a container that an earlier life of this program left; None if it has ended."""
    try:
        await housing.learn()
    except SandboxGoneError:
        await housing.let_go()
        return None
    sandbox = _sandbox(scenario, housing, terms)
    try:
        if not await sandbox.recall():
            await sandbox.leave()
            return None
        if terms.gateway is not None:
            await housing.open_gateway(terms.gateway, sandbox.is_person)
    except BaseException:
        await sandbox.leave()
        raise
    sandbox.watch()
    return sandbox


async def _answering(housing: Quarters) -> None:
    """Returns when the server answers us. Raises SandboxError with why it does not."""
    loop = asyncio.get_running_loop()
    limit = loop.time() + START_SECONDS
    while True:
        try:
            await housing.learn()
        except SandboxGoneError as error:
            cause = await housing.cause()
            if cause is not None or loop.time() > limit:
                why = cause or f"no answer in {START_SECONDS:.0f} s ({error})"
                raise SandboxError(
                    f"The sandbox did not start: {why}. {await housing.said()}".strip()
                ) from error
            await asyncio.sleep(0.02)
        else:
            return


def _sandbox(scenario: Scenario, housing: Quarters, terms: Terms) -> RunningSandbox:
    return RunningSandbox(
        scenario, housing, open_session=terms.open_session, limits=terms.limits, psql=terms.psql
    )
