"""The composition root: builds the parts and hands them to each other. Nothing happens at import time."""

import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot import leftovers
from bot.config import Settings
from bot.directory import RememberedDirectory
from bot.drills.calendar import Calendar
from bot.drills.drills import Drills
from bot.drills.parts import DrillParts
from bot.errors import TokensMissingError
from bot.facilitators import Facilitators
from bot.gamedays.game_days import GameDays
from bot.gamedays.parts import GameDayParts, Tempo
from bot.oncall.rosters import TeamRosters
from bot.oncall.rotas import Rotas
from bot.oncall.teams import Teams
from bot.pictures.painter import ChartPainter
from bot.rides.clock import SystemClock
from bot.rides.facilitation import Facilitation
from bot.rides.parts import Pace, Parts, new_ride_id
from bot.rides.rides import Rides
from bot.rights import ChatRights
from bot.slack.app import SlackApp
from bot.slack.console_area import ConsoleArea
from bot.slack.crew_area import CrewArea
from bot.slack.drill_area import DrillArea, DrillNotices
from bot.slack.facilitator_area import FacilitatorArea
from bot.slack.gameday_area import GameDayArea
from bot.slack.gameday_chat import GameDayChat
from bot.slack.help_area import HelpArea
from bot.slack.home_area import HomeArea
from bot.slack.oncall_area import OncallArea
from bot.slack.settings import SlackSettings
from bot.slack.standings_area import StandingsArea
from bot.slack.team_area import TeamArea
from bot.standings.boards import BoardParts, Boards
from bot.standings.profiles import ProfileParts, Profiles
from bot.standings.results import Results
from sandbox.embedded import EmbeddedProvider, EmbeddedSettings
from sandbox.session import PersonSession
from scenarios.catalogue import Catalogue
from storage.database import Database
from storage.drills import DrillStore, QuietStore
from storage.facilitators import FacilitatorStore
from storage.game_days import GameDayStore
from storage.results import ResultStore
from storage.rides import RideStore
from storage.samples import SampleStore
from storage.seen import SeenStore
from storage.teams import TeamStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A running Ride."""

    rides: Rides
    store: RideStore
    provider: EmbeddedProvider
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


def embedded_provider(settings: Settings) -> EmbeddedProvider:
    """The provider that needs nothing but Python."""
    found = EmbeddedSettings(
        binaries=settings.postgres_bin,
        cache=settings.cache_folder,
        run=settings.run_folder,
        listen=settings.listen_address,
        installation=hashlib.sha256(settings.storage_url().encode()).hexdigest()[:16],
    )
    return EmbeddedProvider(found, PersonSession)


@asynccontextmanager
async def running(
    settings: Settings, *, speed: float = 1.0, stop_rides: bool = False
) -> AsyncIterator[Program]:
    """Ride, connected to its chat, until the block is left.

    `speed` scales the engine's clocks. With `stop_rides` the live rides end with the program (or, if it was
    killed, as void when the next begins), else they go on in the next one's hands. Raises ChatRefusedError
    when the chat doesn't let the bot in.
    """
    database = Database(settings.storage_url())
    await database.open()
    provider = embedded_provider(settings)
    try:
        words = slack_settings(settings)
        slack = SlackApp(words)
        store = RideStore(database)
        catalogue = Catalogue()
        clock = SystemClock()
        teams = TeamStore(database)
        rosters = TeamRosters(teams, slack.chat)
        facilitators = FacilitatorStore(database)
        seen = SeenStore(database)
        rights = ChatRights(slack.chat, settings.admins, facilitators, clock)
        rides = Rides(
            Parts(
                store=store,
                chat=slack.chat,
                provider=provider,
                scenarios=catalogue,
                clock=clock,
                rights=rights,
                seen=seen,
                rosters=rosters,
                pace=Pace(
                    speed=speed,
                    page_again_every=settings.page_again_every,
                    escalate_after=settings.escalate_after,
                    archive_after=settings.archive_after,
                ),
                samples=SampleStore(database),
                painter=ChartPainter(),
                connect_host=settings.connect_host,
            )
        )
        rotas = Rotas(
            store=teams,
            rosters=rosters,
            directory=slack.chat,
            rights=rights,
            clock=clock,
            new_id=new_ride_id,
        )
        drill_parts = DrillParts(
            store=DrillStore(database),
            quiet=QuietStore(database),
            rides=store,
            starter=rides,
            teams=rosters,
            directory=slack.chat,
            rights=rights,
            scenarios=catalogue,
            notices=DrillNotices(slack.outbox, words),
            clock=clock,
        )
        drills = Drills(drill_parts)
        calendar = Calendar(drill_parts, drills)
        days = GameDays(
            GameDayParts(
                store=GameDayStore(database),
                book=store,
                rides=rides,
                hand=Facilitation(rides),
                teams=rosters,
                stage=GameDayChat(slack.chat, slack.outbox, words),
                scenarios=catalogue,
                rights=rights,
                clock=clock,
                tempo=Tempo(speed=speed),
            )
        )
        directory = RememberedDirectory(slack.chat, clock)
        board_parts = BoardParts(
            results=Results(ResultStore(database), store),
            seen=seen,
            scenarios=catalogue,
            book=teams,
            # Homes name everybody's teams, and are made anew with each change of a ride.
            teams=TeamRosters(teams, directory),
            directory=directory,
            clock=clock,
        )
        boards = Boards(board_parts)
        profiles = Profiles(ProfileParts(rides=store, days=days, shared=board_parts))
        homes = HomeArea(
            profiles,
            rides,
            store,
            outbox=slack.outbox,
            settings=words,
            background=slack.background,
        )
        rides.watch(homes.ride_changed)
        areas = [
            CrewArea(rides, slack.outbox, words).area(),
            HelpArea(rights, slack.outbox, words).area(),
            FacilitatorArea(
                Facilitators(facilitators, slack.chat, rights, clock), slack.outbox, words
            ).area(),
            TeamArea(Teams(teams, rosters, rights, clock, new_ride_id), slack.outbox, words).area(),
            OncallArea(rotas, slack.outbox, words).area(),
            homes.area(),
            StandingsArea(boards, slack.outbox, words).area(),
            DrillArea(drills, calendar, slack.outbox, words).area(),
            GameDayArea(days, slack.chat, slack.outbox, words).area(),
            ConsoleArea(days.console, slack.outbox).area(),
        ]
        await slack.check()
        if stop_rides:
            await leftovers.let_go(store, clock)
            await leftovers.call_off(GameDayStore(database), clock)
        try:
            await rides.begin()
            await slack.serve(rides, areas)
            await drills.begin()
            await days.begin()
            yield Program(rides=rides, store=store, provider=provider, catalogue=catalogue, rosters=rosters)
        finally:
            await days.close()
            await drills.close()
            await rides.close(stop_rides=stop_rides)
            await slack.close()
    finally:
        await provider.close()
        await database.close()
