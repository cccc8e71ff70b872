"""What becomes of a call of Slack's client: its answer, or the engine's error with Slack's code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.rides.errors import ChatRefusedError

CONNECTION_ERROR = "connection_error"
"""Our own code beside Slack's: the call did not come through."""


def code_of(error: SlackApiError) -> str:
    """Slack's own code of a refusal."""
    code = error.response.get("error") if error.response is not None else None
    return str(code or "unknown_error")


@asynccontextmanager
async def refusals(step: str) -> AsyncIterator[None]:
    """Turn what a call of Slack's client raises into a ChatRefusedError with Slack's code."""
    try:
        yield
    except SlackApiError as error:
        raise ChatRefusedError(step, code_of(error)) from error
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        raise ChatRefusedError(step, CONNECTION_ERROR) from error
