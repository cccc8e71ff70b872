"""A channel that the chat does not let us archive: tried again, and never called archived before it is."""

import logging
from datetime import timedelta

import pytest

from bot.rides.announcements import NotArchived
from bot.rides.archiving import ATTEMPTS
from storage.records import RideRecord
from tests.integration.test_engine import DANA, TEAM, Engine, engine

__all__ = ["engine"]  # the fixture

LONG = timedelta(days=7)


async def over(engine: Engine) -> str:
    """A ride whose channel waits to be archived."""
    started = await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    return started.ride


async def record_of(engine: Engine, ride: str) -> RideRecord:
    record = await engine.store.get(ride)
    assert record is not None
    return record


def told(engine: Engine) -> list[tuple[str, str]]:
    return [(place, what.refused) for place, _, what in engine.chat.said if isinstance(what, NotArchived)]


async def test_a_refused_archive_is_tried_again(engine: Engine) -> None:
    ride = await over(engine)
    engine.chat.refuses = {"archive": "restricted_action"}
    await engine.sweep(timedelta(hours=24))
    assert not (await record_of(engine, ride)).archived
    engine.chat.refuses = {}
    await engine.sweep(timedelta(hours=5))
    assert engine.chat.archived == [], "its next attempt is an hour away"
    await engine.sweep(timedelta(hours=1))
    assert engine.chat.archived == ["C1"]
    assert (await record_of(engine, ride)).archived
    assert told(engine) == []


async def test_a_restart_goes_on_with_it(engine: Engine) -> None:
    ride = await over(engine)
    engine.chat.refuses = {"archive": "internal_error"}
    await engine.sweep(timedelta(hours=24))
    await engine.rides.close()
    engine.chat.refuses = {}
    engine.clock.move(timedelta(hours=6))
    again = engine.restarted()
    await again.begin()
    await again.sweep()
    await again.close()
    assert engine.chat.archived == ["C1"]
    assert (await record_of(engine, ride)).archived


@pytest.mark.parametrize("closed", [False, True], ids=["in the channel", "to the one who started"])
async def test_after_the_last_attempt_it_is_said_once(
    engine: Engine, caplog: pytest.LogCaptureFixture, *, closed: bool
) -> None:
    ride = await over(engine)
    engine.chat.refuses = {"archive": "not_in_channel"}
    if closed:
        engine.chat.refuses["post in C1"] = "not_in_channel"
    for attempt in range(1, ATTEMPTS + 1):
        assert told(engine) == [], f"before attempt {attempt}"
        await engine.sweep(LONG)
    assert told(engine) == [(DANA if closed else "C1", "not_in_channel")]
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    assert not (await record_of(engine, ride)).archived
    engine.chat.refuses = {}
    await engine.sweep(LONG)
    assert engine.chat.archived == [], "no further attempt"
    assert len(told(engine)) == 1


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "already_archived"])
async def test_where_nothing_is_left_to_archive_nothing_is_tried_again(engine: Engine, code: str) -> None:
    ride = await over(engine)
    engine.chat.refuses = {"archive": code}
    await engine.sweep(timedelta(hours=24))
    assert (await record_of(engine, ride)).archived
    engine.chat.refuses = {}
    await engine.sweep(LONG)
    assert engine.chat.archived == []
