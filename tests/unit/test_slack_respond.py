"""Answers through a response_url, and edits by one: tried a few times, and else by another way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackClientError

from bot.slack.messages.message import said
from bot.slack.transport import outbox as outbox_module
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.workspaces import OneWorkspace
from tests.slack_doubles import ROOM, SETTINGS, TEAM, RecordedWeb
from tests.virtual_time import in_virtual_time

URL = "https://hooks.invalid/1"
UPDATE = "chat.update"
WORDS = said("Hello")


@dataclass
class Hooks:
    """What stands at the addresses: answers by a script, then well."""

    script: list[int | Exception] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    def client(self, url: str, **_: object) -> "Hooks":
        assert url == URL
        return self

    async def send(self, **arguments: Any) -> "Answer":
        self.sent.append(arguments)
        self.at.append(asyncio.get_running_loop().time())
        answer = self.script.pop(0) if self.script else 200
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)


@dataclass(frozen=True)
class Answer:
    status_code: int


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Hooks:
    hooks = Hooks()
    monkeypatch.setattr(outbox_module, "AsyncWebhookClient", hooks.client)
    return hooks


@pytest.fixture
def web() -> RecordedWeb:
    return RecordedWeb()


@pytest.fixture
def outbox(web: RecordedWeb) -> Outbox:
    return Outbox(OneWorkspace(web), SETTINGS)


PASSING: dict[str, Callable[[], int | Exception]] = {
    "503": lambda: 503,
    "429": lambda: 429,
    "cut": aiohttp.ServerDisconnectedError,
    "slow": TimeoutError,
    "sdk": lambda: SlackClientError("no"),
}


@pytest.mark.parametrize("fault", PASSING)
@in_virtual_time
async def test_what_may_pass_is_tried_three_times(hooks: Hooks, outbox: Outbox, fault: str) -> None:
    hooks.script = [PASSING[fault](), PASSING[fault]()]
    assert await outbox.respond(TEAM, URL, WORDS)
    assert hooks.at == [0.0, 0.5, 1.5]
    hooks.script = [PASSING[fault]() for _ in range(3)]
    assert not await outbox.respond(TEAM, URL, WORDS)
    assert len(hooks.sent) == 6


@pytest.mark.parametrize("status", [404, 410, 400])
@in_virtual_time
async def test_an_address_that_no_longer_works_is_not_tried_again(
    hooks: Hooks, outbox: Outbox, status: int
) -> None:
    hooks.script = [status]
    assert not await outbox.respond(TEAM, URL, WORDS)
    assert len(hooks.sent) == 1


@in_virtual_time
async def test_who_sees_the_answer(hooks: Hooks, outbox: Outbox) -> None:
    await outbox.respond(TEAM, URL, WORDS)
    await outbox.respond(TEAM, URL, WORDS, in_channel=True)
    await outbox.respond(TEAM, URL, WORDS, replaces=True)
    assert [(one["response_type"], one["replace_original"]) for one in hooks.sent] == [
        ("ephemeral", False),
        ("in_channel", False),
        (None, True),
    ]


@in_virtual_time
async def test_a_message_that_was_clicked_is_changed_without_a_call(
    hooks: Hooks, outbox: Outbox, web: RecordedWeb
) -> None:
    outbox.clicks.clicked(TEAM, ROOM, "1.1", URL)
    await outbox.update(TEAM, ROOM, "1.1", WORDS)
    assert (len(hooks.sent), web.of(UPDATE)) == (1, [])
    await outbox.update(TEAM, ROOM, "2.2", WORDS)
    assert (len(hooks.sent), len(web.of(UPDATE))) == (1, 1)


@in_virtual_time
async def test_where_the_clicks_address_fails_a_call_does_it(
    hooks: Hooks, outbox: Outbox, web: RecordedWeb
) -> None:
    outbox.clicks.clicked(TEAM, ROOM, "1.1", URL)
    hooks.script = [404]
    await outbox.update(TEAM, ROOM, "1.1", WORDS)
    assert (len(hooks.sent), len(web.of(UPDATE))) == (1, 1)
