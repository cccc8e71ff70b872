"""Modals, menus and the app's Home, with Slack's own Bolt at the other end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.client import UserClient, WorkspaceClient
from bot.workspace.errors import ControlError
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import bolt_app, connected, manifest, web_client

SOON = 5.0


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.upper()), "value": value}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def text_field(block_id: str = "name", **more: Any) -> dict[str, Any]:
    return field(block_id, {"type": "plain_text_input", "action_id": "it", **more})


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    shown = list(blocks) or [text_field()]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": shown,
        **more,
    }


def home(text: str, *blocks: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": [{"type": "section", "text": plain(text)}, *blocks]}


BUTTON = {"type": "button", "action_id": "go", "value": "1", "text": plain("Go")}
MENU = {"type": "static_select", "action_id": "level", "options": [option("l1"), option("l2")]}
TEXT = {"name": {"it": {"value": "Friday"}}}


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(ControlError) as refused:
        await call
    return refused.value.code


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(acknowledge_within=1.0, retry_events_after=(0.0,)) as workspace:
        workspace.install(manifest(events=("app_home_opened",)))
        yield workspace


@pytest.fixture
async def web(workspace: Workspace) -> AsyncWebClient:
    return web_client(workspace)


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


class Opener:
    """An app whose command /raw opens a view, and which keeps what it hears."""

    def __init__(self, workspace: Workspace, dana: UserClient) -> None:
        self.app: AsyncApp = bolt_app(workspace)
        self.dana = dana
        self.view: dict[str, Any] = modal()
        self.triggers: list[str] = []
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}

        @self.app.command("/raw")
        async def command(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            self.triggers.append(body["trigger_id"])
            if self.view:
                await client.views_open(trigger_id=body["trigger_id"], view=self.view)

        @self.app.view("form")
        async def submitted(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack(**self.answer)

        @self.app.action({"type": "block_actions"})
        async def acted(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack()

        @self.app.action("go")
        async def go(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack()

        @self.app.action("level")
        async def level(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack()

    async def open(self, view: dict[str, Any]) -> Any:
        """Have Dana open a view; gives it as she sees it."""
        self.view = view
        general = await self.dana.channel("general")
        await self.dana.command(general.id, "/raw")
        return await self.dana.wait_for_view(lambda one: True, SOON)

    async def trigger(self) -> str:
        """A fresh trigger id of Dana's."""
        self.view = {}
        general = await self.dana.channel("general")
        await self.dana.command(general.id, "/raw")
        return self.triggers[-1]


@pytest.fixture
async def opener(workspace: Workspace, dana: UserClient) -> AsyncIterator[Opener]:
    opener = Opener(workspace, dana)
    async with connected(workspace, opener.app):
        yield opener


async def test_a_form_from_command_to_submission(opener: Opener, dana: UserClient, sam: UserClient) -> None:
    view = await opener.open(modal(text_field(), private_metadata="m"))
    assert view.callback_id == "form"
    assert view.values == {"name": {"it": {"type": "plain_text_input", "value": None}}}
    assert await sam.views() == []
    done = await dana.submit(view.id, TEXT)
    assert (done.closed, done.errors) == (True, {})
    [body] = opener.heard
    assert body["type"] == "view_submission"
    assert body["user"]["id"] == dana.id
    assert body["view"]["private_metadata"] == "m"
    assert body["view"]["state"]["values"] == {
        "name": {"it": {"type": "plain_text_input", "value": "Friday"}}
    }
    assert await dana.views() == []
    assert await refusal(dana.submit(view.id, TEXT)) == "view_not_found"


async def test_the_home(opener: Opener, web: AsyncWebClient, dana: UserClient, sam: UserClient) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @opener.app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        heard.put_nowait(event)

    async with asyncio.timeout(SOON):
        await dana.open_home()
        event = await heard.get()
        assert (event["tab"], event["user"], "view" in event) == ("home", dana.id, False)
        actions = {"type": "actions", "block_id": "acts", "elements": [BUTTON, MENU]}
        published = (await web.views_publish(user_id=dana.id, view=home("Hello", actions)))["view"]
        await dana.open_home()
        assert (await heard.get())["view"]["id"] == published["id"]
    shown = await dana.wait_for_home(lambda one: "Hello" in one.words, SOON)
    assert shown.buttons == ("go",)
    assert await sam.home() is None
    await dana.click_in(shown.id, "go")
    await dana.click_in(shown.id, "level", value="l2")
    click, pick = opener.heard
    assert click["container"] == {"type": "view", "view_id": shown.id}
    assert "channel" not in click
    assert "response_url" not in click
    assert pick["actions"][0]["selected_option"] == option("l2")
    assert pick["view"]["state"]["values"]["acts"]["level"]["selected_option"] == option("l2")
    again = (await web.views_publish(user_id=dana.id, view=home("Bye"), hash=published["hash"]))["view"]
    assert again["id"] == published["id"]
    assert await code(web.views_publish(user_id=dana.id, view=home("x"), hash="1.2")) == "hash_conflict"
