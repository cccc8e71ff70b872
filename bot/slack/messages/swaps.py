"""Words about swaps and covers: to who agreed on them, and to those who are in them."""

from bot.people.oncall.views import Swapped, SwapsEnded
from bot.slack.messages import oncall
from bot.slack.messages.asked import typed
from bot.slack.messages.local_times import zoned
from bot.slack.messages.message import Message, context, said, section
from bot.slack.messages.mrkdwn import mention, plain
from bot.slack.settings import SlackSettings
from storage.teams import Swap


def swapped(view: Swapped, settings: SlackSettings) -> Message:
    """Two people take each other's shifts, or one those of the other."""
    name, swap = view.team.name, view.swap
    words = f"🔁 *{plain(name)}*: {_does(swap)} {_when(swap, view.zone)}."
    if not view.changes:
        words += "\nIt changes nothing: everybody is on call when they were before."
    if view.cut_at is not None:
        words += (
            f"\n⚠️ A new rota begins {zoned(view.cut_at, view.zone)}, and this ends then. Agree on it "
            "again once that rota runs."
        )
    words += "\nThat was already agreed, so nobody is told again." if view.again else oncall.told(2)
    more = f"Take it back: {typed(settings, f'oncall {name} cancel {swap.id}')}"
    blocks = [
        section(words),
        *oncall.turns(view.outlook),
        context(f"{more} · {oncall.change(name, settings)}"),
    ]
    return Message(text=words, blocks=oncall.fitting(blocks))


def ended(view: SwapsEnded, settings: SlackSettings) -> Message:
    """Swaps or covers were taken back."""
    words = "\n".join(_back(swap, view) for swap in view.swaps) + oncall.told(2)
    blocks = [
        section(words),
        *oncall.turns(view.outlook),
        context(oncall.change(view.team.name, settings)),
    ]
    return Message(text=words, blocks=oncall.fitting(blocks))


def in_swap(view: Swapped, by: str, settings: SlackSettings) -> Message:
    """To somebody whom another put into a swap or a cover."""
    name, swap = view.team.name, view.swap
    words = (
        f"🔁 {mention(by)} agreed on a {swap.kind} in *{plain(name)}*: {_does(swap)} "
        f"{_when(swap, view.zone)}."
    )
    return said(
        words,
        f"When you are on call: {typed(settings, 'oncall me')} · "
        f"take it back: {typed(settings, f'oncall {name} cancel {swap.id}')}",
    )


def out_of_swap(view: SwapsEnded, by: str, settings: SlackSettings) -> Message:
    """To somebody whose swap or cover another took back."""
    lines = "\n".join(_back(swap, view) for swap in view.swaps)
    return said(
        f"{lines}\n{mention(by)} took it back.", f"When you are on call: {typed(settings, 'oncall me')}"
    )


def _does(swap: Swap) -> str:
    if swap.kind == "cover":
        return f"{mention(swap.other)} takes the shifts of {mention(swap.one)}, who takes none in return,"
    return f"{mention(swap.one)} and {mention(swap.other)} take each other's shifts"


def _when(swap: Swap, zone: str) -> str:
    begins = "from now" if swap.begins == swap.created_at else f"from {zoned(swap.begins, zone)}"
    return f"{begins} until {zoned(swap.until, zone)}"


def _back(swap: Swap, view: SwapsEnded) -> str:
    """That a swap holds no longer."""
    own = f"{mention(swap.one)} and {mention(swap.other)} take their own shifts again"
    if swap.kind == "cover":
        own = f"{mention(swap.one)} has their own shifts again, without {mention(swap.other)}"
    return (
        f"🔁 *{plain(view.team.name)}*: {own}. It was agreed from {zoned(swap.begins, view.zone)} "
        f"until {zoned(swap.until, view.zone)}."
    )
