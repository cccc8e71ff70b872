"""What the Slack room counts, for whoever runs Ride."""

from typing import Protocol


class SlackMeter(Protocol):
    """Quick, and never raises."""

    def called(self, method: str, code: str) -> None:
        """A call of the Web API is over: `ok`, Slack's error code, or our `connection_error`."""
        ...

    def rate_limited(self, method: str) -> None:
        """Slack answered 429."""
        ...

    def waited(self, importance: str, seconds: float) -> None:
        """A call had to wait so long for its turn within Slack's rates."""
        ...

    def other_connections(self, number: int) -> None:
        """So many Socket Mode connections of the app are another program's, as of now."""
        ...


class NoSlackMeter:
    """Counts nothing."""

    def called(self, method: str, code: str) -> None: ...

    def rate_limited(self, method: str) -> None: ...

    def waited(self, importance: str, seconds: float) -> None: ...

    def other_connections(self, number: int) -> None: ...
