"""Request URLs: signed requests to an app's server, with Slack's own Bolt or a bare one at the other end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.workspace.errors import ControlError
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import http_manifest, serving, web_client

BUTTON = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD = [{"type": "actions", "block_id": "card", "elements": [BUTTON]}]
PLAIN = {"type": "plain_text", "text": "t"}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": PLAIN,
    "submit": PLAIN,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": PLAIN,
            "element": {"type": "plain_text_input", "action_id": "it"},
        }
    ],
}
Answer = Callable[["Request"], web.Response]


class Request:
    """What came to the app, once its signature was found to be right."""

    def __init__(self, workspace: Workspace, headers: dict[str, str], body: str) -> None:
        registration = workspace.parts.registration
        assert registration is not None
        assert SignatureVerifier(registration.signing_secret).is_valid_request(body, headers)
        self.headers = headers
        if headers["Content-Type"] == "application/json":
            self.payload: dict[str, Any] = json.loads(body)
            return
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        form = {name: value for name, [value] in parse_qs(body, keep_blank_values=True).items()}
        self.payload = json.loads(form["payload"]) if "payload" in form else form


class BareApp:
    """An app's server that answers as a test says, and the challenge as Slack wants it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.answer: Answer = lambda request: web.Response()
        self.challenges = 0
        self.came: asyncio.Queue[Request] = asyncio.Queue()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        came = Request(self._workspace, dict(request.headers), await request.text())
        if came.payload.get("type") == "url_verification":
            self.challenges += 1
            return web.Response(text=came.payload["challenge"])
        self.came.put_nowait(came)
        return self.answer(came)

    async def next(self) -> Request:
        async with asyncio.timeout(10):
            return await self.came.get()


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(acknowledge_within=0.5, retry_events_after=(0.0, 0.0, 0.0)) as workspace:
        yield workspace


@pytest.fixture
async def dana(workspace: Workspace) -> AsyncIterator[UserClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield await client.as_user("dana")


@pytest.fixture
async def bare(workspace: Workspace) -> AsyncIterator[BareApp]:
    app = BareApp(workspace)
    async with serving(app.handle) as url:
        workspace.install(http_manifest(url))
        yield app


@pytest.fixture
async def bolt(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """Bolt as it serves HTTP, with its own check of signatures."""
    apps: list[AsyncApp] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await apps[0].async_dispatch(await to_bolt_request(request)))

    async with serving(handle) as url:
        installed = workspace.install(http_manifest(url))
        app = AsyncApp(client=web_client(workspace), signing_secret=installed.registration.signing_secret)
        apps.append(app)
        yield app


async def test_commands_and_their_answers(bolt: AsyncApp, dana: UserClient) -> None:
    got: dict[str, Any] = {}

    @bolt.command("/raw")
    async def plain(ack: Any, command: dict[str, Any]) -> None:
        got.update(command)
        await ack("heard you")

    @bolt.command("/escaped")
    async def blocks(ack: Any) -> None:
        await ack(text="a card", blocks=CARD, response_type="in_channel")

    home = (await dana.channel("ride-club")).id
    await dana.command(home, "/raw", "a=b&c ünï")
    assert (got["text"], got["user_id"], got["channel_name"]) == ("a=b&amp;c ünï", dana.id, "ride-club")
    await dana.wait_for(home, lambda one: one.ephemeral and one.text == "heard you", 5)
    await dana.command(home, "/escaped")
    await dana.wait_for(home, lambda one: not one.ephemeral and "yes" in one.buttons, 5)


async def test_clicks_and_forms(bolt: AsyncApp, workspace: Workspace, dana: UserClient) -> None:
    @bolt.action("yes")
    async def clicked(ack: Any, body: dict[str, Any], client: Any, respond: Any) -> None:
        await ack()
        await respond("clicked", replace_original=False)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @bolt.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        given = view["state"]["values"]["name"]["it"]["value"]
        if given == "old":
            await ack(response_action="errors", errors={"name": "Taken."})
        else:
            await ack()

    home = (await dana.channel("ride-club")).id
    ts = (await web_client(workspace).chat_postMessage(channel=home, text="t", blocks=CARD))["ts"]
    await dana.click(home, ts, "yes")
    await dana.wait_for(home, lambda one: one.text == "clicked", 5)
    form = await dana.wait_for_view(lambda one: one.callback_id == "form", 5)
    assert (await dana.submit(form.id, {"name": {"it": {"value": "old"}}})).errors == {"name": "Taken."}
    assert (await dana.submit(form.id, {"name": {"it": {"value": "new"}}})).closed


async def test_events(bolt: AsyncApp, dana: UserClient) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bolt.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.put_nowait(event)

    home = (await dana.channel("ride-club")).id
    await dana.say(home, "@echo hello")
    async with asyncio.timeout(5):
        assert "hello" in (await heard.get())["text"]


async def test_a_form_is_answered_with_nothing_or_an_action(
    bare: BareApp, workspace: Workspace, dana: UserClient
) -> None:
    """Anything else is an error to the person: https://docs.slack.dev/surfaces/modals#handling_submissions."""
    home = (await dana.channel("ride-club")).id
    await dana.command(home, "/raw")
    trigger = (await bare.next()).payload["trigger_id"]
    await web_client(workspace).views_open(trigger_id=trigger, view=FORM)
    [view] = await dana.views()
    for text, code in (("saved", "invalid_response"), ("{", "dispatch_failed"), ("[]", "dispatch_failed")):
        kind = "text/plain" if text == "saved" else "application/json"
        bare.answer = lambda _, text=text, kind=kind: web.Response(  # type: ignore[misc]
            text=text, content_type=kind
        )
        with pytest.raises(ControlError) as refused:
            await dana.submit(view.id, {"name": {"it": {"value": "x"}}})
        assert refused.value.code == code
    assert len(await dana.views()) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(404, "http_client_error"), (500, "dispatch_failed"), (503, "dispatch_failed")]
)
async def test_a_refused_command_is_said(bare: BareApp, dana: UserClient, status: int, code: str) -> None:
    bare.answer = lambda _: web.Response(status=status)
    home = (await dana.channel("ride-club")).id
    with pytest.raises(ControlError) as refused:
        await dana.command(home, "/raw")
    assert refused.value.code == code
    await dana.wait_for(home, lambda one: f'/raw failed with the error "{code}"' in one.text, 5)


async def test_a_command_is_not_sent_elsewhere(bare: BareApp, dana: UserClient) -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        return web.Response()

    home = (await dana.channel("ride-club")).id
    async with serving(elsewhere) as url:
        bare.answer = lambda _: web.Response(status=307, headers={"Location": url})
        with pytest.raises(ControlError, match="dispatch_failed"):
            await dana.command(home, "/raw")


async def test_an_app_that_is_not_there(workspace: Workspace, dana: UserClient) -> None:
    async def never(request: web.Request) -> web.StreamResponse:
        raise AssertionError

    async with serving(never) as url:
        workspace.install(http_manifest(url))
    general = (await dana.channel("general")).id
    with pytest.raises(ControlError, match="dispatch_failed"):
        await dana.command(general, "/raw")


async def test_an_app_that_takes_too_long(workspace: Workspace, dana: UserClient) -> None:
    gone = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await gone.wait()
        return web.Response()

    general = (await dana.channel("general")).id
    async with serving(slow) as url:
        workspace.install(http_manifest(url))
        with pytest.raises(ControlError, match="operation_timeout"):
            await dana.command(general, "/raw")
        gone.set()


async def test_an_event_that_is_refused_comes_again(bare: BareApp, dana: UserClient) -> None:
    bare.answer = lambda _: web.Response(status=500)
    home = (await dana.channel("ride-club")).id
    await dana.say(home, "@echo hello")
    requests = [await bare.next() for _ in range(4)]
    assert {one.payload["event_id"] for one in requests} == {requests[0].payload["event_id"]}
    retries = [
        (one.headers.get("X-Slack-Retry-Num"), one.headers.get("X-Slack-Retry-Reason")) for one in requests
    ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    bare.answer = lambda _: web.Response()
    await dana.say(home, "@echo bye")
    assert "bye" in (await bare.next()).payload["event"]["text"], "there was no fifth request"
    assert bare.challenges == 1


async def test_an_event_that_takes_too_long_comes_again(workspace: Workspace, dana: UserClient) -> None:
    gone, heard = asyncio.Event(), asyncio.Queue[web.Request]()

    async def slow(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body["type"] == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        heard.put_nowait(request)
        await gone.wait()
        return web.Response()

    home = (await dana.channel("ride-club")).id
    async with serving(slow) as url:
        workspace.install(http_manifest(url))
        await dana.say(home, "@echo hello")
        async with asyncio.timeout(10):
            await heard.get()
            assert (await heard.get()).headers["X-Slack-Retry-Reason"] == "http_timeout"
        gone.set()


async def test_an_app_that_wants_no_retry_gets_none(bare: BareApp, dana: UserClient) -> None:
    bare.answer = lambda _: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    home = (await dana.channel("ride-club")).id
    for word in ("hello", "bye"):
        await dana.say(home, f"@echo {word}")
        assert word in (await bare.next()).payload["event"]["text"]


async def test_no_event_before_the_challenge_is_answered(workspace: Workspace, dana: UserClient) -> None:
    challenges: asyncio.Queue[str] = asyncio.Queue()

    async def deaf(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        challenges.put_nowait(body["type"])
        return web.Response(text="what?")

    home = (await dana.channel("ride-club")).id
    async with serving(deaf) as url:
        workspace.install(http_manifest(url))
        await dana.say(home, "@echo hello")
        async with asyncio.timeout(10):
            assert {await challenges.get() for _ in range(4)} == {"url_verification"}


async def test_the_signature_is_of_the_bytes_that_come(bare: BareApp, dana: UserClient) -> None:
    """BareApp refuses any other: a changed body, and a secret of somebody else's, are none."""
    home = (await dana.channel("ride-club")).id
    await dana.command(home, "/raw", "naïve 100% +1 &c")
    request = await bare.next()
    assert request.payload["text"] == "naïve 100% +1 &amp;c"
    with pytest.raises(AssertionError):
        Request(bare._workspace, request.headers, json.dumps(request.payload))


async def test_the_app_is_told_as_slack_tells(bare: BareApp, dana: UserClient) -> None:
    home = (await dana.channel("ride-club")).id
    await dana.command(home, "/raw", "x")
    request = await bare.next()
    assert request.headers["User-Agent"].startswith("Slackbot 1.0")
    async with aiohttp.ClientSession() as session:
        answer = {"text": "later", "response_type": "ephemeral"}
        async with session.post(request.payload["response_url"], json=answer) as response:
            assert response.status == 200
    await dana.wait_for(home, lambda one: one.text == "later", 5)
