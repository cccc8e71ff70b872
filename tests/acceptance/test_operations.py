"""`ride serve` as those see it who run it: health, readiness, metrics."""

import asyncio
import json
import re
from signal import SIGTERM

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.workspace.people.client import WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.ride_fixtures import ask, private, result_of
from tests.acceptance.ride_program import PATIENCE, Launcher, Program
from tests.acceptance.test_cli_serve import READY, settings, workspace
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride

__all__ = ["workspace"]


async def address_of(serving: Program) -> str:
    found = await serving.says(r"readiness and metrics are at (http://\S+)\.\n")
    return str(found[1])


async def get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


async def scraped(address: str) -> dict[tuple[str, frozenset[str]], float]:
    """Value by the sample's name and its labels' values."""
    _, text = await get(f"{address}/metrics")
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def scraped_with(
    address: str, sample: tuple[str, frozenset[str]]
) -> dict[tuple[str, frozenset[str]], float]:
    """The first scrape in which this sample is more than 0."""
    async with asyncio.timeout(PATIENCE):
        while True:
            seen = await scraped(address)
            if seen.get(sample, 0) > 0:
                return seen
            await asyncio.sleep(0.1)


async def test_a_ride_is_seen_in_the_metrics(ride: Launcher, workspace: Workspace) -> None:
    operated = {**settings(workspace), "RIDE_OPERATIONS_ADDRESS": "127.0.0.1:0"}
    serving = await ride("serve", settings=operated)
    address = await address_of(serving)
    assert (await get(f"{address}/healthz"))[0] == 200
    await serving.says(READY)
    status, text = await get(f"{address}/readyz")
    assert (status, json.loads(text)) == (200, {"ready": True, "role": "leading", "reasons": {}})

    slug = "alter-table-locks"
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        channel = await start_ride(dana)
        await paged(dana, channel)
        await ask(dana, channel, "/sql", "SELECT 4711", result_of(dana))
        # The answer is there before its trace in PostgreSQL's log is read.
        seen = await scraped_with(address, ("ride_evidence_lag_seconds_count", frozenset()))
        assert seen["ride_rides", frozenset({slug, "live"})] == 1
        assert seen["ride_sandboxes", frozenset()] == 1
        assert seen["ride_leader", frozenset()] == 1
        assert seen["ride_start_seconds_count", frozenset({slug})] == 1
        assert seen["ride_statement_seconds_count", frozenset({"finished"})] == 1
        assert seen["ride_slack_calls_total", frozenset({"conversations.create", "ok"})] == 1
        assert not any(dana.id in label or "4711" in label for _, labels in seen for label in labels)

        asked = {**operated, "RIDE_OPERATIONS_ADDRESS": address.removeprefix("http://")}
        code, health = await ride.run("health", "--ready", settings=asked)
        assert (code, json.loads(health.out)["ready"]) == (0, True)

        # Without Slack it lives, but it isn't ready.
        await workspace.aclose()
        status, text = await get(f"{address}/readyz")
        assert (status, json.loads(text)["reasons"]) == (503, {"chat": "not connected to Slack"})
        code, _ = await ride.run("health", settings=asked)
        assert code == 0
        code, _ = await ride.run("health", "--ready", settings=asked)
        assert code == 1
    assert await serving.stopped_by(SIGTERM) == 0


async def test_nothing_answers(ride: Launcher) -> None:
    code, health = await ride.run("health")
    assert (code, "RIDE_OPERATIONS_ADDRESS is not set" in health.err) == (2, True)
    code, health = await ride.run("health", settings={"RIDE_OPERATIONS_ADDRESS": "127.0.0.1:1"})
    assert (code, "Nothing answers at 127.0.0.1:1" in health.err) == (1, True)
    code, health = await ride.run("health", settings={"RIDE_OPERATIONS_ADDRESS": "everywhere"})
    assert (code, "HOST:PORT" in health.err) == (2, True)


async def test_the_log_has_no_secret_and_no_row(ride: Launcher, workspace: Workspace) -> None:
    """A whole ride at DEBUG: objects a line, with the ride's id, and nothing that a reader may not know."""
    chatty = {"RIDE_LOG_LEVEL": "DEBUG", "RIDE_LOG_FORMAT": "json", "RIDE_CONNECT_HOST": "127.0.0.1"}
    serving = await ride("serve", settings={**settings(workspace), **chatty})
    await serving.says(READY)
    planted = "ines.planted@example.org"
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        home = (await dana.channel("incidents")).id
        channel = await start_ride(dana)
        await paged(dana, channel)
        connection = await ask(dana, channel, "/ride", "connect", private)
        password = re.findall(r"postgresql://[^:]+:([^@]+)@", connection.words)[0]
        for statement in (
            "CREATE TEMP TABLE people (email text PRIMARY KEY)",
            f"INSERT INTO people VALUES ('{planted}')",
            f"INSERT INTO people VALUES ('{planted}')",
            f"INSERT INTO people VALUES ('{planted}'), (NULL)",
            "SELECT email::int FROM people",
            "DO $$ BEGIN RAISE EXCEPTION 'saw %', (SELECT email FROM people); END $$",
            "SELECT * FROM people",
        ):
            await ask(dana, channel, "/sql", statement, result_of(dana))
        await dana.command(channel, "/sql", BLOCKER)
        await dana.wait_for(home, lambda message: channel in message.text and message.is_bot, PATIENCE)
    await serving.says("sandbox removed")
    assert await serving.stopped_by(SIGTERM) == 0
    lines = [json.loads(line) for line in serving.err.splitlines()]
    assert len({line["ride"] for line in lines if "ride" in line}) == 1
    assert any("workspace" in line for line in lines)
    assert any(line["level"] == "DEBUG" for line in lines)
    for secret in (workspace.bot_token, workspace.app_token, password, planted, "planted"):
        assert secret not in serving.said
    assert not re.search(r"/(commands|actions)/T\w+/\w", serving.said)
