"""Every response and payload of the workspace, held to the shapes of Slack's own."""

import asyncio
import json
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.workspace.client import UserClient, WorkspaceClient
from bot.workspace.installation import EVENT_SCOPES
from bot.workspace.method_table import METHODS
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import manifest
from tests.slack_facts import differences, facts

UNRECORDED = {
    # Slack's reference shows them; the recorded responses had no pinned message.
    "pins.list.items[].channel",
    "pins.list.items[].message",
    # https://docs.slack.dev/reference/events/message/channel_name
    "conversations.history.messages[].name",
    "conversations.history.messages[].old_name",
    # History has it, so a thread has it: what a person typed.
    "conversations.replies.messages[].client_msg_id",
    # Slack sends a command's fields as a form, so this is the string "false".
    "slash_commands.is_enterprise_install is str, not boolean",
}
PAYLOADS = {
    "slash_commands": "SlashCommandPayload",
    "interactive": "BlockActionPayload",
    "app_mention": "AppMentionPayload",
}
BUTTON = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD = [{"type": "actions", "block_id": "card", "elements": [BUTTON]}]


class RecordingClient(AsyncWebClient):
    """Slack's own client, which keeps what came back."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.responses: list[tuple[str, dict[str, Any]]] = []

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        response = await super().api_call(api_method, **arguments)
        assert isinstance(response.data, dict)
        # A copy: the client adds to some of them.
        self.responses.append((api_method, dict(response.data)))
        return response


async def _tour(web: RecordingClient, workspace: Workspace, dana: UserClient) -> None:
    """Call every method, so that each answer has all it can have."""
    await web.api_test()
    me = await web.auth_test()
    await web.apps_connections_open(app_token=workspace.app_token)
    await web.auth_test(token=workspace.app_token)
    channel = (await web.conversations_create(name="tour"))["channel"]["id"]
    await web.conversations_invite(channel=channel, users=[dana.id, "U404"], force=True)
    parent = (await web.chat_postMessage(channel=channel, text="t", blocks=CARD))["ts"]
    metadata = {"event_type": "e", "event_payload": {"key": "k"}}
    await web.chat_postMessage(channel=channel, text="r", thread_ts=parent, metadata=metadata)
    await web.chat_postEphemeral(channel=channel, user=dana.id, text="e")
    await web.chat_update(channel=channel, ts=parent, text="u", blocks=CARD)
    await web.chat_getPermalink(channel=channel, message_ts=parent)
    await web.reactions_add(channel=channel, name="eyes", timestamp=parent)
    await web.pins_add(channel=channel, timestamp=parent)
    await web.pins_list(channel=channel)
    await web.files_upload_v2(channel=channel, filename="a.txt", content="a", initial_comment="c")
    await web.files_info(file=web.responses[-1][1]["files"][0]["id"])
    await web.bookmarks_add(channel_id=channel, title="b", type="link", link="https://example.org/")
    await web.bookmarks_list(channel_id=channel)
    await dana.say(channel, "hello", thread_ts=parent)
    await web.conversations_setTopic(channel=channel, topic="t")
    await web.conversations_setPurpose(channel=channel, purpose="p")
    await web.conversations_rename(channel=channel, name="tour-2")
    await web.conversations_history(channel=channel, include_all_metadata=True)
    await web.conversations_history(channel=channel, limit=2)
    await web.conversations_replies(channel=channel, ts=parent, include_all_metadata=True)
    await web.conversations_info(channel=channel, include_num_members=True)
    await web.conversations_join(channel=channel)
    await web.conversations_members(channel=channel)
    await web.conversations_open(users=dana.id, return_im=True)
    await web.conversations_open(users=dana.id)
    await web.conversations_list(types="public_channel,private_channel,im", limit=2)
    await web.conversations_list(types="im")
    await web.users_conversations(types="public_channel,im")
    await web.users_info(user=dana.id, include_locale=True)
    await web.users_info(user=me["user_id"])
    await web.users_list()
    await web.team_info()
    await web.bots_info(bot=me["bot_id"])
    groups = await web.usergroups_list(include_users=True, include_count=True)
    await web.usergroups_users_list(usergroup=groups["usergroups"][0]["id"])
    await web.pins_remove(channel=channel, timestamp=parent)
    await web.chat_delete(channel=channel, ts=parent)
    await web.conversations_kick(channel=channel, user=dana.id)
    await web.conversations_archive(channel=channel)
    await web.conversations_unarchive(channel=channel)
    other = (await dana.channel("incidents")).id
    await web.conversations_join(channel=other)
    await web.conversations_leave(channel=other)


async def test_every_response_has_slacks_shape() -> None:
    shapes = facts("responses.json")
    async with Workspace() as workspace, WorkspaceClient(workspace.url) as client:
        workspace.install(manifest())
        web = RecordingClient(token=workspace.bot_token, base_url=workspace.api_url)
        await _tour(web, workspace, await client.as_user("dana"))
    assert {name for name, _ in web.responses} == METHODS.keys()
    found = {
        difference for name, body in web.responses for difference in differences(body, shapes[name], name)
    }
    assert sorted(found - UNRECORDED) == []


async def test_every_payload_has_slacks_shape() -> None:
    shapes = facts("payloads.json")
    async with (
        Workspace(acknowledge_within=5) as workspace,
        WorkspaceClient(workspace.url) as client,
        aiohttp.ClientSession() as session,
    ):
        workspace.install(manifest(events=tuple(EVENT_SCOPES)))
        web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        dana = await client.as_user("dana")
        home = (await dana.channel("ride-club")).id
        address = (await web.apps_connections_open(app_token=workspace.app_token))["url"]
        async with session.ws_connect(address) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            reading = asyncio.create_task(_acknowledged(socket, set(PAYLOADS)))
            parent = (await web.chat_postMessage(channel=home, text="t", blocks=CARD))["ts"]
            await dana.command(home, "/raw", "x")
            await dana.say(home, "@echo hello", thread_ts=parent)
            await dana.click(home, parent, "yes")
            payloads = await reading
    for kind, payload in payloads.items():
        assert set(differences(payload, shapes[PAYLOADS[kind]], kind)) <= UNRECORDED


async def _acknowledged(socket: aiohttp.ClientWebSocketResponse, wanted: set[str]) -> dict[str, Any]:
    """Acknowledge what comes until each wanted kind has; the payloads by kind."""
    found: dict[str, Any] = {}
    while not wanted <= found.keys():
        envelope = await socket.receive_json(timeout=5)
        await socket.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
        payload = envelope["payload"]
        found[payload["event"]["type"] if envelope["type"] == "events_api" else envelope["type"]] = payload
    return {kind: found[kind] for kind in wanted}
