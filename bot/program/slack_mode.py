"""The two ways to Slack: one workspace over Socket Mode, or all that install Ride over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from bot.base.address import Address
from bot.base.config import Settings, variable
from bot.base.errors import HttpSettingsMissingError, SettingsError, TokensMissingError
from bot.rides.ports import Clock
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.transport.app import SlackApp
from bot.slack.transport.install_pages import InstallPages
from bot.slack.transport.installation_store import InstallationStore, StateStore
from bot.slack.transport.installed_workspaces import InstalledWorkspaces
from bot.slack.transport.leader_gate import Hold
from bot.slack.transport.metering import SlackMeter
from bot.slack.transport.request_urls import RequestUrls
from bot.slack.transport.site import Site
from bot.slack.transport.token_seal import TokenSeal
from bot.slack.transport.web_api import WebApi
from storage.database import Database
from storage.installations import BegunInstallations, InstallationRecords
from storage.messages import MessageStore

SHORTEST_SIGNING_SECRET = 16
"""Characters. Slack's have 32."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How this program reaches Slack."""

    slack: SlackApp
    words: SlackSettings
    installed: InstalledWorkspaces | None = None
    """Over HTTP: the workspaces that have installed Ride."""


@asynccontextmanager
async def listening(settings: Settings, *, http: bool) -> AsyncIterator[Site | None]:
    """Over HTTP, our site, until the block is left; None over Socket Mode.

    Raises HttpSettingsMissingError, SettingsError and AddressTakenError.
    """
    if not http:
        yield None
        return
    site = Site(http_settings(settings).address, app_name=installation_settings(settings).app_name)
    await site.listen()
    try:
        yield site
    finally:
        await site.close()


def reaching(
    settings: Settings, database: Database, clock: Clock, *, meter: SlackMeter, hold: Hold, site: Site | None
) -> Reach:
    """The bot, not connected yet: over HTTP where there is a site for it, else over Socket Mode.

    Raises TokensMissingError, HttpSettingsMissingError, TokenKeysError and SettingsError.
    """
    records = MessageStore(database)
    if site is None:
        words = slack_settings(settings)
        return Reach(slack=SlackApp(words, meter=meter, hold=hold, clock=clock, records=records), words=words)
    http, words = http_settings(settings), _words(settings)

    def client(token: str | None) -> WebApi:
        return WebApi(words, bot_token=token, meter=meter, hold=hold)

    store = InstallationStore(InstallationRecords(database), TokenSeal(token_keys(settings)))
    installed = InstalledWorkspaces(store, client)
    states = StateStore(BegunInstallations(database), clock)
    pages = InstallPages(installed, states, clock, client=client, settings=words, http=http)
    intake = RequestUrls(site, pages, clock, signing_secret=http.signing_secret)
    slack = SlackApp(
        words, workspaces=installed, intake=intake, meter=meter, hold=hold, clock=clock, records=records
    )
    return Reach(slack=slack, words=words, installed=installed)


def check_settings(settings: Settings, *, http: bool) -> None:
    """Whether all is set that the way needs. Raises what `reaching` raises for what is not."""
    if http:
        http_settings(settings)
        TokenSeal(token_keys(settings))
    else:
        slack_settings(settings)


def slack_settings(settings: Settings) -> SlackSettings:
    """What the Slack room needs for Socket Mode. Raises TokensMissingError."""
    bot_token, app_token = settings.slack_bot_token, settings.slack_app_token
    if bot_token is None or app_token is None:
        given = {"slack_bot_token": bot_token, "slack_app_token": app_token}
        raise TokensMissingError([variable(name) for name, value in given.items() if value is None])
    return _words(settings, bot_token=bot_token.get_secret_value(), app_token=app_token.get_secret_value())


def installation_settings(settings: Settings) -> SlackSettings:
    """What the app manifest is made of: no tokens yet, they come with the installation."""
    return _words(settings)


def _words(settings: Settings, *, bot_token: str = "", app_token: str = "") -> SlackSettings:
    return SlackSettings(
        bot_token=bot_token,
        app_token=app_token,
        api_url=settings.slack_api_url,
        ride_command=settings.ride_command,
        sql_command=settings.sql_command,
        offers_connect=settings.connect_host is not None,
    )


def http_settings(settings: Settings) -> HttpSettings:
    """What HTTP mode needs. Raises HttpSettingsMissingError, and SettingsError for admins of nowhere."""
    secret, client, signing = (
        settings.slack_client_secret,
        settings.slack_client_id,
        settings.slack_signing_secret,
    )
    url = settings.public_url
    if secret is None or client is None or signing is None or url is None:
        needed = ("public_url", "slack_client_id", "slack_client_secret", "slack_signing_secret")
        raise HttpSettingsMissingError([variable(name) for name in needed if getattr(settings, name) is None])
    signs_with = signing.get_secret_value().strip()
    if len(signs_with) < SHORTEST_SIGNING_SECRET:
        raise SettingsError(
            ["SLACK_SIGNING_SECRET is too short: whoever guesses it can send requests as Slack"]
        )
    if nowhere := [admin for admin in settings.admins if ":" not in admin]:
        wrong = f"RIDE_ADMINS={','.join(nowhere)}: with several workspaces, say which one each admin is in"
        raise SettingsError([f"{wrong}, as in T0G9QF9C6:U012AB3CD"])
    return HttpSettings(
        address=Address.read(settings.http_address),
        public_url=url,
        client_id=client,
        client_secret=secret.get_secret_value(),
        signing_secret=signs_with,
    )


def manifest_addresses(settings: Settings) -> HttpSettings:
    """What the manifest for HTTP mode is made of: the app's secrets come with it. Raises
    HttpSettingsMissingError."""
    if settings.public_url is None:
        raise HttpSettingsMissingError([variable("public_url")])
    return HttpSettings(public_url=settings.public_url)


def token_keys(settings: Settings) -> list[str]:
    """The keys for the stored tokens, newest first."""
    given = settings.token_keys or SecretStr("")
    return given.get_secret_value().replace(",", " ").split()
