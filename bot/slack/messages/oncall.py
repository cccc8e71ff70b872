"""Private answers about who is on call: now, in the weeks to come, and what of a line can't be read."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock

from bot.oncall.views import Outlook, RotaSet, Swapped, Turn
from bot.slack.messages import teams
from bot.slack.messages.message import Message, context, packed, said, section, sections
from bot.slack.messages.mrkdwn import code, counted, day_and_time, mention, people, plain
from bot.slack.oncall_line import Problem, Unclear
from bot.slack.settings import SlackSettings
from storage.team_records import Rota, Team

EXAMPLE = "every week from Monday at 10:00"
TEAMS_IN_FULL = 3
"""Of more teams at once only who is on call now is shown."""


def rota_set(view: RotaSet, settings: SlackSettings) -> Message:
    """A team has a new rota."""
    rota, name = view.rota, view.team.name
    where = "" if view.zone_was_said else " (your time zone in Slack)"
    turns = "take turns" if len(rota.people) > 1 else "is on call, alone"
    words = (
        f"📅 *{plain(name)}*: {people(rota.people)} {turns}, {handovers(rota)}{where}, "
        f"from {day_and_time(rota.begins)}."
    )
    if view.left_out:
        words += f"\n⚠️ {teams.left_out(view.left_out)}"
    if view.replaced is not None:
        words += f"\nThe rota of {people(view.replaced.people)} holds until then, and ends there."
    elif view.outlook.rota is None and view.outlook.members:
        words += f"\nUntil then {_without_rota(view.outlook)}"
    if view.dropped is not None:
        words += f"\nThe rota of {people(view.dropped.people)} that was to follow won't."
    blocks = [section(words), *_turns(view.outlook), context(_change(name, settings))]
    return Message(text=words, blocks=_fitting(blocks))


def swapped(view: Swapped, settings: SlackSettings) -> Message:
    """Two people take each other's shifts."""
    swap = view.swap
    if swap.until <= swap.begins:
        words = (
            f"🔁 *{plain(view.team.name)}*: {mention(swap.one)} and {mention(swap.other)} "
            "take their own shifts again."
        )
        blocks = [section(words), *_turns(view.outlook), context(_change(view.team.name, settings))]
        return Message(text=words, blocks=_fitting(blocks))
    words = (
        f"🔁 *{plain(view.team.name)}*: {mention(swap.one)} and {mention(swap.other)} take each other's "
        f"shifts from now until {day_and_time(swap.until)}."
    )
    if not view.changes:
        words += "\nNeither has a shift until then: nothing changes."
    back = f"{settings.ride_command} oncall {view.team.name} swap @… @… until now"
    more = f"Take it back: {code(back)} · {_change(view.team.name, settings)}"
    return Message(text=words, blocks=_fitting([section(words), *_turns(view.outlook), context(more)]))


def off(team: Team, settings: SlackSettings) -> Message:
    """A team has no rota any more."""
    words = f"📅 *{plain(team.name)}* has no rota any more: its members are paged in their order."
    again = code(f"{settings.ride_command} oncall {team.name} @… {EXAMPLE}")
    return Message(text=words, blocks=(section(words), context(f"A new one: {again}")))


def outlooks(views: Sequence[Outlook], settings: SlackSettings) -> Message:
    """Who is on call, in each team."""
    if not views:
        make = code(f"{settings.ride_command} team create NAME @people")
        words = f"📅 Nobody is on call: there is no team yet. Make the first: {make}"
        return said(words)
    full = len(views) <= TEAMS_IN_FULL
    blocks: list[Block] = []
    for number, view in enumerate(views):
        if number and full:
            blocks.append(DividerBlock())
        blocks.append(section(f"📟 *{plain(view.team.name)}*: {now(view)}"))
        if full:
            blocks += _turns(view)
    one = views[0].team.name
    if not full:
        blocks.append(context(f"The next four weeks: {code(f'{settings.ride_command} oncall {one}')}"))
    elif len(views) == 1:
        blocks.append(context(_change(one, settings)))
    text = " ".join(f"{plain(view.team.name)}: {now(view)}" for view in views)
    return Message(text=text, blocks=_fitting(blocks))


def now(view: Outlook) -> str:
    """Who of a team is on call now, in words."""
    if not view.members:
        return "nobody is on call, for nobody who can be is in it."
    if view.now is None:
        return _without_rota(view)
    turn = view.now
    second = f"If they don't answer, {mention(turn.secondary)} is paged." if turn.secondary else ""
    return (
        f"{mention(turn.primary)} is on call until {day_and_time(turn.end)}{_mark(turn)}. {second}".rstrip()
    )


def unclear(line: Unclear, settings: SlackSettings) -> Message:
    """A line that can't be read: what in it, and how it would be right."""
    team = line.team or "payments"
    who = " ".join("@…" for _ in line.people[:3]) if line.people else "@dana @sam"
    rota = code(f"{settings.ride_command} oncall {team} {who} {EXAMPLE}")
    swap = code(f"{settings.ride_command} oncall {team} swap @dana @sam until Friday 18:00")
    word = ", ".join(code(one, 60) for one in line.words) or "nothing"
    told = {
        Problem.NO_TEAM: f"Which team? Its name comes first: {rota}",
        Problem.NO_PEOPLE: f"Who takes turns? Name them in their order: {rota}",
        Problem.NO_TURN: f"How long is a turn? Say `every day`, `every week` or `every 2 weeks`: {rota}",
        Problem.TURN: f"I can't read {word} as the length of a turn. I know days and weeks: {rota}",
        Problem.DAY: f"I can't read {word} as a day. Say `2026-11-30`, `Monday`, `tomorrow` or `now`: {rota}",
        Problem.END: f"I can't read {word} as a day or a time. Say `2026-11-30`, `Friday` or `18:00`: {swap}",
        Problem.TIME: f"I can't read {word} as a time. Say `10:00` or `9am`: {rota}",
        Problem.WORD: f"I don't know what {word} means here. A rota reads like {rota}, a swap like {swap}",
        Problem.GROUP: f"A rota needs an order, which a user group doesn't have. Name the people: {rota}",
        Problem.TWO_PEOPLE: f"Who swaps with whom? Name two people: {swap}",
        Problem.NO_END: f"Until when? Say it: {swap}",
        Problem.UNREADABLE: (
            f"I don't know who {word} is. Pick people from the list that Slack shows after you type @: {rota}"
        ),
    }[line.problem]
    words = f"🤔 {told}"
    return said(words)


def handovers(rota: Rota) -> str:
    """When a rota hands over: `every week on Monday at 10:00 Europe/Lisbon`."""
    length = f"every {rota.unit}" if rota.every == 1 else f"every {rota.every} {rota.unit}s"
    if rota.unit == "week":
        length += f" on {rota.first:%A}"
    return f"{length} at {rota.first:%H:%M} {code(rota.zone)}"


def _without_rota(view: Outlook) -> str:
    """Members in their order, when no rota says otherwise."""
    first, *others = view.members
    words = f"{mention(first)} is on call, being first in the team"
    words += f"; if they don't answer, {mention(others[0])} is paged" if others else ""
    return words + ("." if view.following else ". It has no rota.")


def _turns(view: Outlook) -> list[Block]:
    """The next four weeks."""
    if not view.members or (view.rota is None and view.following is None):
        return []
    about = ["*The next four weeks*"]
    if view.rota is not None:
        about.append(f"handover {handovers(view.rota)}")
    if view.following is not None:
        about.append(f"from {day_and_time(view.following.begins)} {handovers(view.following)}")
    return [*sections("\n".join([", ".join(about), *map(_line, view.turns)]))]


def _line(turn: Turn) -> str:
    second = f", then {mention(turn.secondary)}" if turn.secondary else ""
    return f"• {day_and_time(turn.start)}: {mention(turn.primary)}{second}{_mark(turn)}"


def _mark(turn: Turn) -> str:
    marks = " 🔁 swapped" if turn.swapped else ""
    if turn.instead_of is not None:
        marks += f" (for {mention(turn.instead_of)}, who left)"
    return marks


def _change(name: str, settings: SlackSettings) -> str:
    ride = settings.ride_command
    return (
        f"Swap: {code(f'{ride} oncall {name} swap @a @b until Friday 18:00')} · "
        f"new rota: {code(f'{ride} oncall {name} @a @b {EXAMPLE}')} · "
        f"none: {code(f'{ride} oncall {name} off')}"
    )


def _fitting(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """As much as one message holds: the beginning says who is on call now."""
    parts = packed([[block] for block in blocks])
    if len(parts) == 1:
        return parts[0]
    rest = context(f"And {counted(sum(map(len, parts[1:])), 'more part')} that a message has no room for.")
    return (*parts[0][:-1], rest)
