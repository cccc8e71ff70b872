"""What runs behind the chat: the engine, and on it teams, drills, game days and standings, built once."""

from dataclasses import dataclass

from bot.base.clock import SystemClock
from bot.base.config import Settings
from bot.drills.calendar import Calendar
from bot.drills.drills import Drills
from bot.drills.parts import DrillParts
from bot.exporting.asked import Exports
from bot.exporting.stored_rides import StoredRides
from bot.gamedays.game_days import GameDays
from bot.gamedays.parts import GameDayParts, Tempo
from bot.people.facilitators import Facilitators
from bot.people.oncall.rosters import TeamRosters
from bot.people.oncall.rotas import Rotas
from bot.people.oncall.swaps import Swaps
from bot.people.oncall.teams import Teams
from bot.people.rights import ChatRights
from bot.pictures.painter import ChartPainter
from bot.rides.dependencies import Pace, Parts, new_ride_id
from bot.rides.facilitation import Facilitation
from bot.rides.ports import Meter
from bot.rides.rides import Rides
from bot.slack.areas.drills import DrillNotices
from bot.slack.chat.gameday_chat import GameDayChat
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from bot.standings.boards import BoardParts, Boards
from bot.standings.profiles import ProfileParts, Profiles
from bot.standings.results import Results
from sandbox.provider import Provider
from scenarios.loading.catalogue import Catalogue
from storage.database import Database
from storage.drills import DrillStore, QuietStore
from storage.facilitators import FacilitatorStore
from storage.game_days import GameDayStore
from storage.results import ResultStore
from storage.rides import RideStore
from storage.samples import SampleStore
from storage.seen import SeenStore
from storage.teams import TeamStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What the services stand on. Times are the machine's; `speed` scales the rides' clocks."""

    settings: Settings
    speed: float
    database: Database
    provider: Provider
    slack: SlackApp
    words: SlackSettings
    catalogue: Catalogue
    clock: SystemClock
    meter: Meter


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """All that people can ask of, through one area of the chat or another."""

    store: RideStore
    rides: Rides
    rights: ChatRights
    facilitators: Facilitators
    rosters: TeamRosters
    teams: Teams
    rotas: Rotas
    swaps: Swaps
    drills: Drills
    calendar: Calendar
    days: GameDays
    boards: Boards
    profiles: Profiles
    exports: Exports

    async def begin(self) -> None:
        """Take up what waits in the database, beside the engine."""
        await self.drills.begin()
        await self.days.begin()

    async def close(self) -> None:
        """Start nothing more."""
        await self.days.close()
        await self.drills.close()


def build(ground: Ground) -> Services:
    """The services, not begun."""
    chat, clock = ground.slack.chat, ground.clock
    store, teams, seen = RideStore(ground.database), TeamStore(ground.database), SeenStore(ground.database)
    people = FacilitatorStore(ground.database)
    rosters = TeamRosters(teams, chat)
    rights = ChatRights(chat, ground.settings.admins, people)
    rides = Rides(_engine(ground, store, rights, rosters, seen))
    drill_parts = _drills(ground, store, rides, rights, rosters)
    drills = Drills(drill_parts)
    days = GameDays(_game_days(ground, store, rides, rights, rosters))
    board_parts = _boards(ground, store, teams, rosters, seen)
    return Services(
        store=store,
        rides=rides,
        rights=rights,
        facilitators=Facilitators(people, chat, rights, clock),
        rosters=rosters,
        teams=Teams(teams, rosters, rights, clock, new_ride_id),
        rotas=Rotas(
            store=teams, rosters=rosters, directory=chat, rights=rights, clock=clock, new_id=new_ride_id
        ),
        swaps=Swaps(store=teams, rosters=rosters, rights=rights, clock=clock, new_id=new_ride_id),
        drills=drills,
        calendar=Calendar(drill_parts, drills),
        days=days,
        boards=Boards(board_parts),
        profiles=Profiles(ProfileParts(rides=store, days=days, shared=board_parts)),
        exports=Exports(StoredRides(ground.database)),
    )


def _boards(
    ground: Ground, store: RideStore, teams: TeamStore, rosters: TeamRosters, seen: SeenStore
) -> BoardParts:
    return BoardParts(
        results=Results(ResultStore(ground.database), store),
        seen=seen,
        scenarios=ground.catalogue,
        book=teams,
        teams=rosters,
        directory=ground.slack.chat,
        clock=ground.clock,
    )


def _engine(
    ground: Ground, store: RideStore, rights: ChatRights, rosters: TeamRosters, seen: SeenStore
) -> Parts:
    settings = ground.settings
    return Parts(
        store=store,
        chat=ground.slack.chat,
        provider=ground.provider,
        scenarios=ground.catalogue,
        clock=ground.clock,
        rights=rights,
        seen=seen,
        rosters=rosters,
        facilitating=GameDayStore(ground.database),
        pace=Pace(
            speed=ground.speed,
            page_again_every=settings.page_again_every,
            escalate_after=settings.escalate_after,
            archive_after=settings.archive_after,
        ),
        samples=SampleStore(ground.database),
        painter=ChartPainter(),
        connect_host=settings.connect_host,
        meter=ground.meter,
    )


def _drills(
    ground: Ground, store: RideStore, rides: Rides, rights: ChatRights, rosters: TeamRosters
) -> DrillParts:
    return DrillParts(
        store=DrillStore(ground.database),
        quiet=QuietStore(ground.database),
        rides=store,
        starter=rides,
        teams=rosters,
        directory=ground.slack.chat,
        rights=rights,
        scenarios=ground.catalogue,
        notices=DrillNotices(ground.slack.outbox, ground.words),
        clock=ground.clock,
    )


def _game_days(
    ground: Ground, store: RideStore, rides: Rides, rights: ChatRights, rosters: TeamRosters
) -> GameDayParts:
    return GameDayParts(
        store=GameDayStore(ground.database),
        book=store,
        rides=rides,
        hand=Facilitation(rides),
        teams=rosters,
        stage=GameDayChat(ground.slack.chat, ground.slack.outbox, ground.words),
        scenarios=ground.catalogue,
        rights=rights,
        clock=ground.clock,
        tempo=Tempo(speed=ground.speed),
    )
