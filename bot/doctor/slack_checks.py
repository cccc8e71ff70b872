"""Slack: whether the tokens are good, what they may do, and whether the clocks agree."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime

from bot.base.clock import SystemClock
from bot.base.config import Settings
from bot.base.errors import INSTALL_IN_A_WORKSPACE, WHAT_TO_DO, WHERE_TO_LOOK
from bot.doctor.connection_checks import look_at_connections
from bot.doctor.finding import Check, Finding, fine, warning, wrong
from bot.program.slack_mode import http_settings, installation_settings, token_keys
from bot.rides.errors import ChatRefusedError
from bot.slack.manifest import bot_scopes
from bot.slack.settings import SlackSettings
from bot.slack.transport.installation_store import InstallationStore
from bot.slack.transport.outcome import refusals
from bot.slack.transport.token_seal import TokenSeal
from bot.slack.transport.web_api import WebApi
from bot.slack.transport.workspaces import of_an_organisation, organisation
from storage.database import Database
from storage.installations import InstallationRecords

SCOPES_HEADER = "x-oauth-scopes"
"""What the token may do, in the answer to every call: https://docs.slack.dev/authentication/installing-with-oauth."""
SKEW = timedelta(seconds=30)
"""Slack's requests are refused when they are older than five minutes."""
MOST = 20
"""Workspaces that are asked; beyond, the rest is assumed alike."""
_AGAIN = "Compare the app's manifest with what `ride manifest` prints, and install the app again."


def slack_checks(settings: Settings) -> list[Check]:
    """Of the way to Slack that is configured; of Socket Mode where neither is."""
    if settings.slack_bot_token is None and settings.slack_client_id is not None:
        return [Check(about="Slack", look=HttpMode(settings).look)]
    return [
        Check(about="Slack", look=SocketTokens(settings).bot),
        Check(about="Socket Mode", look=SocketTokens(settings).app),
    ]


class SocketTokens:
    """The two tokens of Socket Mode."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._words = installation_settings(settings)

    async def bot(self) -> Sequence[Finding]:
        """Who the bot is, where, and with which scopes."""
        token = self._settings.slack_bot_token
        if token is None:
            return [wrong("Slack", "SLACK_BOT_TOKEN is not set.", WHERE_TO_LOOK)]
        return await look_at_token("Slack", self._words, token.get_secret_value())

    async def app(self) -> Sequence[Finding]:
        """Whether a connection is given, and whether others have one."""
        token = self._settings.slack_app_token
        if token is None:
            return [wrong("Socket Mode", "SLACK_APP_TOKEN is not set.", WHERE_TO_LOOK)]
        web = WebApi(self._words, bot_token=None)
        try:
            return await look_at_connections(self._settings, web, token.get_secret_value())
        except ChatRefusedError as refusal:
            return [_refused("Socket Mode", "SLACK_APP_TOKEN", refusal)]


class HttpMode:
    """HTTP mode: the settings, and the workspaces that have installed Ride."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._words = installation_settings(settings)

    async def look(self) -> Sequence[Finding]:
        """Raises ProgramError for settings that are missing, StorageError."""
        http = http_settings(self._settings)
        seal = TokenSeal(token_keys(self._settings))
        findings = [fine("Slack", f"HTTP mode, at {http.events_url}.")]
        async with Database(self._settings.storage_url(), upgrades=False) as database:
            records = InstallationRecords(database)
            store = InstallationStore(records, seal)
            unreadable = {one.workspace for one in await store.unreadable()}
            workspaces = await store.workspaces()
            for one in workspaces[:MOST]:
                about = f"Slack, {one.name}"
                if one.workspace in unreadable:
                    findings.append(
                        wrong(
                            about,
                            "No key in RIDE_TOKEN_KEYS can read the stored token.",
                            "Put back the key that encrypted it, or have the workspace install Ride again.",
                        )
                    )
                    continue
                installed = await store.async_find_bot(enterprise_id=None, team_id=one.workspace)
                if installed is not None:
                    findings += await look_at_token(about, self._words, installed.bot_token)
        if not workspaces:
            findings.append(
                warning("Slack", "No workspace has installed Ride yet.", f"Install it at {http.install_url}.")
            )
        return findings


async def look_at_token(about: str, words: SlackSettings, token: str) -> Sequence[Finding]:
    """A bot token: whose it is, its scopes, and Slack's clock."""
    web = WebApi(words, bot_token=token)
    asked = SystemClock().now()
    try:
        async with refusals("auth.test"):
            response = await web.auth_test()
    except ChatRefusedError as refusal:
        return [_refused(about, "SLACK_BOT_TOKEN", refusal)]
    if of_an_organisation(response):
        said = f"the token is from an installation in the whole organisation {organisation(response)}."
        return [wrong(about, f"Ride works in single workspaces, but {said}", INSTALL_IN_A_WORKSPACE)]
    headers = {name.lower(): _text(value) for name, value in response.headers.items()}
    who = f"@{response.get('user')} in {response.get('team')} ({response.get('team_id')})"
    return [_scopes(about, who, headers), *look_at_clock(headers, asked.timestamp())]


def _scopes(about: str, who: str, headers: Mapping[str, str]) -> Finding:
    said = headers.get(SCOPES_HEADER)
    if said is None:
        return warning(about, f"{who}; the server doesn't say which scopes the token has.", _AGAIN)
    granted = {scope.strip() for scope in said.split(",")}
    wanted = bot_scopes()
    if missing := [scope for scope in wanted if scope not in granted]:
        return wrong(about, f"{who}; the token lacks the scopes {', '.join(missing)}.", _AGAIN)
    return fine(about, f"{who}; the token has all {len(wanted)} scopes.")


def look_at_clock(headers: Mapping[str, str], asked: float) -> list[Finding]:
    """How our clock stands to that of an answer that was asked for at `asked`, seconds since 1970."""
    try:
        theirs = parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return []
    if abs(theirs - asked) <= SKEW.total_seconds():
        return []
    words = "behind" if theirs > asked else "ahead of"
    return [
        wrong(
            "Clock",
            f"This machine's clock is {abs(theirs - asked):.0f} s {words} Slack's.",
            "Turn on time synchronisation (such as systemd-timesyncd or chrony).",
        )
    ]


def _refused(about: str, setting: str, refusal: ChatRefusedError) -> Finding:
    todo = WHAT_TO_DO.get(refusal.code, WHERE_TO_LOOK)
    return wrong(about, f"Slack refused {refusal.step} with `{refusal.code}` ({setting}).", todo)


def _text(value: object) -> str:
    """A header's value: Slack's client gives it as a list or as text."""
    return str(value[0]) if isinstance(value, list) and value else str(value)
