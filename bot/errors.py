"""Errors of the program itself. Each text names the cause and what to do next."""


class ProgramError(Exception):
    """Ride can't do what was asked on the command line."""


class TokensMissingError(ProgramError):
    """`ride serve` needs both of Slack's tokens."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set. The README's section"
            " 'Set up Slack' says where to get them; to try Ride without Slack, run `make demo`."
        )


class PortTakenError(ProgramError):
    """Another program listens on the port of the page."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken, perhaps by another `ride demo`. Leave --port out to get a free one,"
            " or name another."
        )


class UnknownRideError(ProgramError):
    """No ride of this id is stored."""

    def __init__(self, ride: str, database: str) -> None:
        super().__init__(f"There is no ride {ride!r} in {database}. The postmortem's last line has the id.")
