"""What admins and people do to the workspace: what the app hears of it, and what it is refused then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.errors import ControlError, InvalidManifestError
from bot.workspace.manifest import Manifest
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.people.control_admin import InviteRefusal
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import bolt_app, connected, manifest, web_client
from tests.slack_facts import differences, facts

EVENTS = ("user_change", "team_join", "subteam_updated", "subteam_members_changed")
Event = dict[str, Any]


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as workspace:
        workspace.install(manifest(events=EVENTS))
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
async def secret(web: AsyncWebClient) -> str:
    return str((await web.conversations_create(name="secret", is_private=True))["channel"]["id"])


class Ears:
    """What an app hears, in the order in which it comes."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Event] = asyncio.Queue()

    async def put(self, event: Event) -> None:
        await self._heard.put(event)

    async def next(self, kind: str) -> Event:
        """The next event, which is of this kind."""
        async with asyncio.timeout(5):
            event = await self._heard.get()
        assert event["type"] == kind
        return event

    @property
    def silent(self) -> bool:
        return self._heard.empty()


@pytest.fixture
async def ears(workspace: Workspace) -> AsyncIterator[Ears]:
    app, ears = bolt_app(workspace), Ears()

    for name in EVENTS:
        app.event(name)(ears.put)
    async with connected(workspace, app):
        yield ears


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def refused(act: Awaitable[Any]) -> str:
    with pytest.raises(ControlError) as error:
        await act
    return error.value.code


async def test_the_app_hears_what_becomes_of_people(
    client: WorkspaceClient, web: AsyncWebClient, dana: UserClient, ears: Ears
) -> None:
    await client.change_person("dana", real_name="Dana Osei-Smith", zone="America/New_York")
    event = await ears.next("user_change")
    assert event["user"]["profile"]["real_name"] == "Dana Osei-Smith"
    assert event["user"]["tz"] == "America/New_York"
    assert event["user"] == (await web.users_info(user=dana.id))["user"]
    assert event["user"]["updated"] == event["cache_ts"]
    assert differences(event["user"], facts("responses.json")["users.info"]["user"], "user") == []
    await client.change_person("dana", is_admin=True)
    assert (await ears.next("user_change"))["user"]["is_admin"] is True
    await client.change_person("dana", name="dana.o")
    assert (await ears.next("user_change"))["user"]["name"] == "dana.o"
    await client.change_person("dana.o", is_admin=True)
    await client.deactivate("lee")
    event = await ears.next("user_change")
    assert (event["user"]["name"], event["user"]["deleted"]) == ("lee", True)
    await client.reactivate("lee")
    assert (await ears.next("user_change"))["user"]["deleted"] is False
    assert (await (await client.as_user("lee")).channel("general")).is_member


async def test_the_app_hears_who_is_new(
    client: WorkspaceClient, web: AsyncWebClient, dana: UserClient, ears: Ears
) -> None:
    kim = await client.add_person("kim", "Kim Berg", zone="Europe/Amsterdam")
    event = await ears.next("team_join")
    assert event["user"] == (await web.users_info(user=kim))["user"]
    general = (await dana.channel("general")).id
    assert [one.user for one in await dana.messages(general) if one.subtype == "channel_join"] == [kim]
    guest = await client.add_person("ola", "Ola Nord", guest="multi")
    assert (await ears.next("team_join"))["user"]["is_restricted"] is True
    assert guest not in workspace_members(await web.users_list(), restricted=False)
    for name, zone, why in (
        ("kim", "Europe/London", "name_taken"),
        ("Ki m", "Europe/London", "invalid_name"),
        ("new", "Mars/Base", "invalid_timezone"),
    ):
        assert await refused(client.add_person(name, "X", zone=zone)) == why
    assert ears.silent


def workspace_members(listed: Any, *, restricted: bool) -> set[str]:
    return {one["id"] for one in listed["members"] if one.get("is_restricted") is restricted}


async def test_the_app_hears_of_a_user_groups_members(
    client: WorkspaceClient, web: AsyncWebClient, dana: UserClient, ears: Ears
) -> None:
    sam = await client.as_user("sam")
    [group] = (await web.usergroups_list(include_users=True))["usergroups"]
    before = group["date_update"]
    await client.set_group("oncall", "dana", "sam")
    event = await ears.next("subteam_updated")
    assert event["subteam"]["users"] == [dana.id, sam.id]
    assert (event["subteam"]["user_count"], event["subteam"]["handle"]) == (2, "oncall")
    shape = facts("responses.json")["usergroups.list"]["usergroups"][0]
    assert differences(event["subteam"], shape, "subteam") == []
    event = await ears.next("subteam_members_changed")
    assert (event["subteam_id"], event["added_users"]) == (group["id"], [dana.id])
    assert (event["added_users_count"], event["removed_users_count"]) == (1, 1)
    assert event["date_previous_update"] == before <= event["date_update"]
    assert (await web.usergroups_users_list(usergroup=group["id"]))["users"] == [dana.id, sam.id]
    await client.set_group("oncall", "dana", "sam")
    await client.deactivate("sam")
    assert (await ears.next("user_change"))["user"]["id"] == sam.id
    assert (await ears.next("subteam_updated"))["subteam"]["users"] == [dana.id]
    assert (await ears.next("subteam_members_changed"))["removed_users"] == [sam.id]
    assert await refused(client.set_group("nobody", "dana")) == "no_such_subteam"


async def test_an_app_hears_only_of_what_it_wants(workspace: Workspace, client: WorkspaceClient) -> None:
    workspace.install(manifest(events=("app_mention",)))
    app, ears = bolt_app(workspace), Ears()
    for name in ("app_mention", "user_change"):
        app.event(name)(ears.put)
    async with connected(workspace, app):
        await client.change_person("dana", title="CTO")
        dana = await client.as_user("dana")
        await dana.say((await dana.channel("ride-club")).id, "@echo hello")
        assert "hello" in (await ears.next("app_mention"))["text"]


@pytest.mark.parametrize("event", EVENTS)
def test_an_app_needs_a_scope_to_hear_of_people(event: str) -> None:
    with pytest.raises(InvalidManifestError, match=f"the event {event} needs a bot scope: user"):
        Manifest.read(manifest(scopes=("commands",), events=(event,)))


@pytest.mark.parametrize("how", ["cant_invite", "user_is_restricted", "ura_max_channels"])
async def test_somebody_who_cannot_be_invited(
    how: InviteRefusal, client: WorkspaceClient, web: AsyncWebClient, dana: UserClient, secret: str
) -> None:
    sam = await client.as_user("sam")
    await client.change_person("sam", invite_refusal=how)
    assert await code(web.conversations_invite(channel=secret, users=[dana.id, sam.id])) == how
    assert dana.id not in (await web.conversations_members(channel=secret))["members"], "all or none"
    answer = await web.conversations_invite(channel=secret, users=[dana.id, sam.id], force=True)
    assert [one["error"] for one in answer["errors"]] == [how]
    await client.change_person("sam", invite_refusal="none")
    await web.conversations_invite(channel=secret, users=[sam.id])


async def test_somebody_who_left_keeps_nobody_out(
    client: WorkspaceClient, web: AsyncWebClient, dana: UserClient, secret: str
) -> None:
    sam = await client.as_user("sam")
    await client.deactivate("sam")
    assert await code(web.conversations_invite(channel=secret, users=[sam.id, dana.id])) == "cant_invite"
    assert dana.id in (await web.conversations_members(channel=secret))["members"]


async def test_a_guest_of_one_channel_is_in_no_second(
    client: WorkspaceClient, web: AsyncWebClient, secret: str
) -> None:
    guest = await client.add_person("ola", "Ola Nord", guest="single")
    user = (await web.users_info(user=guest))["user"]
    assert (user["is_restricted"], user["is_ultra_restricted"]) == (True, True)
    await web.conversations_invite(channel=secret, users=[guest])
    other = (await web.conversations_create(name="other", is_private=True))["channel"]["id"]
    assert await code(web.conversations_invite(channel=other, users=[guest])) == "ura_max_channels"
    await client.change_person("ola", guest="multi")
    await web.conversations_invite(channel=other, users=[guest])


async def test_a_workspace_whose_preferences_keep_things_from_apps(
    client: WorkspaceClient, web: AsyncWebClient, secret: str
) -> None:
    await client.restrict("conversations.archive", "conversations.create", "chat.postMessage", "pins.add")
    for call in (
        web.conversations_archive(channel=secret),
        web.conversations_create(name="more", is_private=True),
        web.chat_postMessage(channel=secret, text="t"),
        web.pins_add(channel=secret, timestamp="1.2"),
    ):
        assert await code(call) == "restricted_action"
    assert await refused(client.restrict("chat.update")) == "invalid_arguments"
    await client.restrict()
    await web.conversations_archive(channel=secret)


async def test_a_channel_is_archived_by_hand(web: AsyncWebClient, dana: UserClient, secret: str) -> None:
    assert await refused(dana.archive(secret)) == "channel_not_found"
    await web.conversations_invite(channel=secret, users=dana.id)
    await dana.archive(secret)
    assert (await dana.messages(secret))[-1].subtype == "channel_archive"
    assert await code(web.chat_postMessage(channel=secret, text="t")) == "is_archived"
    assert await code(web.conversations_archive(channel=secret)) == "already_archived"
    assert await refused(dana.archive(secret)) == "already_archived"
    await dana.unarchive(secret)
    await web.chat_postMessage(channel=secret, text="t")
    assert await refused(dana.archive((await dana.channel("general")).id)) == "cant_archive_general"


async def test_the_bot_is_taken_out_of_a_channel(web: AsyncWebClient, dana: UserClient, secret: str) -> None:
    await web.conversations_invite(channel=secret, users=dana.id)
    await dana.remove(secret, "echo")
    assert await code(web.chat_postMessage(channel=secret, text="t")) == "channel_not_found"
    home = (await dana.channel("ride-club")).id
    await dana.remove(home, "echo")
    assert await code(web.chat_postMessage(channel=home, text="t")) == "not_in_channel"
    assert await refused(dana.remove(home, "echo")) == "not_in_channel"
    await dana.remove(secret, "dana")
    assert secret not in [one.id for one in await dana.conversations()]
