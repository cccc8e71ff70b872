"""Health, readiness and metrics over real HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.base.address import Address
from bot.base.errors import AddressTakenError
from bot.operations.operations import Operations
from bot.operations.readiness import Role
from bot.operations.server import OperationsServer
from bot.rides.counts import Census

ANY_PORT = Address(host="127.0.0.1", port=0)


@pytest.fixture
def operations() -> Operations:
    return Operations()


@pytest.fixture
async def url(operations: Operations) -> AsyncIterator[str]:
    server = OperationsServer(operations.readiness, operations.metrics)
    yield f"http://{await server.begin(ANY_PORT)}"
    await server.close()


async def get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


def values(text: str) -> dict[str, float]:
    """Sample by name and labels, as in `ride_rides{scenario="x",state="live"}`."""
    return {
        sample.name
        + (
            "{" + ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items())) + "}"
            if sample.labels
            else ""
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_it_lives_though_it_is_not_ready(url: str, operations: Operations) -> None:
    status, text = await get(f"{url}/healthz")
    assert (status, '"alive": true' in text) == (200, True)
    operations.readiness.become(Role.STANDBY)
    status, text = await get(f"{url}/readyz")
    assert status == 503
    assert '"role": "standby"' in text
    assert "another Ride leads" in text
    operations.readiness.become(Role.LEADING)
    assert (await get(f"{url}/readyz"))[0] == 200


async def test_what_happened_is_counted(url: str, operations: Operations) -> None:
    metrics = operations.metrics
    metrics.watch(lambda: Census(rides={("live", "locks"): 3}, sandboxes=2))
    metrics.went_live("locks", timedelta(seconds=1.5))
    metrics.ended("locks", "resolved")
    metrics.statement("finished", timedelta(seconds=0.02))
    metrics.step_done("symptom", timedelta(seconds=-1))
    metrics.evidence_noted(timedelta(seconds=0.2))
    metrics.called("chat.postMessage", "ok")
    metrics.called("chat.postMessage", "channel_not_found")
    metrics.rate_limited("chat.postMessage")
    operations.readiness.become(Role.LEADING)
    said = values((await get(f"{url}/metrics"))[1])
    assert said['ride_rides{scenario="locks",state="live"}'] == 3
    assert said["ride_sandboxes"] == 2
    assert said['ride_start_seconds_sum{scenario="locks"}'] == 1.5
    assert said['ride_rides_ended_total{outcome="resolved",scenario="locks"}'] == 1
    assert said['ride_statement_seconds_count{outcome="finished"}'] == 1
    assert said['ride_timeline_lag_seconds_sum{kind="symptom"}'] == 0
    assert said["ride_evidence_lag_seconds_sum"] == pytest.approx(0.2)
    assert said['ride_slack_calls_total{code="channel_not_found",method="chat.postMessage"}'] == 1
    assert said['ride_slack_rate_limited_total{method="chat.postMessage"}'] == 1
    assert said["ride_leader"] == 1
    assert said["ride_ready"] == 1
    assert any(name.startswith("ride_build_info{") for name in said)


async def test_a_second_term_counts_its_own_rides(url: str, operations: Operations) -> None:
    operations.metrics.watch(lambda: Census(rides={("live", "locks"): 3}, sandboxes=2))
    operations.metrics.watch(None)
    assert values((await get(f"{url}/metrics"))[1])["ride_sandboxes"] == 0
    operations.metrics.watch(lambda: Census(rides={("live", "locks"): 1}, sandboxes=1))
    _, text = await get(f"{url}/metrics")
    assert text.count("ride_rides{") == 1
    assert values(text)["ride_sandboxes"] == 1


async def test_two_programs_share_nothing(url: str) -> None:
    Operations().metrics.ended("locks", "resolved")
    assert not any(
        name.startswith("ride_rides_ended_total") for name in values((await get(f"{url}/metrics"))[1])
    )


async def test_a_taken_address_is_told(url: str, operations: Operations) -> None:
    second = OperationsServer(operations.readiness, operations.metrics)
    with pytest.raises(AddressTakenError, match="RIDE_OPERATIONS_ADDRESS"):
        await second.begin(Address.read(url.removeprefix("http://")))
