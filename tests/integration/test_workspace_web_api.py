"""The workspace's Web API, called with Slack's own client."""

import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.errors import WorkspaceError
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import manifest, web_client


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as workspace:
        workspace.install(manifest())
        yield workspace


@pytest.fixture
def web(workspace: Workspace) -> AsyncWebClient:
    return web_client(workspace)


@pytest.fixture
async def dana(workspace: Workspace) -> AsyncIterator[UserClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield await client.as_user("dana")


@pytest.fixture
async def home(dana: UserClient) -> str:
    """The channel that the bot is in."""
    return (await dana.channel("ride-club")).id


async def refused(call: Coroutine[Any, Any, Any]) -> Any:
    """The response of a call that must be refused."""
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response


async def code(call: Coroutine[Any, Any, Any]) -> str:
    """The error code of a call that must be refused."""
    return str((await refused(call))["error"])


# Tokens and scopes


async def test_tokens(workspace: Workspace, web: AsyncWebClient) -> None:
    anonymous = AsyncWebClient(base_url=workspace.api_url)
    assert await code(anonymous.auth_test()) == "not_authed"
    assert await code(anonymous.auth_test(token="xoxb-wrong")) == "invalid_auth"
    assert (await anonymous.auth_test(token=workspace.bot_token))["user"] == "echo"
    assert await code(web.apps_connections_open(app_token=workspace.bot_token)) == "not_allowed_token_type"
    assert (await web.apps_connections_open(app_token=workspace.app_token))["url"].startswith("ws://")
    assert await code(anonymous.users_list(token=workspace.app_token)) == "not_allowed_token_type"


async def test_a_token_in_a_json_body_counts_for_nothing(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session:
        body = {"token": workspace.bot_token}
        async with session.post(f"{workspace.api_url}auth.test", json=body) as response:
            assert (await response.json())["error"] == "not_authed"
        async with session.post(f"{workspace.api_url}auth.test", data=body) as response:
            assert (await response.json())["ok"]


async def test_an_unknown_method(web: AsyncWebClient) -> None:
    assert await code(web.api_call("chat.shout")) == "unknown_method"


async def test_a_missing_scope_says_what_is_needed(workspace: Workspace, web: AsyncWebClient) -> None:
    workspace.install(manifest(scopes=("commands", "app_mentions:read", "groups:write", "chat:write")))
    response = await refused(web.users_list())
    assert response["error"] == "missing_scope"
    assert response["needed"] == "users:read"
    assert response["provided"] == "commands,app_mentions:read,groups:write,chat:write"


async def test_scopes_go_by_the_kind_of_channel(workspace: Workspace, web: AsyncWebClient, home: str) -> None:
    workspace.install(manifest(scopes=("commands", "app_mentions:read", "groups:write", "groups:history")))
    assert await code(web.conversations_create(name="open")) == "missing_scope"
    private = await web.conversations_create(name="closed", is_private=True)
    assert private["channel"]["is_private"] is True
    assert (await web.conversations_history(channel=private["channel"]["id"]))["ok"]
    response = await refused(web.conversations_history(channel=home))
    assert (response["error"], response["needed"]) == ("missing_scope", "channels:history")


# Arguments


async def test_missing_arguments_are_named(web: AsyncWebClient) -> None:
    response = await refused(web.api_call("conversations.info"))
    assert response["error"] == "invalid_arguments"
    assert response["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


@pytest.mark.parametrize(("word", "private"), [("0", False), ("1", True), ("false", False), ("true", True)])
async def test_booleans_in_forms(workspace: Workspace, word: str, private: bool) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {workspace.bot_token}"}) as session:
        form = {"name": "forms", "is_private": word}
        async with session.post(f"{workspace.api_url}conversations.create", data=form) as response:
            assert (await response.json())["channel"]["is_private"] is private


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json; charset=nonsense", "{}", "invalid_charset"),
        ("application/x-www-form-urlencoded; charset=nonsense", "a=1", "invalid_charset"),
        ("application/json", "[]", "json_not_object"),
        ("text/plain", "channel=C1", "invalid_post_type"),
    ],
)
async def test_bodies_that_are_no_arguments(
    workspace: Workspace, content_type: str, body: str, expected: str
) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": content_type}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{workspace.api_url}auth.test", data=body) as response,
    ):
        assert (await response.json())["error"] == expected


# Channels


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Inc", "invalid_name_specials"),
        ("inc 1", "invalid_name_specials"),
        ("inc.1", "invalid_name_specials"),
        ("inç", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        ("general", "name_taken"),
    ],
)
async def test_channel_names(web: AsyncWebClient, name: str, expected: str) -> None:
    assert await code(web.conversations_create(name=name, is_private=True)) == expected


async def test_an_archived_channel_keeps_its_name_and_can_only_be_read(web: AsyncWebClient) -> None:
    made = await web.conversations_create(name="inc-1", is_private=True)
    channel = made["channel"]["id"]
    said = await web.chat_postMessage(channel=channel, text="here")
    await web.conversations_archive(channel=channel)
    assert await code(web.conversations_create(name="inc-1")) == "name_taken"
    assert await code(web.conversations_archive(channel=channel)) == "already_archived"
    assert await code(web.chat_postMessage(channel=channel, text="more")) == "is_archived"
    assert await code(web.chat_update(channel=channel, ts=said["ts"], text="more")) == "is_inactive"
    assert await code(web.conversations_setTopic(channel=channel, topic="t")) == "is_archived"
    assert await code(web.conversations_invite(channel=channel, users="U1")) == "is_archived"
    history = await web.conversations_history(channel=channel)
    assert "here" in [message["text"] for message in history["messages"]]
    await web.conversations_unarchive(channel=channel)
    await web.chat_postMessage(channel=channel, text="more")


async def test_what_a_bot_outside_a_channel_may_not(web: AsyncWebClient, dana: UserClient) -> None:
    general = (await dana.channel("general")).id
    assert await code(web.chat_postMessage(channel=general, text="hi")) == "not_in_channel"
    assert await code(web.conversations_history(channel=general)) == "not_in_channel"
    assert await code(web.conversations_invite(channel=general, users=dana.id)) == "not_in_channel"
    assert await code(web.conversations_archive(channel=general)) == "cant_archive_general"
    hidden = await dana.create_channel("secret", private=True)
    for call in (
        web.chat_postMessage(channel=hidden, text="hi"),
        web.conversations_info(channel=hidden),
        web.conversations_history(channel=hidden),
        web.conversations_members(channel=hidden),
        web.pins_add(channel=hidden, timestamp="1.2"),
    ):
        assert await code(call) == "channel_not_found"
    listed = await web.conversations_list(types="public_channel,private_channel")
    assert hidden not in [channel["id"] for channel in listed["channels"]]


async def test_invitations(web: AsyncWebClient, workspace: Workspace, dana: UserClient) -> None:
    channel = (await web.conversations_create(name="inc-2", is_private=True))["channel"]["id"]
    bot = (await web.auth_test())["user_id"]
    assert await code(web.conversations_invite(channel=channel, users=bot)) == "cant_invite_self"
    assert await code(web.conversations_invite(channel=channel, users="U404")) == "user_not_found"
    assert await code(web.conversations_invite(channel=channel, users="")) == "no_user"
    assert await code(web.conversations_invite(channel=channel, users="USLACKBOT")) == "cant_invite"
    response = await refused(web.conversations_invite(channel=channel, users=[dana.id, "U404", bot]))
    assert [one["error"] for one in response["errors"]] == ["user_not_found", "cant_invite_self"]
    assert (await web.conversations_members(channel=channel))["members"] == [bot]
    await web.conversations_invite(channel=channel, users=[dana.id])
    assert await code(web.conversations_invite(channel=channel, users=[dana.id])) == "already_in_channel"
    assert (await dana.channel("inc-2")).is_member
    joined = [message for message in await dana.messages(channel) if message.subtype == "channel_join"]
    assert [message.user for message in joined] == [bot, dana.id]
    await web.conversations_kick(channel=channel, user=dana.id)
    assert channel not in [one.id for one in await dana.conversations()]
    assert await code(web.conversations_kick(channel=channel, user=bot)) == "cant_kick_self"


async def test_topics(web: AsyncWebClient, home: str, dana: UserClient) -> None:
    await web.conversations_setTopic(channel=home, topic="On fire")
    await web.conversations_setPurpose(channel=home, purpose="x" * 250)
    assert await code(web.conversations_setPurpose(channel=home, purpose="x" * 251)) == "too_long"
    seen = await dana.channel("ride-club")
    assert (seen.topic, seen.purpose) == ("On fire", "x" * 250)
    assert "channel_topic" in [message.subtype for message in await dana.messages(home)]
    await web.conversations_setTopic(channel=home, topic="<!channel> & all")
    told = (await dana.messages(home))[-1].text
    assert told.endswith("set the channel topic: &lt;!channel&gt; &amp; all"), "a topic calls nobody"


async def test_direct_messages(web: AsyncWebClient, dana: UserClient) -> None:
    first = await web.conversations_open(users=dana.id)
    channel = first["channel"]["id"]
    assert channel.startswith("D")
    assert "already_open" not in first.data
    again = await web.conversations_open(users=[dana.id])
    assert (again["channel"]["id"], again["already_open"]) == (channel, True)
    assert channel not in [one.id for one in await dana.conversations()], "an empty one shows to nobody else"
    await web.chat_postMessage(channel=dana.id, text="psst")
    [im] = [one for one in await dana.conversations() if one.kind == "im"]
    assert (im.id, im.unread) == (channel, 1)
    assert await code(web.conversations_open(users="U404")) == "user_not_found"
    assert await code(web.api_call("conversations.open")) == "users_list_not_supplied"
    assert await code(web.conversations_archive(channel=channel)) == "method_not_supported_for_channel_type"


async def test_pages_and_cursors(web: AsyncWebClient) -> None:
    names = []
    cursor = ""
    while True:
        page = await web.conversations_list(limit=2, cursor=cursor or None)
        names += [channel["name"] for channel in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["general", "incidents", "ride-club"]
    assert await code(web.conversations_list(cursor="nonsense")) == "invalid_cursor"
    assert await code(web.conversations_list(limit=-1)) == "invalid_limit"
    assert await code(web.conversations_list(types="secret")) == "invalid_types"


# Messages


async def test_texts(web: AsyncWebClient, home: str, dana: UserClient) -> None:
    assert await code(web.api_call("chat.postMessage", data={"channel": home})) == "no_text"
    assert await code(web.api_call("chat.postMessage", data={"channel": home, "text": " "})) == "no_text"
    long = await web.chat_postMessage(channel=home, text="x" * 40_001)
    assert len(long["message"]["text"]) == 40_000
    assert long["response_metadata"]["warnings"] == ["message_truncated"]
    said = await web.chat_postMessage(channel="#ride-club", text="a < b")
    assert await code(web.chat_update(channel=home, ts=said["ts"], text="x" * 4_001)) == "msg_too_long"
    await web.chat_update(channel=home, ts=said["ts"], text="edited")
    shown = [message for message in await dana.messages(home) if message.ts == said["ts"]]
    assert [(message.text, message.edited) for message in shown] == [("edited", True)]
    await web.chat_delete(channel=home, ts=said["ts"])
    assert await code(web.chat_update(channel=home, ts=said["ts"], text="x")) == "message_not_found"


async def test_an_update_without_blocks_keeps_them(web: AsyncWebClient, home: str, dana: UserClient) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Card"}}]
    ts = (await web.chat_postMessage(channel=home, text="t", blocks=blocks))["ts"]
    await web.chat_update(channel=home, ts=ts, text="u")
    assert "Card" in (await dana.messages(home))[-1].words
    await web.chat_update(channel=home, ts=ts, text="v", blocks=[])
    assert (await dana.messages(home))[-1].words == "v"


async def test_only_own_messages_can_be_changed(web: AsyncWebClient, home: str, dana: UserClient) -> None:
    ts = await dana.say(home, "mine")
    assert await code(web.chat_update(channel=home, ts=ts, text="yours")) == "cant_update_message"
    assert await code(web.chat_delete(channel=home, ts=ts)) == "cant_delete_message"


async def test_blocks_that_are_refused(web: AsyncWebClient, home: str) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    response = await refused(web.chat_postMessage(channel=home, text="t", blocks=[section]))
    assert response["error"] == "invalid_blocks"
    assert response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert await code(web.chat_postMessage(channel=home, text="t", blocks="{")) == "invalid_blocks_format"
    section["text"] = {"type": "mrkdwn", "text": "x" * 3000}
    response = await refused(web.chat_postMessage(channel=home, text="t", blocks=[section] * 5))
    assert response["error"] == "msg_blocks_too_long"


async def test_metadata_comes_back_only_when_asked_for(web: AsyncWebClient, home: str) -> None:
    metadata = {"event_type": "ride_message", "event_payload": {"key": "k1"}}
    await web.chat_postMessage(channel=home, text="t", metadata=metadata)
    plain = await web.conversations_history(channel=home, limit=1)
    assert "metadata" not in plain["messages"][0]
    asked = await web.conversations_history(channel=home, limit=1, include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == metadata
    bad = web.chat_postMessage(channel=home, text="t", metadata={"event_type": "x"})
    assert await code(bad) == "invalid_metadata_format"


async def test_history_and_threads(web: AsyncWebClient, home: str) -> None:
    parent = (await web.chat_postMessage(channel=home, text="parent"))["ts"]
    reply = (await web.chat_postMessage(channel=home, text="reply", thread_ts=parent))["ts"]
    await web.chat_postMessage(channel=home, text="loud", thread_ts=parent, reply_broadcast=True)
    last = (await web.chat_postMessage(channel=home, text="last"))["ts"]
    history = await web.conversations_history(channel=home, oldest=parent, inclusive=True)
    assert [message["text"] for message in history["messages"]] == ["last", "loud", "parent"]
    assert history["messages"][-1]["reply_count"] == 2
    after = await web.conversations_history(channel=home, oldest=parent, latest=last)
    assert [message["text"] for message in after["messages"]] == ["loud"]
    thread = await web.conversations_replies(channel=home, ts=reply)
    assert [message["text"] for message in thread["messages"]] == ["parent", "reply", "loud"]
    assert await code(web.conversations_replies(channel=home, ts="1.2")) == "thread_not_found"
    assert await code(web.conversations_history(channel=home, oldest="soon")) == "invalid_ts_oldest"


async def test_an_ephemeral_message_is_in_nobody_elses_sight(
    web: AsyncWebClient, workspace: Workspace, home: str, dana: UserClient
) -> None:
    ts = (await web.chat_postEphemeral(channel=home, user=dana.id, text="for you"))["message_ts"]
    assert "for you" in [message.text for message in await dana.messages(home)]
    async with WorkspaceClient(workspace.url) as client:
        sam = await client.as_user("sam")
        assert "for you" not in [message.text for message in await sam.messages(home)]
    assert "for you" not in json.dumps((await web.conversations_history(channel=home)).data)
    assert await code(web.chat_update(channel=home, ts=ts, text="x")) == "message_not_found"
    stranger = web.chat_postEphemeral(channel=home, user="U404", text="x")
    assert await code(stranger) == "user_not_in_channel"


async def test_pins(web: AsyncWebClient, home: str, dana: UserClient) -> None:
    ts = (await web.chat_postMessage(channel=home, text="card"))["ts"]
    await web.pins_add(channel=home, timestamp=ts)
    assert await dana.pinned(home) == [ts]
    assert await code(web.pins_add(channel=home, timestamp=ts)) == "already_pinned"
    assert await code(web.pins_add(channel=home, timestamp="1.2")) == "message_not_found"
    await web.pins_remove(channel=home, timestamp=ts)
    assert await code(web.pins_remove(channel=home, timestamp=ts)) == "no_pin"


async def test_a_file_in_three_steps(
    web: AsyncWebClient, workspace: Workspace, home: str, dana: UserClient
) -> None:
    parent = (await web.chat_postMessage(channel=home, text="see"))["ts"]
    rows = "id | état\n" * 500
    uploaded = await web.files_upload_v2(
        channel=home, thread_ts=parent, filename="result #1 ü.txt", title="Result", content=rows
    )
    file_id = uploaded["files"][0]["id"]
    [message] = [one for one in await dana.messages(home, thread_ts=parent) if one.files]
    [file] = message.files
    assert (file.title, file.preview) == ("Result", rows[:1000])
    assert (await dana.file(file.id)).decode() == rows
    address = (await web.files_info(file=file_id))["file"]["url_private"]
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as response:
            assert response.status == 403
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        async with session.get(address, headers=headers) as response:
            assert (await response.read()).decode() == rows
    missing = web.files_completeUploadExternal(files=[{"id": "F404", "title": "x"}], channel_id=home)
    assert await code(missing) == "file_not_found"


async def test_an_upload_of_another_length_is_refused(web: AsyncWebClient) -> None:
    begun = await web.files_getUploadURLExternal(filename="a.txt", length=5)
    async with aiohttp.ClientSession() as session:
        async with session.post(begun["upload_url"], data=b"four") as response:
            assert response.status == 400
        async with session.post(begun["upload_url"], data=b"fiver") as response:
            assert response.status == 404, "an address works once"
    finish = web.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "x"}])
    assert await code(finish) == "file_not_found"


# Limits


async def test_rate_limits() -> None:
    now = 1_000_000.0
    async with Workspace(rate_limits=True, clock=lambda: now) as workspace:
        workspace.install(manifest())
        web = web_client(workspace)
        channel = (await web.conversations_create(name="busy"))["channel"]["id"]
        for _ in range(4):
            await web.chat_postMessage(channel=channel, text="t")
        response = await refused(web.chat_postMessage(channel=channel, text="t"))
        assert response.status_code == 429
        assert response["error"] == "ratelimited"
        assert response.headers["Retry-After"] == "4"
        now += 4
        await web.chat_postMessage(channel=channel, text="t")


async def test_history_outside_the_marketplace() -> None:
    now = 1_000_000.0
    async with Workspace(outside_marketplace=True, clock=lambda: now) as workspace:
        workspace.install(manifest())
        web = web_client(workspace)
        channel = (await web.conversations_create(name="busy"))["channel"]["id"]
        for number in range(20):
            await web.chat_postMessage(channel=channel, text=str(number))
        page = await web.conversations_history(channel=channel, limit=999)
        assert [message["text"] for message in page["messages"]] == [str(n) for n in range(19, 4, -1)]
        assert page["has_more"] is True
        response = await refused(web.conversations_history(channel=channel))
        assert response.headers["Retry-After"] == "60"


# Who may ask at all


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_this_machines_own_pages(
    workspace: Workspace, headers: dict[str, str], status: int
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{workspace.url}/control/workspace", headers=headers) as response,
    ):
        assert response.status == status


async def test_the_workspace_is_for_this_machine_alone() -> None:
    with pytest.raises(WorkspaceError, match="loopback"):
        await Workspace().start(host="0.0.0.0")


async def test_only_what_is_there_from_the_start_has_the_same_ids_again() -> None:
    async def ids(seed: str) -> tuple[set[str], str]:
        async with Workspace(seed=seed) as workspace:
            workspace.install(manifest())
            found = {*workspace.state.users, *workspace.state.conversations, workspace.state.team.id}
            made = await web_client(workspace).conversations_create(name="inc-1")
            return found, made["channel"]["id"]

    first, second, other = await ids("a"), await ids("a"), await ids("b")
    assert first[0] == second[0]
    assert first[0] & other[0] == {"USLACKBOT"}
    assert first[1] != second[1], "an app would take this channel for one that it knew"
