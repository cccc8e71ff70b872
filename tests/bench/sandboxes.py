"""How long a sandbox takes: building its template, starting, breaking it, removing it.

`python -m tests.bench.sandboxes [RIDES]`. The figures are those of this machine at this moment.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from sandbox.provider import SqlSession
from sandbox.server.connection import Backstage
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario

RIDES = 10
LEASE = timedelta(minutes=5)

Times = dict[str, list[float]]
"""Seconds, by what took them."""


@asynccontextmanager
async def timed(times: Times, what: str) -> AsyncIterator[None]:
    """Add how long the block takes."""
    began = time.perf_counter()
    yield
    times.setdefault(what, []).append(time.perf_counter() - began)


async def measure(scenario: Scenario, rides: int, cache: Path) -> Times:
    """One template and this many sandboxes, one after the other."""
    times: Times = {}
    provider = EmbeddedProvider(EmbeddedSettings(cache=cache), no_session)
    try:
        async with timed(times, "build the template (once a version)"):
            await provider.prepare(scenario, lambda _: None)
        for _ in range(rides):
            async with timed(times, "copy, start, writes flowing"):
                sandbox = await provider.start(scenario, "bench", LEASE)
            try:
                async with timed(times, "break it, until the writes have stopped"):
                    await sandbox.arm()
            finally:
                async with timed(times, "remove it"):
                    await sandbox.destroy()
    finally:
        await provider.close()
    return times


def no_session(_: Backstage) -> SqlSession:
    """Nobody rides here."""
    raise NotImplementedError


def show(scenario: Scenario, times: Times) -> None:
    """A table of what was measured."""
    table = Table("", "times", "median", "slowest", title=scenario.slug)
    for what, seconds in times.items():
        table.add_row(what, str(len(seconds)), f"{statistics.median(seconds):.2f} s", f"{max(seconds):.2f} s")
    Console().print(table)


def main() -> None:
    """Measures every scenario of the catalogue."""
    rides = int(sys.argv[1]) if len(sys.argv) > 1 else RIDES
    for scenario in Catalogue().all():
        with tempfile.TemporaryDirectory(prefix="ride-bench-", ignore_cleanup_errors=True) as cache:
            Path(cache).chmod(0o755)  # PostgreSQL runs as another user where we are root.
            show(scenario, asyncio.run(measure(scenario, rides, Path(cache))))


if __name__ == "__main__":
    main()
