"""Commands, buttons, mentions and their answers, with Slack's own Bolt at the other end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.workspace.errors import ControlError
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import bolt_app, connected, manifest, web_client

BUTTON = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD = [{"type": "actions", "block_id": "card", "elements": [BUTTON]}]


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(acknowledge_within=0.5, retry_events_after=(0.0,)) as workspace:
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


async def test_a_command_reaches_the_app_and_its_answer_is_for_one(
    workspace: Workspace, dana: UserClient, sam: UserClient
) -> None:
    app = bolt_app(workspace)
    got: dict[str, Any] = {}

    @app.command("/escaped")
    async def answer(ack: Any, command: dict[str, Any]) -> None:
        got.update(command)
        await ack("heard you")

    general = await dana.channel("general")
    async with connected(workspace, app):
        await dana.command(general.id, "/escaped", "start <now> & @sam in #incidents @nobody")
    incidents = await dana.channel("incidents")
    assert got["text"] == (f"start &lt;now&gt; &amp; <@{sam.id}|sam> in <#{incidents.id}|incidents> @nobody")
    assert got["user_id"] == dana.id
    assert got["channel_name"] == "general"
    [message] = [one for one in await dana.messages(general.id) if one.text == "heard you"]
    assert message.ephemeral
    assert not [one for one in await sam.messages(general.id) if one.text == "heard you"]
    await web_client(workspace).conversations_join(channel=general.id)
    history = await web_client(workspace).conversations_history(channel=general.id)
    assert "heard you" not in str(history["messages"])


async def test_names_stay_as_typed_without_should_escape(workspace: Workspace, dana: UserClient) -> None:
    app = bolt_app(workspace)
    got: list[str] = []

    @app.command("/raw")
    async def take(ack: Any, command: dict[str, Any]) -> None:
        got.append(command["text"])
        await ack()

    general = await dana.channel("general")
    async with connected(workspace, app):
        await dana.command(general.id, "/raw", "select '@sam' from t where a<b and c>d & e")
        before = len(await dana.messages(general.id))
    assert got == ["select '@sam' from t where a&lt;b and c&gt;d &amp; e"]
    assert len(await dana.messages(general.id)) == before, "a bare ack says nothing"


async def test_commands_that_slack_refuses(dana: UserClient) -> None:
    general = await dana.channel("general")
    for command, thread_ts, code in (
        ("/unknown", None, "unknown_command"),
        ("/raw", "1.2", "not_supported_in_threads"),
        ("/raw", None, "dispatch_failed"),
    ):
        with pytest.raises(ControlError) as refused:
            await dana.command(general.id, command, "x", thread_ts=thread_ts)
        assert refused.value.code == code
    last = (await dana.messages(general.id))[-1]
    assert (last.text, last.ephemeral) == ('/raw failed with the error "dispatch_failed"', True)


async def test_an_app_that_does_not_acknowledge_in_time(workspace: Workspace, dana: UserClient) -> None:
    app = bolt_app(workspace)
    hold = asyncio.Event()

    @app.command("/raw")
    async def never(ack: Any) -> None:
        await hold.wait()
        await ack()

    general = await dana.channel("general")
    async with connected(workspace, app):
        with pytest.raises(ControlError) as refused:
            await dana.command(general.id, "/raw", "x")
        hold.set()
    assert refused.value.code == "operation_timeout"
    assert (await dana.messages(general.id))[-1].text == '/raw failed with the error "operation_timeout"'


async def test_a_command_in_somebody_elses_private_channel(workspace: Workspace, dana: UserClient) -> None:
    """The bot isn't there, so it hears no name and can't post, but its response_url works."""
    app = bolt_app(workspace)
    got: dict[str, Any] = {}

    @app.command("/raw")
    async def answer(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        got.update(command)
        await ack()
        await respond("for all", response_type="in_channel")

    secret = await dana.create_channel("secret", private=True)
    async with connected(workspace, app):
        await dana.command(secret, "/raw", "x")
        message = await dana.wait_for(secret, lambda one: one.text == "for all", timeout=5)
    assert got["channel_name"] == "privategroup"
    assert not message.ephemeral


async def test_a_response_url_works_five_times_and_for_thirty_minutes() -> None:
    now = 1_000_000.0
    async with Workspace(clock=lambda: now) as workspace, WorkspaceClient(workspace.url) as client:
        workspace.install(manifest())
        dana = await client.as_user("dana")
        general = (await dana.channel("general")).id
        app = bolt_app(workspace)
        urls: list[str] = []

        @app.command("/raw")
        async def take(ack: Any, command: dict[str, Any]) -> None:
            urls.append(command["response_url"])
            await ack()

        async with connected(workspace, app):
            await dana.command(general, "/raw")
            await dana.command(general, "/raw")
        first, second = (AsyncWebhookClient(url) for url in urls)
        for number in range(5):
            assert (await first.send(text=str(number))).status_code == 200
        used = await first.send(text="5")
        assert (used.status_code, "used_url" in used.body) == (404, True)
        assert [one.text for one in await dana.messages(general) if one.ephemeral] == list("01234")
        now += 30 * 60
        late = await second.send(text="late")
        assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_button_changes_its_message(workspace: Workspace, dana: UserClient, sam: UserClient) -> None:
    app = bolt_app(workspace)
    got: dict[str, Any] = {}

    @app.action("yes")
    async def yes(ack: Any, body: dict[str, Any], respond: Any) -> None:
        got.update(body)
        await ack()
        await respond("done", replace_original=True)

    home = (await dana.channel("ride-club")).id
    async with connected(workspace, app):
        ts = (await web_client(workspace).chat_postMessage(channel=home, text="?", blocks=CARD))["ts"]
        await dana.click(home, ts, "yes")
        await sam.wait_for(home, lambda one: one.ts == ts and one.text == "done", timeout=5)
    assert got["actions"][0] | {"action_ts": ""} == BUTTON | {"block_id": "card", "action_ts": ""}
    assert got["user"]["id"] == dana.id
    assert got["container"]["message_ts"] == got["message"]["ts"] == ts
    with pytest.raises(ControlError) as refused:
        await dana.click(home, ts, "yes")
    assert refused.value.code == "action_not_found"


async def test_an_answer_takes_its_messages_place_five_times_and_counts_in_no_rate() -> None:
    """In a thread, with metadata, in a channel whose second is used up."""
    now = 1_000_000.0
    metadata = {"event_type": "card", "event_payload": {"ride": "r1"}}
    async with (
        Workspace(clock=lambda: now, rate_limits=True) as workspace,
        WorkspaceClient(workspace.url) as client,
    ):
        workspace.install(manifest())
        web, app = web_client(workspace), bolt_app(workspace)
        web.retry_handlers = []
        dana = await client.as_user("dana")
        home = (await dana.channel("ride-club")).id
        urls: list[str] = []

        @app.action("yes")
        async def yes(ack: Any, body: dict[str, Any]) -> None:
            urls.append(body["response_url"])
            await ack()

        parent = (await web.chat_postMessage(channel=home, text="parent"))["ts"]
        more = {"blocks": CARD, "metadata": metadata, "thread_ts": parent}
        ts = (await web.chat_postMessage(channel=home, text="?", **more))["ts"]
        async with connected(workspace, app):
            await dana.click(home, ts, "yes")
            await dana.click(home, ts, "yes")
        for _ in range(2):
            await web.chat_postMessage(channel=home, text="busy")
        with pytest.raises(SlackApiError):
            await web.chat_postMessage(channel=home, text="one too many")
        first, second = (AsyncWebhookClient(url) for url in urls)
        for number in range(5):
            sent = await first.send(text=f"done {number}", blocks=CARD, replace_original=True)
            assert sent.status_code == 200
        assert "used_url" in (await first.send(text="6", replace_original=True)).body
        now += 4
        await web.chat_postMessage(channel=home, text="the channel's own pace goes on")
        replies = await web.conversations_replies(channel=home, ts=parent, include_all_metadata=True)
        [_, changed] = replies["messages"]
        assert (changed["text"], changed["ts"], changed["thread_ts"]) == ("done 4", ts, parent)
        assert (changed["metadata"], changed["blocks"][0]["block_id"]) == (metadata, "card")
        now += 30 * 60
        assert "expired_url" in (await second.send(text="late", replace_original=True)).body
        assert len((await web.conversations_replies(channel=home, ts=parent))["messages"]) == 2


async def test_a_button_in_an_ephemeral_message(
    workspace: Workspace, dana: UserClient, sam: UserClient
) -> None:
    app = bolt_app(workspace)

    @app.action("yes")
    async def yes(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        assert body["container"]["is_ephemeral"]
        await respond(delete_original=True)

    home = (await dana.channel("ride-club")).id
    web = web_client(workspace)
    async with connected(workspace, app):
        posted = await web.chat_postEphemeral(channel=home, user=dana.id, text="?", blocks=CARD)
        ts = posted["message_ts"]
        with pytest.raises(ControlError) as refused:
            await sam.click(home, ts, "yes")
        assert refused.value.code == "message_not_found"
        async with dana.changes() as changes:
            await dana.click(home, ts, "yes")
            async with asyncio.timeout(5):
                assert "message_deleted" in [change.type async for change in _first(changes)]
    assert ts not in [one.ts for one in await dana.messages(home)]


async def _first(changes: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for change in changes:
        yield change
        return


async def test_a_mention_is_heard_where_the_bot_is(workspace: Workspace, dana: UserClient) -> None:
    app = bolt_app(workspace)
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        heard.put_nowait(event)
        await say(text="yes?", thread_ts=event["ts"])

    home, general = (await dana.channel("ride-club")).id, (await dana.channel("general")).id
    async with connected(workspace, app):
        await dana.say(general, "@echo are you here?")
        ts = await dana.say(home, "@Echo sql ```select '@sam' < 1```")
        reply = await dana.wait_for(home, lambda one: one.text == "yes?", timeout=5, thread_ts=ts)
    bot = (await web_client(workspace).auth_test())["user_id"]
    event = heard.get_nowait()
    assert event["text"] == f"<@{bot}> sql ```select '@sam' &lt; 1```"
    assert event["channel"] == home
    assert heard.empty(), "it is not in #general"
    assert reply.thread_ts == ts
    warning = (await dana.messages(general))[-1]
    assert "did not see your message" in warning.text
    assert warning.ephemeral


async def test_only_subscribed_events_come(workspace: Workspace, dana: UserClient) -> None:
    workspace.install(manifest(events=("message.channels",)))
    app = bolt_app(workspace)
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.put_nowait(event)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.put_nowait(event)

    home = (await dana.channel("ride-club")).id
    async with connected(workspace, app):
        await dana.say(home, "@echo hello")
        async with asyncio.timeout(5):
            assert (await heard.get())["type"] == "message"
            await dana.say(home, "bye")
            assert (await heard.get())["text"] == "bye"


async def test_an_event_that_is_not_acknowledged_comes_again(workspace: Workspace, dana: UserClient) -> None:
    """Once more at once, and later again; here with short pauses, and an app that only listens."""
    home = (await dana.channel("ride-club")).id
    web = web_client(workspace)
    address = (await web.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        await dana.say(home, "@echo hello")
        envelopes = [await socket.receive_json(timeout=5) for _ in range(2)]
        assert [one["retry_attempt"] for one in envelopes] == [0, 1]
        assert envelopes[1]["retry_reason"] == "timeout"
        assert envelopes[0]["payload"] == envelopes[1]["payload"]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)
        await workspace.aclose()
        assert (await socket.receive_json(timeout=5))["type"] == "disconnect"


async def test_a_ping_is_answered_with_what_it_holds(workspace: Workspace) -> None:
    """slack_sdk reads the time it sent from the pong, and reconnects without one."""
    address = (await web_client(workspace).apps_connections_open(app_token=workspace.app_token))["url"]
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, autoping=False) as socket,
    ):
        assert (await socket.receive_json())["type"] == "hello"
        await socket.ping(b"sdk-ping-pong:1.5")
        pong = await socket.receive(timeout=5)
    assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")


async def test_each_envelope_goes_to_one_connection(workspace: Workspace, dana: UserClient) -> None:
    app = bolt_app(workspace)
    calls: list[str] = []

    @app.command("/raw")
    async def take(ack: Any, command: dict[str, Any]) -> None:
        calls.append(command["text"])
        await ack()

    general = (await dana.channel("general")).id
    async with connected(workspace, app), connected(workspace, app):
        for word in "abcd":
            await dana.command(general, "/raw", word)
    assert calls == list("abcd")
