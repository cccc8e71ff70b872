"""Why the engine is not asked."""

from bot.base.errors import ProgramError


class RefusedError(Exception):
    """The proxy doesn't pass a call on. The text says why, for the log and for whoever called."""


class EngineUnreachableError(ProgramError):
    """The proxy finds no engine, at its start or later."""

    def __init__(self, socket: str, why: str) -> None:
        super().__init__(
            f"The Docker engine does not answer at {socket}: {why}. Is it running, is its socket mounted"
            " here, and may this user or group use it?"
        )


class NoSocketVolumeError(ProgramError):
    """The proxy is for a bot in a container, whose sandboxes' sockets are in a volume."""

    def __init__(self) -> None:
        super().__init__(
            "The engine proxy needs to know the volume of the sandboxes' sockets: set RIDE_SOCKET_VOLUME to"
            " its name and RIDE_SOCKET_FOLDER to where it is mounted, as in docker-compose.yml."
        )
