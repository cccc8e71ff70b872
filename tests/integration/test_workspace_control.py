"""The control API: acting as people, and what they see."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.workspace.errors import ControlError
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import manifest, web_client


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as workspace:
        workspace.install(manifest())
        yield workspace


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


async def test_who_and_what_is_there(client: WorkspaceClient) -> None:
    info = await client.info()
    assert info.team.name == "Harbor"
    names = {user.name: user.is_bot for user in info.users}
    assert names == {
        "slackbot": True, "dana": False, "sam": False, "ines": False, "lee": False, "noor": False,
        "kofi": False, "mei": False, "tomas": False, "aoife": False, "ravi": False, "echo": True,
    }  # fmt: skip
    assert [user.name for user in info.users if user.is_admin] == ["lee"]
    assert [command.command for command in info.commands] == ["/escaped", "/raw"]
    (group,) = info.groups
    assert (group.handle, group.name) == ("oncall", "On call")
    assert {user.name for user in info.users if user.id in group.users} == {"sam", "ines"}
    with pytest.raises(ControlError, match="nobody here is called kim"):
        await client.as_user("kim")


async def test_unread_and_mentions(dana: UserClient, sam: UserClient) -> None:
    general = (await dana.channel("general")).id
    await dana.say(general, "good morning")
    ts = await dana.say(general, "@sam are you there?")
    seen = await sam.channel("general")
    assert (seen.unread, seen.mention_count) == (2, 1)
    mine = await dana.channel("general")
    assert (mine.unread, mine.mention_count) == (0, 0)
    await sam.read(general, ts)
    seen = await sam.channel("general")
    assert (seen.unread, seen.mention_count) == (0, 0)


async def test_a_private_channel_is_invisible_to_others(dana: UserClient, sam: UserClient) -> None:
    secret = await dana.create_channel("secret", private=True)
    await dana.say(secret, "hush")
    assert secret not in [one.id for one in await sam.conversations()]
    for attempt in (sam.messages(secret), sam.say(secret, "hi"), sam.join(secret), sam.read(secret, "1.2")):
        with pytest.raises(ControlError) as refused:
            await attempt
        assert refused.value.code == "channel_not_found"
    with pytest.raises(ControlError) as refused:
        await sam.create_channel("secret")
    assert refused.value.code == "name_taken"


async def test_the_bot_is_brought_in(workspace: Workspace, dana: UserClient) -> None:
    web = web_client(workspace)
    secret = await dana.create_channel("secret", private=True)
    await dana.join(secret, bring="echo")
    await web.chat_postMessage(channel=secret, text="thanks")
    assert (await dana.messages(secret))[-1].text == "thanks"


async def test_a_public_channel_is_joined(dana: UserClient, sam: UserClient) -> None:
    channel = await dana.create_channel("new")
    with pytest.raises(ControlError) as refused:
        await sam.say(channel, "hi")
    assert refused.value.code == "not_in_channel"
    await sam.join(channel)
    await sam.say(channel, "hi")
    assert (await dana.messages(channel))[-1].text == "hi"


async def test_an_archived_channel_is_read_only(workspace: Workspace, dana: UserClient) -> None:
    channel = await dana.create_channel("done")
    await dana.join(channel, bring="echo")
    await web_client(workspace).conversations_archive(channel=channel)
    assert (await dana.channel("done")).is_archived
    for attempt in (dana.say(channel, "late"), dana.command(channel, "/raw", "x")):
        with pytest.raises(ControlError) as refused:
            await attempt
        assert refused.value.code == "is_archived"


async def test_direct_messages_with_the_bot(workspace: Workspace, dana: UserClient) -> None:
    im = await dana.open_direct("echo")
    assert im == await dana.open_direct("echo")
    await dana.say(im, "hello")
    history = await web_client(workspace).conversations_history(channel=im)
    assert [message["text"] for message in history["messages"]] == ["hello"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe{}", "application/json"),
        (b"{}", "application/json; charset=nonsense"),
        (b"[", "application/json"),
    ],
)
async def test_a_body_that_is_no_json_is_refused_in_words(
    workspace: Workspace, body: bytes, content_type: str
) -> None:
    async with aiohttp.ClientSession() as session:
        address = f"{workspace.url}/control/users/dana/messages"
        async with session.post(address, data=body, headers={"Content-Type": content_type}) as response:
            assert response.status == 400
            assert (await response.json())["error"] == "invalid_arguments"


async def test_an_app_without_a_messages_tab_has_no_direct_messages(
    workspace: Workspace, dana: UserClient
) -> None:
    told = manifest()
    del told["features"]["app_home"]
    workspace.install(told)
    im = await dana.open_direct("echo")
    for attempt in (dana.say(im, "hello"), dana.command(im, "/raw", "x")):
        with pytest.raises(ControlError) as refused:
            await attempt
        assert refused.value.code == "messages_tab_disabled"
    with pytest.raises(SlackApiError) as error:
        await web_client(workspace).chat_postMessage(channel=dana.id, text="psst")
    assert error.value.response["error"] == "messages_tab_disabled"


async def test_threads(dana: UserClient, sam: UserClient) -> None:
    general = (await dana.channel("general")).id
    parent = await dana.say(general, "what now?")
    reply = await sam.say(general, "look first", thread_ts=parent)
    nested = await dana.say(general, "I do", thread_ts=reply)
    [shown] = [one for one in await dana.messages(general) if one.ts == parent]
    assert (shown.reply_count, shown.latest_reply, shown.thread_ts) == (2, nested, parent)
    assert reply not in [one.ts for one in await dana.messages(general)]
    thread = await sam.messages(general, thread_ts=parent)
    assert [one.text for one in thread] == ["what now?", "look first", "I do"]
    with pytest.raises(ControlError) as refused:
        await dana.say(general, "hm", thread_ts="1.2")
    assert refused.value.code == "thread_not_found"


async def test_waiting_for_a_message(dana: UserClient, sam: UserClient) -> None:
    general = (await dana.channel("general")).id
    waiting = asyncio.create_task(sam.wait_for(general, lambda one: one.text == "go", timeout=5))
    await dana.say(general, "ready")
    await dana.say(general, "go")
    assert (await waiting).user == dana.id
    assert (await sam.wait_for(general, lambda one: one.text == "go", timeout=5)).text == "go"
    with pytest.raises(TimeoutError, match="go"):
        await sam.wait_for(general, lambda one: one.text == "stop", timeout=0.05)


async def test_a_stream_tells_only_what_its_person_may_see(
    workspace: Workspace, dana: UserClient, sam: UserClient
) -> None:
    web = web_client(workspace)
    home = (await dana.channel("ride-club")).id
    async with sam.changes() as changes:
        secret = await dana.create_channel("secret", private=True)
        await dana.say(secret, "hush")
        await web.chat_postEphemeral(channel=home, user=dana.id, text="for dana")
        ts = await dana.say(home, "for all")
        async with asyncio.timeout(5):
            first = await anext(changes)
    assert (first.type, first.channel, first.ts) == ("message", home, ts)


async def test_what_a_stream_tells(workspace: Workspace, dana: UserClient) -> None:
    web = web_client(workspace)
    home = (await dana.channel("ride-club")).id
    seen = []
    async with dana.changes() as changes:
        ts = (await web.chat_postMessage(channel=home, text="t"))["ts"]
        await web.pins_add(channel=home, timestamp=ts)
        await web.reactions_add(channel=home, timestamp=ts, name="eyes")
        await web.chat_update(channel=home, ts=ts, text="u")
        await web.chat_delete(channel=home, ts=ts)
        await web.chat_postEphemeral(channel=home, user=dana.id, text="e")
        await web.conversations_leave(channel=home)
        async with asyncio.timeout(5):
            async for change in changes:
                seen.append(change.type)
                if change.type == "conversation":
                    break
    assert seen == [
        "message", "pin", "reaction", "message_changed", "message_deleted", "ephemeral", "conversation",
    ]  # fmt: skip


async def test_streams_end_with_the_workspace(workspace: Workspace, dana: UserClient) -> None:
    async with dana.changes() as changes:
        await workspace.aclose()
        async with asyncio.timeout(5):
            assert [change async for change in changes] == []


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Content-Type": "text/plain"}, "{}", "invalid_post_type"),
        ({"Content-Type": "application/json"}, "{", "invalid_arguments"),
        ({"Content-Type": "application/json"}, '{"channel": "C1"}', "invalid_arguments"),
        (
            {"Content-Type": "application/json"},
            '{"channel": "C1", "text": "x", "as": "lee"}',
            "invalid_arguments",
        ),
        ({"Content-Type": "application/json"}, '{"channel": "C1", "text": "x"}', "channel_not_found"),
    ],
)
async def test_bad_requests_are_answered(
    workspace: Workspace, headers: dict[str, str], body: str, code: str
) -> None:
    url = f"{workspace.url}/control/users/dana/messages"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        answer = json.loads(await response.text())
    assert (answer["ok"], answer["error"]) == (False, code)
    assert answer["message"]


async def test_without_an_app_people_can_still_talk() -> None:
    async with Workspace() as workspace, WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        general = (await dana.channel("general")).id
        await dana.say(general, "hello")
        with pytest.raises(ControlError) as refused:
            await dana.command(general, "/raw", "x")
        assert refused.value.code == "unknown_command"
