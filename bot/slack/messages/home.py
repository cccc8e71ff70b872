"""The App Home: what Ride is to the one who opens it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.slack.messages.message import context, header, section
from bot.slack.messages.mrkdwn import (
    code,
    counted,
    day,
    day_and_time,
    mention,
    minutes,
    plain,
    room,
    shortened,
)
from bot.slack.messages.standings import place
from bot.slack.messages.views import about
from bot.slack.settings import SlackSettings
from bot.standings.levels import ENOUGH, LOWEST
from bot.standings.trends import Trend, trend
from bot.standings.views import MyRide, MyTeam, NextRide, Profile, Why
from scenarios.judging.scorecard import Dimension
from storage.game_days import GameDay
from storage.results import Result

START = "home_start"
"""The Start button; its value is the scenario's slug."""

MAX_NAME = 80
"""Characters of a name: of five lines none may crowd out the others."""

_BARS = "▁▂▃▄▅▆▇█"
_STATES = {
    "resolved": "✅ resolved",
    "expired": "⌛ time was up",
    "stopped": "🛑 stopped",
    "void": "⛔ void",
}
_TRENDS = {
    Trend.UNKNOWN: "",
    Trend.UP: "going up",
    Trend.DOWN: "going down",
    Trend.STEADY: "steady",
}
_DIMENSIONS = (
    (Dimension.DETECT, "Detect", 40),
    (Dimension.FIX, "Fix", 40),
    (Dimension.TRAP, "Trap", 20),
)


def home(view: Profile, settings: SlackSettings) -> View:
    """All of it. Well below Slack's 100 blocks of a view, whatever a person has done."""
    blocks: list[Block] = [header("🚀 Ride: incidents to practise on")]
    if not view.rides and view.live is None:
        blocks.append(section(_WELCOME))
    if view.live is not None:
        blocks.append(section(_live(view.live)))
    elif view.next is not None:
        blocks += _next(view.next)
    if view.rides:
        blocks += [DividerBlock(), section("*My rides*\n" + "\n".join(map(_ride, view.rides)))]
    if view.scores:
        blocks.append(section(_scores(view)))
    if view.teams:
        blocks += [
            DividerBlock(),
            section("*My teams*\n" + "\n".join(_team(t, settings) for t in view.teams)),
        ]
    if view.days:
        blocks += [DividerBlock(), section("*Game days*\n" + "\n".join(map(_day, view.days)))]
    ride = settings.ride_command
    blocks += [
        DividerBlock(),
        context(
            f"{code(f'{ride} leaderboard')} · {code(f'{ride} list')} · {code(f'{ride} oncall')} · "
            f"all commands: {code(f'{ride} help')}"
        ),
    ]
    return View(type="home", blocks=blocks)


_WELCOME = (
    "A real PostgreSQL gets a real problem, and you get the page. Find the cause, fix it, and read what "
    "happened in the postmortem. It's a private sandbox: nothing that matters can break, hints are free, "
    "and you can stop at any time. It takes a quarter of an hour."
)


def _live(ride: MyRide) -> str:
    where = "" if ride.record.channel is None else f"\n💬 The ride is in {room(ride.record.channel)}"
    if ride.record.game_day is not None and ride.record.live_at is None:
        # Before the hour nobody is told what it will be.
        return f"⏳ *Your game day's incident is being prepared*{where}"
    state = "being prepared" if ride.record.state == "preparing" else "on"
    return f"🚨 *Your incident is {state}: {plain(ride.alert)}*{where}"


def _next(suggested: NextRide) -> list[Block]:
    scenario = suggested.scenario
    words = f"*What to ride next*\n{about(scenario, unspoilt=True)}\n"
    return [
        section(words + plain(scenario.summary)),
        ActionsBlock(
            elements=[
                ButtonElement(
                    text=PlainTextObject(text="Start", emoji=True),
                    action_id=START,
                    value=scenario.slug,
                    style="primary",
                )
            ]
        ),
        context(_why(suggested)),
    ]


def _why(suggested: NextRide) -> str:
    level = suggested.level
    if suggested.why is Why.FIRST:
        return "Why this one: it is the best one to begin with."
    if suggested.why is Why.AGAIN:
        best = (
            "and haven't ridden this one yourself"
            if suggested.best is None
            else f"and your best score is lowest here: {suggested.best}"
        )
        return (
            f"Why this one: you know them all, {best}. It is practice: it doesn't count on the leaderboard."
        )
    if level == LOWEST:
        return (
            f"Why this one: it is new to you, and closest to your level, {LOWEST}. You move up when you "
            f"resolve one of a higher level with {ENOUGH} points or more."
        )
    return (
        f"Why this one: it is new to you, and closest to your level, {level}: the highest at which you "
        f"resolved one with {ENOUGH} points or more."
    )


def _ride(ride: MyRide) -> str:
    record, result = ride.record, ride.result
    # A void ride has not told its cause, which the title names: they may want to ride it again.
    name = ride.alert if record.state == "void" else ride.title
    if record.game_day is not None and record.live_at is None:
        name = "An incident of a game day"  # its team may be yet to ride it
    words = [f"• *{plain(name)}*", _STATES.get(record.state, record.state)]
    if result is not None:
        words.append(f"*{result.total}*/100" + (" (practice)" if ride.practice else ""))
        if result.to_fix is not None:
            words.append(f"fixed in {minutes(result.to_fix)}")
    words.append(day(record.ended_at or record.created_at))
    if record.channel is not None and not record.archived:
        words.append(room(record.channel))
    return " · ".join(words)


def _scores(view: Profile) -> str:
    number = len(view.scores)
    title = "*My score*" if number == 1 else f"*My last {number} scores*, the oldest first"
    lines = [_dimension(name, [_points(one, dimension) for one in view.scores], of)
             for dimension, name, of in _DIMENSIONS]  # fmt: skip
    if view.standing is not None:
        lines.append(
            f"{place(view.standing.place)} on the leaderboard, of {counted(view.of, 'person', 'people')}"
        )
    return "\n".join([title, *lines])


def _dimension(name: str, points: Sequence[int], of: int) -> str:
    bars = "".join(_BARS[round(max(min(value / of, 1), 0) * (len(_BARS) - 1))] for value in points)
    goes = _TRENDS[trend(points, of)]
    return f"`{bars}` {name}: {points[-1]} of {of}" + (f", {goes}" if goes else "")


def _points(result: Result, dimension: Dimension) -> int:
    return {
        Dimension.DETECT: result.detect,
        Dimension.FIX: result.fix,
        Dimension.TRAP: result.trap,
    }[dimension]


def _team(team: MyTeam, settings: SlackSettings) -> str:
    name = shortened(team.name, MAX_NAME)
    words = [f"• *{plain(name)}*"]
    if team.place is None:
        words.append(f"no place yet: {code(f'{settings.ride_command} start SCENARIO for {name}')}")
    else:
        words.append(f"{place(team.place)} of {counted(team.of, 'team')}")
    if team.on_call is None:
        words.append("nobody can be on call")
    else:
        then = "" if team.on_call.secondary is None else f", then {mention(team.on_call.secondary)}"
        words.append(f"on call: {mention(team.on_call.primary)}{then}")
    return " · ".join(words)


def _day(game_day: GameDay) -> str:
    words = [f"• *{plain(shortened(game_day.name, MAX_NAME))}*"]
    words.append("it is on now" if game_day.state == "running" else day_and_time(game_day.starts_at))
    words.append(counted(len(game_day.entrants), "team"))
    return " · ".join(words)
