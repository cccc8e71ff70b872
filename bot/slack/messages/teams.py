"""Private answers about teams: who is in them, who came and who went."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.people.oncall.views import Created, Joined, Left, Roll
from bot.slack.lines.team_line import TeamLine, TeamVerb
from bot.slack.messages.asked import typed
from bot.slack.messages.message import Message, context, header, said, section
from bot.slack.messages.mrkdwn import code, counted, mention, people, plain
from bot.slack.settings import SlackSettings
from storage.teams import Team

SHOWN = 12
"""People of a team in a list; of more only the number."""
TEAMS_SHOWN = 40
MOST_TOLD = 50
"""People who hear in a direct message that they were put somewhere: a user group may have hundreds, and each
message takes its second."""


def created(view: Created, settings: SlackSettings) -> Message:
    """There is a new team."""
    team = view.team
    words = f"👥 Team *{plain(team.name)}* is created: {some(view.members)}."
    if team.group is not None:
        words = (
            f"👥 Team *{plain(team.name)}* is created. Its people are whoever is in {group(team.group)} "
            f"at the time; right now {some(view.members)}."
        )
    if team.name != view.asked:
        words += f"\nIts name is {code(team.name)}: names have no spaces."
    if view.left_out:
        words += f"\n⚠️ {left_out(view.left_out)}"
    if len(view.members) > 1:
        whom = "The others are" if len(view.members) <= MOST_TOLD else f"The first {MOST_TOLD} of them are"
        words += f"\n{whom} told in a direct message."
    name = team.name
    more = (
        f"Say who is on call: {typed(settings, f'oncall {name} @… every week from Monday at 10:00')}"
        if len(view.members) > 1 or team.group
        else f"Others join with {typed(settings, f'team join {name}')}"
    )
    return said(words, more)


def put_in(view: Created, by: str, settings: SlackSettings) -> Message:
    """To somebody whom another put into a new team."""
    name = view.team.name
    words = f"👥 {mention(by)} added you to the team *{plain(name)}*, with {some(view.members)}."
    out = f"leave it: {typed(settings, f'team leave {name}')}"
    if view.team.group is not None:
        words += f" Its people are those in {group(view.team.group)}."
        out = f"who is in it: {typed(settings, f'team show {name}')}"
    return said(words, f"When you are on call: {typed(settings, 'oncall me')} · {out}")


def joined(view: Joined, settings: SlackSettings) -> Message:
    """Somebody is in a team."""
    name = view.team.name
    if view.already:
        return said(
            f"👥 You are already in *{plain(name)}*.", f"Leave it: {typed(settings, f'team leave {name}')}"
        )
    return said(
        f"👥 You joined *{plain(name)}*.", f"Who is on call there: {typed(settings, f'oncall {name}')}"
    )


def left(view: Left, settings: SlackSettings) -> Message:
    """Somebody is in a team no more."""
    name = view.team.name
    if not view.was_in:
        return said(f"🤔 You are not in *{plain(name)}*.", f"Who is: {typed(settings, f'team show {name}')}")
    words = f"👋 You left *{plain(name)}*."
    if not view.members:
        words += " You were the last: the team stays, with nobody in it."
    elif view.had_turns:
        words += " Your turns on call go to the next in order."
    return said(words, f"Join again: {typed(settings, f'team join {name}')}")


def deleted(team: Team) -> Message:
    """A team is no more."""
    return said(f"👥 Team *{plain(team.name)}* is deleted, with its rota. Its results stay.")


def listing(rolls: Sequence[Roll], settings: SlackSettings) -> Message:
    """All teams."""
    make = typed(settings, "team create NAME @people")
    if not rolls:
        return said(f"👥 There are no teams yet. Create the first: {make}")
    lines = [_line(roll) for roll in rolls[:TEAMS_SHOWN]]
    if len(rolls) > TEAMS_SHOWN:
        lines.append(f"… and {len(rolls) - TEAMS_SHOWN} more")
    blocks: list[Block] = [header("Teams")]
    # A few teams a section: with their people they would be too long for one.
    blocks += [section("\n".join(lines[start : start + 5])) for start in range(0, len(lines), 5)]
    blocks.append(
        context(
            f"{typed(settings, 'team join NAME')} · {typed(settings, 'team show NAME')} · "
            f"{typed(settings, 'oncall NAME')} · {make}"
        )
    )
    names = ", ".join(roll.team.name for roll in rolls[:TEAMS_SHOWN])
    return Message(text=f"Teams: {plain(names)}", blocks=tuple(blocks))


def roll(view: Roll, settings: SlackSettings) -> Message:
    """One team."""
    name = view.team.name
    words = _line(view, most=100)
    if view.gone:
        words += f"\nCan't ride any more: {some(view.gone)}"
    words += f"\nCreated by {people([view.team.created_by])}"
    change = "leave" if view.mine else "join"
    more = [typed(settings, f"oncall {name}")]
    if view.team.group is None:
        more.insert(0, typed(settings, f"team {change} {name}"))
    return said(words, " · ".join(more))


def unknown_verb(line: TeamLine, settings: SlackSettings) -> Message:
    """A word after `team` that is none of its commands."""
    nearest = " or ".join(typed(settings, f"team {verb}") for verb in line.nearest)
    return said(f"🤔 Did you mean {nearest}?", usage(settings))


def name_missing(verb: TeamVerb, settings: SlackSettings) -> Message:
    """A command that needs a team's name."""
    example = "team create payments @dana @sam" if verb is TeamVerb.CREATE else f"team {verb} payments"
    return said(f"🤔 Which team? Name it, as in {typed(settings, example)}", usage(settings))


def by_themselves(verb: TeamVerb, name: str, persons: Sequence[str], settings: SlackSettings) -> Message:
    """Somebody would put others into a team, or take them out."""
    whom = some(persons) if persons else "them"
    return said(
        f"🤔 People join and leave teams themselves. Ask {whom} to type "
        f"{typed(settings, f'team {verb} {name}')}. Nothing was changed."
    )


def one_or_the_other(settings: SlackSettings) -> Message:
    """People and a user group, or two groups."""
    return said(
        "🤔 A team's people come from one place: name them one by one, or name one user group.",
        f"{typed(settings, 'team create payments @dana @sam')} or "
        f"{typed(settings, 'team create payments @payments-group')}",
    )


def usage(settings: SlackSettings) -> str:
    """The commands about teams, in a line."""
    verbs = ["create NAME @people", "join NAME", "leave NAME", "show NAME", "delete NAME", "list"]
    return " · ".join(typed(settings, f"team {verb}") for verb in verbs)


def some(persons: Sequence[str], most: int = SHOWN) -> str:
    """People in a sentence, of many only the first."""
    if len(persons) <= most:
        return people(persons)
    return f"{people(persons[: most - 1])} and {len(persons) - most + 1} more"


def group(user_group: str) -> str:
    """A user group, by id."""
    return f"<!subteam^{user_group}>"


def left_out(persons: Sequence[str]) -> str:
    """Who could not be taken along, and why."""
    return f"I left out {some(persons)}: bots and people who left the workspace can't be on call."


def _line(roll: Roll, most: int = SHOWN) -> str:
    words = f"*{plain(roll.team.name)}*"
    if roll.team.group is not None:
        words += f" · {group(roll.team.group)}"
    if roll.members is None:
        return f"{words} · ⚠️ Slack doesn't say who is in this user group"
    number = counted(len(roll.members), "person", "people")
    words += f" · {number}{', you too' if roll.mine else ''}"
    return f"{words}\n      {some(roll.members, most)}"
