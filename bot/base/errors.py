"""Errors of the program itself. Each text names the cause and what to do next."""

import os
from pathlib import Path

_TOKENS = "Compare SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…) with the app's own pages."
WHERE_TO_LOOK = "The README's section 'In your Slack' says what the app needs."
INSTALL_IN_A_WORKSPACE = (
    "Install the app in one workspace of the organisation, not in all of it, and use that one's token. For"
    " several workspaces there is `ride serve --http`, which each installs by itself: docs/http.md."
)
WHAT_TO_DO = {
    "invalid_auth": _TOKENS,
    "not_authed": _TOKENS,
    "account_inactive": "The app was removed from the workspace: install it again, and use its new token.",
    "token_revoked": "The token was revoked: install the app again, and use its new token.",
    "not_allowed_token_type": "The tokens are mixed up: xoxb-… is SLACK_BOT_TOKEN, xapp-… SLACK_APP_TOKEN.",
    "missing_scope": "Update the app's manifest with what `ride manifest` prints, and install the app again.",
    "connection_error": "Nothing answered: check SLACK_API_URL, the network, and a proxy if you have one.",
}


class ProgramError(Exception):
    """Ride can't do what was asked on the command line."""


class SettingsError(ProgramError):
    """A setting has a value that Ride can't use."""

    def __init__(self, problems: list[str]) -> None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(
            f"Settings that Ride can't use:\n{listed}\nThey come from the environment, or from the file .env"
            " in this folder. docs/settings.md says what each takes."
        )


class FolderInUseError(ProgramError):
    """Another `ride serve` keeps its rides in this data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Another `ride serve` runs with the data folder {folder}, and two would both tell its rides."
            " Stop that one first, or give this one a folder of its own with RIDE_DATA_FOLDER."
        )


class SlackRefusedError(ProgramError):
    """Slack does not let the bot in. `code` is Slack's own."""

    def __init__(self, step: str, code: str, api_url: str) -> None:
        super().__init__(
            f"Slack refused {step} with `{code}`. {WHAT_TO_DO.get(code, WHERE_TO_LOOK)} (asked: {api_url})"
        )
        self.code = code


class OrganisationTokenError(ProgramError):
    """The bot token is of an installation in a whole organisation (Enterprise Grid)."""

    def __init__(self, organisation: str) -> None:
        super().__init__(
            f"SLACK_BOT_TOKEN is of an installation in the whole organisation {organisation}, and Ride works"
            f" in workspaces. {INSTALL_IN_A_WORKSPACE}"
        )


class TokensMissingError(ProgramError):
    """`ride serve` needs both of Slack's tokens."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not set. The README's section"
            " 'In your Slack' says where to get them; to try Ride without Slack, run `make demo`."
        )


class TokenKeysError(ProgramError):
    """`ride serve --http` keeps tokens, and needs keys to encrypt them with."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"RIDE_TOKEN_KEYS {what}: Slack's tokens are encrypted with it. `ride tokens new-key` prints a"
            " new key; keep it as safe as a password. Several have commas between them, the newest first."
        )


class UnreadableTokensError(ProgramError):
    """Tokens are stored that none of the keys can read."""

    def __init__(self, workspaces: list[str]) -> None:
        super().__init__(
            f"No key in RIDE_TOKEN_KEYS reads the tokens of {', '.join(workspaces)}. Add the key that they"
            " were encrypted with, after the newest, with a comma. If it is lost: `ride tokens forget`"
            " deletes them, and the workspaces install Ride again."
        )


class PortTakenError(ProgramError):
    """Another program listens on the port of the page."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken, perhaps by another `ride demo`. Leave --port out to get a free one,"
            " or name another."
        )


class AddressTakenError(ProgramError):
    """Ride can't listen where a setting says. `number` is the system's errno."""

    def __init__(self, address: str, setting: str, number: int) -> None:
        super().__init__(
            f"Ride can't listen on {address}: {os.strerror(number)}. Name another address with {setting}, or"
            " stop the program that listens there."
        )


class NoOperationsAddressError(ProgramError):
    """Nothing tells how Ride is, since no address is set for it."""

    def __init__(self) -> None:
        super().__init__(
            "RIDE_OPERATIONS_ADDRESS is not set, so `ride serve` tells nobody how it is. Set it, for both"
            " commands, such as RIDE_OPERATIONS_ADDRESS=127.0.0.1:9464."
        )


class HttpSettingsMissingError(ProgramError):
    """`--http` needs more settings than Socket Mode."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not set, and HTTP mode needs"
            " them. docs/http.md says where to get each."
        )


class UnknownRideError(ProgramError):
    """No ride of this id is stored."""

    def __init__(self, ride: str, databases: list[str], nearest: tuple[str, ...] = ()) -> None:
        looked = f"Looked in {', '.join(databases)}" if databases else "No rides are stored here"
        near = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(
            f"There is no ride {ride!r}.{near} {looked}. The postmortem's last line has the id; a game day's "
            "is in its announcement."
        )


class RideNotOverError(ProgramError):
    """A ride that has not ended has nothing to export yet."""

    def __init__(self, ride: str, state: str) -> None:
        super().__init__(
            f"Ride {ride} is still {state}: there is nothing to export before its postmortem."
            " Wait for it, or end the ride with `/ride stop` in its channel."
        )


class GameDayNotOverError(ProgramError):
    """A game day that is to come or runs has nothing to export yet."""

    def __init__(self, day: str, state: str) -> None:
        super().__init__(
            f"Game day {day} is still {state}: there is nothing to export before its summary."
            " Wait for it, or end it in its console."
        )


class NoPictureError(ProgramError):
    """Nothing was sampled that could be painted."""

    def __init__(self, ride: str) -> None:
        super().__init__(
            f"There is no picture of ride {ride}: its sandbox was not sampled, or the incident never stood."
            " Export it without --picture."
        )


class FileNotWrittenError(ProgramError):
    """The system refused a file."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} can't be written: {why}. Name a file in a folder that is there.")


class OutputLostError(ProgramError):
    """Standard output took no more."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Standard output can't be written: {why}. What was printed is not whole: make room where it"
            " goes, and run the command again."
        )


class NoScenariosError(ProgramError):
    """A folder that should hold scenarios holds none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There are no scenarios in {folder}: each is a folder of its own, with a file scenario.yaml."
            " docs/scenarios.md says what belongs in it."
        )


def _listed(names: list[str]) -> str:
    """Names in a row: A, B and C."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
