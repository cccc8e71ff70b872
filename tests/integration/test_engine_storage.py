"""A live ride whose own storage is held by another program: it goes on, and loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.program.app import tell
from bot.rides.announcements import WritesAgain, WritesWait
from storage.database import Database
from storage.patience import Patience
from tests.integration.lock_holder import held
from tests.integration.test_engine import DANA, TEAM, Engine, engine_on, fix, statement


@pytest.fixture
async def patient(storage_url: str) -> AsyncIterator[Engine]:
    """An engine whose tries are short, and its people told soon."""
    patience = Patience(tell_after=0.5)
    async with engine_on(Database(storage_url, busy_timeout=0.1, patience=patience)) as engine:
        patience.watch(partial(tell, engine.rides.storage_news))
        yield engine


def told(engine: Engine) -> list[object]:
    """What was said of the storage in the channel."""
    return [what for _, _, what in engine.chat.said if isinstance(what, WritesWait | WritesAgain)]


async def outcome(engine: Engine, ride: str) -> str:
    """How the ride ended, once it is told."""
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await engine.rides.wait_idle()
    record = await engine.store.get(ride)
    assert record is not None
    return record.state


async def test_a_lock_that_lasts_makes_no_ride_void(patient: Engine, storage_url: str) -> None:
    started = await patient.start_live()
    async with held(storage_url):
        # At once: evidence, somebody who asks for something, a symptom that is due, and an acknowledgement.
        patient.sandbox.feed(statement("select 1"))
        asked = asyncio.create_task(patient.rides.hint(TEAM, DANA, "C1"))
        acknowledged = asyncio.create_task(patient.rides.acknowledge(TEAM, DANA, started.ride))
        patient.clock.move(timedelta(minutes=2))
        sweeping = asyncio.create_task(patient.rides.sweep())
        await patient.chat.until(lambda: told(patient) == [WritesWait(full=False)])
        assert patient.chat.kinds().count("HintGiven") == 0
    await asyncio.gather(asked, acknowledged, sweeping)
    await patient.chat.until(lambda: told(patient) == [WritesWait(full=False), WritesAgain()])
    await patient.chat.until(lambda: {"HintGiven", "Symptom"} <= set(patient.chat.kinds()))
    assert "RideOver" not in patient.chat.kinds()
    patient.sandbox.waiting = patient.sandbox.blockers = ()
    patient.sandbox.feed(*fix())
    assert await outcome(patient, started.ride) == "resolved"


async def test_a_ride_whose_time_is_up_meanwhile_ends_when_it_can(patient: Engine, storage_url: str) -> None:
    started = await patient.start_live()
    async with held(storage_url):
        patient.clock.move(timedelta(minutes=15))
        sweeping = asyncio.create_task(patient.rides.sweep())
        await patient.chat.until(lambda: bool(told(patient)))
    await sweeping
    assert await outcome(patient, started.ride) == "expired"


async def test_a_fix_during_the_lock_counts(patient: Engine, storage_url: str) -> None:
    started = await patient.start_live()
    async with held(storage_url):
        patient.sandbox.waiting = patient.sandbox.blockers = ()
        patient.sandbox.feed(*fix())
        await patient.chat.until(lambda: bool(told(patient)))
    assert await outcome(patient, started.ride) == "resolved"
