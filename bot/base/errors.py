"""Errors of the program itself. Each text names the cause and what to do next."""

import os
from pathlib import Path

_TOKENS = "Check SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…) against the app's pages."
WHERE_TO_LOOK = "The README's section 'In your Slack' says what the app needs."
INSTALL_IN_A_WORKSPACE = (
    "Install the app in one workspace, not in the whole organisation, and use the token from there. To serve"
    " several workspaces, run `ride serve --http`, and let each install the app itself: docs/http.md."
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
            f"Ride can't use these settings:\n{listed}\nThey come from the environment or from the file .env"
            " in this folder. docs/settings.md says what each may be."
        )


class FolderInUseError(ProgramError):
    """Another `ride serve` keeps its rides in this data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Another `ride serve` is using the data folder {folder}; two would post every message twice."
            " Stop that one first, or give this one its own folder with RIDE_DATA_FOLDER."
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
            f"SLACK_BOT_TOKEN is from an installation in the whole organisation {organisation}, but Ride"
            f" works in single workspaces. {INSTALL_IN_A_WORKSPACE}"
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
            f"RIDE_TOKEN_KEYS {what}; Ride needs it to encrypt Slack's tokens. `ride tokens new-key` prints a"
            " new key; keep it as safe as a password. Separate several keys with commas, newest first."
        )


class UnreadableTokensError(ProgramError):
    """Tokens are stored that none of the keys can read."""

    def __init__(self, workspaces: list[str]) -> None:
        super().__init__(
            f"No key in RIDE_TOKEN_KEYS can read the tokens of {', '.join(workspaces)}. Add the key they were"
            " encrypted with after the newest one, with a comma. If it is lost, `ride tokens forget`"
            " deletes these tokens; the workspaces then have to install Ride again."
        )


class PortTakenError(ProgramError):
    """Another program listens on the port of the page."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken, perhaps by another `ride demo`. Leave out --port to get a free one,"
            " or choose another."
        )


class AddressTakenError(ProgramError):
    """Ride can't listen where a setting says. `number` is the system's errno."""

    def __init__(self, address: str, setting: str, number: int) -> None:
        super().__init__(
            f"Ride can't listen on {address}: {os.strerror(number)}. Set {setting} to another address, or"
            " stop the program that listens there."
        )


class NoOperationsAddressError(ProgramError):
    """Nothing tells how Ride is, since no address is set for it."""

    def __init__(self) -> None:
        super().__init__(
            "RIDE_OPERATIONS_ADDRESS is not set, so `ride serve` has no health endpoint. Set it for both"
            " commands, for example RIDE_OPERATIONS_ADDRESS=127.0.0.1:9464."
        )


class HttpSettingsMissingError(ProgramError):
    """`--http` needs more settings than Socket Mode."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not set, but HTTP mode needs"
            f" {'it' if len(missing) == 1 else 'them'}. docs/http.md says where to get each."
        )


class UnknownRideError(ProgramError):
    """No ride of this id is stored."""

    def __init__(self, ride: str, databases: list[str], nearest: tuple[str, ...] = ()) -> None:
        looked = f"Looked in {', '.join(databases)}" if databases else "No rides are stored here"
        near = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(
            f"There is no ride {ride!r}.{near} {looked}. A ride's id is in the last line of its postmortem,"
            " a game day's in its announcement."
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
            f"There is no picture of ride {ride}: its sandbox was not sampled, or the incident never went"
            " live. Export it without --picture."
        )


class FileNotWrittenError(ProgramError):
    """The system refused a file."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} can't be written: {why}. Choose a file in a folder that exists and is writable."
        )


class OutputLostError(ProgramError):
    """Standard output took no more."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Standard output can't be written: {why}. The output is incomplete: make room for it, and run"
            " the command again."
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
