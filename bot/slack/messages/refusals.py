"""Private words for what Ride can't do, each with what to do instead."""

from collections.abc import Callable, Sequence

from bot.rides.errors import (
    AdminsOnlyError,
    CannotRideError,
    ChatRefusedError,
    ClockStandsError,
    ConnectUnavailableError,
    DidNotRideError,
    EmptyTeamError,
    FacilitatesError,
    FacilitatorsOnlyError,
    FacilitatorsStopError,
    HintJustGivenError,
    LearnerBusyError,
    NoMoreHintsError,
    NoRideError,
    NotALearnerError,
    NotAllowedError,
    PausedError,
    RideError,
    RideOverError,
    StrangerError,
    SymptomGoneError,
    TakingUpError,
    UnknownScenarioError,
    UnknownTeamError,
    WhichRideError,
)
from bot.slack.lines.command_line import SubCommand, UnknownCommand
from bot.slack.messages import (
    drill_refusals,
    gameday_refusals,
    slack_refusals,
    standings_refusals,
    team_refusals,
    unclear,
)
from bot.slack.messages.asked import Asked
from bot.slack.messages.message import Message, said
from bot.slack.messages.mrkdwn import code, mention, people, plain, room
from bot.slack.settings import SlackSettings


def refusal(error: RideError, person: str, settings: SlackSettings) -> Message:
    """The words for an error of the engine, told to `person`."""
    asked = Asked(person=person, settings=settings)
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return said(words(error, asked))
    return said(f"⛔ Ride can't do that: {plain(str(error))}")


def sandbox_gone() -> Message:
    """The ride's server has ended, or can't be reached."""
    return said("⚠️ The sandbox of this ride is gone. If the ride still shows as live, it will end by itself.")


def unknown_command(typed: UnknownCommand, settings: SlackSettings) -> Message:
    """A word that is no sub-command."""
    ride = settings.ride_command
    if typed.nearest:
        nearest = " or ".join(code(f"{ride} {command}") for command in typed.nearest)
        meant = f"Did you mean {nearest}?"
    else:
        usual = [command for command in SubCommand if command is not SubCommand.SQL]
        if not settings.offers_connect:
            usual.remove(SubCommand.CONNECT)
        meant = "I know " + ", ".join(code(str(command)) for command in usual) + "."
    return said(
        f"🤔 {code(ride + ' ' + typed.word, 60)} isn't one of my commands. {meant}\n"
        f"{code(ride + ' help')} lists them all; for SQL use {code(settings.sql_command + ' select …')}."
    )


def unreadable_people(
    names: Sequence[str], settings: SlackSettings, example: str = "start SCENARIO @…"
) -> Message:
    """`@names` that Slack didn't turn into mentions."""
    shown = ", ".join(code(name, 60) for name in names)
    return said(
        f"🤔 I don't know who {shown} is. Pick people from the list that Slack shows after you type @: "
        f"{code(f'{settings.ride_command} {example}')}"
    )


def group_to_start(settings: SlackSettings) -> Message:
    """A user group where a team's name or people are meant."""
    ride = settings.ride_command
    return said(
        "🤔 A ride is for people or for a team, but that is a user group. If it has a team, name the "
        f"team: {code(f'{ride} start SCENARIO for TEAM')}. The teams: {code(f'{ride} team list')}"
    )


def _unknown_scenario(error: UnknownScenarioError, asked: Asked) -> str:
    if error.nearest:
        nearest = " or ".join(asked.ride(f"start {slug}") for slug in error.nearest)
        return f"🤔 There is no scenario {code(error.slug, 60)}. Did you mean {nearest}?"
    known = ", ".join(code(slug) for slug in error.known[:20])
    return (
        f"🤔 There is no scenario {code(error.slug, 60)}. There are: {known}. "
        f"More about them: {asked.ride('list')}"
    )


def _learner_busy(error: LearnerBusyError, asked: Asked) -> str:
    # Not which scenario: its name says the cause, and they may ride it without having chosen it.
    where = f" in {room(error.channel)}" if error.channel else ""
    if error.person == asked.person:
        return (
            f"⛔ You already have a live ride{where}. Finish it, or end it with {asked.ride('stop')}, "
            "then start the next."
        )
    return f"⛔ {mention(error.person)} already has a live ride{where}. One ride at a time."


def _not_a_learner(error: NotALearnerError, _asked: Asked) -> str:
    return (
        f"👀 This incident is {people(error.learners)}'s to solve. You're welcome to watch, "
        "but only they can work on it."
    )


def _did_not_ride(_error: DidNotRideError, _asked: Asked) -> str:
    return (
        "📝 The page is for those who rode: ask one of them to send it to you. Everything in it is here, too."
    )


def _facilitates(_error: FacilitatesError, _asked: Asked) -> str:
    return (
        "🎛️ You facilitate this game day, so you can't work on its incidents: you know what is coming. "
        "Everything you can do for this team is in the facilitators' console."
    )


def _stranger(error: StrangerError, asked: Asked) -> str:
    invite = asked.ride("invite @you")
    return (
        f"⛔ You aren't part of this ride. Ask {people(error.learners)}: anybody in the channel can let "
        f"you in with {invite}."
    )


def _which_ride(error: WhichRideError, asked: Asked) -> str:
    shown = "\n".join(
        f"• {room(channel)}: {asked.ride(f'invite {ride}')}" for ride, channel in error.rides[:20]
    )
    return f"🤔 You are involved in several rides. Which one do you mean?\n{shown}"


def _no_ride(error: NoRideError, asked: Asked) -> str:
    if error.channel:
        return (
            f"💬 There is no ride in this channel. Yours is in {room(error.channel)}: please type it there."
        )
    return (
        f"🤔 There is no ride here, and you have none running. See the incidents with {asked.ride('list')}."
    )


def _ride_over(error: RideOverError, asked: Asked) -> str:
    if error.preparing:
        return "⏳ The incident is still being prepared. You'll be paged in a few seconds: try again then."
    return f"🏁 This ride is over and its sandbox is gone. Start another with {asked.ride('start SCENARIO')}."


def _taking_up(_error: TakingUpError, _asked: Asked) -> str:
    return (
        "⏳ Ride has just been restarted and is resuming this ride. Nothing is lost: please try again "
        "in a few seconds."
    )


def _no_more_hints(error: NoMoreHintsError, _asked: Asked) -> str:
    return (
        f"💡 There are no more hints: all {error.total} are in the channel. Scroll up and read the last "
        "one again."
    )


def _hint_just_given(_error: HintJustGivenError, _asked: Asked) -> str:
    return (
        "💡 A hint was revealed a moment ago, so this click didn't reveal another. Click again for the next."
    )


def _not_allowed(_error: NotAllowedError, _asked: Asked) -> str:
    return "⛔ Only its learners, whoever started it and facilitators can stop this ride."


def _facilitators_stop(error: FacilitatorsStopError, _asked: Asked) -> str:
    return (
        "🎛️ This ride is part of a game day, where all teams are compared, so only its facilitators "
        f"can end it. Ask {people(error.facilitators)}."
    )


def _clock_stands(error: ClockStandsError, _asked: Asked) -> str:
    who = f"{mention(error.by)} paused this ride" if error.by else "This ride is paused"
    return (
        f"⏸️ {who}, and its clock is stopped. Your statement was not run, because work that costs no "
        "time would be unfair to the others. Send it again when the ride goes on; Ride says so here."
    )


def _paused(error: PausedError, _asked: Asked) -> str:
    if error.paused:
        return "⏸️ This ride is already paused. Resume it to go on."
    return "▶️ This ride isn't paused: its clock is running."


def _symptom_gone(_error: SymptomGoneError, _asked: Asked) -> str:
    return "📣 That symptom is already in the channel, or can't be true now. Pick another."


def _connect_unavailable(_error: ConnectUnavailableError, asked: Asked) -> str:
    sql = code(f"{asked.settings.sql_command} select …")
    return (
        f"⚠️ This installation doesn't offer connections for your own client. Use {sql} in the incident "
        "channel: it's the same database, and it counts the same."
    )


def _cannot_ride(error: CannotRideError, _asked: Asked) -> str:
    return f"⛔ {people(error.people)} can't ride: bots and people who left the workspace don't get paged."


def _unknown_team(error: UnknownTeamError, asked: Asked) -> str:
    if error.nearest:
        nearest = " or ".join(code(name) for name in error.nearest)
        return f"🤔 There is no team {code(error.name, 60)}. Did you mean {nearest}?"
    if error.known:
        known = ", ".join(code(name) for name in error.known[:20])
        return f"🤔 There is no team {code(error.name, 60)}. There are: {known}."
    make = asked.ride("team create NAME @people")
    return f"🤔 There is no team {code(error.name, 60)}, and no teams exist yet. Create one: {make}"


def _empty_team(error: EmptyTeamError, asked: Asked) -> str:
    return (
        f"⛔ Nobody in {code(error.name, 60)} can ride. People join with "
        f"{asked.ride(f'team join {error.name}')}."
    )


def _facilitators_only(error: FacilitatorsOnlyError, asked: Asked) -> str:
    who = asked.ride("facilitator list")
    return f"⛔ Only facilitators and admins can {plain(error.what)}. Ask one of them: {who}"


def _admins_only(error: AdminsOnlyError, _asked: Asked) -> str:
    return f"⛔ Only admins of this workspace can {plain(error.what)}. Ask one of them."


def _chat_refused(error: ChatRefusedError, _asked: Asked) -> str:
    return f"⚠️ {slack_refusals.told(error.step, error.code, needed=error.needed)}"


_WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = (
    (UnknownScenarioError, _unknown_scenario),
    (LearnerBusyError, _learner_busy),
    (NotALearnerError, _not_a_learner),
    (DidNotRideError, _did_not_ride),
    (FacilitatesError, _facilitates),
    (StrangerError, _stranger),
    (WhichRideError, _which_ride),
    (NoRideError, _no_ride),
    (TakingUpError, _taking_up),
    (RideOverError, _ride_over),
    (NoMoreHintsError, _no_more_hints),
    (HintJustGivenError, _hint_just_given),
    (NotAllowedError, _not_allowed),
    (FacilitatorsStopError, _facilitators_stop),
    (ClockStandsError, _clock_stands),
    (PausedError, _paused),
    (SymptomGoneError, _symptom_gone),
    (ConnectUnavailableError, _connect_unavailable),
    (CannotRideError, _cannot_ride),
    (UnknownTeamError, _unknown_team),
    (EmptyTeamError, _empty_team),
    (FacilitatorsOnlyError, _facilitators_only),
    (AdminsOnlyError, _admins_only),
    (ChatRefusedError, _chat_refused),
    *team_refusals.WORDS,
    *drill_refusals.WORDS,
    *gameday_refusals.WORDS,
    *standings_refusals.WORDS,
    *unclear.WORDS,
)
