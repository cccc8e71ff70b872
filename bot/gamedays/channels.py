"""The day's channel, for all who take part, and the facilitators' own."""

import logging
from collections.abc import Sequence

from bot.gamedays.announcements import DayCard, InvitesRefused
from bot.gamedays.console_page import head
from bot.gamedays.live_day import LiveDay
from bot.rides.errors import ChatRefusedError

log = logging.getLogger(__name__)


async def open_channels(day: LiveDay, riders: Sequence[str]) -> None:
    """Make what is missing of the channels and their first messages, and invite everybody.

    Raises ChatRefusedError when a channel can't be made. Who can't be invited is told to the one who planned
    the day; the others get in.
    """
    record, stage = day.record, day.parts.stage
    if record.channel is None:
        made = await stage.open_channel(day.workspace, f"gameday-{record.name}")
        await day.change(channel=made.id)
        people = dict.fromkeys((record.created_by, *record.facilitators, *riders))
        await invite(day, made.id, list(people))
        await _topic(day, made.id, f"Game day: {record.name}")
    if record.console is None:
        made = await stage.open_channel(day.workspace, f"gameday-{record.name}-console")
        await day.change(console=made.id)
        await invite(day, made.id, record.facilitators)
        await _topic(day, made.id, f"The facilitators' console of the game day {record.name}")
    if day.record.card_ts is None:
        ts = await day.say(day.record.channel, card(day), key="card")
        if ts is not None and day.record.channel is not None:
            await day.change(card_ts=ts)
            await _pin(day, day.record.channel, ts)
    if not day.record.console_ts:
        ts = await day.say(day.record.console, head(day, ()), key="console")
        if ts is not None:
            await day.change(console_ts=(ts,))


def card(day: LiveDay) -> DayCard:
    """The announcement as it stands."""
    levels = tuple(scenario.level for scenario in day.parts.known(day.record.scenarios))
    return DayCard(day=day.record, levels=levels)


async def refresh_card(day: LiveDay) -> None:
    """Bring the announcement up to date."""
    await day.edit(day.record.channel, day.record.card_ts, card(day))


async def refresh_head(day: LiveDay) -> None:
    """Bring the console's first message up to date, of a day without rides."""
    for ts in day.record.console_ts[:1]:
        await day.edit(day.record.console, ts, head(day, ()))


async def invite(day: LiveDay, channel: str, people: Sequence[str]) -> None:
    """Invite people; the one who planned the day is told who can't be."""
    refused = await day.parts.stage.invite(day.workspace, channel, people)
    if refused:
        told = InvitesRefused(day=day.record.name, channel=channel, refused=tuple(refused.items()))
        await day.tell({day.record.created_by: told}, key=f"invites-{channel}")


async def _topic(day: LiveDay, channel: str, topic: str) -> None:
    try:
        await day.parts.stage.set_topic(day.workspace, channel, topic)
    except ChatRefusedError as refusal:
        log.info("game day %s: no topic: %s", day.id, refusal.code)


async def _pin(day: LiveDay, channel: str, ts: str) -> None:
    try:
        await day.parts.stage.pin(day.workspace, channel, ts)
    except ChatRefusedError as refusal:
        log.info("game day %s: not pinned: %s", day.id, refusal.code)
