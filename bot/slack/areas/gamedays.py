"""Planning game days in Slack: the command and its form."""

import logging
from collections.abc import Mapping
from functools import partial

from slack_sdk.models.views import View

from bot.gamedays.errors import PlanRefusedError
from bot.gamedays.game_days import PLAN_ONE, GameDays
from bot.rides.errors import ChatRefusedError
from bot.slack.areas.area import Area, Form, Submission
from bot.slack.areas.asker import Asker, tell
from bot.slack.chat.chat import SlackChat
from bot.slack.forms.opening import open_form
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.reading import Reading
from bot.slack.lines.unclear import LineKind
from bot.slack.messages import gamedays as words
from bot.slack.messages.gameday_form import FORM, errors, gameday_form, read_plan, zone_of
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.errors import FormWrongError
from bot.slack.transport.outbox import Outbox

log = logging.getLogger(__name__)


class GameDayArea:
    """`/ride gameday create | list | cancel ID`."""

    def __init__(self, days: GameDays, chat: SlackChat, outbox: Outbox, settings: SlackSettings) -> None:
        self._days = days
        self._chat = chat
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """What the listeners register."""
        return Area(
            commands={SubCommand.GAMEDAY: self._command},
            forms={FORM: Form(check=self._check, submit=self._submit, meanwhile=words.being_planned())},
        )

    async def _command(self, asker: Asker, rest: str) -> None:
        word, _, more = rest.strip().partition(" ")
        if word.lower() not in {"cancel", "delete"}:
            Reading.of(LineKind.GAMEDAY, more).end()
        match word.lower():
            case "" | "list" | "ls" | "show":
                days = self._days.to_come(asker.workspace)
                await tell(self._outbox, asker, words.listing(days, self._settings))
            case "create" | "new" | "plan":
                await self._open_form(asker)
            case "cancel" | "delete":
                await self._cancel(asker, more)
            case _:
                await tell(self._outbox, asker, words.how_to(self._settings))

    async def _open_form(self, asker: Asker) -> None:
        if asker.trigger is None:
            await self._days.refuse_others(asker.workspace, asker.person, PLAN_ONE)
            await tell(self._outbox, asker, words.needs_slash(self._settings))
            return
        await open_form(self._outbox, asker, asker.trigger, partial(self._form, asker))

    async def _form(self, asker: Asker) -> View | Message:
        await self._days.refuse_others(asker.workspace, asker.person, PLAN_ONE)
        teams = await self._days.teams(asker.workspace)
        if not teams:
            return words.no_teams(self._settings)
        return gameday_form(
            person=asker.person,
            zone=await self._zone(asker),
            now=self._days.now(),
            teams=teams,
            scenarios=self._days.scenarios(),
        )

    async def _zone(self, asker: Asker) -> str:
        """Whose time the form's is. The form says which zone it is."""
        try:
            return (await self._chat.person(asker.workspace, asker.person)).zone
        except ChatRefusedError as refusal:
            log.info("nobody knows the time zone of %s: %s", asker.person, refusal.code)
            return "UTC"

    async def _cancel(self, asker: Asker, wanted: str) -> None:
        day = await self._days.cancel(asker.workspace, asker.person, wanted)
        await tell(self._outbox, asker, words.cancelled(day))

    async def _check(self, submission: Submission) -> Mapping[str, str]:
        plan = read_plan(submission.values, submission.metadata)
        return errors(await self._days.seen_at_once(submission.asker.workspace, plan))

    async def _submit(self, submission: Submission) -> Message:
        asker = submission.asker
        plan = read_plan(submission.values, submission.metadata)
        try:
            day = await self._days.create(asker.workspace, asker.person, plan)
        except PlanRefusedError as refused:
            raise FormWrongError(errors(refused.problems)) from refused
        return words.created(day, wanted=plan.starts_at, zone=zone_of(submission.metadata))
