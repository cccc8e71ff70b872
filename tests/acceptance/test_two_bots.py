"""Two `ride serve` on one PostgreSQL: one leads, the other stands by, and rides outlive whichever leads."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from signal import SIGCONT, SIGSTOP, SIGTERM

import psycopg
import pytest

from bot.slack.manifest import manifest
from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.slack.settings import SlackSettings
from bot.workspace.people.client import Message, UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.ride_program import PATIENCE, Launcher, Place, Program
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride
from tests.integration.network_cut import Cable
from tests.integration.storage_fixtures import Server

READY = "Ride is ready"
STANDS_BY = "stands by"
LEADS_NOW = "This one leads now"
LEADS_NO_MORE = "leads no more"
TAKEN_OVER_WITHIN = 10.0
"""Seconds from a leader's death until the other does its work."""
LOOK = "SELECT pid, state, query FROM pg_stat_activity WHERE datname = 'app_db'"


@dataclass(frozen=True, kw_only=True)
class Bots:
    """Bots on one database in one workspace."""

    launch: Launcher
    settings: dict[str, str]

    async def start(self, **settings: str) -> Program:
        return await self.launch("serve", settings={**self.settings, **settings})

    async def pair(self, **of_the_first: str) -> tuple[Program, Program]:
        """One that leads and one that stands by."""
        leader = await self.start(**of_the_first)
        await leader.says(READY)
        standby = await self.start()
        await standby.says(STANDS_BY)
        return leader, standby


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as serving:
        serving.install(manifest(SlackSettings()))
        yield serving


@pytest.fixture
async def dana(workspace: Workspace) -> AsyncIterator[UserClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield await client.as_user("dana")


@pytest.fixture
def url(storage_server: Server) -> str:
    return storage_server.new_database()


@pytest.fixture
def bots(ride: Launcher, workspace: Workspace, url: str) -> Bots:
    return Bots(
        launch=ride,
        settings={
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
            "RIDE_DATABASE_URL": url,
        },
    )


async def told(person: UserClient, channel: str) -> list[Message]:
    """What the bot has said there."""
    return [one for one in await person.messages(channel) if one.is_bot and not one.subtype]


def nothing_twice(messages: list[Message]) -> None:
    said = Counter(message.text for message in messages)
    assert [text for text, count in said.items() if count > 1] == []
    assert sum(ACKNOWLEDGE in one.buttons or "paged" in one.text for one in messages) == 1


async def solve(person: UserClient, channel: str) -> list[Message]:
    """Look, end the blocker, and read the postmortem: full marks, and nothing said twice."""
    for statement in (LOOK, "SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity"):
        await person.command(channel, "/sql", statement)
        await person.wait_for(channel, partial(_answers, statement), PATIENCE)
    await person.command(channel, "/sql", BLOCKER)
    await person.wait_for(channel, lambda m: m.is_bot and "Postmortem" in m.text, PATIENCE)
    messages = await told(person, channel)
    nothing_twice(messages)
    [postmortem] = [one for one in messages if "Postmortem" in one.text]
    assert "100" in postmortem.words
    return messages


def _answers(statement: str, message: Message) -> bool:
    return message.is_bot and f"ran `{statement[:30]}" in message.text


async def ends(program: Program) -> None:
    assert await program.stopped_by(SIGTERM) == 0
    assert "Traceback" not in program.said, program.said
    assert "ERROR" not in program.said


async def test_the_leader_is_killed_in_the_middle_of_a_ride(
    bots: Bots, dana: UserClient, place: Place
) -> None:
    leader, standby = await bots.pair()
    channel = await start_ride(dana)
    await paged(dana, channel)
    (sandbox,) = place.sandboxes.iterdir()
    await leader.kill()
    killed = time.monotonic()
    await standby.says(LEADS_NOW)
    await standby.says(READY)
    assert time.monotonic() - killed < TAKEN_OVER_WITHIN
    assert list(place.sandboxes.iterdir()) == [sandbox]
    await solve(dana, channel)
    done = await standby.says(r"ride (\w+): sandbox removed")
    await ends(standby)
    assert place.leftovers() == []
    code, replayed = await bots.launch.run("replay", done[1], settings=bots.settings)
    assert (code, replayed.err) == (0, "")
    assert "the scorecard matches the stored one" in replayed.out
    code, exported = await bots.launch.run("export", done[1], settings=bots.settings)
    assert (code, exported.err) == (0, "")
    assert "## Root cause" in exported.out


async def test_the_leader_is_told_to_stop(bots: Bots, dana: UserClient, place: Place) -> None:
    leader, standby = await bots.pair()
    channel = await start_ride(dana)
    await paged(dana, channel)
    await ends(leader)
    await standby.says(READY)
    await solve(dana, channel)
    await standby.says("sandbox removed")
    await ends(standby)
    assert place.leftovers() == []


async def test_the_leader_is_paused_and_comes_back(bots: Bots, dana: UserClient, place: Place) -> None:
    """As a machine that was suspended: it believes to lead, and says nothing."""
    leader, standby = await bots.pair()
    channel = await start_ride(dana)
    await paged(dana, channel)
    leader.send(SIGSTOP)
    paused = time.monotonic()
    await standby.says(LEADS_NOW)
    await standby.says(READY)
    assert time.monotonic() - paused < TAKEN_OVER_WITHIN
    leader.send(SIGCONT)
    await leader.says(LEADS_NO_MORE)
    await leader.says(STANDS_BY)
    await solve(dana, channel)
    await standby.says("sandbox removed")
    await ends(leader)
    await ends(standby)
    assert place.leftovers() == []


async def test_the_leader_is_cut_off_from_the_database(
    bots: Bots, dana: UserClient, place: Place, url: str, storage_server: Server
) -> None:
    async with Cable(storage_server.sockets) as cable:
        leader, standby = await bots.pair(RIDE_DATABASE_URL=cable.url(url))
        channel = await start_ride(dana)
        await paged(dana, channel)
        cable.cut()
        cut = time.monotonic()
        await standby.says(READY)
        assert time.monotonic() - cut < TAKEN_OVER_WITHIN
        await leader.says(LEADS_NO_MORE)
        cable.mend()
        await leader.says(STANDS_BY)
        await solve(dana, channel)
        await standby.says("sandbox removed")
        await ends(standby)
        await leader.says(LEADS_NOW)
        await ends(leader)
    assert place.leftovers() == []


async def test_the_one_that_stands_by_has_no_connection_to_slack(bots: Bots, workspace: Workspace) -> None:
    leader, standby = await bots.pair()
    assert workspace.connections == 1
    await ends(standby)
    assert workspace.connections == 1
    await ends(leader)
    assert workspace.connections == 0


async def test_the_database_goes_away_for_a_while(
    bots: Bots, dana: UserClient, place: Place, url: str, storage_server: Server
) -> None:
    """As when PostgreSQL is restarted in the middle of a ride: the bot waits, and the ride goes on."""
    async with Cable(storage_server.sockets) as cable:
        serving = await bots.start(RIDE_DATABASE_URL=cable.url(url))
        await serving.says(READY)
        channel = await start_ride(dana)
        await paged(dana, channel)
        cable.tear()
        await serving.says("can't lead for now, and tries again")
        cable.mend()
        await serving.says(f"tries again(?s:.*){READY}")
        await solve(dana, channel)
        await serving.says("sandbox removed")
        await ends(serving)
    assert place.leftovers() == []


async def test_the_servers_sessions_are_all_ended(
    bots: Bots, dana: UserClient, place: Place, url: str
) -> None:
    """As when PostgreSQL is restarted in the middle of a ride: the ride goes on by itself."""
    serving = await bots.start()
    await serving.says(READY)
    channel = await start_ride(dana)
    await paged(dana, channel)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await serving.says(LEADS_NO_MORE)
    await serving.says(f"{LEADS_NO_MORE}(?s:.*){READY}")
    await solve(dana, channel)
    await serving.says("sandbox removed")
    await ends(serving)
    assert place.leftovers() == []
