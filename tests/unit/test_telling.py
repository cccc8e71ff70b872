"""People about whom somebody else decided something are told once, and never that one."""

from bot.slack.areas.asker import Asker
from bot.slack.areas.telling import Telling
from bot.slack.messages.message import Message, said
from bot.slack.messages.teams import MOST_TOLD
from bot.slack.transport.background import Background
from tests.slack_doubles import DANA, ROOM, SAM, TEAM, RecordedOutbox, RecordedWeb

ASKER = Asker(workspace=TEAM, person=DANA, channel=ROOM)


async def told(people: list[str], refuse: dict[str, list[str | None]] | None = None) -> list[str]:
    """Whose direct messages were opened, and what was said there, in order."""
    web, background = RecordedWeb(), Background()
    web.refuse = refuse or {}
    Telling(RecordedOutbox(web), background).soon(ASKER, people, lambda person: said(f"to {person}"))
    await background.close(grace=30)
    return [
        str(given.get("users") or given["text"])
        for method, given in web.calls
        if method in {"conversations.open", "chat.postMessage"}
    ]


async def test_each_once_and_never_oneself() -> None:
    assert await told([SAM, DANA, SAM, "U3"]) == [SAM, f"to {SAM}", "U3", "to U3"]
    assert await told([DANA]) == []


async def test_one_who_can_not_be_told_keeps_it_from_nobody() -> None:
    found = await told([SAM, "U3"], {"conversations.open": ["user_not_found", None]})
    assert found == [SAM, "U3", "to U3"]


async def test_a_crowd_is_not_told() -> None:
    background, worded = Background(), list[str]()

    def words(person: str) -> Message:
        worded.append(person)
        return said(person)

    crowd = [f"U{number}" for number in range(80)]
    Telling(RecordedOutbox(RecordedWeb()), background).soon(ASKER, crowd, words)
    await background.close(grace=0)
    assert worded == crowd[:MOST_TOLD]
