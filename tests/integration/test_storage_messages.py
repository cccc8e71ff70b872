"""Posted messages, on SQLite and PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.grouping import Group
from storage.messages import MessageStore, Posting
from tests.integration.storage_fixtures import NOW

PLACE = ("T1", "C1")
CARD = ("T1", "C1", "7k3m:card")


@pytest.fixture
def messages(storage_database: Database) -> MessageStore:
    return MessageStore(storage_database)


async def test_a_message_is_begun_and_posted(messages: MessageStore) -> None:
    assert await messages.begin(*CARD, NOW) is None
    assert await messages.of(*PLACE) == {"7k3m:card": None}
    assert await messages.begin(*CARD, NOW + timedelta(hours=1)) == Posting(ts=None)
    await messages.posted(*CARD, "1.000100")
    assert await messages.of(*PLACE) == {"7k3m:card": "1.000100"}
    assert await messages.begin(*CARD, NOW) == Posting(ts="1.000100")


async def test_what_stands_nowhere_is_forgotten_and_can_be_begun_again(messages: MessageStore) -> None:
    await messages.begin(*CARD, NOW)
    await messages.given_up(*CARD)
    assert await messages.of(*PLACE) == {}
    assert await messages.begin(*CARD, NOW) is None


async def test_what_was_posted_is_not_given_up(messages: MessageStore) -> None:
    await messages.begin(*CARD, NOW)
    await messages.posted(*CARD, "1.000100")
    await messages.given_up(*CARD)
    assert await messages.of(*PLACE) == {"7k3m:card": "1.000100"}


async def test_a_key_is_of_one_channel_in_one_workspace(messages: MessageStore) -> None:
    await messages.begin(*CARD, NOW)
    for other in (("T2", "C1", "7k3m:card"), ("T1", "C2", "7k3m:card"), ("T1", "C1", "7k3m:page-1")):
        assert await messages.begin(*other, NOW) is None
        await messages.posted(*other, "2.000200")
    assert await messages.of(*PLACE) == {"7k3m:card": None, "7k3m:page-1": "2.000200"}
    await messages.given_up(*CARD)
    assert await messages.of("T2", "C1") == {"7k3m:card": "2.000200"}
    assert await messages.of("T1", "C2") == {"7k3m:card": "2.000200"}


async def test_many_at_once_each_stand_there_once(messages: MessageStore) -> None:
    keys = [f"7k3m:{number}" for number in range(20)]

    async def post(key: str) -> None:
        assert await messages.begin(*PLACE, key, NOW) is None
        await messages.posted(*PLACE, key, f"{key}.1")

    await asyncio.gather(*(post(key) for key in keys))
    assert await messages.of(*PLACE) == {key: f"{key}.1" for key in keys}


async def test_what_is_begun_is_written_though_the_one_who_asked_is_gone(messages: MessageStore) -> None:
    begun = asyncio.create_task(messages.begin(*CARD, NOW))
    await asyncio.sleep(0)
    begun.cancel()
    await asyncio.gather(begun, return_exceptions=True)
    async with asyncio.timeout(10):
        while await messages.of(*PLACE) != {"7k3m:card": None}:  # noqa: ASYNC110 - a row, which tells nobody
            await asyncio.sleep(0.01)


async def test_whoever_comes_just_as_the_others_are_written_is_written_too(
    storage_database: Database,
) -> None:
    group: Group[int] = Group(storage_database)

    async def write(session: AsyncSession) -> int:
        return int((await session.execute(select(literal(1)))).scalar_one())

    async with asyncio.timeout(10):
        # The second comes at the step of the loop at which the first is told: nobody is at work any more.
        assert [await group.write(write) for _ in range(2)] == [1, 1]
