"""Inviting people into the incident channel: when it is made, again by the timeline, and by hand.

Whom the chat refused stands in the journal, and who got in later does: a restart goes on with it.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.rides import timeline
from bot.rides.announcements import NotInvited
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.journal.events import ChatStepSkipped, PersonLetIn

log = logging.getLogger(__name__)

Refused = Mapping[str, str]
"""Who could not be invited, each with the chat's code."""

_STEP = "invite "
_FINAL = frozenset(
    {"cannot_dm_bot", "cant_invite_self", "user_disabled", "user_not_found", "user_not_visible"}
)
"""Codes for somebody who isn't there: no admin and no minute changes that.

Source: https://docs.slack.dev/reference/methods/conversations.invite
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """What came of inviting people by hand."""

    ride: str
    channel: str
    now: tuple[str, ...] = ()
    """Who has got in."""
    already: tuple[str, ...] = ()
    """Who was in the channel before."""
    refused: tuple[tuple[str, str], ...] = ()
    """Who can't get in, each with the chat's code."""
    channel_is_lost: bool = False
    """Whether the channel itself is gone for the ride, so that nobody can be invited there."""


async def everybody(ride: LiveRide) -> tuple[str, ...]:
    """All who belong in the channel: learners, their team, the one who started, the day's facilitators."""
    record, called = ride.record, ride.called
    team = called.members if called is not None else ()
    return tuple(dict.fromkeys((*record.learners, *team, record.started_by, *await facilitators(ride))))


async def facilitators(ride: LiveRide) -> tuple[str, ...]:
    """Those of the game day that the ride is part of, to see what they steer."""
    if ride.record.game_day is None:
        return ()
    return await ride.parts.facilitating.facilitators(ride.record.game_day)


def shut_out(ride: LiveRide) -> Refused:
    """Who could not be invited so far."""
    refused: dict[str, str] = {}
    for event in ride.journal:
        if isinstance(event, ChatStepSkipped) and event.step.startswith(_STEP):
            refused[event.step.removeprefix(_STEP)] = event.error
        elif isinstance(event, PersonLetIn):
            refused.pop(event.person, None)
    return refused


async def invite_everybody(ride: LiveRide, channel: str) -> Refused:
    """Invite all who belong there. Whom the chat refuses is tried again, and the one who started is told."""
    refused = await _invite(ride, channel, await everybody(ride))
    if refused:
        await _plan_again(ride, refused)
        told = NotInvited(ride=ride.id, channel=channel, people=tuple(refused.items()))
        await ride.say_to(ride.record.started_by, told, key=f"not-invited-{channel}")
    return refused


async def again(ride: LiveRide) -> None:
    """The timeline's step: try those again who may get in by now."""
    people = [person for person, code in shut_out(ride).items() if _may_pass(code)]
    if people and ride.record.channel is not None:
        await _invite(ride, ride.channel, people)


async def by_hand(ride: LiveRide, people: Sequence[str]) -> Invited:
    """Somebody asks for it: who is in now, who was before, and who can't be."""
    workspace, channel = ride.record.workspace, ride.channel
    try:
        there = await ride.parts.chat.members(workspace, channel)
    except ChatRefusedError as refusal:
        log.info("ride %s: who is in its channel is not known: %s", ride.id, refusal.code)
        there = ()
    already = tuple(person for person in people if person in there)
    await _let_in(ride, already)
    wanted = [person for person in people if person not in already]
    refused = await _invite(ride, channel, wanted)
    lost = any(ChatRefusedError("conversations.invite", code).channel_is_lost for code in refused.values())
    return Invited(
        ride=ride.id,
        channel=channel,
        now=tuple(person for person in wanted if person not in refused),
        already=already,
        refused=tuple(refused.items()),
        channel_is_lost=lost,
    )


async def _invite(ride: LiveRide, channel: str, people: Sequence[str]) -> Refused:
    """Invite, and write down what has changed by it."""
    if not people:
        return {}
    try:
        refused = await ride.parts.chat.invite(ride.record.workspace, channel, people)
    except ChatRefusedError as refusal:
        refused = dict.fromkeys(people, refusal.code)
    known = shut_out(ride)
    for person, code in refused.items():
        if known.get(person) != code:
            await ride.skipped(f"{_STEP}{person}", code)
    await _let_in(ride, [person for person in people if person not in refused])
    return refused


async def _let_in(ride: LiveRide, people: Iterable[str]) -> None:
    """Of these, those whom the chat had refused: their pages need say no more of it."""
    known = shut_out(ride)
    for person in people:
        if person in known:
            await ride.note(PersonLetIn(at=ride.parts.clock.now(), person=person))
            _show_let_in(ride, person)


def _show_let_in(ride: LiveRide, person: str) -> None:
    for place, (channel, ts, page) in enumerate(ride.pages):
        if page.to == person and page.shut_out is not None:
            shown = replace(page, shut_out=None)
            ride.pages[place] = (channel, ts, shown)
            ride.show_soon(channel, ts, shown, step="page update")


async def _plan_again(ride: LiveRide, refused: Refused) -> None:
    if not any(map(_may_pass, refused.values())):
        return
    store, now = ride.parts.store, ride.parts.clock.now()
    before = sum(step.kind == timeline.INVITE for step in await store.steps(ride.id))
    moments = enumerate(ride.parts.pace.invite_again, before + 1)
    await store.add_steps([timeline.invite(ride.id, number, now + after) for number, after in moments])


def _may_pass(code: str) -> bool:
    """Whether it may be otherwise in a minute, by itself or because a person has seen to it."""
    return code not in _FINAL
