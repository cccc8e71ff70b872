"""The end of a ride: the last evidence, the score, the postmortem, the result, and tidying up."""

import logging
from dataclasses import replace

from bot.rides import opening, timeline
from bot.rides.announcements import PostmortemPosted, Recovered, ResultLine, RideOver, StartFailed
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from bot.rides.parts import Parts
from sandbox.errors import SandboxError
from scenarios.journal import Outcome, OutcomeChecked, RideEnded, SessionEnded
from scenarios.postmortem import write_postmortem
from scenarios.scorecard import Scorecard
from scenarios.scoring import score
from storage.records import RideRecord

log = logging.getLogger(__name__)


async def end_ride(ride: LiveRide, outcome: Outcome, reason: str, by: str | None = None) -> None:
    """End a ride, once: write it down first, then say it. Later calls do nothing."""
    async with ride.ending:
        if ride.ended is not None:
            return
        try:
            await ride.take_in()
        except SandboxError as error:
            log.info("ride %s: no more evidence: %s", ride.id, error)
        await ride.note(RideEnded(at=ride.parts.clock.now(), outcome=outcome, reason=reason, by=by))
        await ride.parts.store.cancel_steps(ride.id)
        await ride.change(state=outcome.value, ended_at=ride.parts.clock.now())
    ride.over.set()
    log.info("ride %s: %s (%s)", ride.id, outcome, reason)


async def close_ride(ride: LiveRide) -> None:
    """After the end: score, postmortem, result line, card, sandbox, and the date of archiving.

    Safe to run again after a crash: what was said before is not said twice.
    """
    ended = ride.ended
    if ended is None:
        raise RuntimeError(f"ride {ride.id} has not ended")
    card = await _score(ride) if ride.live is not None else None
    counts = ended.outcome in (Outcome.RESOLVED, Outcome.EXPIRED)
    total = card.total if card and counts else None
    await _tell(ride, ended, card)
    await opening.refresh_card(ride, total=total)
    if not ride.record.postmortem_sent:
        await ride.change(postmortem_sent=True)
        await _result(ride, ended, card)
    await _tidy_up(ride)


async def _score(ride: LiveRide) -> Scorecard:
    card = score(ride.scenario, ride.journal)
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
            ),
            key="over",
        )
    else:
        await ride.say(_failure(ride, ended), key="failed")
    # A void ride tells nothing of the cause: the learners may want to ride again.
    if card is not None and ended.outcome is not Outcome.VOID:
        postmortem = write_postmortem(ride.scenario, ride.journal, card)
        await ride.say(
            PostmortemPosted(postmortem=postmortem, learners=ride.record.learners), key="postmortem"
        )


def _recovered(ride: LiveRide, ended: RideEnded) -> Recovered:
    checks = [event for event in ride.journal if isinstance(event, OutcomeChecked) and event.passed]
    return Recovered(
        elapsed=ride.clock.elapsed(ended.at), detail=checks[-1].detail if checks else ended.reason
    )


async def _result(ride: LiveRide, ended: RideEnded, card: Scorecard | None) -> None:
    """One line where the ride was started: through the response_url, else in the starter's messages."""
    record, chat = ride.record, ride.parts.chat
    line = _failure(ride, ended) if ride.live is None else _result_line(ride, ended, card)
    try:
        if record.response_url and await chat.reply(record.response_url, line):
            return
        await chat.direct(record.team, record.started_by, line, key=f"{ride.id}:result")
    except ChatRefusedError as refusal:
        await ride.skipped("result line", refusal.code)


def _result_line(ride: LiveRide, ended: RideEnded, card: Scorecard | None) -> ResultLine:
    counts = card is not None and ended.outcome in (Outcome.RESOLVED, Outcome.EXPIRED)
    return ResultLine(
        ride=ride.id,
        title=ride.scenario.title,
        outcome=ended.outcome,
        learners=ride.record.learners,
        channel=ride.record.channel,
        total=card.total if card and counts else None,
        to_fix=card.times.to_fix if card else None,
    )


def _failure(ride: LiveRide, ended: RideEnded) -> StartFailed:
    return StartFailed(ride=ride.id, scenario=ride.record.scenario, reason=ended.reason)


async def _tidy_up(ride: LiveRide) -> None:
    if ride.sandbox is not None:
        try:
            await ride.sandbox.destroy()
        except SandboxError as error:
            log.warning("ride %s: the sandbox could not be removed: %s", ride.id, error)
    if ride.record.channel is not None and ride.record.archive_at is None:
        due = ride.parts.clock.now() + ride.parts.pace.archive_after
        await ride.parts.store.add_steps([timeline.archive(ride.id, due)])
        await ride.change(archive_at=due)


async def archive_channel(parts: Parts, record: RideRecord) -> None:
    """The grace time is over."""
    if record.channel is None:
        return
    try:
        await parts.chat.archive(record.team, record.channel)
    except ChatRefusedError as refusal:
        log.warning("ride %s: the channel could not be archived: %s", record.id, refusal.code)
    await parts.store.update(replace(record, archived=True))


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
