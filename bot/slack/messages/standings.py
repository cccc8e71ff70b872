"""The leaderboard, for the one who asked."""

from slack_sdk.models.blocks import Block

from bot.rides.errors import UnknownScenarioError
from bot.slack.messages.message import Message, context, header, said, section
from bot.slack.messages.mrkdwn import code, counted, mention, minutes, plain
from bot.slack.settings import SlackSettings
from bot.standings.period import Period
from bot.standings.ranking import Contenders, Standing
from bot.standings.views import Board, Row

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
KNOWN_SHOWN = 10
BELOW_SHOWN = 5
"""Own places shown that are beyond the first ten: somebody may be in many teams."""
RULES = (
    "The first attempt at a scenario counts. Riding one whose postmortem you have seen is "
    "practice, and practice rides don't count; nor do stopped and void ones. Ties go to more "
    "fixes, then to faster ones."
)


def board(view: Board, settings: SlackSettings) -> Message:
    """The first places, the asker's own, and the rules in a line."""
    if not view.rows:
        return _empty(view, settings)
    lines = [_line(row, view) for row in view.rows]
    blocks: list[Block] = [header(f"🏆 {_title(view)}"), section("\n".join(lines))]
    if view.below:
        blocks.append(section("\n".join(_line(row, view) for row in view.below[:BELOW_SHOWN])))
    elif not any(row.mine for row in view.rows):
        blocks.append(section(_not_on_it(view, settings)))
    if view.of > len(view.rows):
        blocks.append(context(f"{view.of:,} in all."))
    blocks.append(context(RULES))
    return Message(text=f"🏆 {_title(view)}\n" + "\n".join(lines), blocks=tuple(blocks))


def unknown_scenario(error: UnknownScenarioError, settings: SlackSettings) -> Message:
    """A word that is no scenario's name."""
    known = error.nearest or error.known[:KNOWN_SHOWN]
    boards = " or ".join(code(f"{settings.ride_command} leaderboard {slug}") for slug in known)
    meant = f"Did you mean {boards}?" if error.nearest else f"There are: {boards}"
    words = f"🤔 There is no scenario {code(error.slug, 60)}. {meant}"
    return said(words)


def place(number: int) -> str:
    """A place, with its medal."""
    return _MEDALS.get(number, f"*{number}.*")


def _line(row: Row, view: Board) -> str:
    one = row.standing
    who = mention(one.contender) if row.name is None else plain(row.name)
    if row.mine:
        who = f"*{who}* (you)" if row.name is None else f"*{who}* (yours)"
    elif row.deleted:
        who = f"{who} (deleted)"
    words = [f"{place(one.place)} {who}", f"*{one.total}* points"]
    if view.scenario is None:
        words.append(counted(one.scenarios, "scenario"))
    return " · ".join([*words, _fixed(one)])


def _fixed(one: Standing) -> str:
    """What they fixed of what they rode, and how fast."""
    if not one.fixed:
        return "not fixed" if one.scenarios == 1 else f"fixed none of {one.scenarios}"
    if one.scenarios == 1:
        return f"fixed in {minutes(one.seconds)}"
    every = "all" if one.fixed == one.scenarios else f"{one.fixed} of {one.scenarios}"
    return f"fixed {every}, in {minutes(one.seconds)}" + (" in total" if one.fixed > 1 else "")


def _title(view: Board) -> str:
    who = "Teams" if view.contenders is Contenders.TEAMS else "Leaderboard"
    # The slug, not the title: that one names the cause to those who are still to ride it.
    what = f": {view.scenario.slug}" if view.scenario is not None else ""
    return f"{who}{what}{'' if view.period is None else ', ' + _span(view.period)}"


def _span(period: Period) -> str:
    first = f"{period.first:%d %B %Y}".lstrip("0")
    if period.last is None:
        return f"since {first}"
    return f"{first} to {period.last:%d %B %Y}".replace(" to 0", " to ")


def _not_on_it(view: Board, settings: SlackSettings) -> str:
    if view.contenders is Contenders.TEAMS:
        start = f"start {_slug(view)} for TEAM"
        return f"None of your teams is on it yet: {code(f'{settings.ride_command} {start}')}"
    return f"You aren't on it yet. Ride one: {code(f'{settings.ride_command} start {_slug(view)}')}"


def _empty(view: Board, settings: SlackSettings) -> Message:
    who = "team" if view.contenders is Contenders.TEAMS else "person"
    when = "" if view.period is None else f" ({_span(view.period)})"
    what = "" if view.scenario is None else f" at {code(view.scenario.slug)}"
    start = f"start {_slug(view)}" + (" for TEAM" if who == "team" else "")
    words = (
        f"🏆 No {who}'s first attempt{what} counts yet{when}: first place is free. Take it with "
        f"{code(f'{settings.ride_command} {start}')}"
    )
    return Message(text=words, blocks=(section(words), context(RULES)))


def _slug(view: Board) -> str:
    return "SCENARIO" if view.scenario is None else view.scenario.slug
