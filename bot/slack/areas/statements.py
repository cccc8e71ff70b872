"""`/sql`: from a statement to the message that shows what came of it."""

import asyncio
import logging
from collections.abc import Coroutine

from bot.rides.errors import ChatRefusedError, RideError
from bot.rides.front import Front
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.watches import Frame, Watches
from bot.slack.chat import fitting
from bot.slack.messages import answers
from bot.slack.messages.answers import SqlMessage
from bot.slack.messages.buttons import RunningStatement
from bot.slack.messages.message import Message
from bot.slack.messages.preview import ResultFile
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox
from sandbox.answer import Answer, Busy, Failed, Finished, Lost, Refused, StillRunning
from sandbox.sql_session.watching import UnreadableWatch, read_watch

log = logging.getLogger(__name__)

RESULT_FILE = "result.txt"
ABANDONED = "Ride stopped before this was answered. Please run it again."
_NOT_TO_EDIT = frozenset({"message_not_found", "edit_window_closed", "cant_update_message"})
"""Somebody deleted the message that waits for the result, or it is too old: the result comes as a new one.

Source: https://docs.slack.dev/reference/methods/chat.update
"""
NOTICED_AFTER = 4.0
"""Seconds after which somebody wonders where the answer is."""
ABANDON_WITHIN = 2.0
"""Seconds; Ride may be closing."""


class Statements:
    """Runs statements and shows results in the channel; what wasn't run is told to its author alone."""

    def __init__(
        self,
        front: Front,
        outbox: Outbox,
        settings: SlackSettings,
        *,
        noticed_after: float = NOTICED_AFTER,
        watches: Watches | None = None,
    ) -> None:
        self._watches = watches or Watches()
        self._noticed_after = noticed_after
        self._front = front
        self._outbox = outbox
        self._settings = settings

    async def run(self, asker: Asker, text: str) -> None:
        """Run what was typed. Returns when the final answer stands in the channel."""
        if not text.strip():
            await tell(self._outbox, asker, answers.refused(Refused(text=""), self._settings.sql_command))
            return
        watch = read_watch(text)
        self._watches.end(asker)
        if isinstance(watch, UnreadableWatch):
            await tell(
                self._outbox, asker, answers.refused(Refused(text=watch.text), self._settings.sql_command)
            )
        elif watch is not None:
            await self._watches.run(asker, text, watch, self)
        else:
            await self.answer(asker, text, text)

    async def answer(
        self, asker: Asker, text: str, sql: str, *, frame: Frame | None = None, instead_of: str | None = None
    ) -> tuple[str | None, Answer]:
        """Run `sql` and show what came of it as the answer to `text`; gives the message's ts and the answer.

        With `instead_of` it takes the place of a message. `frame` says what is shown of the final answer.
        """
        answer = await self._front.sql(asker.workspace, asker.person, asker.channel, sql)
        match answer:
            case Refused():
                await tell(self._outbox, asker, answers.refused(answer, self._settings.sql_command))
            case Busy():
                await tell(
                    self._outbox, asker, answers.busy(answer, await self._running(asker, answer.session))
                )
            case StillRunning():
                return await self._wait(asker, text, answer, frame, instead_of)
            case Finished() | Failed() | Lost():
                return await self._show(asker, text, answer, frame, instead_of), answer
        return instead_of, answer

    async def _wait(
        self,
        asker: Asker,
        text: str,
        answer: StillRunning,
        frame: Frame | None,
        instead_of: str | None,
    ) -> tuple[str | None, Answer]:
        waiting = answers.still_running(
            asker.person, text, answer, await self._running(asker, answer.session)
        )
        ts: str | None = None
        try:
            ts = await self._place(asker, waiting, instead_of)
        except ChatRefusedError:
            await tell(self._outbox, asker, waiting)
        try:
            final = await answer.finished
        except (Exception, asyncio.CancelledError):
            if ts is not None:
                await self._abandon(asker, text, ts)
            raise
        return await self._show(asker, text, final, frame, ts), final

    async def cancel(self, asker: Asker, statement: RunningStatement) -> None:
        """The Cancel button: it is for the statement's author alone."""
        if asker.person != statement.person:
            await tell(self._outbox, asker, answers.not_yours(statement.person))
            return
        done = await self._front.cancel_sql(asker.workspace, asker.person, statement.ride, statement.session)
        await tell(self._outbox, asker, answers.cancelled(done))

    async def _show(
        self,
        asker: Asker,
        text: str,
        answer: Finished | Failed | Lost,
        frame: Frame | None,
        instead_of: str | None,
    ) -> str:
        result = answers.result(asker.person, text, answer)
        if frame is not None:
            result = frame(result, answer)
        return await self.show(asker, result, instead_of)

    async def show(self, asker: Asker, result: SqlMessage, instead_of: str | None) -> str:
        """Put an answer into the channel, or in another message's place there; gives its ts."""
        try:
            ts = await self._noticed(asker, self._place(asker, result.message, instead_of))
        except ChatRefusedError:
            # It ran, so its author must see what came of it; why the others don't is said after it.
            await tell(self._outbox, asker, result.message)
            if result.file is not None:
                await tell(self._outbox, asker, answers.without_file(result.file, self._settings, None))
            raise
        if result.file is not None:
            await self._attach(asker, result.file, thread_ts=asker.thread_ts or ts)
        return ts

    async def _noticed(self, asker: Asker, placing: Coroutine[None, None, str]) -> str:
        """Place a message; its author hears of it when Slack makes them wait."""
        task = asyncio.create_task(placing)
        try:
            await asyncio.wait({task}, timeout=self._noticed_after)
            if not task.done() and asker.response_url is not None:
                waits = answers.slack_makes_us_wait()
                await self._outbox.respond(asker.workspace, asker.response_url, waits, in_channel=False)
            return await task
        finally:
            task.cancel()

    async def _attach(self, asker: Asker, file: ResultFile, *, thread_ts: str) -> None:
        """Put the whole result into the thread; where Slack takes no file, say so there."""
        try:
            await self._outbox.upload(
                asker.workspace,
                asker.channel,
                thread_ts=thread_ts,
                name=RESULT_FILE,
                title=file.title,
                content=file.content,
            )
        except ChatRefusedError as refusal:
            log.warning("a result's file in %s was refused: %s", asker.channel, refusal)
            without = answers.without_file(file, self._settings, refusal)
            try:
                await self._outbox.post(asker.workspace, asker.channel, without, thread_ts=thread_ts)
            except ChatRefusedError:
                await tell(self._outbox, asker, without)

    async def _place(self, asker: Asker, message: Message, instead_of: str | None) -> str:
        """Put a message in the channel, or in another's place there; gives its ts."""
        if instead_of is not None:
            try:
                await fitting.replace_by(
                    self._outbox,
                    asker.workspace,
                    asker.channel,
                    instead_of,
                    message,
                    thread_ts=asker.thread_ts,
                )
            except ChatRefusedError as error:
                if error.code not in _NOT_TO_EDIT:
                    raise
            else:
                return instead_of
        return await fitting.post(
            self._outbox, asker.workspace, asker.channel, message, thread_ts=asker.thread_ts
        )

    async def _abandon(self, asker: Asker, text: str, ts: str) -> None:
        """The answer won't come, for Ride is closing or failed: no message may go on promising it."""
        lost = answers.result(asker.person, text, Lost(sqlstate=None, text=ABANDONED))
        try:
            async with asyncio.timeout(ABANDON_WITHIN):
                await self._outbox.update(asker.workspace, asker.channel, ts, lost.message)
        except (ChatRefusedError, TimeoutError) as error:
            log.warning("a statement's message in %s could not be closed: %r", asker.channel, error)

    async def _running(self, asker: Asker, session: int) -> RunningStatement | None:
        """What the Cancel button is about; without a ride (it has just ended) there is no button."""
        try:
            status = await self._front.status(asker.workspace, asker.person, asker.channel)
        except RideError:
            return None
        return RunningStatement(ride=status.ride, person=asker.person, session=session)
