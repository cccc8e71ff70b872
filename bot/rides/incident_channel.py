"""The incident channel: made, invited to, and furnished with its card, its topic and a pin."""

from bot.rides import incident_card, inviting
from bot.rides.announcements import StepsSkipped
from bot.rides.channel_name import channel_name
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from bot.rides.ports import Channel


async def make(ride: LiveRide) -> Channel:
    """A new private channel; it is the ride's once it is taken. Raises ChatRefusedError."""
    waits = incident_card.waiting(ride)
    # Of a game day's incident nothing shows before it begins, nor in a name that stays.
    seen = ride.scenario.alert if waits is None else waits.day or ""
    name = channel_name(seen, ride.record.created_at, ride.id)
    return await ride.parts.chat.open_channel(ride.record.workspace, name)


async def take(ride: LiveRide, channel: Channel) -> None:
    """From here on the ride is there, and nothing that it said elsewhere stands there."""
    ride.delivered.clear()
    await ride.change(channel=channel.id, channel_name=channel.name, card_ts=None)


async def furnish(ride: LiveRide, not_invited: inviting.Refused) -> None:
    """Post the card; the topic and the like come beside, as Slack's rates allow.

    What is refused of that, and who could not be invited, is told in the channel, once.
    """
    ts = await ride.say(incident_card.card(ride), key="card")
    if ts is not None:
        await ride.change(card_ts=ts)
    ride.beside(_adorn(ride, ride.channel, ts, not_invited), "furnishing")


async def _adorn(ride: LiveRide, channel: str, card_ts: str | None, not_invited: inviting.Refused) -> None:
    skipped = [(f"invite <@{person}>", code) for person, code in not_invited.items()]
    for step in ("topic", "purpose", "pin") if card_ts is not None else ("topic", "purpose"):
        try:
            await _do(ride, step, channel, card_ts or "")
        except ChatRefusedError as refusal:
            await ride.skipped(step, refusal.code)
            skipped.append((step, refusal.code))
    if skipped and ride.ended is None and channel == ride.record.channel:
        await ride.say(StepsSkipped(steps=tuple(skipped)), key="skipped")


async def _do(ride: LiveRide, step: str, channel: str, card_ts: str) -> None:
    chat, workspace = ride.parts.chat, ride.record.workspace
    if step == "topic":
        await chat.set_topic(workspace, channel, _topic(ride))
    elif step == "purpose":
        about = f"A practice incident, ride {ride.id}: investigate, fix it, and read the postmortem."
        await chat.set_purpose(workspace, channel, about)
    else:
        await chat.pin(workspace, channel, card_ts)


def _topic(ride: LiveRide) -> str:
    """What the incident looks like; of a game day's nothing before it begins, nor is it changed then."""
    waits = incident_card.waiting(ride)
    if waits is None:
        return f"{ride.scenario.alert} · ride {ride.id}"
    return f"Game day {waits.day} · ride {ride.id}" if waits.day is not None else f"Ride {ride.id}"
