"""How Slack's requests come in: over Socket Mode, or as HTTP requests."""

from typing import Protocol

from slack_bolt.async_app import AsyncApp


class Intake(Protocol):
    """Hands requests to Bolt's app while it is open."""

    async def open(self, app: AsyncApp) -> None:
        """Returns when Slack's requests come in. Raises ChatRefusedError when Slack lets us not."""
        ...

    async def connected(self) -> bool:
        """Whether they come in now."""
        ...

    async def close(self) -> None:
        """Take in nothing more."""
        ...
