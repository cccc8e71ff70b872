"""Private words about drills: planned, listed, cancelled, off."""

from slack_sdk.models.blocks import Block

from bot.drills.scenarios import is_level
from bot.drills.views import DrillList, DrillPlanned
from bot.slack.messages.asked import typed
from bot.slack.messages.local_times import spans, zone_note
from bot.slack.messages.message import Message, context, header, said, section
from bot.slack.messages.mrkdwn import code, mention, plain
from bot.slack.settings import SlackSettings
from storage.drills import Drill, DrillProblem, DrillState

_STATES: dict[DrillState, str] = {
    "planned": "🎲 planned",
    "starting": "⏳ starting",
    "started": "🚨 started",
    "failed": "⚠️ could not start",
    "missed": "⚠️ missed: Ride was not running",
    "called_off": "🔕 called off: only quiet time was left",
    "cancelled": "🛑 cancelled",
}

_PROBLEMS: dict[DrillProblem, str] = {
    "team_gone": "There is no such team any more.",
    "team_empty": "Nobody in the team can ride.",
    "busy": "Everybody in the team was in another ride.",
    "scenario_gone": "There is no such scenario any more.",
    "chat_refused": "Slack refused a step that the drill needs.",
    "not_prepared": "Its incident could not be prepared.",
    "interrupted": "Ride was stopped while the drill was starting.",
    "quiet": "The rest of its time is now in the do-not-disturb calendar.",
}


def planned(view: DrillPlanned, settings: SlackSettings) -> Message:
    """A drill was planned. Says neither the moment nor what was picked."""
    what = _wanted(view.wanted, view.level)
    words = (
        f"🎲 Drill {code(view.drill)} is planned for *{plain(view.team)}*, {what}. It starts at a moment "
        "nobody knows, and pages whoever is on call then."
    )
    when = f"{spans(view.windows, view.zone)} ({plain(view.zone)})"
    lines = [words, f"*Between*\n{when}"]
    more = f"Cancel it: {typed(settings, f'drill cancel {view.drill}')}"
    if not view.zone_was_said:
        more += f" · {zone_note(view.zone)}"
    return Message(
        text=f"{words} Between: {when}", blocks=(*(section(line) for line in lines), context(more))
    )


def _wanted(wanted: str, level: str | None) -> str:
    """What is ridden. Where no scenario has the wanted level, it is one of the nearest, and so we say."""
    if not wanted:
        return "with any scenario"
    if not is_level(wanted):
        return f"with {code(wanted)}"
    if level is None or level == wanted:
        return f"with a scenario of level {wanted}"
    return f"with a scenario of level {level} (there is no scenario of level {wanted})"


def listing(view: DrillList, settings: SlackSettings) -> Message:
    """The drills: for whom, when about, and how they stand; never the moment."""
    plan = typed(settings, "drill TEAM between 09:00 and 17:00 this week")
    if not view.drills:
        words = f"🎲 No drill is planned. Plan one: {plan}"
        return said(words)
    blocks: list[Block] = [header("Drills")]
    for drill in view.drills:
        state = _STATES[drill.state]
        if drill.state == "started" and drill.ride is not None:
            state += f" as ride {code(drill.ride)}"
        when = f"{spans(drill.windows, drill.zone)} ({plain(drill.zone)})"
        blocks.append(
            section(
                f"{code(drill.id)} *{plain(drill.team_name)}* · {state}\n{when}\n"
                f"by {mention(drill.planned_by)}, {_wanted(drill.wanted, view.levels.get(drill.wanted))}"
            )
        )
    if view.more:
        blocks.append(section(f"… and {view.more} more"))
    blocks.append(context(f"{typed(settings, 'drill cancel ID')} · another: {plan}"))
    shown = ", ".join(f"{drill.id} ({drill.team_name}, {_STATES[drill.state]})" for drill in view.drills)
    return Message(text=f"Drills: {plain(shown)}", blocks=tuple(blocks))


def cancelled(drill: Drill) -> Message:
    """There will be no drill, as somebody asked."""
    words = f"🛑 Drill {code(drill.id)} for *{plain(drill.team_name)}* is cancelled. Nobody was paged."
    return said(words)


def off(drill: Drill, settings: SlackSettings) -> Message:
    """To the planner: there was no drill, or there will be none, and why."""
    name = f"drill {code(drill.id)} for *{plain(drill.team_name)}*"
    if drill.state == "missed":
        words = f"⚠️ Your {name} did not start: Ride was not running when it was due, and its time is over."
    elif drill.state == "called_off":
        words = f"🔕 Your {name} is called off. {_PROBLEMS['quiet']}"
    else:
        why = _PROBLEMS[drill.problem] if drill.problem is not None else ""
        tried = f" in {drill.tries} tries" if drill.tries > 1 else ""
        words = f"⚠️ Your {name} could not start{tried}. {why}"
    again = typed(settings, f"drill {drill.team_name} between 09:00 and 17:00 next week")
    return Message(text=words, blocks=(section(words), context(f"Plan another: {again}")))
