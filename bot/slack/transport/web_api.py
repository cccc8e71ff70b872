"""The Web API as this bot uses it: the one table of its methods, and a client that calls no other."""

import asyncio
import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.settings import SlackSettings
from bot.slack.transport.budget import Budget, ExpiredError, Tier
from bot.slack.transport.errors import UndeclaredMethodError
from bot.slack.transport.leader_gate import Hold, always
from bot.slack.transport.metering import NoSlackMeter, SlackMeter
from bot.slack.transport.outcome import (
    CONNECTION_ERROR,
    CallRefusedError,
    Fault,
    UnreadableAnswerError,
    fault_of,
)
from bot.slack.transport.plan import Plan, Tries

log = logging.getLogger(__name__)

EXPIRED = "expired"
"""Our own code beside Slack's: it was not sent, for it was of no use any more."""
HTTP_OK = 200
OK = "ok"
CANCELLED = "cancelled"
"""Beside Slack's codes, for the meter: nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API as this bot calls it."""

    scopes: tuple[str, ...] = ()
    """The bot scopes that it needs there (private channels, direct messages, its own messages)."""
    tier: Tier | None = None
    """How often it may be called; None: often enough, or as often as Slack asks us to."""
    answer: tuple[str, ...] = ()
    """What its answer has beside `ok`. One without is not believed at once, for it may be none of Slack's."""


METHODS: Mapping[str, Method] = {
    "apps.connections.open": Method(),  # the app-level token's connections:write, which is no bot scope
    "auth.test": Method(),
    "chat.postEphemeral": Method(("chat:write",), Tier.FOUR, answer=("message_ts",)),
    "chat.postMessage": Method(("chat:write",), Tier.MESSAGES, answer=("ts",)),
    "chat.update": Method(("chat:write",), Tier.THREE, answer=("ts",)),
    "conversations.archive": Method(("groups:write",), Tier.TWO),
    "conversations.create": Method(("groups:write",), Tier.TWO, answer=("channel",)),
    "conversations.history": Method(("groups:history", "im:history"), Tier.HISTORY, answer=("messages",)),
    "conversations.invite": Method(("groups:write",), Tier.THREE, answer=("channel",)),
    "conversations.members": Method(("groups:read",), Tier.FOUR, answer=("members",)),
    "conversations.open": Method(("im:write",), Tier.THREE, answer=("channel",)),
    "conversations.replies": Method(("groups:history", "im:history"), Tier.HISTORY, answer=("messages",)),
    "conversations.setPurpose": Method(("groups:write",), Tier.TWO, answer=("channel",)),
    "conversations.setTopic": Method(("groups:write",), Tier.TWO, answer=("channel",)),
    "files.completeUploadExternal": Method(("files:write",), Tier.FOUR, answer=("files",)),
    "files.getUploadURLExternal": Method(("files:write",), Tier.FOUR, answer=("upload_url", "file_id")),
    "oauth.v2.access": Method(),  # the app's own secret, which is no bot scope
    "pins.add": Method(("pins:write",), Tier.TWO),
    "usergroups.list": Method(("usergroups:read",), Tier.TWO, answer=("usergroups",)),
    "usergroups.users.list": Method(("usergroups:read",), Tier.TWO, answer=("users",)),
    "users.conversations": Method(("groups:read",), Tier.THREE, answer=("channels",)),
    "users.info": Method(("users:read",), Tier.FOUR, answer=("user",)),
    "users.list": Method(("users:read",), Tier.TWO, answer=("members",)),
    "views.open": Method(tier=Tier.FOUR, answer=("view",)),
    "views.publish": Method(tier=Tier.FOUR, answer=("view",)),
    "views.update": Method(tier=Tier.FOUR, answer=("view",)),
}
"""Every method the bot calls.

Source: the method pages of https://docs.slack.dev/reference/methods. pins.add and conversations.archive
answer `ok` and nothing else.
"""
RATES: Mapping[str, int] = {name: method.tier for name, method in METHODS.items() if method.tier is not None}
"""Calls a minute."""


def sdk_logger() -> logging.Logger:
    """The logger for Slack's libraries: never below INFO, for at DEBUG they log requests with passwords."""
    logger = logging.getLogger("bot.slack.sdk")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)
    return logger


class WebApi(AsyncWebClient):
    """Slack's client for one workspace, kept to METHODS, to Slack's rates and to a plan.

    Its calls raise CallRefusedError: what Slack refuses for good, and what did not come through in all the
    tries that the plan allows. What may have been done although its answer was lost is looked for before it
    is done again, where the plan says how.
    """

    def __init__(
        self,
        settings: SlackSettings,
        *,
        bot_token: str | None,
        meter: SlackMeter | None = None,
        hold: Hold = always,
    ) -> None:
        self._meter = meter or NoSlackMeter()
        self._hold = hold
        self._plan = Plan()
        self.budget = Budget(RATES)
        super().__init__(
            token=bot_token,
            base_url=settings.api_url,
            timeout=settings.answers_within,
            logger=sdk_logger(),
            retry_handlers=[],
        )

    def planned(self, plan: Plan) -> Self:
        """The same client, whose calls are made to this plan."""
        planned = copy.copy(self)
        planned._plan = plan
        return planned

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method of METHODS. Raises UndeclaredMethodError for any other, and CallRefusedError."""
        if api_method not in METHODS:
            raise UndeclaredMethodError(api_method)
        plan, loop = self._plan, asyncio.get_running_loop()
        tries = Tries(plan, began=loop.time())
        unsure = doubted = bare = False
        while True:
            if doubted and plan.search is not None:
                if (found := await plan.search()) is not None:
                    return self._answer(api_method, found)
                # Not looked for again without a new doubt: to look is what Slack allows least of all.
                doubted = False
            if tries.made > 0 or not plan.has_turn:
                await self.turn(api_method)
            await self._hold()
            answer = await self._try(api_method, arguments, bare=bare)
            if isinstance(answer, AsyncSlackResponse):
                return answer
            if unsure and answer.code in plan.done:
                return self._answer(api_method, {})
            unsure, doubted = unsure or answer.unsure, doubted or answer.unsure
            bare = bare or answer.bare
            if answer.limited:
                self.budget.close(api_method, answer.retry_after or 0.0)
            wait = tries.wait(answer, loop.time())
            if wait is None:
                raise CallRefusedError(api_method, answer.code, answer.answer) from answer.cause
            log.info("%s: %s; tried again in %.1f s", api_method, answer.code, wait)
            await asyncio.sleep(wait)

    async def turn(self, method: str) -> None:
        """Wait until the method may be called. Raises CallRefusedError when that comes too late."""
        loop, importance = asyncio.get_running_loop(), self._plan.importance
        began = loop.time()
        try:
            await self.budget.turn(method, importance, within=self._plan.within)
        except ExpiredError:
            raise CallRefusedError(method, EXPIRED) from None
        self._meter.waited(importance.name.lower(), loop.time() - began)

    async def _try(self, method: str, arguments: dict[str, Any], *, bare: bool) -> AsyncSlackResponse | Fault:
        """`bare`: a try before was answered with an `ok` alone. Twice is enough, where we need no more."""
        code = CANCELLED
        try:
            response = await super().api_call(method, **arguments)
            wanted = self._plan.fields if bare else (*self._plan.fields, *METHODS[method].answer)
            if any(response.get(name) is None for name in wanted):
                raise UnreadableAnswerError(response.status_code, response.headers, bare=True)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            fault = fault_of(error)
            code = fault.code
            if fault.limited:
                self._meter.rate_limited(method)
            return fault
        else:
            code = OK
            return response
        finally:
            self._meter.called(method, code)

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        """As the library's, for which every answer is a JSON object."""
        try:
            answer: dict[str, Any] = await super()._request(
                http_verb=http_verb, api_url=api_url, req_args=req_args
            )
        except SlackApiError as error:
            # It was cut off: the library hands on aiohttp's response, which is none of Slack's.
            response: Any = error.response
            raise UnreadableAnswerError(response.status, response.headers) from error
        except UnicodeDecodeError as error:
            raise UnreadableAnswerError(0, {}) from error
        data = answer["data"]
        if not isinstance(data, dict) or "ok" not in data:
            raise UnreadableAnswerError(answer["status_code"], answer["headers"])
        return answer

    def _answer(self, method: str, found: Mapping[str, object]) -> AsyncSlackResponse:
        """An answer that was lost, as it would have been."""
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=f"{self.base_url}{method}",
            req_args={},
            data={"ok": True, **found},
            headers={},
            status_code=200,
        )

    async def put(self, url: str, content: bytes) -> None:
        """Send a file's bytes to the address that Slack gave for them. Raises CallRefusedError.

        Sent again as they are, they do no harm.
        """
        loop = asyncio.get_running_loop()
        tries = Tries(self._plan, began=loop.time())
        while True:
            await self._hold()
            fault = await self._try_to_put(url, content)
            if fault is None:
                return
            wait = tries.wait(fault, loop.time())
            if wait is None:
                # Not the address: there is a secret in it.
                raise CallRefusedError("files.getUploadURLExternal", fault.code)
            await asyncio.sleep(wait)

    async def _try_to_put(self, url: str, content: bytes) -> Fault | None:
        try:
            done = await self._upload_file(
                url=url,
                data=content,
                logger=sdk_logger(),
                timeout=self.timeout,
                proxy=self.proxy,
                ssl=self.ssl,
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, ConnectionError):
            return Fault(code=CONNECTION_ERROR, unsure=True)
        return None if done.status == HTTP_OK else Fault(code=CONNECTION_ERROR, unsure=True)
