"""What is said while the incident is on: card, pages, symptoms, hints, who blocks now, recovery."""

import re

from slack_sdk.models.blocks import Block, DividerBlock

from bot.rides.announcements import (
    HintGiven,
    IncidentCard,
    NotArchived,
    Page,
    PictureMissing,
    Recovered,
    Recovering,
    StepsSkipped,
    StillBlocked,
    Symptom,
    Waiting,
    WorkloadFails,
    WritesWait,
)
from bot.slack.messages import slack_refusals
from bot.slack.messages.admission import shut_out
from bot.slack.messages.answers import session
from bot.slack.messages.buttons import acknowledge
from bot.slack.messages.crew import asked
from bot.slack.messages.message import Message, context, fields, header, section, sections
from bot.slack.messages.mrkdwn import clock_time, code, counted, mention, minutes, people, plain, room
from bot.slack.settings import SlackSettings

BLOCKERS_SHOWN = 5

_STATES = {
    "preparing": ("⏳", "Preparing"),
    "live": ("🚨", "Incident"),
    "resolved": ("✅", "Resolved"),
    "stopped": ("🛑", "Stopped"),
    "expired": ("⌛", "Time is up"),
    "void": ("⛔", "Void"),
}


def incident_card(card: IncidentCard, settings: SlackSettings) -> Message:
    """The pinned card: what is known at the page, and what to do next. Nothing of the cause."""
    if card.waits is not None:
        return _waiting_card(card, card.waits)
    scenario = card.scenario
    emoji, state = _STATES.get(card.state, ("🚨", card.state.capitalize()))
    under_way = card.state in {"live", "preparing"}
    # While it is on, the channel says what is seen; the title names the cause.
    headline = f"{emoji} {scenario.alert}" if under_way else f"{emoji} {state}: {scenario.title}"
    clock = f"{minutes(card.time_limit or scenario.time_limit)} to fix it"
    if card.live_at is not None:
        clock = f"since {clock_time(card.live_at)}"
        if card.paused_at is not None:
            clock += f", ⏸️ paused since {clock_time(card.paused_at)}"
        elif card.deadline is not None and card.state == "live":
            clock += f", time is up at {clock_time(card.deadline)}"
    if card.team is not None:
        cells = [f"*Team*\n{plain(card.team)}", f"*Paged*\n{people(card.paged)}"]
        cells.append(f"*Riding*\n{people(card.learners)}")
    else:
        cells = [f"*On call*\n{people(card.learners)}"]
    cells += [
        f"*Level*\n{plain(scenario.level)}",
        f"*Clock*\n{clock}",
        f"*Production*\n{code(scenario.production)}",
        f"*Started by*\n{mention(card.started_by)}",
    ]
    if card.total is not None:
        cells.insert(0, f"*Score*\n{card.total}/100")
    blocks: list[Block] = [
        header(headline),
        section(plain(scenario.summary)),
        fields(*cells),
    ]
    if under_way:
        blocks += [DividerBlock(), section(_what_next(card, settings))]
    blocks.append(
        context(
            f"Ride {code(card.ride)} · a drill on a real, private PostgreSQL: nothing that matters can break"
        )
    )
    return Message(text=f"{headline}. On call: {people(card.learners)}.", blocks=tuple(blocks))


def _waiting_card(card: IncidentCard, waits: Waiting) -> Message:
    """The card of a game day's ride that was not live: other teams are yet to ride the same."""
    day = "The game day" if waits.day is None else f"Game day {waits.day}"
    if card.state != "preparing":
        headline, what = f"{_STATES['void'][0]} {day}: no incident", "This ride ended before it began."
    else:
        headline = f"⏳ {day} begins soon"
        begins = "at the planned time" if waits.begins_at is None else f"at {clock_time(waits.begins_at)}"
        what = (
            f"*It begins {begins}.* Then you are paged here, and this card says what is wrong. "
            "You can investigate once it is live; until then there is nothing to do."
        )
    cells = [f"*Riding*\n{people(card.learners)}"]
    if card.team is not None:
        cells.insert(0, f"*Team*\n{plain(card.team)}")
    return Message(
        text=f"{plain(headline)}. Riding: {people(card.learners)}.",
        blocks=(
            header(headline),
            section(what),
            fields(*cells),
            context(f"Ride {code(card.ride)} · a drill on a real, private PostgreSQL"),
        ),
    )


def _what_next(card: IncidentCard, settings: SlackSettings) -> str:
    ride, sql = settings.ride_command, settings.sql_command
    lines = [
        "*What to do*",
        f"🔎 Look: {code(f'{sql} select …')} here, or {code(f'@{settings.bot_name} sql …')} in a thread",
    ]
    if card.offers_connect and settings.offers_connect:
        lines.append(f"💻 Bring your own psql: {code(f'{ride} connect')}")
    lines += [
        f"💡 Stuck? {code(f'{ride} hint')} costs nothing",
        f"⏱️ Where am I? {code(f'{ride} status')}",
    ]
    return "\n".join(lines)


def page(said: Page) -> Message:
    """The page. After somebody acknowledged it, the button makes way for their name."""
    again = "" if said.number <= 1 else f" (page {said.number})"
    if said.after is not None:
        again = f": nobody has acknowledged for {minutes(said.after)}"
    # Without the scenario's title: a page tells what is seen, not what it is.
    words = f"📟 {people(said.learners)}: *You're being paged{again}*\n{said.text}\n💬 {room(said.channel)}"
    blocks: list[Block] = [section(words)]
    if said.acknowledged_by is None:
        blocks += [
            acknowledge(said.ride),
            context("Acknowledge, or just start working on it: either stops the paging."),
        ]
    else:
        blocks.append(context(f"✅ Acknowledged by {mention(said.acknowledged_by)}"))
    if said.shut_out is not None:
        blocks += shut_out(said, said.shut_out)
    state = "" if said.acknowledged_by is None else f" (acknowledged by {mention(said.acknowledged_by)})"
    return Message(
        text=f"📟 {people(said.learners)}: You're being paged{again}{state}. {said.text}",
        blocks=tuple(blocks),
    )


def symptom(said: Symptom) -> Message:
    """Somebody or something in the story speaks: their name stands in the text, the bot keeps its own."""
    emoji = (
        said.emoji
        if not said.emoji or said.emoji.startswith(":") or not said.emoji.isascii()
        else f":{said.emoji}:"
    )
    speaker = plain(said.speaker)
    # What a facilitator typed is plain text, with the lines that they made.
    words = "\n".join(map(plain, said.text.splitlines())) if said.typed else said.text
    return Message(
        text=f"{emoji} {speaker}: {words}",
        blocks=(
            section(f"{emoji} *{speaker}*  `{minutes(said.elapsed)}`\n{words}"),
            *((asked(said.asks),) if said.asks is not None else ()),
        ),
    )


def hint(said: HintGiven, settings: SlackSettings) -> Message:
    """A hint, for the whole channel."""
    given = "Given" if said.revealed else "Asked for"
    left = said.total - said.number
    them = "it" if left == 1 else "them"
    more = (
        f"{counted(left, 'more hint')} if you need {them}: {code(f'{settings.ride_command} hint')}"
        if left
        else "That was the last hint."
    )
    return Message(
        text=f"💡 Hint {said.number} of {said.total}: {plain(said.title)}. {said.text}",
        blocks=(
            section(f"💡 *Hint {said.number} of {said.total}: {plain(said.title)}*\n{said.text}"),
            context(f"{given} by {mention(said.person)} · hints are free · {more}"),
        ),
    )


def still_blocked(said: StillBlocked) -> Message:
    """The first blocker is gone, and others wait behind another session now."""
    lines = [
        f"• {session(backend)}" + (f", {mention(owner)}'s session" if owner else "")
        for backend, owner in list(zip(said.blockers, said.owners, strict=False))[:BLOCKERS_SHOWN]
    ]
    if len(said.blockers) > BLOCKERS_SHOWN:
        lines.append(f"• and {len(said.blockers) - BLOCKERS_SHOWN} more")
    owners = tuple(dict.fromkeys(owner for owner in said.owners if owner))
    advice = (
        f"{people(owners)}: end that transaction (`COMMIT`, `ROLLBACK`, or cancel what runs), "
        "and the queue moves on."
        if owners
        else "See who holds the lock now."
    )
    words = (
        f"⚠️ *Not over yet: {counted(said.waiting, 'session')} still waiting*, now blocked by:\n"
        + "\n".join(lines)
    )
    return Message(
        text=f"⚠️ Not over yet: {counted(said.waiting, 'session')} still waiting.",
        blocks=(section(words), context(advice)),
    )


def workload_fails(said: WorkloadFails) -> Message:
    """Nobody waits, yet the application's writes fail."""
    words = (
        "⚠️ *Not over yet: nobody is waiting any more, but the application's own writes fail.*\n"
        f"{plain(said.detail)}"
    )
    return Message(
        text=f"⚠️ The application's own writes still fail: {plain(said.detail)}", blocks=(section(words),)
    )


def recovering(said: Recovering) -> Message:
    """The blocker is gone; checks run."""
    words = (
        f"🔧 {mention(said.person)} ended the blocking session. "
        "Checking that the queued writes drain and that the application can write again…"
    )
    return Message(text=words, blocks=(section(words),))


def recovered(said: Recovered) -> Message:
    """The moment of resolution."""
    words = f"🎉 *Recovered after {minutes(said.elapsed)}.* {plain(said.detail)}"
    return Message(
        text=f"🎉 Recovered after {minutes(said.elapsed)}. {plain(said.detail)}",
        blocks=(section(words), context("The postmortem follows in a moment.")),
    )


def steps_skipped(said: StepsSkipped) -> Message:
    """What Slack refused and the ride does without."""
    words = "ℹ️ Not everything in this channel could be set up; the ride goes on without it."
    listed = slack_refusals.lines((_step(step), error) for step, error in said.steps)
    return Message(text=words, blocks=sections(f"{words}\n{listed}"))


def writes_wait(said: WritesWait) -> Message:
    """Ride's own storage can't be written for now."""
    matter = (
        "the disk that holds it is full or failing"
        if said.full
        else "another program holds a lock on it, such as a back-up or an editor"
    )
    words = (
        f"⏳ *Ride can't write to its own database right now*: {matter}. This has nothing to do with "
        "your incident. Carry on: what you do in PostgreSQL still counts, at the time you do it. "
        "Pages, hints and everything else that Ride says here will come when it can write again; "
        "nothing is lost."
    )
    after = "Please tell whoever runs Ride: its log says which database it is, and what to do."
    return Message(text=words, blocks=(section(words), context(after)))


def writes_again() -> Message:
    """Ride's own storage can be written again."""
    return Message(
        text="✅ Ride can write again.",
        blocks=(section("✅ *Ride can write again.* What was waiting comes now; nothing was lost."),),
    )


def picture_missing(said: PictureMissing) -> Message:
    """The picture that follows the postmortem does not come."""
    why = (
        slack_refusals.line(said.refused) if said.refused is not None else "something went wrong on our side."
    )
    return _small(
        f"📊 The picture of this ride could not be shown: {why} "
        f"{code(f'ride export {said.ride}')} on the machine where Ride runs has all of it."
    )


def not_archived(said: NotArchived) -> Message:
    """Ride has stopped trying to archive the channel."""
    return _small(
        f"⚠️ Ride could not archive {room(said.channel)}, and won't try again: "
        f"{slack_refusals.line(said.refused)} Somebody who is in it can archive it in its settings."
    )


def _small(words: str) -> Message:
    return Message(text=words, blocks=(context(words),))


def _step(step: str) -> str:
    """What was refused; the person it was about stays a mention."""
    person = re.search(r"<@[UW][A-Z0-9]+>\Z", step)
    return plain(step) if person is None else f"{plain(step[: person.start()])} {person[0]}"
