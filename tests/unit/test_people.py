"""People and user groups that are asked for often, and of Slack rarely."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.rides.errors import ChatRefusedError
from bot.slack.transport.background import Background
from bot.slack.transport.kept import (
    ABSENT_FOR,
    ASK_AGAIN_AFTER,
    FRESH,
    LAST_KNOWN,
    LONG_FOR,
    MOST_PAGES,
    RENEW_AFTER,
    WITHIN,
    Kept,
)
from bot.slack.transport.people import MANY_GROUPS, MANY_PEOPLE, PAGE, People
from bot.slack.transport.workspaces import NOT_INSTALLED
from tests.integration.engine_fakes import FakeClock
from tests.slack_doubles import DANA, SAM, TEAM, RecordedOutbox, RecordedWeb

SECOND = timedelta(seconds=1)
CROWD = [f"U{number:04}" for number in range(80)]


class PeopledWeb(RecordedWeb):
    """Slack with people and groups in it. While `gate` is closed, no answer comes."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        api_method = api_url.rpartition("/")[2]
        given: dict[str, Any] = {**(req_args.get("params") or {}), **(req_args.get("data") or {})}
        match api_method:
            case "users.info":
                self._found(api_method, "user", self.users.get(given["user"]), "user_not_found")
            case "users.list":
                self._page(int(given.get("cursor") or 0), int(given["limit"]))
            case "usergroups.users.list":
                self._found(api_method, "users", self.groups.get(given["usergroup"]), "no_such_subteam")
            case "usergroups.list":
                groups = [{"id": name, "users": list(users)} for name, users in self.groups.items()]
                self.answers[api_method] = {"usergroups": groups}
        response = await super()._request(http_verb=http_verb, api_url=api_url, req_args=req_args)
        if api_method != "auth.test":
            await self.gate.wait()
        return response

    def _found(self, method: str, field: str, found: object, missing: str) -> None:
        self.answers[method] = {field: found}
        if found is None and not self.refuse.get(method):
            self.refuse[method] = [missing]

    def _page(self, start: int, limit: int) -> None:
        everybody, after = list(self.users.values()), start + limit
        self.answers["users.list"] = {
            "members": everybody[start:after],
            "response_metadata": {"next_cursor": str(after) if after < len(everybody) else ""},
        }

    def add(self, *people: str, **more: object) -> None:
        for person in people:
            self.users[person] = {"id": person, "name": person.lower(), **more}

    def counted(self) -> dict[str, int]:
        """How many calls there were of each method since the last look."""
        methods = [method for method, _ in self.calls if method != "auth.test"]
        self.calls.clear()
        return {method: methods.count(method) for method in methods}


class Desk:
    def __init__(self) -> None:
        self.web, self.clock, self.background = PeopledWeb(), FakeClock(), Background()
        self.people = People(RecordedOutbox(self.web), self.clock, self.background, patience=0.05)
        self.web.add(DANA, SAM)

    async def names(self, people: Sequence[str]) -> list[str]:
        return [one.name for one in await asyncio.gather(*(self.people.person(TEAM, who) for who in people))]

    async def renewed(self) -> None:
        """What goes on beside is done."""
        await self.background.close(grace=5)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_who_is_asked_for_at_the_same_time_costs_one_call_and_then_none(desk: Desk) -> None:
    assert set(await desk.names([DANA] * 50)) == {"u0dana001"}
    assert desk.web.counted() == {"users.info": 1}
    desk.clock.move(RENEW_AFTER - SECOND)
    await desk.names([DANA])
    assert desk.web.counted() == {}


async def test_a_crowd_is_read_in_pages_and_a_second_look_costs_nothing(desk: Desk) -> None:
    desk.web.add(*CROWD)
    assert await desk.names(CROWD) == [person.lower() for person in CROWD]
    assert desk.web.counted() == {"users.list": 1}
    await desk.names([*CROWD, DANA, SAM])
    assert desk.web.counted() == {}


async def test_a_crowd_that_comes_one_by_one_is_read_in_pages_too(desk: Desk) -> None:
    desk.web.add(*CROWD)
    for person in CROWD:
        await desk.people.person(TEAM, person)
    assert desk.web.counted() == {"users.info": MANY_PEOPLE, "users.list": 1}


async def test_a_few_a_minute_are_asked_for_one_by_one(desk: Desk) -> None:
    desk.web.add(*CROWD)
    for start in range(0, 60, MANY_PEOPLE):
        await desk.names(CROWD[start : start + MANY_PEOPLE])
        desk.clock.move(WITHIN)
    assert desk.web.counted() == {"users.info": 60}


async def test_of_a_crowd_those_on_no_list_are_asked_for_singly(desk: Desk) -> None:
    desk.web.add(*CROWD)
    asked = (desk.people.person(TEAM, person) for person in [*CROWD, "UNOBODY"])
    *found, nobody = await asyncio.gather(*asked, return_exceptions=True)
    assert not any(isinstance(one, Exception) for one in found)
    assert isinstance(nobody, ChatRefusedError)
    assert nobody.is_nobody
    assert desk.web.counted() == {"users.list": 1, "users.info": 1}


async def test_a_workspace_too_large_for_a_list_is_asked_singly_and_the_list_left_alone(desk: Desk) -> None:
    desk.web.add(*(f"UFIRST{number}" for number in range(PAGE * MOST_PAGES)))
    some = CROWD[:24]  # Slack's rates take no more of these a minute
    desk.web.add(*some)
    await desk.names(some)
    assert desk.web.counted() == {"users.list": MOST_PAGES, "users.info": len(some)}
    desk.clock.move(FRESH)
    await desk.names(some)
    assert desk.web.counted() == {"users.info": len(some)}
    desk.clock.move(LONG_FOR)
    await desk.names(some)
    assert desk.web.counted()["users.list"] > 0


@pytest.mark.parametrize("code", ["ekm_access_denied", "team_access_not_granted"])
async def test_where_the_list_is_refused_everybody_is_asked_for_singly(desk: Desk, code: str) -> None:
    desk.web.add(*CROWD)
    desk.web.refuse["users.list"] = [code]
    await desk.names(CROWD)
    assert desk.web.counted() == {"users.list": 1, "users.info": len(CROWD)}


async def test_an_older_answer_is_given_at_once_and_renewed_beside(desk: Desk) -> None:
    await desk.names([DANA])
    desk.web.add(DANA, real_name="Dana Kern")
    desk.clock.move(RENEW_AFTER)
    assert await desk.names([DANA, DANA]) == ["u0dana001"] * 2
    await desk.renewed()
    assert await desk.names([DANA]) == ["Dana Kern"]
    assert desk.web.counted() == {"users.info": 2}


async def test_without_events_a_change_shows_once_the_answer_is_not_fresh(desk: Desk) -> None:
    assert (await desk.people.person(TEAM, DANA)).can_ride
    desk.web.add(DANA, deleted=True)
    desk.clock.move(FRESH)
    assert not (await desk.people.person(TEAM, DANA)).can_ride


async def test_who_leaves_is_seen_at_once_by_an_event_without_a_call(desk: Desk) -> None:
    await desk.names([DANA])
    desk.web.counted()
    desk.people.user_changed(TEAM, {"id": DANA, "name": "dana", "deleted": True})
    assert not (await desk.people.person(TEAM, DANA)).can_ride
    assert desk.web.counted() == {}


async def test_events_about_people_whom_nobody_asked_for_keep_nothing(desk: Desk) -> None:
    await desk.names([SAM])
    for event in ({"id": DANA, "name": "old"}, {"name": "nameless"}, {"id": None}):
        desk.people.user_changed(TEAM, event)
    desk.people.user_changed("T0OTHER01", {"id": DANA})
    assert await desk.names([DANA]) == ["u0dana001"]
    assert desk.web.counted() == {"users.info": 2}


@pytest.mark.parametrize("size", [1, 40])
async def test_an_answer_from_before_an_event_does_not_undo_it(desk: Desk, size: int) -> None:
    people = [DANA, *CROWD[1:size]]
    desk.web.add(*people)
    desk.web.gate.clear()
    asking = asyncio.create_task(desk.names(people))
    await _called(desk.web, "users.info" if size == 1 else "users.list")
    desk.people.user_changed(TEAM, {"id": DANA, "name": "dana", "deleted": True})
    desk.web.gate.set()
    assert (await asking)[0] == "dana"
    assert not (await desk.people.person(TEAM, DANA)).can_ride


async def test_while_slack_cannot_be_asked_what_was_known_last_holds(desk: Desk) -> None:
    await desk.names([DANA])
    desk.clock.move(FRESH)
    desk.web.refuse["users.info"] = ["ekm_access_denied", "connection_error", "team_access_not_granted"]
    assert await desk.names([DANA]) == ["u0dana001"]
    desk.clock.move(ASK_AGAIN_AFTER - SECOND)
    assert await desk.names([DANA, DANA]) == ["u0dana001"] * 2
    assert desk.web.counted() == {"users.info": 2}, "it is not asked again and again"
    desk.clock.move(SECOND)
    assert await desk.names([DANA]) == ["u0dana001"]
    desk.clock.move(LAST_KNOWN)
    with pytest.raises(ChatRefusedError, match="team_access_not_granted"):
        await desk.names([DANA])


async def test_while_slack_does_not_answer_what_was_known_last_holds(desk: Desk) -> None:
    await desk.names([DANA])
    desk.web.add(DANA, real_name="Dana Kern")
    desk.clock.move(FRESH)
    desk.web.gate.clear()
    assert await desk.names([DANA]) == ["u0dana001"]
    assert await desk.names([DANA]) == ["u0dana001"]
    desk.web.gate.set()
    await desk.renewed()
    assert await desk.names([DANA]) == ["Dana Kern"]
    assert desk.web.counted() == {"users.info": 2}


async def test_a_refusal_about_somebody_unknown_is_not_remembered(desk: Desk) -> None:
    desk.web.refuse["users.info"] = ["ekm_access_denied"]
    with pytest.raises(ChatRefusedError, match="ekm_access_denied"):
        await desk.names([DANA])
    assert await desk.names([DANA]) == ["u0dana001"]


async def test_a_workspace_that_removed_ride_says_no_more_of_anybody(desk: Desk) -> None:
    await desk.names([DANA])
    desk.clock.move(FRESH)
    desk.web.refuse["users.info"] = ["token_revoked"]
    with pytest.raises(ChatRefusedError, match="token_revoked"):
        await desk.names([DANA])
    with pytest.raises(ChatRefusedError, match=NOT_INSTALLED):
        await desk.people.person("T0OTHER01", DANA)


async def test_nothing_is_known_of_a_workspace_that_was_forgotten(desk: Desk) -> None:
    await desk.names([DANA])
    desk.people.forget(TEAM)
    desk.people.forget("T0OTHER01")
    await desk.names([DANA])
    assert desk.web.counted() == {"users.info": 2}


async def test_somebody_is_nobody_for_a_short_while(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(ChatRefusedError, match="user_not_found"):
            await desk.names(["UNEW"])
    assert desk.web.counted() == {"users.info": 1}
    desk.web.add("UNEW")
    desk.clock.move(ABSENT_FOR)
    assert await desk.names(["UNEW"]) == ["unew"]


async def test_who_joins_is_somebody_at_once(desk: Desk) -> None:
    with pytest.raises(ChatRefusedError):
        await desk.names(["UNEW"])
    desk.people.user_changed(TEAM, {"id": "UNEW", "name": "newcomer"})
    assert await desk.names(["UNEW"]) == ["newcomer"]


async def test_guests_and_admins_are_told_apart(desk: Desk) -> None:
    desk.web.add("UGUEST", is_restricted=True)
    desk.web.add("USINGLE", is_ultra_restricted=True)
    desk.web.add("UOWNER", is_owner=True)
    found = [await desk.people.person(TEAM, one) for one in ("UGUEST", "USINGLE", "UOWNER", DANA)]
    assert [(one.is_guest, one.is_admin) for one in found] == [
        (True, False),
        (True, False),
        (False, True),
        (False, False),
    ]


async def test_groups_are_kept_and_many_are_one_call(desk: Desk) -> None:
    desk.web.groups = {f"S{number}": [DANA, SAM] for number in range(30)}
    assert await desk.people.group_members(TEAM, "S1") == (DANA, SAM)
    assert desk.web.counted() == {"usergroups.users.list": 1}
    told = await asyncio.gather(*(desk.people.group_members(TEAM, name) for name in desk.web.groups))
    assert told == [(DANA, SAM)] * 30
    assert desk.web.counted() == {"usergroups.list": 1}
    assert len(desk.web.groups) > MANY_GROUPS


async def test_an_event_brings_a_groups_people_or_says_that_they_changed(desk: Desk) -> None:
    desk.web.groups["S1"] = [DANA]
    await desk.people.group_members(TEAM, "S1")
    desk.people.group_changed(TEAM, {"id": "S1", "users": [DANA, SAM], "user_count": "2", "date_delete": 0})
    assert await desk.people.group_members(TEAM, "S1") == (DANA, SAM)
    assert desk.web.counted() == {"usergroups.users.list": 1}
    desk.web.groups["S1"] = [SAM]
    for event in ({}, {"users": [DANA], "user_count": 501}, {"users": [DANA], "date_delete": 1595814882}):
        desk.people.group_changed(TEAM, {"id": "S1", **event})
        assert await desk.people.group_members(TEAM, "S1") == (SAM,)
        assert desk.web.counted() == {"usergroups.users.list": 1}


async def test_a_group_that_is_gone_is_nobodys_and_one_that_cannot_be_read_as_it_was(desk: Desk) -> None:
    desk.web.groups["S1"] = [DANA]
    await desk.people.group_members(TEAM, "S1")
    desk.people.group_changed(TEAM, {"id": "S1"})
    desk.web.refuse["usergroups.users.list"] = ["ekm_access_denied"]
    assert await desk.people.group_members(TEAM, "S1") == (DANA,)
    del desk.web.groups["S1"]
    desk.clock.move(ASK_AGAIN_AFTER)
    with pytest.raises(ChatRefusedError, match="no_such_subteam"):
        await desk.people.group_members(TEAM, "S1")


async def test_closing_time_leaves_nobody_waiting(desk: Desk) -> None:
    desk.web.gate.clear()
    asking = asyncio.create_task(desk.people.person(TEAM, DANA))
    await _called(desk.web, "users.info")
    later = asyncio.create_task(desk.people.person(TEAM, SAM))
    await asyncio.sleep(0)
    await desk.background.close(grace=0)
    for task in (asking, later):
        with pytest.raises(ChatRefusedError, match="connection_error"):
            await asyncio.wait_for(task, 5)


async def test_those_asked_for_last_are_kept(desk: Desk) -> None:
    class Echo:
        many = 100
        asked: list[str]

        def __init__(self) -> None:
            self.asked = []

        def is_absent(self, refusal: ChatRefusedError) -> bool:
            return False

        async def one(self, key: str) -> str:
            self.asked.append(key)
            return key

        async def pages(self) -> Any:
            raise AssertionError("there is no list")
            yield

    source = Echo()
    kept = Kept(source, desk.clock, desk.background, most=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert await kept.get(key) == key
    assert source.asked == ["a", "b", "c", "b"]


async def _called(web: PeopledWeb, method: str) -> None:
    async with asyncio.timeout(5):
        while not web.of(method):
            web.changed.clear()
            await web.changed.wait()
