"""What Ride makes of other programs' connections with its app-level token."""

import asyncio
import logging

import pytest

from bot.rides.errors import ChatRefusedError
from bot.slack.transport.metering import NoSlackMeter
from bot.slack.transport.other_connections import OtherConnections


class Counts:
    """Looks that find what they are told to, one after the other; more come to no end."""

    def __init__(self, *found: int | ChatRefusedError) -> None:
        self.left = list(found)
        self.looked = 0
        self.done = asyncio.Event()

    async def __call__(self) -> int:
        self.looked += 1
        if not self.left:
            await asyncio.Event().wait()
        found = self.left.pop(0)
        if not self.left:
            self.done.set()
        if isinstance(found, ChatRefusedError):
            raise found
        return found


class Meter(NoSlackMeter):
    def __init__(self) -> None:
        self.others: list[int] = []

    def other_connections(self, number: int) -> None:
        self.others.append(number)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


async def looked(caplog: pytest.LogCaptureFixture, counts: Counts, *, connections: int) -> Meter:
    """Greeted with so many connections, until the last of the looks was taken."""
    caplog.set_level(logging.INFO)
    meter = Meter()
    others = OtherConnections(counts, meter, looks_after=0, looks_every=0)
    others.greeted(connections)
    await asyncio.wait_for(counts.done.wait(), 5)
    await asyncio.sleep(0)
    await others.close()
    return meter


async def test_the_only_one_says_nothing_and_looks_no_further(caplog: pytest.LogCaptureFixture) -> None:
    counts, meter = Counts(1), Meter()
    others = OtherConnections(counts, meter, looks_after=0)
    others.greeted(1)
    await others.close()
    assert (counts.looked, set(meter.others), warnings(caplog)) == (0, {0}, [])


async def test_one_that_is_gone_when_we_look_again_is_no_reason_to_warn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A Ride that was killed, or our own connection that this one follows."""
    meter = await looked(caplog, Counts(0), connections=2)
    assert (set(meter.others), warnings(caplog)) == ({0}, [])
    assert "looks again" in caplog.text


async def test_one_that_is_still_there_is_told_once_with_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    meter = await looked(caplog, Counts(1, 1, 2, 0), connections=2)
    assert meter.others == [1, 1, 2, 0, 0]
    (told,) = warnings(caplog)
    assert all(word in told for word in ("SLACK_APP_TOKEN", "no ride", "Stop the other", "RIDE_DATABASE_URL"))
    assert "No other program is connected" in caplog.text


async def test_a_look_that_comes_to_nothing_is_taken_again(caplog: pytest.LogCaptureFixture) -> None:
    refusal = ChatRefusedError("apps.connections.open", "ratelimited")
    meter = await looked(caplog, Counts(refusal, 1), connections=3)
    assert meter.others == [1, 0]


async def test_a_later_greeting_of_one_ends_the_looking(caplog: pytest.LogCaptureFixture) -> None:
    counts, meter = Counts(1), Meter()
    others = OtherConnections(counts, meter, looks_after=0)
    others.greeted(2)
    others.greeted(1)
    await others.close()
    assert (counts.looked, set(meter.others), warnings(caplog)) == (0, {0}, [])
