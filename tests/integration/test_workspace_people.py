"""People who left, people elsewhere, and pictures: what the Web API says of them."""

import struct
import zlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

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
async def web(workspace: Workspace) -> AsyncWebClient:
    return web_client(workspace)


@pytest.fixture
async def client(workspace: Workspace) -> AsyncIterator[WorkspaceClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield client


@pytest.fixture
async def dana(client: WorkspaceClient) -> UserClient:
    return await client.as_user("dana")


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_somebody_who_left(web: AsyncWebClient, client: WorkspaceClient, dana: UserClient) -> None:
    sam = await client.as_user("sam")
    general = await dana.channel("general")
    said = await sam.say(general.id, "goodbye")
    await client.deactivate("sam")
    user = (await web.users_info(user=sam.id))["user"]
    assert (user["deleted"], user["name"], user["profile"]["real_name"]) == (True, "sam", "Sam Ruiz")
    assert "tz" not in user
    assert "is_admin" not in user
    [shown] = [one for one in (await client.info()).users if one.id == sam.id]
    assert shown.deleted
    await web.conversations_join(channel=general.id)
    assert sam.id not in (await web.conversations_members(channel=general.id))["members"]
    [group] = (await web.usergroups_list(include_users=True))["usergroups"]
    assert sam.id not in group["users"]
    assert await code(web.conversations_invite(channel=general.id, users=sam.id)) == "cant_invite"
    assert await code(web.conversations_open(users=sam.id)) == "user_disabled"
    assert await code(web.chat_postMessage(channel=sam.id, text="x")) == "channel_not_found"
    posted = web.chat_postEphemeral(channel=general.id, user=sam.id, text="x")
    assert await code(posted) == "user_not_in_channel"
    assert said in [one.ts for one in await dana.messages(general.id)], "what they said stays"
    with pytest.raises(ControlError) as refused:
        await sam.say(general.id, "I am back")
    assert refused.value.code == "account_inactive"


async def test_nobody_deactivates_an_app(client: WorkspaceClient) -> None:
    for name in ("echo", "slackbot"):
        with pytest.raises(ControlError) as refused:
            await client.deactivate(name)
        assert refused.value.code == "cannot_deactivate"


async def test_people_live_in_different_places(web: AsyncWebClient, client: WorkspaceClient) -> None:
    ravi = await client.as_user("ravi")
    user = (await web.users_info(user=ravi.id))["user"]
    assert (user["tz"], user["tz_label"], user["tz_offset"]) == (
        "Asia/Kolkata",
        "India Standard Time",
        19_800,
    )
    members = (await web.users_list())["members"]
    assert len({one["tz"] for one in members if not one["is_bot"]}) >= 5


def picture(width: int, height: int) -> bytes:
    """A whole PNG of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress((b"\0" + b"\x20\x60\xa0" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_a_picture_keeps_its_words_and_size(web: AsyncWebClient, dana: UserClient) -> None:
    home = (await dana.channel("ride-club")).id
    content = picture(120, 70)
    uploaded = await web.files_upload_v2(
        channel=home, filename="ride.png", title="The ride", file=content, alt_txt="Writes fell to none."
    )
    file = uploaded["files"][0]
    assert (file["mimetype"], file["filetype"]) == ("image/png", "png")
    assert (file["original_w"], file["original_h"]) == (120, 70)
    assert file["alt_txt"] == "Writes fell to none."
    [message] = [one for one in await dana.messages(home) if one.files]
    [shown] = message.files
    assert (shown.is_image, shown.width, shown.height) == (True, 120, 70)
    assert (shown.alt_text, shown.title, shown.preview) == ("Writes fell to none.", "The ride", None)
    assert await dana.file(shown.id) == content


async def test_what_only_has_a_pictures_name(web: AsyncWebClient, dana: UserClient) -> None:
    home = (await dana.channel("ride-club")).id
    await web.files_upload_v2(channel=home, filename="ride.png", title="t", file=b"no picture")
    [message] = [one for one in await dana.messages(home) if one.files]
    assert (message.files[0].is_image, message.files[0].width) == (False, None)


async def test_words_that_are_too_long(web: AsyncWebClient) -> None:
    begun = web.files_getUploadURLExternal(filename="a.png", length=5, alt_txt="x" * 1001)
    assert await code(begun) == "alt_txt_too_large"


async def test_a_hundred_people_are_invited_in_one_call_and_no_more() -> None:
    async with Workspace(crowd=100) as workspace:
        workspace.install(manifest())
        web = web_client(workspace)
        channel = (await web.conversations_create(name="day", is_private=True))["channel"]["id"]
        crowd = [user.id for user in workspace.state.users.values() if user.name.startswith("p")]
        dana = next(user.id for user in workspace.state.users.values() if user.name == "dana")
        assert (
            await code(web.conversations_invite(channel=channel, users=[*crowd, dana])) == "invalid_arguments"
        )
        await web.conversations_invite(channel=channel, users=crowd)
        assert workspace.state.conversations[channel].members[1:] == crowd, "in the order of the call"
