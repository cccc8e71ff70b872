"""People and user groups that are asked for often, and of the chat rarely."""

from datetime import timedelta

import pytest

from bot.directory import FRESH, RememberedDirectory
from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Person
from tests.integration.engine_fakes import FakeChat, FakeClock


class CountedChat(FakeChat):
    """A chat that counts what it is asked."""

    asked = 0

    async def person(self, workspace: str, person: str) -> Person:
        self.asked += 1
        self._check("person")
        return await super().person(workspace, person)

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        self.asked += 1
        return await super().group_members(workspace, group)


async def test_the_chat_is_asked_once_in_a_while() -> None:
    chat, clock = CountedChat(channel_members=("A",)), FakeClock()
    directory = RememberedDirectory(chat, clock)
    for _ in range(3):
        assert (await directory.person("T1", "DANA")).name == "Dana"
        assert await directory.group_members("T1", "S1") == ("A",)
    assert chat.asked == 2
    assert (await directory.person("T1", "SAM")).name == "Sam"
    assert chat.asked == 3
    chat.channel_members = ("A", "B")
    clock.move(FRESH - timedelta(seconds=1))
    assert await directory.group_members("T1", "S1") == ("A",)
    clock.move(timedelta(seconds=1))
    assert await directory.group_members("T1", "S1") == ("A", "B")
    await directory.person("T1", "DANA")
    assert chat.asked == 5


async def test_a_refusal_is_not_remembered() -> None:
    chat = CountedChat(refuses={"person": "ratelimited"})
    directory = RememberedDirectory(chat, FakeClock())
    with pytest.raises(ChatRefusedError):
        await directory.person("T1", "DANA")
    chat.refuses.clear()
    assert (await directory.person("T1", "DANA")).name == "Dana"
