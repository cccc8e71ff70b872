"""The composition root: builds the parts and hands them to each other. Nothing happens at import time."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.base.clock import SystemClock
from bot.base.config import Settings
from bot.operations.operations import Operations
from bot.operations.probes import chat_is_connected, database_answers, sandboxes_can_be_made
from bot.operations.readiness import Role
from bot.people.oncall.rosters import TeamRosters
from bot.program import leftovers
from bot.program.areas import build as build_areas
from bot.program.providers import make_provider
from bot.program.services import Ground, Services
from bot.program.services import build as build_services
from bot.program.shutdown import Departures, hand_over
from bot.program.slack_mode import Reach, reaching
from bot.rides.rides import Rides
from bot.rides.storage_news import StorageNews
from bot.slack.transport.leader_gate import always
from bot.slack.transport.site import Site
from sandbox.provider import Provider
from scenarios.loading.catalogue import Catalogue
from storage.database import Database
from storage.fence import Fence
from storage.game_days import GameDayStore
from storage.patience import HeldUp, Patience
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


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    speed: float = 1.0,
    stop_rides: bool = False,
    operations: Operations | None = None,
    fence: Fence | None = None,
    site: Site | None = None,
) -> AsyncIterator[Program]:
    """Ride, connected to its chat, until the block is left.

    `speed` scales the engine's clocks. With `stop_rides` the live rides end with the program (or, if it was
    killed, as void when the next begins), else they go on in the next one's hands. With a `site`
    Slack's requests come in there, from all workspaces that have installed Ride. `fence` stands where several
    programs share the database: this one is the leader. Raises ChatRefusedError when the chat doesn't let
    the bot in, and ProgramError for what is missing.
    """
    operations = operations or Operations()
    readiness = operations.readiness
    readiness.not_ready("rides", "not resumed yet")
    patience = Patience()
    database = Database(
        settings.storage_url(), upgrades=settings.database_upgrade, fence=fence, patience=patience
    )
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database)
        readiness.become(Role.LEADING)
        readiness.ask("database", database_answers(database))
        provider = make_provider(settings, await database.identity())
        stack.push_async_callback(provider.close)
        readiness.ask("sandboxes", sandboxes_can_be_made(provider))
        hold = fence.hold if fence is not None else always
        reach = reaching(settings, database, clock, meter=operations.metrics, hold=hold, site=site)
        slack = reach.slack
        readiness.ask("chat", chat_is_connected(slack))
        ground = Ground(
            settings=settings,
            speed=speed,
            database=database,
            provider=provider,
            slack=slack,
            words=reach.words,
            catalogue=Catalogue(),
            clock=clock,
            meter=operations.metrics,
        )
        services = build_services(ground)
        areas = build_areas(ground, services)
        await slack.check()
        if stop_rides:
            await leftovers.let_go(services.store, ground.clock)
            await leftovers.call_off(GameDayStore(database), ground.clock)
        rides = services.rides
        patience.watch(partial(tell, rides.storage_news))
        operations.metrics.watch(rides.fleet.census)
        try:
            # People are served first: who asks for a ride that isn't taken up yet waits for that one.
            await rides.look_back()
            await slack.serve(rides, areas)
            await rides.begin()
            await services.begin()
            await depart(reach, services)
            readiness.ready("rides")
            yield Program(
                rides=rides,
                store=services.store,
                provider=provider,
                catalogue=ground.catalogue,
                rosters=services.rosters,
            )
        finally:
            readiness.become(Role.STOPPING)
            # What can't be written is as after a crash: the next life of the program goes on from the rows.
            patience.end()
            operations.metrics.watch(None)
            await hand_over(slack, services, stop_rides=stop_rides)


def tell(news: StorageNews, held: HeldUp | None) -> None:
    """What the storage's patience has to tell, to those who ride."""
    if held is None:
        news.works()
    else:
        news.waits(full=held.full)


async def depart(reach: Reach, services: Services) -> None:
    """Wind up in workspaces that remove Ride from now on, and in those that did while it was not running."""
    departures = Departures(
        drills=services.drills, days=services.days, rides=services.rides, background=reach.slack.background
    )
    reach.slack.watch(departures.begin)
    if reach.installed is not None:
        await departures.leave_all_but(await reach.installed.all())
