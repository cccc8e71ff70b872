"""The scored postmortem: the score and why, what happened when, and what there is to learn."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock

from bot.rides.announcements import PostmortemPosted
from bot.slack.messages.buttons import export
from bot.slack.messages.message import Message, context, header, packed, section, sections, verbatim
from bot.slack.messages.mrkdwn import code, counted, mention, minutes, people, plain, shortened
from bot.slack.settings import SlackSettings
from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import Line, Quote, Times
from scenarios.model.incident_roles import ROLE_NAMES
from scenarios.telling.contributions import Contribution, UpdateAsked
from scenarios.telling.postmortem import DimensionScore, Postmortem
from scenarios.telling.story import Moment, without_marks

BAR = 10
MAX_QUOTE = 160
MAX_SPEECH = 90
STORY_LINES = 120
"""Lines of the story that are shown; a ride rarely has more than 40."""

_ENDED = {
    Outcome.RESOLVED: ("🏁", "resolved"),
    Outcome.EXPIRED: ("⌛", "not solved in time"),
    Outcome.STOPPED: ("🛑", "stopped, no score"),
    Outcome.VOID: ("⛔", "void, no score"),
}


def postmortem(said: PostmortemPosted, settings: SlackSettings) -> Message:
    """The card for the channel; the story, and whatever does not fit, for its thread."""
    told = said.postmortem
    emoji, ended = _ENDED[told.outcome]
    counts = told.outcome.counts
    score = f"{told.total}/100" if counts else ended
    several = len(said.learners) > 1
    groups: list[Sequence[Block]] = [
        [
            header(f"{emoji} Postmortem: {told.title} · {score}"),
            section(f"{people(said.learners)}: {plain(told.headline)}"),
        ]
    ]
    if counts:
        groups.append([verbatim(bars(told))])
    groups += [_dimension(part, several=several) for part in told.dimensions]
    groups.append([context(_times(told.times))])
    groups.append([DividerBlock(), *_chapter("🔍 Root cause", told.root_cause)])
    groups.append(_chapter("🔎 How to find it", told.found))
    groups.append(_chapter("🔧 The fix", told.fix))
    groups.append(_chapter("📚 The lesson", told.lesson))
    groups += [list(sections(f"📝 {note}")) for note in told.notes]
    groups += _crew(told)
    groups.append([export(told.ride), context(_after(told, settings))])
    first, *rest = packed(groups)
    parts = "".join(f" · {_name(part)} {part.points}/{part.of}" for part in told.dimensions)
    text = f"{emoji} Postmortem: {plain(told.title)}, {score}" + (parts if counts else "")
    return Message(
        text=text,
        blocks=first,
        thread=(
            *(Message(text="The postmortem continues.", blocks=blocks) for blocks in rest),
            *_story(told.story),
        ),
    )


def _crew(told: Postmortem) -> list[Sequence[Block]]:
    """Who did what, where several rode or somebody took a role; and the updates that were asked for."""
    groups: list[Sequence[Block]] = []
    if len(told.people) > 1 or any(one.roles or one.updates for one in told.people):
        lines = [_contribution(one) for one in told.people]
        groups.append(list(sections("\n".join(["*👥 Who did what*", *lines]))))
    if told.updates:
        lines = [_asked(one) for one in told.updates]
        groups.append(list(sections("\n".join(["*📣 Status updates*", *lines]))))
    return groups


def _contribution(one: Contribution) -> str:
    parts = [ROLE_NAMES[role] for role in one.roles]
    parts.append(counted(one.statements, "statement"))
    if one.earned:
        parts.append(f"earned {one.earned}")
    if one.cost:
        parts.append(f"cost {one.cost}")
    if one.hints:
        parts.append(counted(one.hints, "hint"))
    if one.updates:
        parts.append(counted(one.updates, "status update"))
    return f"• {mention(one.person)}: {', '.join(parts)}"


def _asked(one: UpdateAsked) -> str:
    answer = "not answered"
    if one.answered_after is not None and one.by is not None:
        answer = f"answered by {mention(one.by)} after {minutes(one.answered_after)}"
    return f"• {plain(one.speaker)} asked at {minutes(one.asked)}: {answer}"


def bars(told: Postmortem) -> str:
    """The score at a glance, in fixed width and narrow enough for a phone."""
    rows = []
    for part in told.dimensions:
        filled = round(BAR * part.points / part.of)
        rows.append(f"{_name(part):<7}{'█' * filled}{'░' * (BAR - filled)} {part.points:>3}/{part.of}")
    return "\n".join([*rows, f"{'Total':<7}{' ' * BAR} {told.total:>3}/100"])


def _name(part: DimensionScore) -> str:
    return part.dimension.value.capitalize()


def _after(told: Postmortem, settings: SlackSettings) -> str:
    parts = [f"Ride {code(told.ride)}"]
    if told.story:
        parts.append("what happened when is in the thread")
    return " · ".join([*parts, f"ride it again: {code(f'{settings.ride_command} start {told.scenario}')}"])


def _dimension(part: DimensionScore, *, several: bool) -> list[Block]:
    heading = f"*{_name(part)} {part.points}/{part.of}*"
    lost = any(line.points < 0 for line in part.lines)
    lines = [_line(line, several=several, partly=lost) for line in part.lines]
    return list(sections("\n".join([heading, *lines])))


def _line(line: Line, *, several: bool, partly: bool) -> str:
    if line.points < 0:
        mark, points = "⚠️", f"−{-line.points}"
    elif line.points > 0 and partly:
        mark, points = "•", str(line.points)
    elif line.points > 0:
        mark, points = "✅", f"+{line.points}"
    elif line.of:
        mark, points = "▫️", f"0 of {line.of}"
    else:
        # A trap of a ride that had no points for traps: what happened is told, and cost nothing.
        mark, points = "⚠️", ""
    said = f"{mark} *{points}*  {line.why}" if points else f"{mark}  {line.why}"
    return said if line.quote is None else f"{said}\n{_quote(line.quote, several=several)}"


def _quote(quote: Quote, *, several: bool) -> str:
    who = f"{mention(quote.person)} " if several else ""
    return f"↳ {who}{minutes(quote.ride_seconds)}  {code(quote.text, MAX_QUOTE)}"


def _times(times: Times) -> str:
    named = [
        ("acknowledged", times.to_acknowledge),
        ("first useful step", times.to_detect),
        ("fixed", times.to_fix),
    ]
    shown = " · ".join(f"{what} {'never' if when is None else minutes(when)}" for what, when in named)
    return f"⏱ {shown} (times never change the score)"


def _chapter(title: str, text: str) -> list[Block]:
    return list(sections(f"*{title}*\n{text}"))


def _moment(moment: Moment) -> str:
    who = f"*{plain(moment.person)}*: " if moment.person else ""
    speech = f" {_in_short(moment.speech)}" if moment.speech else ""
    what = f"\n      {code(moment.statement, MAX_QUOTE)}" if moment.statement else ""
    return f"`{moment.at:>5}`  {who}{moment.text}{speech}{what}"


def _in_short(speech: str) -> str:
    """The first words of what somebody said: all of it is in the channel already."""
    return shortened(" ".join(without_marks(speech).split()), MAX_SPEECH, whole_words=True)


def _story(story: Sequence[Moment]) -> list[Message]:
    lines = [_moment(moment) for moment in story]
    if len(lines) > STORY_LINES:
        half = STORY_LINES // 2
        lines = [*lines[:half], f"… {len(lines) - STORY_LINES} more moments …", *lines[-half:]]
    if not lines:
        return []
    text = "\n".join(["*What happened when*", *lines])
    return [
        Message(text="What happened when", blocks=blocks)
        for blocks in packed([[block] for block in sections(text)])
    ]
