"""`/ride drill` and `/ride quiet`: unannounced drills, and the times in which there are none."""

from dataclasses import replace

from bot.drills.calendar import Calendar
from bot.drills.drills import Drills
from bot.drills.views import DrillRequest
from bot.rides.errors import UnknownScenarioError
from bot.slack.areas.area import Area
from bot.slack.areas.asker import Asker, tell
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.drill_line import CancelDrill, ListDrills, parse_drill
from bot.slack.lines.quiet_line import ListQuiet, RemoveQuiet, parse_quiet
from bot.slack.lines.unclear import LineKind, Part, Problem, UnclearLineError
from bot.slack.messages import drills as words
from bot.slack.messages import quiet as quiet_words
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox
from storage.drills import Drill


class DrillArea:
    """What people type about drills. All answers are for the asker alone."""

    def __init__(self, drills: Drills, calendar: Calendar, outbox: Outbox, settings: SlackSettings) -> None:
        self._drills = drills
        self._calendar = calendar
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """What to register."""
        return Area(commands={SubCommand.DRILL: self._on_drill, SubCommand.QUIET: self._on_quiet})

    async def _on_drill(self, asker: Asker, rest: str) -> None:
        # What is planned is not for those whom it is planned for, not even where it can't be told privately.
        await tell(self._outbox, asker, replace(await self._drill(asker, rest), secret=True))

    async def _on_quiet(self, asker: Asker, rest: str) -> None:
        await tell(self._outbox, asker, await self._quiet(asker, rest))

    async def _drill(self, asker: Asker, rest: str) -> Message:
        match line := parse_drill(rest):
            case ListDrills():
                drills = await self._drills.listing(asker.workspace, asker.person)
                return words.listing(drills, self._settings)
            case CancelDrill():
                return words.cancelled(await self._drills.cancel(asker.workspace, asker.person, line.drill))
            case _:
                try:
                    planned = await self._drills.plan(asker.workspace, asker.person, line)
                except UnknownScenarioError as error:
                    raise _no_scenario(line, error) from None
                return words.planned(planned, self._settings)

    async def _quiet(self, asker: Asker, rest: str) -> Message:
        match line := parse_quiet(rest):
            case ListQuiet():
                entries = await self._calendar.listing(asker.workspace, asker.person)
                return quiet_words.listing(entries, self._settings)
            case RemoveQuiet():
                removed = await self._calendar.remove(asker.workspace, asker.person, line.quiet)
                return quiet_words.removed(removed)
            case _:
                added = await self._calendar.add(asker.workspace, asker.person, line)
                return quiet_words.added(added, self._settings)


def _no_scenario(asked: DrillRequest, error: UnknownScenarioError) -> UnclearLineError:
    """What is neither a day nor a scenario: the words of it as they were joined."""
    understood = ((Part.TEAM, asked.team),)
    return UnclearLineError(
        LineKind.DRILL, Problem.SCENARIO, error.slug, understood=understood, meant=error.nearest
    )


class DrillNotices:
    """Fulfils bot.drills.ports.Notices: direct messages to who planned a drill."""

    def __init__(self, outbox: Outbox, settings: SlackSettings) -> None:
        self._outbox = outbox
        self._settings = settings

    async def drill_is_off(self, drill: Drill) -> None:
        """Tell that it was called off, missed, or could not start. Raises ChatRefusedError."""
        await self._outbox.direct(drill.workspace, drill.planned_by, words.off(drill, self._settings))
