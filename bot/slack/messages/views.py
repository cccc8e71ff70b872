"""Private answers to the one who asked: started, status, connect, list."""

from slack_sdk.models.blocks import Block

from bot.rides.announcements import Waiting
from bot.rides.views import Connection, Listing, RideStatus, Started, StopQuestion
from bot.slack.messages.buttons import stop_ride
from bot.slack.messages.message import Message, context, fields, header, section, verbatim
from bot.slack.messages.mrkdwn import clock_time, code, mention, minutes, people, plain, room
from bot.slack.settings import SlackSettings
from scenarios.model.scenario import Scenario

_STATES = {
    "preparing": "⏳ preparing",
    "live": "🚨 live",
    "resolved": "✅ resolved",
    "stopped": "🛑 stopped",
    "expired": "⌛ time is up",
    "void": "⛔ void",
}


def about(scenario: Scenario, *, unspoilt: bool = False) -> str:
    """A scenario in a few words: *title* (L3, 10–15 min); with `unspoilt` its alert, as the title names the
    cause.
    """
    least, most = scenario.minutes
    length = f"{least}–{most} min" if least != most else f"{least} min"
    name = scenario.alert if unspoilt else scenario.title
    return f"*{plain(name)}* ({scenario.level}, {length})"


NOTICED_AFTER = 4.0
"""Seconds after which somebody wonders where their ride is."""


def started(view: Started, *, unspoilt: bool = False, wait: float = 0.0) -> Message:
    """The ride was accepted; its channel opens in a moment, or after `wait` seconds that Slack asks for.

    `unspoilt`: whoever rides didn't name it.
    """
    whom = (
        people(view.learners) if view.team is None else f"{plain(view.team)}, {people(view.learners)} first"
    )
    words = f"🚨 Opening an incident channel for {whom}: {about(view.scenario, unspoilt=unspoilt)}…"
    out = [
        f"{mention(one.person)}, who {'is in another ride' if one.busy else 'is a bot or left the workspace'}"
        for one in view.left_out
    ]
    without = [section(f"⚠️ Left out: {'; '.join(out)}.")] if out else []
    return Message(
        text=words + (f" Left out: {'; '.join(out)}." if out else ""),
        blocks=(
            section(words),
            *without,
            context(_when_paged(wait)),
        ),
    )


def _when_paged(wait: float) -> str:
    when = "in a few seconds"
    if wait >= NOTICED_AFTER:
        when = f"in about {wait:.0f} seconds: Slack allows only so many new channels a minute"
    return f"The page arrives in that channel and as a direct message, {when}."


def status(view: RideStatus, settings: SlackSettings, *, here: str | None) -> Message:
    """How the ride stands. `here` is the channel it was asked in."""
    state = "🔧 recovering: checking the writes" if view.recovering else _STATES.get(view.state, view.state)
    if view.paused:
        state = f"⏸️ paused ({state})"
    clock = "not started"
    if view.elapsed is not None:
        clock = minutes(view.elapsed)
        if view.remaining is not None and view.state == "live":
            clock += f", {minutes(view.remaining)} left"
    acknowledged = mention(view.acknowledged_by) if view.acknowledged_by else "nobody yet"
    if view.waits is not None:
        return _waiting(view, view.waits)
    cells = [
        f"*State*\n{state}",
        f"*Clock*\n{clock}",
        *([f"*Team*\n{plain(view.team)}"] if view.team is not None else []),
        f"*On call*\n{people(view.learners)}",
        f"*Acknowledged by*\n{acknowledged}",
        f"*Hints*\n{view.hints_taken} of {view.hints_total} taken",
    ]
    blocks: list[Block] = [section(f"*{plain(view.scenario.alert)}* ({view.scenario.level})"), fields(*cells)]
    elsewhere = view.channel is not None and view.channel != here
    if elsewhere and view.channel is not None:
        blocks.append(section(f"💬 The ride is in {room(view.channel)}"))
    if view.state == "live":
        looks = f"Look: {code(f'{settings.sql_command} select …')}"
        if view.hints_taken < view.hints_total:
            looks += f" · stuck: {code(f'{settings.ride_command} hint')}"
        blocks.append(context(looks))
    # The alert, not the title: that one names the cause.
    return Message(text=f"{plain(view.scenario.alert)}: {state}, clock {clock}.", blocks=tuple(blocks))


def _waiting(view: RideStatus, waits: Waiting) -> Message:
    """A game day's ride that is not live yet: nothing of what is to come."""
    day = "Your game day" if waits.day is None else f"Game day {waits.day}"
    begins = "soon" if waits.begins_at is None else f"at {clock_time(waits.begins_at)}"
    where = "" if view.channel is None else f"\n💬 It will be in {room(view.channel)}"
    words = f"⏳ *{plain(day)}* begins {begins}: then you are paged.{where}"
    return Message(text=words, blocks=(section(words),))


def connection(view: Connection) -> Message:
    """A person's own way in. It holds their password: for their eyes alone."""
    command = f'psql "{view.dsn}"'
    words = (
        "🔒 *Your own way into the sandbox.* "
        "Only you can see this, and the password is yours: please don't share it."
    )
    return Message(
        text="🔒 Your own way into the sandbox (only you can see this).",
        blocks=(
            section(words),
            section("*Connection string*"),
            verbatim(view.dsn),
            section("*Ready for your terminal*"),
            verbatim(command),
            context(
                f"You are {code(view.login.role)} in {code(view.login.database)}. "
                "Everything you do there counts, just as with the SQL command here. It ends with the ride."
            ),
        ),
        secret=True,
    )


def listing(view: Listing, settings: SlackSettings, whom: str = "") -> Message:
    """The scenarios, each with the command that starts it; `whom` ends the command."""
    if not view.scenarios:
        return Message(text="There are no scenarios in this installation yet.")
    blocks: list[Block] = [header("Scenarios")]
    for scenario in view.scenarios[:20]:
        start = code(f"{settings.ride_command} start {scenario.slug}{whom}")
        blocks.append(section(f"{about(scenario)}\n{plain(scenario.summary)}\n{start}"))
        blocks.append(context(f"{plain(scenario.kind)} · {plain(scenario.topic)}"))
    more = len(view.scenarios) - 20
    if more > 0:
        rest = ", ".join(code(scenario.slug) for scenario in view.scenarios[20:])
        blocks.append(section(f"And {more} more: {rest}"))
    slugs = ", ".join(scenario.slug for scenario in view.scenarios)
    return Message(
        text=f"Scenarios: {slugs}. Start one with {settings.ride_command} start NAME.", blocks=tuple(blocks)
    )


def which_scenario(view: Listing, settings: SlackSettings, team: str | None = None) -> Message:
    """`start` without a scenario, perhaps for a team: which there are."""
    whom = f" for {team}" if team is not None else ""
    blocks: list[Block] = [section("*Which incident do you want?* Pick one and send its command.")]
    blocks += listing(view, settings, whom).blocks[1:]
    slugs = ", ".join(scenario.slug for scenario in view.scenarios) or "none"
    return Message(
        text=f"Which incident do you want? {settings.ride_command} start NAME{plain(whom)}, with one "
        f"of: {slugs}",
        blocks=tuple(blocks),
    )


def hint_given(channel: str) -> Message:
    """A hint was asked for outside the ride's channel."""
    return Message(text=f"💡 Your hint is in {room(channel)}.")


def stopped(ride: str) -> Message:
    """The ride was stopped, on request."""
    return Message(text=f"🛑 Ride {code(ride)} is stopped. It has no score.")


def stop_question(asked: StopQuestion, settings: SlackSettings) -> Message:
    """Whether to end a ride that isn't theirs alone."""
    where = f" in {room(asked.channel)}" if asked.channel else ""
    others = f"{people(asked.others)} {'rides' if len(asked.others) == 1 else 'ride'} it{where}, and it"
    whose = f"🛑 *Stop ride {code(asked.ride)} for everybody?* {others if asked.others else 'It'}"
    day = " It is a game day's ride: the team gets no points for it." if asked.in_game_day else ""
    words = f"{whose} ends at once, without a score; its postmortem names the cause.{day}"
    nothing = "Nothing has happened yet. To let it go on, just ignore this"
    hint = "" if asked.in_game_day else f"; if you are stuck, try {code(f'{settings.ride_command} hint')}"
    return Message(text=words, blocks=(section(words), stop_ride(asked.ride), context(f"{nothing}{hint}.")))


def acknowledged() -> Message:
    """A click on Acknowledge."""
    return Message(text="✅ Acknowledged: it's yours. Look around first; nothing is lost by looking.")
