"""The proxy that tests put between the bot and Slack: what it passes on, counts and spoils."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests import slack_mishaps
from tests.integration.workspace_fixtures import manifest
from tests.slack_mishaps import Mishap
from tests.slack_proxy import SlackProxy, When

POST = "chat.postMessage"


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(rate_limits=True) as workspace:
        workspace.install(manifest())
        yield workspace


@pytest.fixture
async def proxy(workspace: Workspace) -> AsyncIterator[SlackProxy]:
    async with SlackProxy() as proxy:
        proxy.leads_to(workspace)
        yield proxy


@pytest.fixture
async def dana(workspace: Workspace) -> AsyncIterator[UserClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield await client.as_user("dana")


@pytest.fixture
async def home(dana: UserClient) -> str:
    return (await dana.channel("ride-club")).id


@pytest.fixture
async def web(workspace: Workspace, proxy: SlackProxy) -> AsyncWebClient:
    """Slack's own client, through the proxy, that tries nothing again."""
    return AsyncWebClient(token=workspace.bot_token, base_url=proxy.api_url, timeout=2, retry_handlers=[])


async def said(dana: UserClient, home: str) -> list[str]:
    return [message.text for message in await dana.messages(home) if message.is_bot and not message.subtype]


async def test_calls_go_through_as_they_are(
    web: AsyncWebClient, proxy: SlackProxy, workspace: Workspace, dana: UserClient, home: str
) -> None:
    answer = await web.chat_postMessage(
        channel=home, text="héllo & *bye*", metadata={"event_type": "a", "event_payload": {"x": 1}}
    )
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]
    await web.files_upload_v2(channel=home, filename="a.txt", content="rows")
    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel="C0NONE", text="x")
    assert refused.value.response["error"] == "channel_not_found"
    assert (await said(dana, home))[0] == "héllo & *bye*"
    assert proxy.counts() == {
        POST: 2, "files.getUploadURLExternal": 1, "files.completeUploadExternal": 1,
    }  # fmt: skip
    posts = [call for call in proxy.calls if call.method == POST]
    assert [call.error for call in posts] == [None, "channel_not_found"]
    assert posts[0].arguments["channel"] == home
    assert 0 <= posts[0].at <= posts[1].at


async def test_it_tells_how_often_slack_said_too_many(
    web: AsyncWebClient, proxy: SlackProxy, home: str
) -> None:
    for _ in range(4):
        await web.chat_postMessage(channel=home, text="t")
    with pytest.raises(SlackApiError):
        await web.chat_postMessage(channel=home, text="t")
    proxy.spoil("team.info", slack_mishaps.RATE_LIMITED)
    with pytest.raises(SlackApiError):
        await web.team_info()
    assert proxy.refusals() == {POST: 1}
    assert proxy.calls[-2].retry_after == "4"
    assert proxy.calls[-1].retry_after == "1"
    assert proxy.busiest_minute(POST) == 5


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("mishap", [*slack_mishaps.QUICK, slack_mishaps.slow(30)], ids=str)
async def test_one_answer_is_spoiled(
    mishap: Mishap, when: When, web: AsyncWebClient, proxy: SlackProxy, dana: UserClient, home: str
) -> None:
    plan = proxy.spoil(POST, mishap, nth=2, when=when)
    web.timeout = 1
    await web.chat_postMessage(channel=home, text="first")
    if mishap is slack_mishaps.FIELD_MISSING:
        assert (await web.chat_postMessage(channel=home, text="second")).data == {"ok": True}
    else:
        with pytest.raises((SlackApiError, aiohttp.ClientError, TimeoutError, ValueError)):
            await web.chat_postMessage(channel=home, text="second")
    await web.chat_postMessage(channel=home, text="third")
    assert await said(dana, home) == ["first", *(["second"] if when is When.AFTER else []), "third"]
    assert plan.done == 1


async def test_which_calls_are_spoiled(web: AsyncWebClient, proxy: SlackProxy, home: str) -> None:
    late = proxy.spoil(POST, slack_mishaps.UNKNOWN_CODE, times=None, fits=lambda given: given["text"] == "no")
    for text, code in (("yes", None), ("no", "flux_capacitor_error"), ("no", "flux_capacitor_error")):
        if code is None:
            await web.chat_postMessage(channel=home, text=text)
        else:
            with pytest.raises(SlackApiError) as refused:
                await web.chat_postMessage(channel=home, text=text)
            assert refused.value.response["error"] == code
    assert late.done == 2
    proxy.heal()
    await web.chat_postMessage(channel=home, text="no")
    assert (await proxy.wait_for(lambda call: call.spoiled is not None, 1)).arguments["text"] == "no"


@pytest.mark.parametrize(
    ("mishap", "error"),
    [
        (slack_mishaps.RESET, aiohttp.ClientOSError),
        (slack_mishaps.CUT_BODY, aiohttp.ClientPayloadError),
        (slack_mishaps.slow(30), TimeoutError),
    ],
    ids=str,
)
async def test_a_connection_fails_as_it_is_said(
    mishap: Mishap, error: type[Exception], web: AsyncWebClient, proxy: SlackProxy, home: str
) -> None:
    proxy.spoil(POST, mishap, when=When.AFTER)
    web.timeout = 1
    with pytest.raises(error):
        await web.chat_postMessage(channel=home, text="t")
