"""Private answers about rotas, and who is on call: now, and in the weeks to come."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock

from bot.people.oncall.views import MyTurns, Outlook, RotaRemoved, RotaSet, Turn
from bot.slack.messages import teams
from bot.slack.messages.asked import typed
from bot.slack.messages.local_times import zoned
from bot.slack.messages.message import Message, context, packed, said, section, sections
from bot.slack.messages.mrkdwn import code, counted, day_and_time, mention, people, plain
from bot.slack.settings import SlackSettings
from storage.teams import Rota, Swap, Team

EXAMPLE = "every week from Monday at 10:00"
TEAMS_IN_FULL = 3
"""Of more teams at once only who is on call now is shown."""


def rota_set(view: RotaSet, settings: SlackSettings) -> Message:
    """A team has a new rota."""
    rota, name = view.rota, view.team.name
    where = "" if view.zone_was_said else " (your time zone in Slack)"
    do = "take turns" if len(rota.people) > 1 else "is on call, alone"
    words = (
        f"📅 *{plain(name)}*: {people(rota.people)} {do}, {handovers(rota)}{where}, "
        f"from {zoned(rota.begins, rota.zone)}."
    )
    if view.left_out:
        words += f"\n⚠️ {teams.left_out(view.left_out)}"
    if view.replaced is not None:
        words += f"\nThe rota of {people(view.replaced.people)} applies until then."
    elif view.outlook.rota is None and view.outlook.members:
        words += f"\nUntil then {_without_rota(view.outlook)}"
    if view.dropped is not None:
        words += f"\nThe rota of {people(view.dropped.people)} that was planned after it is dropped."
    if view.ended:
        lost = "\n".join(f"• {agreed(swap, rota.zone)}" for swap in view.ended)
        words += f"\n⚠️ These end with the old rota; agree on them again if you still want them:\n{lost}"
    words += "" if view.again else told(len(rota.people))
    blocks = [section(words), *turns(view.outlook), context(change(name, settings))]
    return Message(text=words, blocks=fitting(blocks))


def on_rota(view: RotaSet, person: str, by: str) -> Message:
    """To somebody whom another put on a rota."""
    rota = view.rota
    words = (
        f"📅 {mention(by)} put you on the rota of *{plain(view.team.name)}*: {people(rota.people)} "
        f"take turns, {handovers(rota)}, from {zoned(rota.begins, rota.zone)}."
    )
    if (first := _first_turn(view.outlook, person)) is not None:
        words += f"\nYour first turn begins {zoned(max(first.start, rota.begins), rota.zone)}."
    return said(words)


def mine(views: Sequence[MyTurns], settings: SlackSettings) -> Message:
    """When somebody is on call, in each of their teams."""
    if not views:
        return said(f"📟 You aren't in a team. The teams: {typed(settings, 'team list')}")
    blocks: list[Block] = [section("📟 *When you are on call, in the next four weeks*")]
    texts: list[str] = []
    for view in views:
        name, zone = view.outlook.team.name, view.outlook.rota.zone if view.outlook.rota else None
        if view.turns and zone is not None:
            lines = [f"*{plain(name)}* ({plain(zone)})", *(_mine(turn, view, zone) for turn in view.turns)]
        else:
            lines = [f"*{plain(name)}*: {_no_turns(view)}"]
        texts.append("\n".join(lines))
        blocks += sections(texts[-1])
    blocks.append(context(f"Everybody's turns: {typed(settings, f'oncall {views[0].outlook.team.name}')}"))
    return Message(text="\n".join(texts), blocks=fitting(blocks))


def off(team: Team, settings: SlackSettings) -> Message:
    """A team has no rota any more."""
    words = f"📅 *{plain(team.name)}* no longer has a rota: its members are paged in order."
    again = code(f"{settings.ride_command} oncall {team.name} @… {EXAMPLE}")
    return Message(text=words, blocks=(section(words), context(f"A new one: {again}")))


def rota_gone(view: RotaRemoved, by: str) -> Message:
    """To somebody whose rota another removed."""
    return said(
        f"📅 {mention(by)} removed the rota of *{plain(view.team.name)}*: there are no more turns, and "
        "its members are paged in order."
    )


def outlooks(views: Sequence[Outlook], settings: SlackSettings) -> Message:
    """Who is on call, in each team."""
    if not views:
        make = code(f"{settings.ride_command} team create NAME @people")
        words = f"📅 Nobody is on call: there are no teams yet. Create the first: {make}"
        return said(words)
    full = len(views) <= TEAMS_IN_FULL
    blocks: list[Block] = []
    for number, view in enumerate(views):
        if number and full:
            blocks.append(DividerBlock())
        blocks.append(section(f"📟 *{plain(view.team.name)}*: {now(view)}"))
        if full:
            blocks += turns(view)
    one = views[0].team.name
    if not full:
        blocks.append(context(f"The next four weeks: {code(f'{settings.ride_command} oncall {one}')}"))
    elif len(views) == 1:
        blocks.append(context(change(one, settings)))
    text = " ".join(f"{plain(view.team.name)}: {now(view)}" for view in views)
    return Message(text=text, blocks=fitting(blocks))


def now(view: Outlook) -> str:
    """Who of a team is on call now, in words."""
    if not view.members:
        return "nobody is on call, because nobody in it can be."
    if view.now is None:
        return _without_rota(view)
    turn = view.now
    second = f"If they don't answer, {mention(turn.secondary)} is paged." if turn.secondary else ""
    return (
        f"{mention(turn.primary)} is on call until {day_and_time(turn.end)}{_mark(turn)}. {second}".rstrip()
    )


def change(name: str, settings: SlackSettings) -> str:
    """What else can be done with a rota."""
    ride = settings.ride_command
    return (
        f"Swap: {code(f'{ride} oncall {name} swap @a @b from Friday 09:00 until Monday 09:00')} · "
        f"cover: {code(f'{ride} oncall {name} cover @a by @b until Friday 18:00')} · "
        f"new rota: {code(f'{ride} oncall {name} @a @b {EXAMPLE}')} · "
        f"none: {code(f'{ride} oncall {name} off')}"
    )


def told(others: int) -> str:
    """That people hear of it, in an answer."""
    return "\nEverybody concerned is told in a direct message." if others > 1 else ""


def agreed(swap: Swap, zone: str) -> str:
    """A swap or a cover with its id, in a line."""
    when = f"{zoned(swap.begins, zone)} until {zoned(swap.until, zone)}"
    if swap.kind == "cover":
        return f"🔁 {code(swap.id)} {mention(swap.other)} covers {mention(swap.one)}: {when}"
    return f"🔁 {code(swap.id)} {mention(swap.one)} and {mention(swap.other)} swap: {when}"


def handovers(rota: Rota) -> str:
    """When a rota hands over: `every week on Monday at 10:00 Europe/Lisbon`."""
    length = f"every {rota.unit}" if rota.every == 1 else f"every {rota.every} {rota.unit}s"
    if rota.unit == "week":
        length += f" on {rota.first:%A}"
    return f"{length} at {rota.first:%H:%M} {code(rota.zone)}"


def _without_rota(view: Outlook) -> str:
    """Members in their order, when no rota says otherwise."""
    first, *others = view.members
    words = f"{mention(first)} is on call, as the first in the team"
    words += f"; if they don't answer, {mention(others[0])} is paged" if others else ""
    return words + ("." if view.following else ". The team has no rota.")


def _first_turn(view: Outlook, person: str) -> Turn | None:
    return next((turn for turn in view.turns if turn.primary == person), None)


def _mine(turn: Turn, view: MyTurns, zone: str) -> str:
    """A turn of one's own: paged first where nobody else is primary."""
    role = (
        "you are paged first" if turn.primary == view.person else "you are paged if the first doesn't answer"
    )
    return f"• {zoned(turn.start, zone)} until {zoned(turn.end, zone)}: {role}{_mark(turn)}"


def turns(view: Outlook) -> list[Block]:
    """The next four weeks."""
    if not view.members or (view.rota is None and view.following is None):
        return []
    about = ["*The next four weeks*"]
    if view.rota is not None:
        about.append(f"handover {handovers(view.rota)}")
    if view.following is not None:
        about.append(f"from {day_and_time(view.following.begins)} {handovers(view.following)}")
    zone = view.rota.zone if view.rota is not None else _following_zone(view)
    holds = [agreed(swap, zone) for swap in view.agreed]
    return [*sections("\n".join([", ".join(about), *map(_line, view.turns), *holds]))]


def _following_zone(view: Outlook) -> str:
    return view.following.zone if view.following is not None else "UTC"


def _no_turns(view: MyTurns) -> str:
    """Why somebody has no turn in a team."""
    if view.outlook.rota is None and view.outlook.following is None:
        place = view.outlook.members.index(view.person)
        if place == 0:
            return "it has no rota, and you are first in the team: you are on call."
        if place == 1:
            return (
                "it has no rota, and you are second in the team: you are paged if the first doesn't answer."
            )
    return "you have no turn."


def _line(turn: Turn) -> str:
    second = f", then {mention(turn.secondary)}" if turn.secondary else ""
    return f"• {day_and_time(turn.start)}: {mention(turn.primary)}{second}{_mark(turn)}"


def _mark(turn: Turn) -> str:
    marks = " 🔁 swapped" if turn.swapped else ""
    if turn.instead_of is not None:
        marks += f" (for {mention(turn.instead_of)}, who left)"
    return marks


def fitting(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """As much as one message holds: the beginning says who is on call now."""
    parts = packed([[block] for block in blocks])
    if len(parts) == 1:
        return parts[0]
    rest = context(f"And {counted(sum(map(len, parts[1:])), 'more part')} that did not fit into a message.")
    return (*parts[0][:-1], rest)
