"""Who may do what for others, and what they are told of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot.people.facilitators import Facilitators
from bot.people.rights import ChatRights
from bot.rides.errors import AdminsOnlyError, CannotRideError, ChatRefusedError
from bot.rides.ports import Person
from bot.slack.areas.asker import Asker
from bot.slack.areas.facilitators import FacilitatorArea
from bot.slack.areas.help import HelpArea
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.unclear import Problem, UnclearLineError
from bot.slack.messages.help import PARTS, Right, help_page
from storage.facilitators import Facilitator, FacilitatorStore
from tests.integration.engine_fakes import FakeChat, FakeClock
from tests.slack_doubles import (
    DANA,
    ROOM,
    SAM,
    SETTINGS,
    TEAM,
    FakeRights,
    RecordedOutbox,
    RecordedWeb,
    words,
)
from tests.slack_limits import check

LEE = "U0LEE0001"
INES = "U0INES001"


@dataclass
class People(FakeChat):
    """A chat whose admins are known."""

    admins: set[str] = field(default_factory=set)
    refused: str | None = None

    async def person(self, workspace: str, person: str) -> Person:
        if self.refused is not None:
            raise ChatRefusedError("users.info", self.refused)
        return Person(
            id=person, name=person, handle=person, can_ride=person != "UBOT", is_admin=person in self.admins
        )


@dataclass
class Stored:
    """The facilitators of one workspace, in memory."""

    people: dict[str, Facilitator] = field(default_factory=dict)

    async def has(self, workspace: str, person: str) -> bool:
        return person in self.people

    async def add(self, facilitator: Facilitator) -> bool:
        return self.people.setdefault(facilitator.person, facilitator) is facilitator

    async def remove(self, workspace: str, person: str) -> bool:
        return self.people.pop(person, None) is not None

    async def all(self, workspace: str) -> list[Facilitator]:
        return list(self.people.values())


def rights_of(chat: People, admins: Collection[str] = ()) -> tuple[ChatRights, Stored]:
    stored = Stored()
    return ChatRights(chat, admins, stored), stored


async def test_an_admin_by_setting_an_admin_by_slack_a_facilitator_and_nobody() -> None:
    chat, clock = People(admins={LEE}), FakeClock()
    rights, stored = rights_of(chat, admins=[DANA])
    await stored.add(Facilitator(workspace=TEAM, person=SAM, added_by=LEE, added_at=clock.now()))
    may = {
        person: (await rights.is_admin(TEAM, person), await rights.may_facilitate(TEAM, person))
        for person in (DANA, LEE, SAM, INES)
    }
    assert may == {DANA: (True, True), LEE: (True, True), SAM: (False, True), INES: (False, False)}


async def test_an_admin_of_one_workspace_is_none_in_another() -> None:
    rights, _ = rights_of(People(), admins=[f"{TEAM}:{DANA}"])
    assert await rights.is_admin(TEAM, DANA)
    assert not await rights.is_admin("T0OTHER01", DANA)
    assert not await rights.is_admin(TEAM, SAM)


async def test_an_admin_is_one_for_as_long_as_the_chat_says_so() -> None:
    chat = People(admins={LEE})
    rights, _ = rights_of(chat)
    assert await rights.is_admin(TEAM, LEE)
    chat.admins.clear()
    assert not await rights.is_admin(TEAM, LEE)


@pytest.mark.parametrize("code", ["user_not_found", "ratelimited"])
async def test_somebody_the_chat_cannot_name_is_no_admin(code: str) -> None:
    chat = People(admins={LEE}, refused=code)
    rights, _ = rights_of(chat)
    assert not await rights.may_facilitate(TEAM, LEE)


class Desk:
    """The area of facilitators, in memory."""

    def __init__(self) -> None:
        self.chat, self.stored = People(), Stored()
        self.rights = FakeRights(admins={LEE})
        self.outbox = RecordedOutbox(RecordedWeb())
        self.front = Facilitators(cast("FacilitatorStore", self.stored), self.chat, self.rights, FakeClock())
        self.area = FacilitatorArea(self.front, self.outbox, SETTINGS)

    async def told(self, person: str, text: str) -> str:
        asker = Asker(workspace=TEAM, person=person, channel=ROOM, response_url="https://hooks.invalid/1")
        await self.area.run(asker, text)
        message = self.outbox.responses[-1][1]
        check(message)
        return words(message)


async def test_facilitators_are_added_removed_and_listed() -> None:
    desk = Desk()
    assert "no facilitators yet" in await desk.told(SAM, "")
    told = await desk.told(LEE, f"add <@{SAM}|sam> and <@UBOT>")
    assert f"<@{SAM}> is now a facilitator" in told
    assert "I left out <@UBOT>" in told
    assert f"<@{SAM}> is already a facilitator" in await desk.told(LEE, f"add <@{SAM}>")
    listed = await desk.told(INES, "list")
    assert f"Facilitators: <@{SAM}>." in listed
    assert "facilitator add" not in listed
    assert "facilitator add" in await desk.told(LEE, "ls")
    told = await desk.told(LEE, f"remove <@{SAM}> <@{INES}>")
    assert f"<@{SAM}> is no longer a facilitator" in told
    assert f"<@{INES}> is not a facilitator" in told
    assert not desk.stored.people


@pytest.mark.parametrize("verb", ["add", "remove"])
async def test_only_admins_choose(verb: str) -> None:
    desk = Desk()
    desk.rights.facilitators.add(SAM)
    with pytest.raises(AdminsOnlyError):
        await desk.told(SAM, f"{verb} <@{INES}>")
    assert not desk.stored.people


async def test_what_cannot_be_read_or_done_is_said() -> None:
    desk = Desk()
    for text in ("add", "<@U1>", f"list <@{SAM}>", "remove"):
        assert "facilitator add @dana" in await desk.told(LEE, text)
    for text, problem in [
        ("add @nobody", Problem.UNREADABLE),
        ("promote <@U1>", Problem.WORD),
        ("add <@U1> please", Problem.WORD),
        ("add <!here>", Problem.NAME),
    ]:
        with pytest.raises(UnclearLineError) as unclear:
            await desk.told(LEE, text)
        assert unclear.value.problem is problem
    with pytest.raises(CannotRideError):
        await desk.told(LEE, "add <@UBOT>")
    desk.chat.refused = "ratelimited"
    with pytest.raises(ChatRefusedError):
        await desk.told(LEE, f"add <@{SAM}>")


async def test_help_shows_what_one_may_do() -> None:
    outbox = RecordedOutbox(RecordedWeb())
    area = HelpArea(FakeRights(admins={LEE}, facilitators={SAM}), outbox, SETTINGS)
    shown = {}
    for person in (DANA, SAM, LEE):
        await area.run(Asker(workspace=TEAM, person=person, channel=ROOM, response_url="https://h/1"), "")
        shown[person] = words(outbox.responses[-1][1])
    assert shown == {
        DANA: words(help_page(SETTINGS, Right.RIDE)),
        SAM: words(help_page(SETTINGS, Right.FACILITATE)),
        LEE: words(help_page(SETTINGS, Right.ADMINISTER)),
    }


@pytest.mark.parametrize("right", list(Right))
def test_the_help_page_has_the_lines_of_its_right_and_no_others(right: Right) -> None:
    said = words(help_page(SETTINGS, right))
    for line in (line for part in PARTS for line in part.lines):
        assert (line.what.replace("\\", "\\\\") in said) is (line.needs <= right), line.typed


def test_every_command_is_on_an_admins_help_page() -> None:
    typed = {
        line.typed.split()[1] for part in PARTS for line in part.lines if line.typed.startswith("{ride}")
    }
    assert typed == set(map(str, SubCommand)) - {SubCommand.SQL}, "SQL has a command of its own"
