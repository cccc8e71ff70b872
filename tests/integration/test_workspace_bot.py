"""The bot's room for Slack in the strict workspace, with its own manifest and an engine in memory."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.rides.announcements import HintGiven, Symptom
from bot.rides.errors import ChatRefusedError
from bot.slack.areas.help import HelpArea
from bot.slack.manifest import manifest
from bot.slack.messages.buttons import CANCEL_SQL
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from sandbox.answer import Finished, StillRunning
from sandbox.sql_session.typed_text import read_typed
from scenarios.journal.events import Backend
from tests.slack_doubles import FakeFront, FakeRights, finished

SYMPTOM = Symptom(speaker="Robin", emoji="🎧", text="It spins.", elapsed=timedelta(seconds=45))
HINT = HintGiven(number=1, total=3, title="Where to look", text="Look at the sessions.", person="U1")
SOON = 10.0


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as workspace:
        workspace.install(manifest(SlackSettings(bot_token="xoxb-1", app_token="xapp-1")))
        yield workspace


@pytest.fixture
def team(workspace: Workspace) -> str:
    return workspace.state.team.id


@pytest.fixture
def front() -> FakeFront:
    return FakeFront()


@pytest.fixture
async def slack(workspace: Workspace, front: FakeFront) -> AsyncIterator[SlackApp]:
    settings = SlackSettings(
        bot_token=workspace.bot_token, app_token=workspace.app_token, api_url=workspace.api_url
    )
    slack = SlackApp(settings)
    await slack.serve(front, [HelpArea(FakeRights(), slack.outbox, settings).area()])
    await workspace.wait_connected()
    yield slack
    await slack.close()


@pytest.fixture
async def client(workspace: Workspace) -> AsyncIterator[WorkspaceClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield client


@pytest.fixture
async def dana(client: WorkspaceClient) -> UserClient:
    return await client.as_user("dana")


@pytest.fixture
async def sam(client: WorkspaceClient) -> UserClient:
    return await client.as_user("sam")


@pytest.fixture
async def room(slack: SlackApp, front: FakeFront, team: str, dana: UserClient) -> str:
    """An incident channel with Dana in it, as the engine opens one."""
    channel = await slack.chat.open_channel(team, "inc-1123 ALTER TABLE")
    await slack.chat.invite(team, channel.id, [dana.id])
    front.channel = channel.id
    return channel.id


async def test_a_channels_life(slack: SlackApp, team: str, dana: UserClient, sam: UserClient) -> None:
    chat, began = slack.chat, datetime.now(UTC) - timedelta(seconds=1)
    channel = await chat.open_channel(team, "inc-1123 ALTER TABLE")
    assert channel.name == "inc-1123-alter-table"
    again = await chat.open_channel(team, "inc-1123 ALTER TABLE")
    assert again.name == "inc-1123-alter-table-2", "the name is taken"
    refused = await chat.invite(team, channel.id, [dana.id, sam.id, "U404"])
    assert refused == {"U404": "user_not_found"}
    await chat.set_topic(team, channel.id, "t" * 300)
    await chat.set_purpose(team, channel.id, "Orders are not being saved")
    ts = await chat.post(team, channel.id, SYMPTOM, key="symptom-1")
    await chat.pin(team, channel.id, ts)
    await chat.pin(team, channel.id, ts)
    await chat.update(team, channel.id, ts, HINT)
    assert await chat.posted(team, channel.id, began) == {"symptom-1": ts}
    seen = await dana.channel(channel.name)
    assert len(seen.topic) == 250
    assert await dana.pinned(channel.id) == [ts]
    [message] = [one for one in await sam.messages(channel.id) if one.ts == ts]
    assert "Look at the sessions" in message.words
    im, direct = await chat.direct(team, dana.id, SYMPTOM, key="symptom-2")
    assert [one.ts for one in await dana.messages(im)] == [direct]
    await chat.archive(team, channel.id)
    await chat.archive(team, channel.id)
    assert (await dana.channel(channel.name)).is_archived
    with pytest.raises(ChatRefusedError, match="is_archived"):
        await chat.post(team, channel.id, SYMPTOM, key="late")


async def test_people(slack: SlackApp, team: str, dana: UserClient, client: WorkspaceClient) -> None:
    person = await slack.chat.person(team, dana.id)
    assert (person.name, person.handle, person.can_ride) == ("dana", "dana", True)
    ride = await client.as_user("ride")
    for nobody in (ride.id, "USLACKBOT"):
        assert not (await slack.chat.person(team, nobody)).can_ride


@pytest.mark.usefixtures("slack")
@pytest.mark.parametrize("text", ["", "help", "list", "status", "connect", "start nothing-like-it", "fly"])
async def test_answers_are_for_the_one_who_asked(dana: UserClient, sam: UserClient, text: str) -> None:
    general = (await dana.channel("general")).id
    await dana.command(general, "/ride", text)
    answer = await dana.wait_for(general, lambda one: one.is_bot and one.ephemeral, SOON)
    assert answer.words.strip()
    assert answer.ts not in [one.ts for one in await sam.messages(general)]


async def test_people_in_commands_arrive_as_ids(
    slack: SlackApp, front: FakeFront, dana: UserClient, sam: UserClient
) -> None:
    general = (await dana.channel("general")).id
    await dana.command(general, "/ride", "start alter-table-locks @sam")
    await dana.wait_for(general, lambda one: one.is_bot, SOON)
    [asked] = [call for call in front.asked if call[0] == "start"]
    assert asked[2:5] == (dana.id, "alter-table-locks", (sam.id,))


async def test_sql_arrives_as_it_was_typed(front: FakeFront, room: str, dana: UserClient) -> None:
    statement = "select '@sam', '#general' where 1 < 2 and 'a' <> '&' -- https://example.org"
    await dana.command(room, "/sql", statement)
    await dana.wait_for(room, lambda one: "(1 row)" in one.words, SOON)
    assert read_typed(front.asked[-1][-1]) == statement


async def test_the_same_in_a_thread(front: FakeFront, room: str, dana: UserClient) -> None:
    parent = await dana.say(room, "let me look")
    await dana.say(room, "@ride sql ```select '@sam' where 1 < 2```", thread_ts=parent)
    await dana.wait_for(room, lambda one: "(1 row)" in one.words, SOON, thread_ts=parent)
    assert read_typed(front.asked[-1][-1]) == "select '@sam' where 1 < 2"


async def test_a_statement_that_takes_long(front: FakeFront, room: str, dana: UserClient) -> None:
    """The Cancel button, then the answer in place of "still running", and the rest as a file."""
    done: asyncio.Future[Finished] = asyncio.get_running_loop().create_future()
    front.answer = StillRunning(
        seconds=2.5, waiting_for="Lock/relation", blocked_by=(Backend(pid=42),), finished=done
    )
    await dana.command(room, "/sql", "select * from orders")
    waiting = await dana.wait_for(room, lambda one: CANCEL_SQL in one.buttons, SOON)
    await dana.click(room, waiting.ts, CANCEL_SQL)
    rows = "\n".join(f"row {number}" for number in range(1_000))
    done.set_result(finished(rows))
    shown = await dana.wait_for(room, lambda one: one.ts == waiting.ts and one.edited, SOON)
    assert CANCEL_SQL not in shown.buttons
    reply = await dana.wait_for(room, lambda one: bool(one.files), SOON, thread_ts=waiting.ts)
    assert (await dana.file(reply.files[0].id)).decode() == f"-- app_db: select * from orders\n{rows}"
    assert ("cancel_sql", dana.id) == (front.asked[-1][0], front.asked[-1][2])
