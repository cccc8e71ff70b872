"""Forms that people submit: acknowledged in time whatever is slow, then worked on; what comes of it is shown.

Slack waits 3 seconds for an answer to a submission, then tells the person that the app did not answer
(https://docs.slack.dev/surfaces/modals#handling_submissions).
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from slack_bolt.async_app import AsyncAck
from slack_sdk.models.views import View

from bot.rides.errors import ChatRefusedError
from bot.slack.areas.area import Area, Click, Form, Submission
from bot.slack.areas.asker import Asker, tell
from bot.slack.forms.form_again import Json, KeptForms, filled_again, label_of, title_of
from bot.slack.forms.opening import open_view
from bot.slack.messages import modals
from bot.slack.messages.message import Message
from bot.slack.transport.errors import FormWrongError
from bot.slack.transport.outbox import Outbox

log = logging.getLogger(__name__)

WITHIN = 2.0
"""Seconds after which a submission is acknowledged, whatever its form's `check` still does."""
SETTLES = 0.5
"""Seconds after an acknowledgement before its modal is changed again: the acknowledgement leaves when our
listener is done, and would undo a change that is faster than it."""
REMEMBERED = 512
"""How many submissions are remembered, so that a second delivery is not a second submission."""

Say = Callable[[Message], Awaitable[None]]
Work = Callable[[], Awaitable[None]]


class Start(Protocol):
    """Starts work in the background that is guarded: what it raises is put into words for `say`."""

    def __call__(self, what: str, asker: Asker, work: Work, *, say: Say) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decision:
    """How a submission is acknowledged, and what is still to be found out."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    """What AsyncAck takes; empty closes the modal."""
    refused: bool = False
    """The form stays as it is, with errors beside its fields."""
    checking: asyncio.Future[Mapping[str, str]] | None = None
    """The form's check, where it took too long or failed."""

    @property
    def stays(self) -> bool:
        """Whether the modal shows what comes of it."""
        return bool(self.answer)


class Submissions:
    """What becomes of the forms that people submit."""

    def __init__(
        self,
        outbox: Outbox,
        start: Start,
        *,
        new_key: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        self._outbox = outbox
        self._start = start
        self._kept = KeptForms(new_key)
        self._decisions: OrderedDict[str, asyncio.Task[_Decision]] = OrderedDict()
        """By the view's id."""
        self._closed: OrderedDict[str, None] = OrderedDict()
        """Waiting modals that were closed, by the view's id."""

    def area(self) -> Area:
        """The button that opens a form again."""
        return Area(actions={modals.FORM_AGAIN: self._open_again})

    async def take(self, ack: AsyncAck, submission: Submission, form: Form, view: Json) -> None:
        """Acknowledge a submission in time, and begin with its work once. `view` is the form as Slack sent
        it.
        """
        deciding = self._decisions.get(submission.view)
        first = deciding is None
        if deciding is None:
            deciding = asyncio.create_task(self._decide(submission, form, view))
            self._decisions[submission.view] = deciding
            while len(self._decisions) > REMEMBERED:
                self._decisions.popitem(last=False)
        # The same answer for a second delivery: Slack takes either.
        decision = await asyncio.shield(deciding)
        await ack(**decision.answer)
        if first and not decision.refused:
            modal = _Modal(self, submission.asker, submission, view, stays=decision.stays)
            work = partial(self._carry_out, submission, form, decision, modal)
            self._start(f"the form {submission.form}", submission.asker, work, say=modal.say)

    def closed(self, view: str) -> None:
        """Somebody closed a modal that shows that they have to wait."""
        self._closed[view] = None
        while len(self._closed) > REMEMBERED:
            self._closed.popitem(last=False)

    async def _decide(self, submission: Submission, form: Form, view: Json) -> _Decision:
        checking = asyncio.ensure_future(form.check(submission))
        await asyncio.wait({checking}, timeout=WITHIN)
        found_out = checking.done() and not checking.cancelled() and checking.exception() is None
        if found_out and (wrong := checking.result()):
            self._decisions.pop(submission.view, None)
            return _Decision(answer={"response_action": "errors", "errors": dict(wrong)}, refused=True)
        if found_out and not form.meanwhile:
            return _Decision()
        words = form.meanwhile or modals.being_checked()
        shown = modals.waiting(title_of(view), words)
        return _Decision(
            answer={"response_action": "update", "view": shown.to_dict()},
            checking=None if found_out else checking,
        )

    async def _carry_out(
        self, submission: Submission, form: Form, decision: _Decision, modal: "_Modal"
    ) -> None:
        try:
            wrong = await decision.checking if decision.checking is not None else {}
            said = await form.submit(submission) if not wrong else None
        except FormWrongError as error:
            wrong = error.by_block
        except asyncio.CancelledError:
            # Ride ends in the middle of it: nobody else would take the promise back.
            await modal.say(modals.interrupted())
            raise
        if wrong:
            await modal.show_again(wrong)
            return
        if said is not None:
            # To keep: a modal is gone once it is closed.
            await tell(self._outbox, submission.asker, said)
        await modal.show(modals.answered(modal.title, said or modals.done()))

    async def _open_again(self, click: Click) -> None:
        asker = click.asker
        view = self._kept.find(asker, click.value)
        if view is None or asker.trigger is None:
            await tell(self._outbox, asker, modals.no_longer_kept())
            return
        await open_view(self._outbox, asker, asker.trigger, view)

    # -- what _Modal needs

    async def update(self, submission: Submission, view: View) -> bool:
        """Show a view in the submission's modal; False when it is closed."""
        if submission.view in self._closed:
            return False
        try:
            await self._outbox.update_view(submission.asker.workspace, submission.view, view)
        except ChatRefusedError as refusal:
            log.info("a modal of %s is not there any more: %s", submission.asker.person, refusal.code)
            return False
        return True

    def may_be_submitted_again(self, submission: Submission) -> None:
        """The form is shown once more."""
        self._decisions.pop(submission.view, None)

    def keep(self, asker: Asker, view: View) -> str:
        """Keep a form for the button that opens it again."""
        return self._kept.keep(asker, view)

    async def say(self, asker: Asker, message: Message) -> None:
        """Tell the asker in their direct messages."""
        await tell(self._outbox, asker, message)


class _Modal:
    """The modal in which a form was submitted, from its acknowledgement on."""

    def __init__(
        self, desk: Submissions, asker: Asker, submission: Submission, view: Json, *, stays: bool
    ) -> None:
        self._desk = desk
        self._asker = asker
        self._submission = submission
        self._view = view
        self._stays = stays
        self._settled = asyncio.get_running_loop().time() + SETTLES
        self.title = title_of(view)

    async def show(self, view: View) -> bool:
        """Show a view in it; False when it is closed."""
        if not self._stays:
            return False
        await asyncio.sleep(self._settled - asyncio.get_running_loop().time())
        return await self._desk.update(self._submission, view)

    async def say(self, message: Message) -> None:
        """Say what came of it: in the modal, or where it is closed in a direct message."""
        if not await self.show(modals.answered(self.title, message)):
            await self._desk.say(self._asker, message)

    async def show_again(self, wrong: Mapping[str, str]) -> None:
        """The form as it was filled in, with what is wrong; a closed one in words, with a button."""
        again = filled_again(self._view, self._submission.values, wrong)
        self._desk.may_be_submitted_again(self._submission)
        if await self.show(again):
            return
        labelled = {label_of(self._view, block): words for block, words in wrong.items()}
        key = self._desk.keep(self._asker, again)
        await self._desk.say(self._asker, modals.wrong_later(self.title, labelled, key))
