"""Errors of the Slack room. What Slack itself refuses is the engine's ChatRefusedError."""


class SlackRoomError(Exception):
    """Something in this room is wrong."""


class UndeclaredMethodError(SlackRoomError):
    """A Web API method was called that web_api.METHODS doesn't list: the manifest may lack its scope."""

    def __init__(self, method: str) -> None:
        super().__init__(
            f"{method} is not in bot.slack.web_api.METHODS: add it there, with the scope it needs"
        )
        self.method = method
