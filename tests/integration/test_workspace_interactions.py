"""Commands, buttons, mentions and their answers, with Slack's own Bolt at the other end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.workspace.client import UserClient, WorkspaceClient
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
    history = await web_client(workspace).conversations_join(channel=general.id)
    history = await web_client(workspace).conversations_history(channel=general.id)
    assert "heard you" not in str(history["messages"])
