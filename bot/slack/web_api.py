"""The Web API as this bot uses it: the one table of its methods, and a client that calls no other."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientConnectorError
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.errors import UndeclaredMethodError
from bot.slack.holding import Hold, always
from bot.slack.metering import NoSlackMeter, SlackMeter
from bot.slack.outcome import CONNECTION_ERROR, code_of
from bot.slack.settings import SlackSettings

OK = "ok"
CANCELLED = "cancelled"
"""Beside Slack's codes, for the meter: nobody waits for the answer any more."""

METHODS: Mapping[str, str | None] = {
    "apps.connections.open": None,  # the app-level token's connections:write, which is no bot scope
    "auth.test": None,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.archive": "groups:write",
    "conversations.create": "groups:write",
    "conversations.history": "groups:history",
    "conversations.invite": "groups:write",
    "conversations.members": "groups:read",
    "conversations.open": "im:write",
    "conversations.setPurpose": "groups:write",
    "conversations.setTopic": "groups:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "oauth.v2.access": None,  # the app's own secret, which is no bot scope
    "pins.add": "pins:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.update": None,
}
"""Every method the bot calls, with the bot scope that it needs there (private channels, its own messages).

Source: the method pages of https://docs.slack.dev/reference/methods.
"""


def sdk_logger() -> logging.Logger:
    """The logger for Slack's libraries: never below INFO, for at DEBUG they log requests with passwords."""
    logger = logging.getLogger("bot.slack.sdk")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)
    return logger


class RateLimits(AsyncRateLimitErrorRetryHandler):
    """Waits out a 429 as long as Slack asks it to, and counts it."""

    def __init__(self, meter: SlackMeter, hold: Hold, *, max_retry_count: int) -> None:
        super().__init__(max_retry_count=max_retry_count)
        self._meter = meter
        self._hold = hold

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        method = request.url.rpartition("/")[2]
        if method in METHODS:  # other addresses are files to upload, each with a secret in it
            self._meter.rate_limited(method)
        await super().prepare_for_next_attempt_async(
            state=state, request=request, response=response, error=error
        )
        await self._hold()


class WebApi(AsyncWebClient):
    """Slack's client, kept to METHODS; waits out a 429 as long as Slack asks it to.

    A call is tried again after a failed connection only while nothing can have been sent: a message that is
    sent twice is worse than one whose failure is reported.
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
        super().__init__(
            token=bot_token,
            base_url=settings.api_url,
            logger=sdk_logger(),
            retry_handlers=[
                RateLimits(self._meter, hold, max_retry_count=settings.rate_limit_retries),
                AsyncConnectionErrorRetryHandler(max_retry_count=3, error_types=[ClientConnectorError]),
            ],
        )

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method of METHODS. Raises UndeclaredMethodError for any other."""
        if api_method not in METHODS:
            raise UndeclaredMethodError(api_method)
        await self._hold()
        code = CONNECTION_ERROR
        try:
            response = await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            code = code_of(error)
            raise
        except asyncio.CancelledError:
            code = CANCELLED
            raise
        else:
            code = OK
            return response
        finally:
            self._meter.called(api_method, code)
