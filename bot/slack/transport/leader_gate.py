"""Holding back what goes out to Slack, where several bots share a database and only the leader speaks."""

from collections.abc import Awaitable, Callable

Hold = Callable[[], Awaitable[None]]
"""Passed before every call: returns while this bot may speak, waits in doubt, raises CancelledError after."""


async def always() -> None:
    """A bot that is alone may speak."""
