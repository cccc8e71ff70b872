"""`ride demo` ends quickly, quietly and wholly, whenever it is told to."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from signal import SIGHUP, SIGINT, SIGTERM

import pytest

from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.workspace.people.client import UserClient, WorkspaceClient
from tests.acceptance.ride_program import PATIENCE, Launcher, Place, Program

URL = r"http://127\.0\.0\.1:\d+"
BLOCKER = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'migration_runner%'"
Signals = tuple[signal.Signals, ...]


@asynccontextmanager
async def dana(demo: Program) -> AsyncIterator[UserClient]:
    """The learner, at the page of a demo that is ready."""
    url = (await demo.says(URL))[0]
    async with WorkspaceClient(url) as client:
        yield await client.as_user("dana")


async def start_ride(person: UserClient) -> str:
    """Gives the incident channel, before anything is in it."""
    known = {one.id for one in await person.conversations()}
    home = await person.channel("incidents")
    await person.command(home.id, "/ride", "start alter-table-locks")
    opened = await person.wait_for_conversation(
        lambda one: one.id not in known and one.name.startswith("inc-"), PATIENCE
    )
    return opened.id


async def paged(person: UserClient, channel: str) -> None:
    await person.wait_for(channel, lambda message: ACKNOWLEDGE in message.buttons, PATIENCE)


def gone_without_a_trace(demo: Program, place: Place) -> None:
    assert "Traceback" not in demo.said
    assert "Error" not in demo.said
    assert demo.err == ""
    assert place.leftovers() == []


@pytest.mark.parametrize("signals", [(SIGTERM,), (SIGINT, SIGINT)])
async def test_while_it_loads(ride: Launcher, place: Place, signals: Signals) -> None:
    demo = await ride("demo")
    await demo.listens()
    for number in signals:
        demo.send(number)
    # It ends once all is loaded, and how long that takes is the machine's business.
    assert await demo.ends() == 0
    gone_without_a_trace(demo, place)


@pytest.mark.parametrize(
    ("step", "signals"),
    [
        ("Connecting the bot", (SIGHUP,)),
        ("Making a database cluster", (SIGTERM,)),
        ("Loading app_db", (SIGINT, SIGINT)),
    ],
)
async def test_while_it_prepares(ride: Launcher, place: Place, step: str, signals: Signals) -> None:
    cache = place.root / "cache"
    demo = await ride("demo", settings={"RIDE_CACHE_FOLDER": str(cache)})
    await demo.says(step)
    assert await demo.stopped_by(*signals) == 0
    gone_without_a_trace(demo, place)
    assert [path.name for path in cache.glob("templates/*") if path.suffix != ".lock"] == []


async def test_with_nothing_ridden(ride: Launcher, place: Place) -> None:
    demo = await ride("demo")
    await demo.says("Ride is ready")
    assert await demo.stopped_by(SIGINT) == 0
    gone_without_a_trace(demo, place)


async def test_while_a_ride_opens(ride: Launcher, place: Place) -> None:
    demo = await ride("demo")
    async with dana(demo) as person:
        await start_ride(person)
        assert await demo.stopped_by(SIGTERM) == 0
    gone_without_a_trace(demo, place)


@pytest.mark.parametrize("signals", [(SIGINT, SIGINT), (SIGHUP,)])
async def test_while_a_ride_is_live(ride: Launcher, place: Place, signals: Signals) -> None:
    demo = await ride("demo")
    async with dana(demo) as person:
        await paged(person, await start_ride(person))
        assert len(place.processes()) > 5
        assert await demo.stopped_by(*signals) == 0
    gone_without_a_trace(demo, place)


async def test_while_a_ride_recovers_and_after_it(ride: Launcher, place: Place) -> None:
    demo = await ride("demo", "--speed", "100")
    async with dana(demo) as person:
        channel = await start_ride(person)
        await paged(person, channel)
        await person.command(channel, "/sql", BLOCKER)
        await person.wait_for(channel, lambda message: "queued writes drain" in message.text, PATIENCE)
        assert await demo.stopped_by(SIGTERM) == 0
    gone_without_a_trace(demo, place)

    again = await ride("demo", "--speed", "100")
    async with dana(again) as person:
        home = (await person.channel("incidents")).id
        channel = await start_ride(person)
        await paged(person, channel)
        await person.command(channel, "/sql", BLOCKER)
        await person.wait_for(home, lambda message: channel in message.text and message.is_bot, PATIENCE)
        assert await again.stopped_by(SIGINT) == 0
    gone_without_a_trace(again, place)


async def test_the_next_one_clears_away_what_a_killed_one_left(ride: Launcher, place: Place) -> None:
    killed = await ride("demo")
    async with dana(killed) as person:
        await paged(person, await start_ride(person))
        (left,) = place.sandboxes.iterdir()
        await killed.kill()
    assert place.processes() != []

    demo = await ride("demo")
    async with dana(demo) as person:
        assert not left.exists()
        assert "Another one" not in demo.said
        await paged(person, await start_ride(person))
        assert left not in place.sandboxes.iterdir()
        assert await demo.stopped_by(SIGINT) == 0
    gone_without_a_trace(demo, place)
