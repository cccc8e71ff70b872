"""The areas of Ride in Slack, each over the service that it is about."""

from bot.program.services import Ground, Services
from bot.rides.admission import Admission
from bot.rides.again import Again
from bot.slack.areas.again import AgainArea
from bot.slack.areas.area import Area
from bot.slack.areas.console import ConsoleArea
from bot.slack.areas.crew import CrewArea
from bot.slack.areas.drills import DrillArea
from bot.slack.areas.exports import ExportArea
from bot.slack.areas.facilitators import FacilitatorArea
from bot.slack.areas.gamedays import GameDayArea
from bot.slack.areas.help import HelpArea
from bot.slack.areas.home import HomeArea
from bot.slack.areas.invitations import InviteArea
from bot.slack.areas.oncall import OncallArea
from bot.slack.areas.standings import StandingsArea
from bot.slack.areas.stopping import StopArea
from bot.slack.areas.teams import TeamArea
from bot.slack.areas.telling import Telling


def build(ground: Ground, services: Services) -> list[Area]:
    """All areas, ready to be registered."""
    slack, words = ground.slack, ground.words
    outbox = slack.outbox
    homes = HomeArea(
        services.profiles,
        services.rides,
        services.store,
        outbox=outbox,
        settings=words,
        background=slack.background,
    )
    telling = Telling(outbox, slack.background)
    services.rides.watch(homes.ride_changed)
    return [
        CrewArea(services.rides, outbox, words).area(),
        InviteArea(Admission(services.rides), outbox, words).area(),
        AgainArea(Again(services.rides), outbox).area(),
        StopArea(services.rides, outbox).area(),
        ExportArea(services.exports, outbox).area(),
        HelpArea(services.rights, outbox, words).area(),
        FacilitatorArea(services.facilitators, outbox, words).area(),
        TeamArea(services.teams, outbox, telling, words).area(),
        OncallArea(services.rotas, services.swaps, outbox, telling, words).area(),
        homes.area(),
        StandingsArea(services.boards, outbox, words).area(),
        DrillArea(services.drills, services.calendar, outbox, words).area(),
        GameDayArea(services.days, slack.chat, outbox, words).area(),
        ConsoleArea(services.days.console, outbox).area(),
    ]
