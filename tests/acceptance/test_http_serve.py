"""`ride serve --http` as a program: alone, as one of two, without its settings, and without its key."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from signal import SIGTERM

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot.slack.manifest import manifest
from bot.slack.settings import HttpSettings, SlackSettings
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from bot.workspace.slack import Slack
from tests.acceptance.http_balancer import Balancer, balancing
from tests.acceptance.http_stage import free_port
from tests.acceptance.ride_program import PATIENCE, Launcher, Place, Program
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride
from tests.integration.storage_fixtures import Server

READY = "Ride is ready"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@dataclass(kw_only=True)
class Bots:
    """Programs behind one public address, and a workspace."""

    launch: Launcher
    balancer: Balancer
    client: WorkspaceClient
    dana: UserClient
    settings: dict[str, str]
    secrets: list[str] = field(default_factory=list)

    async def start(self, **settings: str) -> Program:
        """Another program, behind the balancer as well."""
        port = free_port()
        self.balancer.behind.append(f"http://127.0.0.1:{port}")
        own = {"RIDE_HTTP_ADDRESS": f"127.0.0.1:{port}", "RIDE_LOG_LEVEL": "DEBUG", **settings}
        return await self.launch("serve", "--http", settings={**self.settings, **own})

    async def install(self) -> None:
        page = await self.client.install(f"{self.balancer.url}/slack/install", "lee")
        assert "Ride is now in Harbor" in page.text

    async def ends(self, program: Program) -> None:
        assert await program.stopped_by(SIGTERM) == 0
        assert "Traceback" not in program.said, program.said
        assert "InstallationStore" not in program.said, "Bolt keeps no tokens in files"
        for secret in self.secrets:
            assert secret not in program.said


@pytest.fixture
async def bots(ride: Launcher) -> AsyncIterator[Bots]:
    async with AsyncExitStack() as stack:
        workspace = Workspace()
        slack = await stack.enter_async_context(Slack([workspace]))
        balancer = await stack.enter_async_context(balancing())
        app = slack.register(manifest(SlackSettings(), HttpSettings(public_url=balancer.url)))
        client = await stack.enter_async_context(WorkspaceClient(workspace.url))
        settings = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_CLIENT_ID": app.client_id,
            "SLACK_CLIENT_SECRET": app.client_secret,
            "SLACK_SIGNING_SECRET": app.signing_secret,
            "RIDE_PUBLIC_URL": balancer.url,
            "RIDE_TOKEN_KEYS": OLD,
        }
        yield Bots(
            launch=ride,
            balancer=balancer,
            client=client,
            dana=await client.as_user("dana"),
            settings=settings,
            secrets=[app.client_secret, app.signing_secret, OLD, "xoxb-"],
        )


async def solve(person: UserClient, channel: str) -> None:
    await person.command(channel, "/sql", BLOCKER)
    await person.wait_for(channel, lambda m: m.is_bot and "Postmortem" in m.text, PATIENCE)


async def test_the_leader_of_two_is_killed_in_the_middle_of_a_ride(
    bots: Bots, place: Place, storage_server: Server
) -> None:
    url = storage_server.new_database()
    leader = await bots.start(RIDE_DATABASE_URL=url)
    await leader.says(READY)
    standby = await bots.start(RIDE_DATABASE_URL=url)
    await standby.says("stands by")
    async with aiohttp.ClientSession() as session:
        for path in ("install", "oauth_redirect"):
            async with session.get(f"{bots.balancer.behind[1]}/slack/{path}") as answer:
                assert answer.status == 503
        async with session.post(f"{bots.balancer.behind[1]}/slack/events") as answer:
            assert answer.status == 503
    await bots.install()
    channel = await start_ride(bots.dana)
    await paged(bots.dana, channel)
    await leader.kill()
    await standby.says(READY)
    await solve(bots.dana, channel)
    await standby.says("sandbox removed")
    await bots.ends(standby)
    assert place.leftovers() == []


async def test_it_is_removed_while_nobody_is_there_to_hear(bots: Bots, place: Place) -> None:
    first = await bots.start()
    await first.says(READY)
    await bots.install()
    channel = await start_ride(bots.dana)
    await paged(bots.dana, channel)
    await bots.ends(first)
    assert list(place.sandboxes.iterdir()) != []
    bots.balancer.behind.clear()
    await bots.client.uninstall()
    before = [message.ts for message in await bots.dana.messages(channel)]
    second = await bots.start()
    await second.says("sandbox removed")
    await second.says(READY)
    assert list(place.sandboxes.iterdir()) == []
    assert [message.ts for message in await bots.dana.messages(channel)] == before
    await bots.install()
    assert await start_ride(bots.dana) != channel
    await bots.ends(second)


async def test_keys_are_renewed_and_lost(bots: Bots) -> None:
    first = await bots.start()
    await first.says(READY)
    await bots.install()
    await bots.ends(first)

    code, refused = await bots.launch.run(
        "serve", "--http", settings={**bots.settings, "RIDE_TOKEN_KEYS": NEW}
    )
    assert code == 2
    assert "No key in RIDE_TOKEN_KEYS can read the tokens of Harbor" in refused.said
    code, done = await bots.launch.run(
        "tokens", "rotate", settings={**bots.settings, "RIDE_TOKEN_KEYS": f"{NEW},{OLD}"}
    )
    assert (code, done.out) == (0, "tokens encrypted again: 1\n")
    bots.settings["RIDE_TOKEN_KEYS"] = NEW
    second = await bots.start()
    await second.says(READY)
    await start_ride(bots.dana)
    await bots.ends(second)

    bots.settings["RIDE_TOKEN_KEYS"] = OLD
    _, left = await bots.launch.run("tokens", "rotate", settings=bots.settings)
    assert left.out == "tokens encrypted again: 0; no key can read those of Harbor\n"
    code, done = await bots.launch.run("tokens", "forget", settings=bots.settings)
    assert (code, done.out) == (0, "tokens deleted: Harbor\n")
    third = await bots.start()
    await third.says(READY)
    await bots.install()
    await bots.ends(third)


async def test_what_is_missing_is_said(ride: Launcher) -> None:
    given = {
        "RIDE_PUBLIC_URL": "https://ride.example.com",
        "SLACK_CLIENT_ID": "1.1",
        "SLACK_CLIENT_SECRET": "s",
    }
    code, refused = await ride.run("serve", "--http", settings=given)
    assert code == 2
    assert "SLACK_SIGNING_SECRET is not set" in refused.said
    assert "docs/http.md" in refused.said
    whole = {**given, "SLACK_SIGNING_SECRET": "0123456789abcdef"}
    for more, said in (
        ({}, "RIDE_TOKEN_KEYS is not set"),
        ({"SLACK_SIGNING_SECRET": '" "'}, "SLACK_SIGNING_SECRET is too short"),
        ({"RIDE_TOKEN_KEYS": "short"}, "RIDE_TOKEN_KEYS has a key that is none"),
        ({"RIDE_TOKEN_KEYS": OLD, "RIDE_ADMINS": "U012AB3CD"}, "T0G9QF9C6:U012AB3CD"),
        ({"RIDE_PUBLIC_URL": "http://ride.example.com"}, "is not an address such as https://"),
    ):
        code, refused = await ride.run("serve", "--http", settings={**whole, **more})
        assert code == 2
        assert said in refused.said
        assert "Traceback" not in refused.said


async def test_the_manifest(ride: Launcher) -> None:
    code, refused = await ride.run("manifest", "--http")
    assert (code, "RIDE_PUBLIC_URL is not set" in refused.said) == (2, True)
    settings = {"RIDE_PUBLIC_URL": "https://ride.example.com/"}
    code, printed = await ride.run("manifest", "--http", settings=settings)
    assert code == 0
    told = json.loads(printed.out)
    assert told["settings"]["interactivity"]["request_url"] == "https://ride.example.com/slack/events"
    assert told["settings"]["socket_mode_enabled"] is False


async def test_a_new_key_is_one(ride: Launcher) -> None:
    code, printed = await ride.run("tokens", "new-key")
    assert code == 0
    Fernet(printed.out.strip())
