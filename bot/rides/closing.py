"""The end of a ride: the last evidence, the score, the postmortem, the result, and tidying up."""

import asyncio
import logging
from dataclasses import replace

from bot.rides import incident_card, readers, timeline
from bot.rides.announcements import (
    PostmortemPosted,
    Recovered,
    ResultLine,
    RideOver,
    StartFailed,
    StartStopped,
)
from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from bot.rides.picturing import sample_aftermath, show_picture
from sandbox.errors import SandboxError
from scenarios.journal.events import ChatRefused, Outcome, OutcomeChecked, RideEnded, SessionEnded
from scenarios.judging.scorecard import Scorecard
from scenarios.judging.scoring import score
from scenarios.telling.postmortem import write_postmortem
from storage.records import UNDER_WAY, RideRecord

log = logging.getLogger(__name__)

CALLED_OFF = (Outcome.VOID.value, Outcome.STOPPED.value)
"""How a ride ended that may be started again by a click."""


async def end_ride(
    ride: LiveRide,
    outcome: Outcome,
    reason: str,
    by: str | None = None,
    *,
    cause: BaseException | None = None,
) -> None:
    """End a ride, once: write it down first, then say it. Later calls do nothing.

    Where the chat's refusal is the `cause`, the chat finds the words for it.
    """
    await ride.carry_through(_end_ride(ride, outcome, reason, by, cause))


async def _end_ride(
    ride: LiveRide, outcome: Outcome, reason: str, by: str | None, cause: BaseException | None
) -> None:
    async with ride.ending:
        if ride.ended is not None:
            return
        try:
            await ride.take_in()
        except SandboxError as error:
            log.info("ride %s: no more evidence: %s", ride.id, error)
        now = ride.parts.clock.now()
        ended = RideEnded(at=now, outcome=outcome, reason=reason, by=by)
        if isinstance(cause, ChatRefusedError):
            await ride.note(ChatRefused(at=now, step=cause.step, error=cause.code), ended)
        else:
            await ride.note(ended)
        # From here on the ride is over, whatever fails: `close_ride` writes the rest down again.
        ride.over.set()
        ride.parts.meter.ended(ride.record.scenario, outcome.value)
        log.info("ride %s: %s (%s)", ride.id, outcome, reason)
        await _write_end(ride)


async def _write_end(ride: LiveRide) -> None:
    await ride.parts.store.cancel_steps(ride.id)
    await ride.change()


async def close_ride(ride: LiveRide) -> None:
    """After the end: score, postmortem, result line, card, picture, sandbox, and the date of archiving.

    Safe to run again after a crash: what was said before is not said twice. The sandbox doesn't wait for a
    chat that can't be reached.
    """
    ended = ride.ended
    if ended is None:
        raise RuntimeError(f"ride {ride.id} has not ended")
    await _write_end(ride)
    telling = asyncio.create_task(_tell_all(ride, ended), name=f"the end of {ride.id}")
    try:
        await sample_aftermath(ride)
        await _remove_sandbox(ride)
        await asyncio.wait([telling])
    finally:
        telling.cancel()
    if (error := telling.exception()) is not None:
        # The next life of the program tries again.
        log.error("ride %s: the end could not be told", ride.id, exc_info=error)
    await show_picture(ride)
    await _plan_archive(ride)


def is_closed(record: RideRecord) -> bool:
    """Whether nothing is left to do but to archive the channel."""
    return record.postmortem_sent and (record.channel is None or record.archive_at is not None)


async def _tell_all(ride: LiveRide, ended: RideEnded) -> None:
    if ride.record.postmortem_sent:
        return
    card = await _score(ride) if ride.live is not None else None
    total = card.total if card and ended.outcome.counts else None
    await _tell(ride, ended, card)
    incident_card.refresh(ride, total=total)
    await ride.change(postmortem_sent=True)
    await _result(ride, ended, card)


async def _score(ride: LiveRide) -> Scorecard:
    card = await asyncio.to_thread(score, ride.scenario, tuple(ride.journal))
    await ride.parts.store.save_scorecard(ride.id, card)
    return card


async def _tell(ride: LiveRide, ended: RideEnded, card: Scorecard | None) -> None:
    if ride.record.channel is None:
        return
    if ended.outcome is Outcome.RESOLVED:
        await ride.say(_recovered(ride, ended), key="recovered")
    elif card is not None:
        await ride.say(
            RideOver(
                ride=ride.id,
                scenario=ride.record.scenario,
                outcome=ended.outcome,
                reason=ended.reason,
                by=ended.by,
                again=_may_be_again(ride, ended),
                refused=_refused(ride),
            ),
            key="over",
        )
    else:
        await ride.say(_failure(ride, ended, openly=True), key="failed")
    # A void ride tells nothing of the cause: the learners may want to ride again.
    if card is not None and ended.outcome is not Outcome.VOID:
        postmortem = await asyncio.to_thread(write_postmortem, ride.scenario, tuple(ride.journal), card)
        learners = ride.record.learners
        await ride.say_to_all(
            PostmortemPosted(postmortem=postmortem, learners=learners), learners, key="postmortem"
        )
        await readers.remember(ride)


def _recovered(ride: LiveRide, ended: RideEnded) -> Recovered:
    checks = [event for event in ride.journal if isinstance(event, OutcomeChecked) and event.passed]
    return Recovered(
        elapsed=ride.clock.elapsed(ended.at), detail=checks[-1].detail if checks else ended.reason
    )


async def _result(ride: LiveRide, ended: RideEnded, card: Scorecard | None) -> None:
    """One line where the ride was started: through the response_url, else as a message there.

    Where the chat lets us post neither, in the starter's direct messages. Not for a game day's ride: its
    console and its scoreboard say it, and thirty of them would stand in line for the same facilitator.
    """
    record, chat = ride.record, ride.parts.chat
    if record.game_day is not None:
        return
    line = _failure(ride, ended) if ride.live is None else _result_line(ride, ended, card)
    try:
        if record.response_url and await chat.reply(record.workspace, record.response_url, line):
            return
        if record.origin_channel is not None and await _posted(ride, record.origin_channel, line):
            return
        await chat.direct(record.workspace, record.started_by, line, key=f"{ride.id}:result")
    except ChatRefusedError as refusal:
        await ride.skipped("result line", refusal.code)


async def _posted(ride: LiveRide, channel: str, line: ResultLine | StartFailed | StartStopped) -> bool:
    try:
        await ride.parts.chat.post(ride.record.workspace, channel, line, key=f"{ride.id}:result")
    except ChatRefusedError:
        return False  # such as `not_in_channel`: it was started by a slash command, somewhere without us
    return True


def _result_line(ride: LiveRide, ended: RideEnded, card: Scorecard | None) -> ResultLine:
    told = "postmortem" in ride.delivered
    return ResultLine(
        ride=ride.id,
        title=ride.scenario.title,
        outcome=ended.outcome,
        learners=ride.record.learners,
        # Nobody is sent to a channel where the postmortem is not.
        channel=ride.record.channel if told or ended.outcome is Outcome.VOID else None,
        total=card.total if card and ended.outcome.counts else None,
        to_fix=card.times.to_fix if card else None,
        by=ended.by,
    )


def _may_be_again(ride: LiveRide, ended: RideEnded) -> bool:
    """In a game day that is for its facilitators to decide."""
    return ended.outcome.value in CALLED_OFF and ride.record.game_day is None


def _failure(ride: LiveRide, ended: RideEnded, *, openly: bool = False) -> StartFailed | StartStopped:
    """What is said of an incident that never stood. `openly`: for those who ride; of a game day's ride they
    aren't told what it would have been.
    """
    scenario = None if openly and incident_card.waiting(ride) is not None else ride.record.scenario
    if ended.outcome is Outcome.STOPPED:
        again = _may_be_again(ride, ended)
        return StartStopped(ride=ride.id, scenario=scenario, by=ended.by, again=again)
    return StartFailed(ride=ride.id, scenario=scenario, reason=ended.reason, refused=_refused(ride))


def _refused(ride: LiveRide) -> tuple[str, str] | None:
    """The step that the chat refused and its code, where that ended the ride."""
    return next(((event.step, event.error) for event in ride.journal if isinstance(event, ChatRefused)), None)


async def _remove_sandbox(ride: LiveRide) -> None:
    if ride.sandbox is not None:
        try:
            await ride.sandbox.destroy()
            log.info("ride %s: sandbox removed", ride.id)
        except SandboxError as error:
            log.warning("ride %s: the sandbox could not be removed: %s", ride.id, error)


async def _plan_archive(ride: LiveRide) -> None:
    if ride.record.channel is not None and ride.record.archive_at is None:
        due = ride.parts.clock.now() + ride.parts.pace.archive_after
        await ride.parts.store.add_steps([timeline.archive(ride.id, due)])
        await ride.change(archive_at=due)


async def give_up(parts: Parts, record: RideRecord) -> None:
    """End a ride whose journal can't be read, so that its learners can ride again."""
    await parts.store.cancel_steps(record.id)
    state, ended_at, archive_at = record.state, record.ended_at, record.archive_at
    if record.state in UNDER_WAY:
        state, ended_at = Outcome.VOID.value, parts.clock.now()
        over = RideOver(
            ride=record.id,
            scenario=record.scenario,
            outcome=Outcome.VOID,
            reason="This version of Ride can't read the stored ride. Please start again.",
            by=None,
        )
        if record.channel is not None:
            try:
                await parts.chat.post(record.workspace, record.channel, over, key=f"{record.id}:over")
            except ChatRefusedError as refusal:
                log.warning("ride %s: the end could not be told: %s", record.id, refusal.code)
    if record.channel is not None:
        archive_at = parts.clock.now() + parts.pace.archive_after
        await parts.store.add_steps([timeline.archive(record.id, archive_at)])
    await parts.store.update(
        replace(record, state=state, ended_at=ended_at, archive_at=archive_at, postmortem_sent=True)
    )


async def let_go(parts: Parts, record: RideRecord) -> None:
    """Forget what was still to be said or archived of a ride that is over: its workspace is gone."""
    await parts.store.cancel_steps(record.id)
    if record.state not in UNDER_WAY:
        await parts.store.update(replace(record, postmortem_sent=True, archived=True))


def blocker_is_gone(ride: LiveRide) -> bool:
    """Whether the journal says that the session behind the incident has ended."""
    return any(isinstance(event, SessionEnded) and is_blocker(ride, event) for event in ride.journal)


def is_blocker(ride: LiveRide, event: SessionEnded) -> bool:
    """Whether the session that ended is the one the incident is made of."""
    live = ride.live
    return live is not None and (event.backend.pid, event.backend.started) == (
        live.blocker.pid,
        live.blocker.started,
    )
