"""The facilitators' console in Slack: buttons and forms."""

from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.models.views import View

from bot.gamedays.console import Console
from bot.slack.areas.area import Area, Click, ClickHandler, Form, Submission
from bot.slack.areas.asker import tell
from bot.slack.forms.opening import Build, open_form
from bot.slack.messages import console as words
from bot.slack.messages.console import Target, read_target
from bot.slack.messages.message import Message
from bot.slack.transport.outbox import Outbox

Act = Callable[[str, str, str, str], Awaitable[None]]
"""Takes workspace, person, day and team."""


class ConsoleArea:
    """What a click on the console does. The console message itself shows what became of it."""

    def __init__(self, console: Console, outbox: Outbox) -> None:
        self._console = console
        self._outbox = outbox

    def area(self) -> Area:
        """What the listeners register."""
        console = self._console
        return Area(
            actions={
                words.PAUSE: self._one(console.pause),
                words.RESUME: self._one(console.resume),
                words.EXTEND: self._one(console.extend),
                words.HINT: self._one(console.reveal_hint),
                words.END: self._one(console.end),
                words.AGAIN: self._one(console.start_again),
                words.SYMPTOM: self._about(self._open_symptoms),
                words.SPEAK: self._about(self._open_speak),
                words.PAUSE_ALL: self._about(self._pause_all),
                words.RESUME_ALL: self._about(self._resume_all),
                words.END_DAY: self._about(self._end_day),
            },
            forms={
                words.SYMPTOM_FORM: Form(check=_nothing_wrong, submit=self._send_symptom),
                words.SPEAK_FORM: Form(check=_has_words, submit=self._speak),
            },
        )

    def _about(self, act: Callable[[Click, Target], Awaitable[None]]) -> ClickHandler:
        async def clicked(click: Click) -> None:
            target = read_target(click.value)
            if target is None:
                await tell(self._outbox, click.asker, words.outdated())
                return
            await act(click, target)

        return clicked

    def _one(self, act: Act) -> ClickHandler:
        async def clicked(click: Click, target: Target) -> None:
            await act(click.asker.workspace, click.asker.person, target.day, target.team)

        return self._about(clicked)

    async def _open_symptoms(self, click: Click, target: Target) -> None:
        asker = click.asker

        async def build() -> View | Message:
            glance = await self._console.glance(asker.workspace, asker.person, target.day, target.team)
            name = await self._console.team_name(asker.workspace, target.day, target.team)
            if not glance.unsent:
                return words.no_symptom_left(name)
            return words.symptom_form(glance, target, name)

        await self._open(click, build)

    async def _open_speak(self, click: Click, target: Target) -> None:
        asker = click.asker

        async def build() -> View:
            glance = await self._console.glance(asker.workspace, asker.person, target.day, target.team)
            name = await self._console.team_name(asker.workspace, target.day, target.team)
            return words.speak_form(glance.scenario, target, name)

        await self._open(click, build)

    async def _open(self, click: Click, build: Build) -> None:
        if click.asker.trigger is not None:
            await open_form(self._outbox, click.asker, click.asker.trigger, build)

    async def _pause_all(self, click: Click, target: Target) -> None:
        count = await self._console.pause_all(click.asker.workspace, click.asker.person, target.day)
        await tell(self._outbox, click.asker, words.paused_all(count))

    async def _resume_all(self, click: Click, target: Target) -> None:
        count = await self._console.resume_all(click.asker.workspace, click.asker.person, target.day)
        await tell(self._outbox, click.asker, words.resumed_all(count))

    async def _end_day(self, click: Click, target: Target) -> None:
        await self._console.end_day(click.asker.workspace, click.asker.person, target.day)

    async def _send_symptom(self, submission: Submission) -> None:
        asker, target = submission.asker, Target.model_validate_json(submission.metadata)
        step = submission.values.choice(words.STEP_BLOCK) or ""
        await self._console.send_symptom(asker.workspace, asker.person, target.day, target.team, step)

    async def _speak(self, submission: Submission) -> None:
        asker, target = submission.asker, Target.model_validate_json(submission.metadata)
        await self._console.speak(
            asker.workspace,
            asker.person,
            target.day,
            target.team,
            speaker=_speaker(submission),
            text=submission.values.text(words.TEXT_BLOCK),
        )


async def _has_words(submission: Submission) -> Mapping[str, str]:
    """Slack takes a space for an answer."""
    wanted = {
        words.SPEAKER_BLOCK: _speaker(submission),
        words.TEXT_BLOCK: submission.values.text(words.TEXT_BLOCK),
    }
    return {block: words.words_wanted() for block, given in wanted.items() if not given}


def _speaker(submission: Submission) -> str:
    """Whoever was typed, or else chosen."""
    return submission.values.text(words.SPEAKER_BLOCK) or submission.values.choice(words.STORY_BLOCK) or ""


async def _nothing_wrong(_submission: Submission) -> Mapping[str, str]:
    """Slack has checked it: the fields are required, and have a greatest length."""
    return {}
