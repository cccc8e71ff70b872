"""How often a call is tried, and how long is waited in between."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.transport.budget import Importance
from bot.slack.transport.outcome import FINAL, CallRefusedError, Fault, UnreadableAnswerError, fault_of
from bot.slack.transport.plan import MUST_FOR, ONCE, SHOULD_TRIES, STRANGE_TRIES, Plan, Tries
from bot.slack.transport.web_api import EXPIRED, RATES, WebApi
from tests.slack_doubles import ROOM, SETTINGS
from tests.virtual_time import in_virtual_time

POST = "chat.postMessage"
INVITE = "conversations.invite"
TOPIC = "conversations.setTopic"
FOUND = {"channel": ROOM, "ts": "1.000100"}
GOOD = {"ok": True, "ts": "2.000100", "channel": {"id": ROOM}, "view": {"id": "V1"}}
CUT = aiohttp.ServerDisconnectedError()
LOST = Fault(code="connection_error", unsure=True)
LIMITED = Fault(code="ratelimited", limited=True)
MUST = Plan(must=True)


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it comes from the network."""

    data: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(code: str, status: int = 200, **headers: str) -> Raw:
    return Raw({"ok": False, "error": code}, status, {"Retry-After": headers["wait"]} if headers else {})


class ScriptedWeb(WebApi):
    """Answers by a script, then well; notes when it was asked."""

    def __init__(self, *script: Raw | Exception) -> None:
        super().__init__(SETTINGS, bot_token="xoxb-1")
        self.script = list(script)
        self.asked: list[float] = []

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(asyncio.get_running_loop().time())
        answer = self.script.pop(0) if self.script else Raw(GOOD)
        if isinstance(answer, Exception):
            raise answer
        return {"data": dict(answer.data), "headers": dict(answer.headers), "status_code": answer.status}

    async def code_of(self, method: str, plan: Plan) -> str:
        """Call it; gives the code of its refusal."""
        planned = self.planned(plan)
        with pytest.raises(CallRefusedError) as caught:
            await planned.api_call(method)
        assert caught.value.method == method
        return caught.value.code

    async def ok(self, method: str, plan: Plan) -> Mapping[str, Any]:
        answer = await self.planned(plan).api_call(method)
        assert isinstance(answer.data, dict)
        return answer.data


def waits(plan: Plan, *faults: Fault, each: float = 0.0) -> list[float | None]:
    """What is waited after each fault; a try takes `each` seconds."""
    tries, at, found = Tries(plan, began=0.0), 0.0, list[float | None]()
    for fault in faults:
        at += each
        wait = tries.wait(fault, at)
        found.append(wait)
        at += wait or 0.0
    return found


# -- how often


def test_a_call_that_can_be_done_without_is_tried_a_few_times() -> None:
    found = waits(Plan(), *[LOST] * SHOULD_TRIES)
    assert [wait is None for wait in found] == [False] * (SHOULD_TRIES - 1) + [True]
    assert waits(Plan(tries=2), LOST, LOST)[1] is None
    assert waits(ONCE, LOST) == [None]


def test_a_call_that_must_be_is_tried_for_half_an_hour() -> None:
    found = waits(MUST, *[LOST] * 300)
    until = found.index(None)
    assert sum(wait or 0 for wait in found[:until]) == pytest.approx(MUST_FOR.total_seconds(), abs=20)


def test_waits_grow_and_are_not_the_same_for_all() -> None:
    found = [wait or 0 for wait in waits(MUST, *[LOST] * 8)]
    for wait, about in zip(found, [0.5, 1, 2, 4, 8, 15, 15, 15], strict=True):
        assert 0.75 * about <= wait <= 1.25 * about
    assert waits(MUST, LOST) != waits(MUST, LOST)


@pytest.mark.parametrize("plan", [MUST, Plan()])
def test_what_slack_refuses_for_good_is_not_asked_again(plan: Plan) -> None:
    assert waits(plan, Fault(code="is_archived", lasting=True)) == [None]


@pytest.mark.parametrize("plan", [MUST, Plan(tries=9)])
def test_a_code_that_nobody_knows_is_asked_about_a_few_times(plan: Plan) -> None:
    strange = Fault(code="flux", unsure=True, strange=True)
    found = waits(plan, *[strange] * STRANGE_TRIES)
    assert [wait is None for wait in found] == [False] * (STRANGE_TRIES - 1) + [True]
    assert None not in waits(plan, strange, LOST, LIMITED, strange), "others don't count"


def test_a_429_is_kept_to() -> None:
    assert waits(Plan(), Fault(code="ratelimited", limited=True, retry_after=30.0)) == [30.0]
    assert waits(Plan(), LIMITED) == [2.0], "where it doesn't say how long"


def test_a_call_that_is_of_no_use_any_more_is_not_tried() -> None:
    assert None not in waits(Plan(within=2.5), LOST)
    assert waits(Plan(within=2.5), LOST, each=2.4) == [None]
    assert waits(Plan(within=2.5, must=True), Fault(code="ratelimited", limited=True, retry_after=3.0)) == [
        None
    ]


# -- what a fault is


def test_faults() -> None:
    def of(raw: Raw) -> Fault:
        response: Any = AsyncSlackResponse(
            client=None,
            http_verb="POST",
            api_url="",
            req_args={},
            data=dict(raw.data),
            headers=dict(raw.headers),
            status_code=raw.status,
        )
        with pytest.raises(SlackApiError) as caught:
            response.validate()
        return fault_of(caught.value)

    assert of(refused("is_archived")).lasting
    assert not of(refused("is_archived")).unsure
    needed = of(Raw({"ok": False, "error": "missing_scope", "needed": "pins:write"}))
    assert (needed.lasting, needed.answer.get("needed")) == (True, "pins:write")
    for code in ("fatal_error", "internal_error", "service_unavailable", "request_timeout"):
        assert of(refused(code)).unsure
        assert not of(refused(code)).strange
        assert not of(refused(code)).lasting
    assert of(refused("is_archived", status=500)).unsure
    strange = of(refused("flux"))
    assert (strange.strange, strange.unsure, strange.lasting) == (True, True, False)
    assert of(Raw({"ok": False})).code == "unknown_error"
    limited = of(refused("ratelimited", 429, wait="7"))
    assert (limited.limited, limited.retry_after, limited.unsure) == (True, 7.0, False)
    assert of(refused("whatever", 429)).retry_after is None
    assert of(refused("ratelimited", 429, wait="soon")).retry_after is None
    assert of(refused("ratelimited")).limited


def test_faults_of_the_way_there() -> None:
    assert fault_of(UnreadableAnswerError(429, {"retry-after": "3"})).retry_after == 3.0
    assert fault_of(UnreadableAnswerError(200, {})).unsure
    for error in (CUT, TimeoutError(), ConnectionResetError()):
        assert fault_of(error) == Fault(code="connection_error", unsure=True, cause=error)
    key = aiohttp.client_reqrep.ConnectionKey("slack.com", 443, True, True, None, None, None)
    nobody = aiohttp.ClientConnectorError(key, OSError())
    assert not fault_of(nobody).unsure, "it was never sent"
    with pytest.raises(ZeroDivisionError):
        fault_of(ZeroDivisionError())


# -- the calls


@in_virtual_time
async def test_must_goes_on_where_should_has_given_up() -> None:
    faults = [CUT] * SHOULD_TRIES
    should, must = ScriptedWeb(*faults), ScriptedWeb(*faults)
    assert await should.code_of(POST, Plan()) == "connection_error"
    assert (await must.ok(POST, MUST))["ts"] == "2.000100"
    assert (len(should.asked), len(must.asked)) == (SHOULD_TRIES, SHOULD_TRIES + 1)


@in_virtual_time
async def test_in_half_an_hour_a_call_that_must_be_is_given_up() -> None:
    web = ScriptedWeb(*[CUT] * 1_000)
    assert await web.code_of(POST, MUST) == "connection_error"
    assert web.asked[-1] == pytest.approx(MUST_FOR.total_seconds(), abs=20)


@pytest.mark.parametrize("code", ["channel_not_found", "msg_too_long", "token_revoked"])
@in_virtual_time
async def test_a_lasting_code_is_raised_at_once(code: str) -> None:
    assert code in FINAL
    web = ScriptedWeb(refused(code))
    assert await web.code_of(POST, MUST) == code
    assert web.asked == [0.0]


@in_virtual_time
async def test_a_strange_code_is_raised_after_three_tries() -> None:
    web = ScriptedWeb(*[refused("flux")] * 9)
    assert await web.code_of(POST, MUST) == "flux"
    assert len(web.asked) == STRANGE_TRIES


@in_virtual_time
async def test_after_a_429_nobody_calls_the_method_until_it_may() -> None:
    web = ScriptedWeb(refused("ratelimited", 429, wait="30"))
    first = asyncio.create_task(web.ok(POST, Plan()))
    await asyncio.sleep(1)
    await web.ok(POST, Plan(importance=Importance.PAGE))
    await first
    assert web.asked == [0.0, 30.0, 30.0]
    await web.ok(INVITE, Plan())
    assert web.asked[-1] == web.asked[-2], "other methods are open"


@in_virtual_time
async def test_a_429_that_does_not_say_how_long_closes_nothing_for_others() -> None:
    web = ScriptedWeb(refused("ratelimited", 429))
    first = asyncio.create_task(web.ok(POST, Plan()))
    await asyncio.sleep(0.1)
    await web.ok(POST, Plan())
    await first
    assert web.asked == [0.0, 0.1, 2.0]


@in_virtual_time
async def test_an_answer_without_what_is_needed_is_none() -> None:
    web = ScriptedWeb(*[Raw({"ok": True})] * 9)
    assert await web.code_of(POST, Plan(fields=("ts",))) == "connection_error"
    assert len(web.asked) == SHOULD_TRIES


@in_virtual_time
async def test_an_ok_alone_is_believed_the_second_time_where_nothing_is_needed() -> None:
    web = ScriptedWeb(*[Raw({"ok": True})] * 9)
    assert await web.ok(TOPIC, Plan()) == {"ok": True}
    assert len(web.asked) == 2
    assert await web.ok("pins.add", Plan()) == {"ok": True}
    assert len(web.asked) == 3, "it has nothing else to say"


class Searched:
    """Finds what it is told to find, and counts."""

    def __init__(self, found: Mapping[str, object] | None) -> None:
        self.found = found
        self.times = 0

    async def __call__(self) -> Mapping[str, object] | None:
        self.times += 1
        return self.found


@pytest.mark.parametrize(
    "lost",
    [CUT, TimeoutError(), refused("fatal_error"), refused("flux"), refused("x", 503), Raw({"ok": True})],
    ids=str,
)
@in_virtual_time
async def test_what_may_be_done_is_looked_for_before_it_is_done_again(lost: Raw | Exception) -> None:
    there, nowhere = Searched(FOUND), Searched(None)
    web = ScriptedWeb(lost)
    assert await web.ok(POST, Plan(must=True, fields=("ts",), search=there)) == {"ok": True, **FOUND}
    assert (len(web.asked), there.times) == (1, 1)
    web = ScriptedWeb(lost)
    assert (await web.ok(POST, Plan(must=True, search=nowhere)))["ts"] == "2.000100"
    assert (len(web.asked), nowhere.times) == (2, 1)


@in_virtual_time
async def test_what_is_certainly_not_done_is_not_looked_for() -> None:
    search = Searched(FOUND)
    key = aiohttp.client_reqrep.ConnectionKey("slack.com", 443, True, True, None, None, None)
    nobody = aiohttp.ClientConnectorError(key, OSError())
    web = ScriptedWeb(refused("ratelimited", 429, wait="1"), nobody)
    assert (await web.ok(POST, Plan(must=True, search=search)))["ts"] == "2.000100"
    assert (len(web.asked), search.times) == (3, 0)


@in_virtual_time
async def test_each_doubt_is_looked_after_once() -> None:
    search = Searched(None)
    limited = refused("ratelimited", 429)
    web = ScriptedWeb(CUT, limited, limited)
    await web.ok(POST, Plan(must=True, search=search))
    assert (len(web.asked), search.times) == (4, 1), "a 429 leaves no doubt"
    web = ScriptedWeb(CUT, limited, CUT)
    await web.ok(POST, Plan(must=True, search=search))
    assert (len(web.asked), search.times) == (4, 3)


@in_virtual_time
async def test_a_code_may_say_that_an_earlier_try_did_it() -> None:
    plan = Plan(done=frozenset({"exchanged_trigger_id"}))
    web = ScriptedWeb(CUT, refused("exchanged_trigger_id"))
    assert await web.ok("views.open", plan) == {"ok": True}
    web = ScriptedWeb(refused("exchanged_trigger_id"))
    assert await web.code_of("views.open", plan) == "exchanged_trigger_id"


@in_virtual_time
async def test_a_call_that_has_its_turn_takes_none_and_its_next_tries_do() -> None:
    web = ScriptedWeb()
    for _ in range(RATES[TOPIC]):
        await web.planned(Plan(importance=Importance.PAGE)).turn(TOPIC)
    await web.ok(TOPIC, Plan(importance=Importance.PAGE, has_turn=True))
    assert web.asked == [0.0]
    await web.ok(TOPIC, Plan(importance=Importance.PAGE))
    assert web.asked == [0.0, 61.0]
    web = ScriptedWeb(CUT)
    for _ in range(RATES[TOPIC]):
        await web.planned(Plan(importance=Importance.PAGE)).turn(TOPIC)
    await web.ok(TOPIC, Plan(importance=Importance.PAGE, has_turn=True))
    assert web.asked == [61.0, 122.0]


@in_virtual_time
async def test_a_turn_that_comes_too_late_is_told_so() -> None:
    web = ScriptedWeb()
    web.budget.close(POST, 10)
    assert await web.code_of(POST, Plan(within=5)) == EXPIRED
    assert web.asked == []
