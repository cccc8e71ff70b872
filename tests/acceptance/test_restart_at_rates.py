"""A restart at Slack's rates: who is in a ride is served at once, without Slack's history.

An app outside Slack's marketplace may call that once a minute.
"""

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import suppress

from bot.slack.manifest import manifest
from bot.slack.settings import SlackSettings
from bot.workspace.errors import ControlError
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.ride_fixtures import ask, private, result_of
from tests.acceptance.ride_program import PATIENCE, Launcher, Place
from tests.acceptance.test_cli_serve import READY, settings, stops
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride
from tests.slack_proxy import SlackProxy

RIDERS = ("dana", "sam", "ines", "noor", "kofi", "mei")
HISTORY = ("conversations.history", "conversations.replies")
SERVED_WITHIN = 30.0
"""Seconds. With a look into each channel's history it was 303; a busy machine takes a few to start Python."""


async def test_six_rides_are_served_at_once(ride: Launcher, place: Place) -> None:
    async with (
        Workspace(rate_limits=True, outside_marketplace=True) as workspace,
        SlackProxy() as proxy,
        WorkspaceClient(workspace.url) as client,
    ):
        workspace.install(manifest(SlackSettings()))
        proxy.leads_to(workspace)
        given = settings(workspace) | {"SLACK_API_URL": proxy.api_url}
        serving = await ride("serve", settings=given)
        await serving.says(READY)
        people = [await client.as_user(name) for name in RIDERS]
        channels = await asyncio.gather(*(_rides(person) for person in people))
        await _nothing_in_doubt(place)
        await serving.kill()

        began = time.monotonic()
        again = await ride("serve", settings=given)
        await asyncio.gather(*map(_is_served, people, channels))
        assert time.monotonic() - began < SERVED_WITHIN
        await asyncio.gather(*map(_fixes, people, channels))
        counts = proxy.counts()
        assert [counts[method] for method in HISTORY] == [0, 0]
        assert proxy.refusals() == Counter()
        await stops(again)


async def _rides(person: UserClient) -> str:
    channel = await start_ride(person)
    await paged(person, channel)
    await ask(person, channel, "/sql", "SELECT 1", result_of(person))
    return channel


async def _nothing_in_doubt(place: Place) -> None:
    """Until Slack's answer to each message is written down: of one in doubt its history would be asked."""
    stored = sqlite3.connect(f"file:{place.data / 'ride.sqlite3'}?mode=ro", uri=True)
    try:
        async with asyncio.timeout(PATIENCE):
            while stored.execute("SELECT count(*) FROM messages WHERE ts IS NULL").fetchone() != (0,):  # noqa: ASYNC110 - another program writes
                await asyncio.sleep(0.05)
    finally:
        stored.close()


async def _is_served(person: UserClient, channel: str) -> None:
    """Typed at once; Slack keeps nothing for a bot that is not there, so as a person would, once more."""
    seen = {message.ts for message in await person.messages(channel)}
    async with asyncio.timeout(PATIENCE):
        while not any(
            private(message) and "left" in message.words and message.ts not in seen
            for message in await person.messages(channel)
        ):
            with suppress(ControlError):  # nobody is connected yet
                await person.command(channel, "/ride", "status")
            await asyncio.sleep(1)


async def _fixes(person: UserClient, channel: str) -> None:
    """The ride goes on to its postmortem, and nothing is said twice."""
    await person.command(channel, "/sql", BLOCKER)
    await person.wait_for(channel, lambda message: "Postmortem" in message.text, PATIENCE)
    bots = [one for one in await person.messages(channel) if one.is_bot and not one.ephemeral]
    said = Counter(message.text for message in bots if not message.subtype)
    assert [text for text, count in said.items() if count > 1] == []
