"""The areas of Ride in Slack, each over the service that it is about."""

from bot.rides.admission import Admission
from bot.rides.again import Again
from bot.services import Ground, Services
from bot.slack.again_area import AgainArea
from bot.slack.area import Area
from bot.slack.console_area import ConsoleArea
from bot.slack.crew_area import CrewArea
from bot.slack.drill_area import DrillArea
from bot.slack.export_area import ExportArea
from bot.slack.facilitator_area import FacilitatorArea
from bot.slack.gameday_area import GameDayArea
from bot.slack.help_area import HelpArea
from bot.slack.home_area import HomeArea
from bot.slack.invite_area import InviteArea
from bot.slack.oncall_area import OncallArea
from bot.slack.standings_area import StandingsArea
from bot.slack.stop_area import StopArea
from bot.slack.team_area import TeamArea
from bot.slack.telling import Telling


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
