"""Ready is only who leads and whose parts all work; else it says why."""

import asyncio
import logging

import pytest

from bot.operations import readiness as module
from bot.operations.readiness import Readiness, Role


@pytest.fixture
def readiness() -> Readiness:
    leading = Readiness()
    leading.become(Role.LEADING)
    return leading


@pytest.mark.parametrize("role", [Role.STARTING, Role.STANDBY, Role.STOPPING])
async def test_who_does_not_lead_is_not_ready_and_asks_nothing(readiness: Readiness, role: Role) -> None:
    async def never() -> str | None:
        raise AssertionError("asked")

    readiness.ask("database", never)
    readiness.become(role)
    report = await readiness.report()
    assert not report.ready
    assert report.role == role
    assert list(report.reasons) == ["ride"]


async def test_a_part_says_so_itself(readiness: Readiness) -> None:
    assert (await readiness.report()).ready
    readiness.not_ready("rides", "not resumed yet")
    assert (await readiness.report()).reasons == {"rides": "not resumed yet"}
    readiness.ready("rides")
    assert (await readiness.report()).ready


async def test_a_part_is_asked_each_time(readiness: Readiness) -> None:
    answers = iter(["down", None])

    async def look() -> str | None:
        return next(answers)

    readiness.ask("database", look)
    assert (await readiness.report()).reasons == {"database": "down"}
    assert (await readiness.report()).ready


async def test_a_part_that_hangs_or_fails_holds_nobody_up(
    readiness: Readiness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    async def fails() -> str | None:
        raise ConnectionError("postgresql://ride:hunter2@db/ride refuses")

    caplog.set_level(logging.INFO)
    monkeypatch.setattr(module, "ANSWERS_WITHIN", 0.05)
    readiness.ask("database", hangs)
    readiness.ask("sandboxes", fails)
    report = await readiness.report()
    assert report.reasons["database"] == "no answer within 0.05 s"
    assert report.reasons["sandboxes"].startswith("ConnectionError")
    assert "hunter2" not in str(report.reasons)
    await readiness.report()
    assert caplog.text.count("sandboxes can't be looked at") == 1
    assert caplog.text.count("Not ready: database") == 1
    readiness.forget("database")
    await readiness.report()
    assert "Ready again: database" in caplog.text
