"""Ride as `ride demo` runs it, for tests that act as its people."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.base.config import Settings
from bot.cli.demo import Demo, own_api_url, running_demo
from bot.workspace.people.client import Message, UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.slack_proxy import SlackProxy

PATIENCE = 60.0
"""Seconds that anything may take on a busy machine; nothing waits that long when all is well."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running demo and its people."""

    demo: Demo
    people: Mapping[str, UserClient]

    @property
    def dana(self) -> UserClient:
        return self.people["dana"]

    @property
    def sam(self) -> UserClient:
        return self.people["sam"]

    async def start(self, person: UserClient, text: str = "start alter-table-locks") -> "Incident":
        """Type the start command and wait for the page."""
        home = (await person.channel("incidents")).id
        known = {one.id for one in await person.conversations()}
        await person.command(home, "/ride", text)
        opened = await person.wait_for_conversation(
            lambda one: one.id not in known and one.name.startswith("inc-"), PATIENCE
        )
        page = await person.wait_for(opened.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        return Incident(channel=opened.id, name=opened.name, home=home, page=page)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An incident channel after the page."""

    channel: str
    name: str
    home: str
    page: Message


async def ask(
    person: UserClient,
    channel: str,
    command: str,
    text: str,
    answer: Callable[[Message], bool],
) -> Message:
    """Type a command; the first new message that is the answer."""
    seen = {message.ts for message in await person.messages(channel)}
    await person.command(channel, command, text)
    return await person.wait_for(channel, lambda m: m.ts not in seen and answer(m), PATIENCE)


def private(message: Message) -> bool:
    """A word from the bot to this person alone."""
    return message.ephemeral and message.is_bot


def result_of(person: UserClient) -> Callable[[Message], bool]:
    """The final answer to a statement of this person."""
    return lambda message: message.text.startswith(f"<@{person.id}> ran ")


OpenStage: TypeAlias = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def open_stage(tmp_path: Path, cache_folder: Path) -> OpenStage:
    """Opens a demo at a speed; in a `workspace` of one's own, and through a `proxy` that runs already."""

    @asynccontextmanager
    async def opened(
        *,
        speed: float = 1.0,
        settings: Settings | None = None,
        workspace: Workspace | None = None,
        proxy: SlackProxy | None = None,
    ) -> AsyncIterator[Stage]:
        given = settings or Settings(data_folder=tmp_path, cache_folder=cache_folder)
        async with (
            running_demo(
                given,
                tmp_path,
                speed=speed,
                workspace=workspace,
                api_url=own_api_url if proxy is None else proxy.leads_to,
                progress=lambda _: None,
            ) as demo,
            WorkspaceClient(demo.workspace.url) as client,
        ):
            names = [user.name for user in (await client.info()).users]
            people = {name: await client.as_user(name) for name in names}
            yield Stage(demo=demo, people=people)

    return opened
