"""Every response and payload of the workspace, held to the shapes of Slack's own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.workspace.manifest import EVENT_SCOPES
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from bot.workspace.web_api.method_table import METHODS
from tests.integration.workspace_fixtures import manifest
from tests.slack_facts import differences, facts

UNRECORDED = {
    # https://docs.slack.dev/reference/methods/auth.revoke
    "auth.revoke.revoked",
    # Slack's reference shows them; the recorded responses had no pinned message.
    "pins.list.items[].channel",
    "pins.list.items[].message",
    # https://docs.slack.dev/reference/events/message/channel_name
    "conversations.history.messages[].name",
    "conversations.history.messages[].old_name",
    # History has it, so a thread has it: what a person typed.
    "conversations.replies.messages[].client_msg_id",
    # https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    "view_submission.response_urls",
    # The recorded payloads and responses have the blocks of a view elsewhere.
    *(f"{kind}.view.blocks" for kind in ("view_submission", "view_closed", "view_action")),
    "app_home_opened.event.view.blocks",
    # Slack sends a command's fields as a form, so this is the string "false".
    "slash_commands.is_enterprise_install is str, not boolean",
}
PAYLOADS = {
    "slash_commands": "SlashCommandPayload",
    "block_actions": "BlockActionPayload",
    "view_action": "BlockActionPayload",
    "view_submission": "ViewSubmissionPayload",
    "view_closed": "ViewClosedPayload",
    "app_mention": "AppMentionPayload",
    "app_home_opened": "AppHomeOpenedPayload",
}
BUTTON = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD = [{"type": "actions", "block_id": "card", "elements": [BUTTON]}]
PLAIN = {"type": "plain_text", "text": "t", "emoji": True}
INPUT = {
    "type": "input",
    "block_id": "name",
    "label": PLAIN,
    "optional": True,
    "element": {"type": "plain_text_input", "action_id": "it"},
}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": PLAIN,
    "submit": PLAIN,
    "close": PLAIN,
    "notify_on_close": True,
    "blocks": [*CARD, INPUT],
}
HOME = {"type": "home", "blocks": CARD}


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
    await _install_again(web, workspace, dana)
    other = (await dana.channel("incidents")).id
    await web.conversations_join(channel=other)
    await web.conversations_leave(channel=other)


async def _install_again(web: RecordingClient, workspace: Workspace, dana: UserClient) -> None:
    """As somebody who allows it once more: the token stays."""
    parts = workspace.parts
    app, scopes = parts.app.registration, parts.app.scopes
    code = parts.grants.new(user=dana.id, scopes=scopes, redirect_uri=None)
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "code": code}
    await web.api_call("oauth.v2.access", data=form)


class AppEnd:
    """An app's end of a connection: acknowledges what comes, and keeps the payloads by kind."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.payloads: dict[str, Any] = {}
        self._came = asyncio.Condition()

    async def listen(self) -> None:
        async for message in self._socket:
            envelope = json.loads(message.data)
            if envelope["type"] == "hello":
                continue
            await self._socket.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
            payload = envelope["payload"]
            async with self._came:
                self.payloads[_kind(envelope["type"], payload)] = payload
                self._came.notify_all()

    async def wait(self, *kinds: str) -> None:
        """Return when each kind has come."""
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: self.payloads.keys() >= set(kinds))

    async def new(self, dana: UserClient, channel: str) -> str:
        """A trigger id of a command."""
        await dana.command(channel, "/raw", "x")
        return str(self.payloads["slash_commands"]["trigger_id"])


def _kind(envelope: str, payload: dict[str, Any]) -> str:
    if envelope == "events_api":
        return str(payload["event"]["type"])
    if envelope == "interactive":
        kind = str(payload["type"])
        return "view_action" if kind == "block_actions" and "view" in payload else kind
    return envelope


@asynccontextmanager
async def app_of(workspace: Workspace) -> AsyncIterator[AppEnd]:
    """An app without a library at the other end."""
    web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    address = (await web.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        app = AppEnd(socket)
        listening = asyncio.create_task(app.listen())
        await workspace.wait_connected()
        yield app
        await socket.close()
        await listening


async def _views(web: RecordingClient, app: AppEnd, dana: UserClient) -> None:
    home = (await dana.channel("ride-club")).id
    await web.views_open(trigger_id=await app.new(dana, home), view=MODAL)
    [view] = await dana.views()
    await dana.click_in(view.id, "yes")
    await web.views_push(trigger_id=app.payloads["view_action"]["trigger_id"], view=MODAL)
    await web.views_update(view_id=view.id, view=MODAL)
    await web.views_publish(user_id=dana.id, view=HOME)


async def test_every_response_has_slacks_shape() -> None:
    shapes = facts("responses.json")
    async with Workspace() as workspace, WorkspaceClient(workspace.url) as client:
        workspace.install(manifest())
        web = RecordingClient(token=workspace.bot_token, base_url=workspace.api_url)
        dana = await client.as_user("dana")
        await _tour(web, workspace, dana)
        async with app_of(workspace) as app:
            await _views(web, app, dana)
        await web.auth_revoke()
    assert {name for name, _ in web.responses} == METHODS.keys()
    found = {
        difference for name, body in web.responses for difference in differences(body, shapes[name], name)
    }
    assert sorted(found - UNRECORDED) == []


async def test_every_payload_has_slacks_shape() -> None:
    shapes = facts("payloads.json")
    async with Workspace(acknowledge_within=5) as workspace, WorkspaceClient(workspace.url) as client:
        workspace.install(manifest(events=tuple(EVENT_SCOPES)))
        web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        dana = await client.as_user("dana")
        home = (await dana.channel("ride-club")).id
        async with app_of(workspace) as app:
            parent = (await web.chat_postMessage(channel=home, text="t", blocks=CARD))["ts"]
            await dana.say(home, "@echo hello", thread_ts=parent)
            await dana.click(home, parent, "yes")
            for act in (dana.submit, dana.close_view):
                await web.views_open(trigger_id=await app.new(dana, home), view=MODAL)
                [view] = await dana.views()
                await dana.click_in(view.id, "yes")
                await act(view.id)
            await web.views_publish(user_id=dana.id, view=HOME)
            await dana.open_home()
            await app.wait(*PAYLOADS)
    for kind, shape in PAYLOADS.items():
        assert set(differences(app.payloads[kind], shapes[shape], kind)) <= UNRECORDED
