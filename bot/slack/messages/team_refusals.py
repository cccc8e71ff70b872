"""Private words for what can't be done with teams and rotas."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.people.oncall import errors
from bot.rides.errors import RideError
from bot.slack.messages.asked import Asked
from bot.slack.messages.mrkdwn import code, day_and_time, mention, people, plain
from bot.slack.messages.teams import group


def _team_name(error: errors.TeamNameError, asked: Asked) -> str:
    if error.reserved:
        instead = asked.ride(f"team create {error.allowed} @people")
        return (
            f"🤔 {code(error.name)} is a word in my commands, so it can't be a team's name. How about "
            f"{instead}?"
        )
    words = (
        f"🤔 {code(error.name, 60)} can't be a team's name: letters, digits, hyphens and underscores, "
        "at most 40 of them."
    )
    if error.allowed is not None:
        words += f" How about {asked.ride(f'team create {error.allowed} @people')}?"
    return words


def _team_taken(error: errors.TeamTakenError, asked: Asked) -> str:
    return (
        f"⛔ There is already a team {code(error.name)}. Choose another name, or join it: "
        f"{asked.ride(f'team join {error.name}')}"
    )


def _empty_group(error: errors.EmptyGroupError, _asked: Asked) -> str:
    return f"⛔ Nobody is in {group(error.group)}. Add people there first, or name them one by one."


def _group_team(error: errors.GroupTeamError, _asked: Asked) -> str:
    return (
        f"⛔ The people of *{plain(error.name)}* are those in {group(error.group)}: add or remove people "
        "there, and the team follows."
    )


def _not_your_team(error: errors.NotYourTeamError, _asked: Asked) -> str:
    if error.creators_only:
        return (
            f"⛔ Only {mention(error.creator)}, who created *{plain(error.name)}*, or an admin can "
            f"{plain(error.what)}. Ask one of them."
        )
    return (
        f"⛔ Only the people of *{plain(error.name)}*, {mention(error.creator)}, who created it, or a "
        f"facilitator can {plain(error.what)}. Ask one of them."
    )


def _not_in_team(error: errors.NotInTeamError, asked: Asked) -> str:
    are = "is" if len(error.people) == 1 else "are"
    words = f"⛔ {people(error.people)} {are} not in *{plain(error.name)}*, and the rota is unchanged."
    if error.group is not None:
        return f"{words} They have to be in {group(error.group)} first."
    return f"{words} They join with {asked.ride(f'team join {error.name}')}; then set the rota again."


def _not_in_rota(error: errors.NotInRotaError, _asked: Asked) -> str:
    return (
        f"⛔ {people(error.people)} {'has' if len(error.people) == 1 else 'have'} no turns in the rota "
        f"of *{plain(error.name)}*: {people(error.rota)} {'has' if len(error.rota) == 1 else 'have'}. "
        "Nothing was swapped."
    )


def _twice(error: errors.TwiceInRotaError, _asked: Asked) -> str:
    return f"⛔ {mention(error.person)} is named twice. Name everybody once, in the order of their turns."


def _no_rota(error: errors.NoRotaError, asked: Asked) -> str:
    example = f"oncall {error.name} @… @… every week from Monday at 10:00"
    return f"🤔 *{plain(error.name)}* has no rota. Make one: {asked.ride(example)}"


def _not_begun(error: errors.RotaNotBegunError, _asked: Asked) -> str:
    return (
        f"⛔ The rota of *{plain(error.name)}* begins on {day_and_time(error.begins)}. "
        "Swap once it runs, or set it again in another order."
    )


def _rota_in_past(error: errors.RotaInPastError, _asked: Asked) -> str:
    following = error.following
    return (
        f"⛔ {_local(error.first)} {code(error.zone)} has passed, and the rota is unchanged. The next "
        f"such handover would be on {following:%A}: say "
        f"{code(f'from {following:%Y-%m-%d} at {following:%H:%M}')}, or {code('from now')}."
    )


def _swap_over(error: errors.SwapOverError, _asked: Asked) -> str:
    if error.begins:
        return (
            f"⛔ {_local(error.until)} {code(error.zone)} has passed, so it can't begin then. Say a "
            "later time, or leave the beginning out to begin now. Nothing was changed."
        )
    return (
        f"⛔ {_local(error.until)} {code(error.zone)} has passed, so there is nothing to swap. Say a "
        f"later day, as in {code('until Friday 18:00')}."
    )


def _swap_order(error: errors.SwapOrderError, _asked: Asked) -> str:
    return (
        f"⛔ It would end before it begins: {_local(error.until)} is not after {_local(error.begins)} "
        f"({code(error.zone)}). Nothing was changed."
    )


def _cannot_be_on_call(error: errors.CannotBeOnCallError, asked: Asked) -> str:
    are = "has left, or is a bot" if len(error.people) == 1 else "have left, or are bots"
    words = f"⛔ {people(error.people)} {are}, and can't be on call. Nothing was changed."
    if not error.swaps:
        return f"{words} Name somebody else of *{plain(error.name)}*."
    example = f"oncall {error.name} cover @… by @… until Friday 18:00"
    return (
        f"{words} Their turns go to the next in order; somebody else can take them with {asked.ride(example)}"
    )


def _unknown_swap(error: errors.UnknownSwapError, asked: Asked) -> str:
    shown = code(error.swap, 60)
    if error.nearest:
        nearest = " or ".join(asked.ride(f"oncall cancel {one}") for one in error.nearest)
        return f"🤔 There is no swap or cover {shown} to take back. Did you mean {nearest}?"
    return f"🤔 There is no swap or cover {shown} to take back. {asked.ride('oncall TEAM')} shows the ids."


def _too_far(error: errors.TooFarError, _asked: Asked) -> str:
    years = "a year" if error.years == 1 else f"{error.years} years"
    return f"🤔 That is more than {years}, which can't be what you mean. Nothing was changed."


def _unknown_zone(error: errors.UnknownZoneError, _asked: Asked) -> str:
    nearest = " or ".join(code(name) for name in error.nearest)
    if error.abbreviation:
        return (
            f"🤔 {code(error.text, 40)} doesn't say what the clocks do in spring. Name a place instead, "
            f"such as {nearest}."
        )
    if nearest:
        return f"🤔 I don't know the time zone {code(error.text, 40)}. Did you mean {nearest}?"
    return (
        f"🤔 I don't know the time zone {code(error.text, 40)}. Name a place, such as "
        f"{code('Europe/Lisbon')}."
    )


def _local(moment: datetime) -> str:
    return f"{moment:%A, %d %B %Y at %H:%M}"


WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = (
    (errors.TeamNameError, _team_name),
    (errors.TeamTakenError, _team_taken),
    (errors.EmptyGroupError, _empty_group),
    (errors.GroupTeamError, _group_team),
    (errors.NotYourTeamError, _not_your_team),
    (errors.NotInTeamError, _not_in_team),
    (errors.NotInRotaError, _not_in_rota),
    (errors.TwiceInRotaError, _twice),
    (errors.NoRotaError, _no_rota),
    (errors.RotaNotBegunError, _not_begun),
    (errors.RotaInPastError, _rota_in_past),
    (errors.SwapOverError, _swap_over),
    (errors.SwapOrderError, _swap_order),
    (errors.CannotBeOnCallError, _cannot_be_on_call),
    (errors.UnknownSwapError, _unknown_swap),
    (errors.TooFarError, _too_far),
    (errors.UnknownZoneError, _unknown_zone),
)
"""Errors of bot.oncall, each with its words."""
