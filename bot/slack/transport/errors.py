"""Errors of the Slack room. What Slack itself refuses is the engine's ChatRefusedError."""

from collections.abc import Mapping


class SlackRoomError(Exception):
    """Something in this room is wrong."""


class UndeclaredMethodError(SlackRoomError):
    """A Web API method was called that web_api.METHODS doesn't list: the manifest may lack its scope."""

    def __init__(self, method: str) -> None:
        super().__init__(
            f"{method} is not in bot.slack.transport.web_api.METHODS: add it there, with the scope it needs"
        )
        self.method = method


class FormWrongError(SlackRoomError):
    """Something in a submitted form is wrong that only a look at Slack could tell: words by block_id."""

    def __init__(self, by_block: Mapping[str, str]) -> None:
        super().__init__(f"a form is wrong in {', '.join(by_block)}")
        self.by_block = by_block
