"""The composition root: builds the parts and hands them to each other. Nothing happens at import time."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot import leftovers
from bot.areas import build as build_areas
from bot.config import Settings
from bot.errors import TokensMissingError
from bot.oncall.rosters import TeamRosters
from bot.operations.operations import Operations
from bot.operations.probes import chat_is_connected, database_answers
from bot.operations.readiness import Role
from bot.providers import make_provider
from bot.rides.clock import SystemClock
from bot.rides.rides import Rides
from bot.services import Ground
from bot.services import build as build_services
from bot.slack.app import SlackApp
from bot.slack.holding import always
from bot.slack.settings import SlackSettings
from sandbox.provider import Provider
from scenarios.catalogue import Catalogue
from storage.database import Database
from storage.fence import Fence
from storage.game_days import GameDayStore
from storage.rides import RideStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A running Ride."""

    rides: Rides
    store: RideStore
    provider: Provider
    catalogue: Catalogue
    rosters: TeamRosters


def slack_settings(settings: Settings) -> SlackSettings:
    """What the Slack room needs of the settings. Raises TokensMissingError."""
    missing = [
        name
        for name, token in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token),
            ("SLACK_APP_TOKEN", settings.slack_app_token),
        )
        if token is None
    ]
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise TokensMissingError(missing)
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        api_url=settings.slack_api_url,
        ride_command=settings.ride_command,
        sql_command=settings.sql_command,
        offers_connect=settings.connect_host is not None,
    )


def installation_settings(settings: Settings) -> SlackSettings:
    """What the app manifest is made of: no tokens yet, they come with the installation."""
    return SlackSettings(
        bot_token="", app_token="", ride_command=settings.ride_command, sql_command=settings.sql_command
    )


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    speed: float = 1.0,
    stop_rides: bool = False,
    operations: Operations | None = None,
    fence: Fence | None = None,
) -> AsyncIterator[Program]:
    """Ride, connected to its chat, until the block is left.

    `speed` scales the engine's clocks. With `stop_rides` the live rides end with the program (or, if it was
    killed, as void when the next begins), else they go on in the next one's hands. `fence` stands
    where several programs share the database: this one is the leader. Raises ChatRefusedError when the chat
    doesn't let the bot in.
    """
    operations = operations or Operations()
    readiness = operations.readiness
    readiness.not_ready("rides", "not taken up yet")
    database = Database(settings.storage_url(), upgrades=settings.database_upgrade, fence=fence)
    await database.open()
    readiness.become(Role.LEADING)
    readiness.ask("database", database_answers(database))
    provider = make_provider(settings)
    try:
        words = slack_settings(settings)
        slack = SlackApp(words, meter=operations.metrics, hold=fence.hold if fence is not None else always)
        readiness.ask("chat", chat_is_connected(slack))
        ground = Ground(
            settings=settings,
            speed=speed,
            database=database,
            provider=provider,
            slack=slack,
            words=words,
            catalogue=Catalogue(),
            clock=SystemClock(),
            meter=operations.metrics,
        )
        services = build_services(ground)
        areas = build_areas(ground, services)
        await slack.check()
        if stop_rides:
            await leftovers.let_go(services.store, ground.clock)
            await leftovers.call_off(GameDayStore(database), ground.clock)
        rides = services.rides
        operations.metrics.watch(rides.fleet.census)
        async with AsyncExitStack() as closing:
            # From the last to the first, and each whatever becomes of the others.
            closing.push_async_callback(slack.close)
            closing.push_async_callback(rides.close, stop_rides=stop_rides)
            closing.push_async_callback(services.close)
            closing.callback(readiness.become, Role.STOPPING)
            await rides.begin()
            await slack.serve(rides, areas)
            await services.begin()
            readiness.ready("rides")
            yield Program(
                rides=rides,
                store=services.store,
                provider=provider,
                catalogue=ground.catalogue,
                rosters=services.rosters,
            )
    finally:
        await provider.close()
        await database.close()
