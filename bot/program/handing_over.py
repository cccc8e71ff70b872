"""The end of the program's part: nothing more is taken in, and what lives goes on in the next one's hands.

Quick, for who asked for it won't wait: a container engine ends a program that takes longer than 10 s.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import AsyncExitStack

from bot.program.services import Services
from bot.slack.transport.app import SlackApp

log = logging.getLogger(__name__)

WITHIN = 3.0
"""Seconds for each part that is only to be left as it is."""


async def hand_over(slack: SlackApp, services: Services, *, stop_rides: bool) -> None:
    """End the parts, each whatever becomes of the others.

    First no request is taken any more, so that none is lost. Then statements and other work get their
    answer or a word that there is none, while the rides that they are about still listen. With `stop_rides`
    the rides end instead, which answers the statements too.
    """
    async with AsyncExitStack() as stack:  # from the last to the first
        if stop_rides:
            stack.push_async_callback(slack.close)
            stack.push_async_callback(services.rides.close, stop_rides=True)
        else:
            stack.push_async_callback(_soon, services.rides.close(), "rides")
            stack.push_async_callback(slack.close)
        stack.push_async_callback(_soon, services.close(), "drills and game days")
        await slack.hang_up()


async def _soon(closing: Awaitable[None], what: str) -> None:
    """What isn't done in time is as after a crash: the next life of the program goes on from the rows."""
    try:
        async with asyncio.timeout(WITHIN):
            await closing
    except TimeoutError:
        log.warning("The %s could not be left in order within %g s.", what, WITHIN)
