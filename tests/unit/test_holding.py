"""What goes out to Slack is held back while another bot may lead, and not sent once one does."""

import asyncio
from typing import Any

import pytest

from bot.slack.settings import SlackSettings
from bot.slack.transport.web_api import WebApi

SETTINGS = SlackSettings(api_url="http://127.0.0.1:9/api/")
"""Where nothing answers: a call that is made fails with another error."""


async def no_more() -> None:
    raise asyncio.CancelledError


async def test_a_call_is_not_made() -> None:
    web = WebApi(SETTINGS, bot_token="xoxb-1", hold=no_more)
    with pytest.raises(asyncio.CancelledError):
        await web.chat_postMessage(channel="C1", text="Hello")


async def test_a_call_that_waited_out_a_429_is_not_made_again() -> None:
    web = LimitedWeb(SETTINGS, bot_token="xoxb-1")
    with pytest.raises(asyncio.CancelledError):
        await web.chat_postMessage(channel="C1", text="Hello")
    assert len(web.asks) == 1


class LimitedWeb(WebApi):
    """Is answered 429, while another bot begins to lead."""

    def __init__(self, settings: SlackSettings, *, bot_token: str) -> None:
        super().__init__(settings, bot_token=bot_token, hold=self.lead)
        self.asks: list[str] = []

    async def _request(self, **_: Any) -> dict[str, Any]:
        self.asks.append("a call")
        headers = {"Retry-After": "0"}
        return {"data": {"ok": False, "error": "ratelimited"}, "headers": headers, "status_code": 429}

    async def lead(self) -> None:
        if self.asks:
            await no_more()


async def test_it_waits_while_that_is_in_doubt() -> None:
    certain = asyncio.Event()

    async def in_doubt() -> None:
        await certain.wait()
        await no_more()

    web = WebApi(SETTINGS, bot_token="xoxb-1", hold=in_doubt)
    calling = asyncio.ensure_future(web.chat_postMessage(channel="C1", text="Hello"))
    await asyncio.sleep(0)
    assert not calling.done()
    certain.set()
    with pytest.raises(asyncio.CancelledError):
        await calling
