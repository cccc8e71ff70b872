"""What is said when a ride ends without a fix, and where it was started."""

from bot.rides.announcements import ResultLine, RideOver, StartFailed, StartStopped
from bot.slack.messages import slack_refusals
from bot.slack.messages.buttons import start_again
from bot.slack.messages.message import Message, context, section
from bot.slack.messages.mrkdwn import code, mention, minutes, people, plain, room
from bot.slack.settings import SlackSettings
from scenarios.journal.events import Outcome

_WORDS = {
    Outcome.RESOLVED: ("✅", "Resolved"),
    Outcome.EXPIRED: ("⌛", "Not solved in time"),
    Outcome.STOPPED: ("🛑", "Stopped"),
    Outcome.VOID: ("⛔", "Void"),
}

NOT_PREPARED = "Ride could not prepare"
"""How the word begins that no incident came about."""


def is_void(text: str) -> bool:
    """Whether a message's text says that a ride doesn't count, or never began."""
    return text.startswith((" ".join(_WORDS[Outcome.VOID]), NOT_PREPARED))


def ride_over(said: RideOver, settings: SlackSettings) -> Message:
    """The ride has ended unresolved: why, and what to do next."""
    emoji, words = _WORDS[said.outcome]
    typed = code(f"{settings.ride_command} start {said.scenario}")
    again = "Press *Start again* for the same incident." if said.again else f"Start it again with {typed}."
    next_step = {
        Outcome.RESOLVED: "The postmortem follows in a moment.",
        Outcome.EXPIRED: "The postmortem, with the way out, follows in a moment.",
        Outcome.STOPPED: f"It has no score; the postmortem follows in a moment. {again}",
        Outcome.VOID: f"This ride doesn't count; the problem was on our side. {again}",
    }[said.outcome]
    by = f" by {mention(said.by)}" if said.by else ""
    # Who stopped it says it all.
    stopped_by = said.by and said.outcome is Outcome.STOPPED
    reason = "" if stopped_by else f" {_why(said.reason, said.refused)}"
    return Message(
        text=f"{emoji} {words}{by}.{reason}",
        blocks=(
            section(f"{emoji} *{words}{by}.*{reason}\n{next_step}"),
            *((start_again(said.ride),) if said.again else ()),
            context(f"Ride {code(said.ride)}"),
        ),
    )


def result_line(said: ResultLine) -> Message:
    """One line where the ride was started."""
    emoji, words = _WORDS[said.outcome]
    parts = [f"{emoji} {people(said.learners)} rode *{plain(said.title)}*: {words.lower()}"]
    if said.outcome is Outcome.STOPPED and said.by is not None:
        parts[0] += f" by {mention(said.by)}"
    if said.outcome is Outcome.RESOLVED and said.to_fix is not None:
        parts[0] += f" in {minutes(said.to_fix)}"
    if said.total is not None:
        parts.append(f"*{said.total}/100*")
    if said.channel:
        parts.append(f"postmortem in {room(said.channel)}" if said.total is not None else room(said.channel))
    line = " · ".join(parts)
    return Message(text=line, blocks=(section(line),))


def start_failed(said: StartFailed, settings: SlackSettings) -> Message:
    """The incident could not be prepared."""
    if said.scenario is None:
        why = _why(said.reason, said.refused)
        words = f"⚠️ *{NOT_PREPARED} this incident.* Nobody was paged; the problem was on our side.\n{why}"
        then = (
            "The game day's facilitators are told. When it is started again, you will be invited to a "
            f"new channel · ref {code(said.ride)}"
        )
        return Message(text=words, blocks=(section(words), context(then)))
    words = (
        f"⚠️ *{NOT_PREPARED} {code(said.scenario)}.* Nobody was paged; the problem was on our side.\n"
        f"{_why(said.reason, said.refused)}"
    )
    again = f"Try again: {code(f'{settings.ride_command} start {said.scenario}')} · ref {code(said.ride)}"
    return Message(
        text=f"{NOT_PREPARED} {said.scenario}: {_why(said.reason, said.refused)}",
        blocks=(section(words), context(again)),
    )


def start_stopped(said: StartStopped, settings: SlackSettings) -> Message:
    """Somebody stopped it while it was prepared."""
    by = mention(said.by) if said.by else "somebody"
    what = code(said.scenario) if said.scenario is not None else "This incident"
    words = f"🛑 {what} was stopped by {by} before it went live. Nobody was paged."
    again = code(f"{settings.ride_command} start {said.scenario}")
    more = "" if said.again or said.scenario is None else f"Start it again: {again} · "
    return Message(
        text=words,
        blocks=(
            section(words),
            *((start_again(said.ride),) if said.again else ()),
            context(f"{more}ride {code(said.ride)}"),
        ),
    )


def _why(reason: str, refused: tuple[str, str] | None) -> str:
    """The chat's own refusal in words, or else the reason as the engine gives it."""
    return plain(reason[:1].upper() + reason[1:]) if refused is None else slack_refusals.told(*refused)
