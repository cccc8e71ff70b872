"""Ride over HTTP in two workspaces whose people and channels have the same ids."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.base.config import Settings
from bot.program.app import Program, running
from bot.program.slack_mode import installation_settings, listening, manifest_addresses
from bot.slack.manifest import manifest
from bot.slack.settings import HttpSettings
from bot.workspace.people.client import Page, UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from bot.workspace.slack import Slack
from tests.acceptance.ride_fixtures import PATIENCE, Incident

HOME = "ride-club"


@dataclass(frozen=True, kw_only=True)
class Town:
    """A workspace, as its people see it."""

    workspace: Workspace
    client: WorkspaceClient
    dana: UserClient
    sam: UserClient

    @property
    def id(self) -> str:
        return self.workspace.state.team.id

    async def start(self, person: UserClient, text: str = "start alter-table-locks") -> Incident:
        """Type the start command and wait for the page."""
        home = (await person.channel("general")).id
        known = {one.id for one in await person.conversations()}
        await person.command(home, "/ride", text)
        opened = await person.wait_for_conversation(
            lambda one: one.id not in known and one.name.startswith("inc-"), PATIENCE
        )
        page = await person.wait_for(opened.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        return Incident(channel=opened.id, name=opened.name, home=home, page=page)

    async def told(self, person: UserClient, text: str, channel: str | None = None) -> str:
        """Type a `/ride` line; what the bot answers to that person alone."""
        where = channel or (await person.channel("general")).id
        seen = {message.ts for message in await person.messages(where)}
        await person.command(where, "/ride", text)
        answer = await person.wait_for(
            where, lambda m: m.ts not in seen and m.ephemeral and m.is_bot, PATIENCE
        )
        return answer.words


@dataclass(frozen=True, kw_only=True)
class HttpStage:
    """Two workspaces, neither with the app, and the program that waits for them."""

    program: Program
    slack: Slack
    settings: Settings
    addresses: HttpSettings
    harbor: Town
    quay: Town

    async def install(self, town: Town, person: str = "lee", *, allow: bool = True) -> Page:
        """Install the app as a person does."""
        return await town.client.install(self.addresses.install_url, person, allow=allow)


OpenHttpStage: TypeAlias = Callable[..., AbstractAsyncContextManager[HttpStage]]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def http_stage(settings: Settings, *, speed: float = 1.0) -> AsyncIterator[HttpStage]:
    """The stage, with the program's address and keys of its own."""
    port = free_port()
    reachable = settings.model_copy(
        update={
            "http_address": f"127.0.0.1:{port}",
            "public_url": f"http://127.0.0.1:{port}",
            "token_keys": SecretStr(Fernet.generate_key().decode()),
        }
    )
    workspaces = [Workspace(repeating_ids=True), Workspace(name="Quay", repeating_ids=True)]
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Slack(workspaces))
        addresses = manifest_addresses(reachable)
        app = slack.register(manifest(installation_settings(reachable), addresses))
        whole = reachable.model_copy(
            update={
                "slack_api_url": slack.api_url,
                "slack_client_id": app.client_id,
                "slack_client_secret": SecretStr(app.client_secret),
                "slack_signing_secret": SecretStr(app.signing_secret),
            }
        )
        site = await stack.enter_async_context(listening(whole, http=True))
        program = await stack.enter_async_context(running(whole, speed=speed, stop_rides=True, site=site))
        towns = []
        for workspace in workspaces:
            client = await stack.enter_async_context(WorkspaceClient(workspace.url))
            dana, sam = await client.as_user("dana"), await client.as_user("sam")
            towns.append(Town(workspace=workspace, client=client, dana=dana, sam=sam))
        yield HttpStage(
            program=program,
            slack=slack,
            settings=whole,
            addresses=addresses,
            harbor=towns[0],
            quay=towns[1],
        )


@pytest.fixture
def open_http_stage(tmp_path: Path, cache_folder: Path) -> OpenHttpStage:
    """Opens the stage at a speed."""

    @asynccontextmanager
    async def opened(*, speed: float = 1.0, **changed: object) -> AsyncIterator[HttpStage]:
        settings = Settings(data_folder=tmp_path, cache_folder=cache_folder).model_copy(update=changed)
        async with http_stage(settings, speed=speed) as stage:
            yield stage

    return opened
