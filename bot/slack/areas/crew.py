"""For those who ride together: roles by button, and status updates in a modal."""

from collections.abc import Mapping

from slack_sdk.models.views import View

from bot.rides.announcements import StatusText
from bot.rides.front import CrewFront
from bot.slack.areas.area import Area, Click, Form, Submission
from bot.slack.areas.asker import Asker, tell
from bot.slack.forms.opening import open_form
from bot.slack.lines.command_line import SubCommand
from bot.slack.messages import crew
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class CrewArea:
    """Buttons, the form and `update`."""

    def __init__(self, front: CrewFront, outbox: Outbox, settings: SlackSettings) -> None:
        self._front = front
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(
            commands={SubCommand.UPDATE: self.update},
            actions={crew.ROLE: self.take_role, crew.WRITE_UPDATE: self.write_update},
            forms={crew.UPDATE_FORM: Form(check=self.check, submit=self.submit)},
        )

    async def take_role(self, click: Click) -> None:
        """A role's button; the message shows what came of it."""
        value, asker = crew.read_role(click.value), click.asker
        if value is None:
            await tell(self._outbox, asker, crew.old_button())
            return
        await self._front.take_role(asker.workspace, asker.person, value.ride, value.role)

    async def write_update(self, click: Click) -> None:
        """The button below a symptom that asks for an update."""
        value, asker = crew.read_update(click.value), click.asker
        if value is None:
            await tell(self._outbox, asker, crew.old_button())
            return
        await self._open(asker, ride=value.ride, channel=None, step=value.step)

    async def update(self, asker: Asker, _rest: str) -> None:
        """`update`: the form, at any time in the ride."""
        await self._open(asker, ride=None, channel=asker.channel, step=None)

    async def _open(self, asker: Asker, *, ride: str | None, channel: str | None, step: str | None) -> None:
        async def build() -> View:
            question = await self._front.status_question(
                asker.workspace, asker.person, ride=ride, channel=channel, step=step
            )
            return crew.update_form(question)

        if asker.trigger is None:
            await build()  # whoever may not write one hears that first
            await tell(self._outbox, asker, crew.needs_slash(self._settings.ride_command))
            return
        await open_form(self._outbox, asker, asker.trigger, build)

    async def check(self, submission: Submission) -> Mapping[str, str]:
        """What is wrong with an update."""
        values = submission.values
        wrong = {
            block: crew.number_wanted()
            for block in (crew.ETA, crew.NEXT)
            if values.text(block) and _minutes(values.text(block)) is None
        }
        if not values.text(crew.KNOWN):
            wrong[crew.KNOWN] = crew.words_wanted()
        return wrong

    async def submit(self, submission: Submission) -> None:
        """Post the update."""
        value, asker, values = crew.read_update(submission.metadata), submission.asker, submission.values
        if value is None:
            await tell(self._outbox, asker, crew.old_button())
            return
        update = StatusText(
            known=values.text(crew.KNOWN),
            impact=values.text(crew.IMPACT),
            eta_minutes=_minutes(values.text(crew.ETA)),
            next_minutes=_minutes(values.text(crew.NEXT)),
        )
        await self._front.update_status(asker.workspace, asker.person, value.ride, value.step, update)


def _minutes(text: str) -> int | None:
    """A whole number of minutes; None for anything else."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= crew.MAX_MINUTES:
        return None
    return int(text)
