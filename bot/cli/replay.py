"""`ride replay`: the card once more, from nothing but the stored journal."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from bot.base.config import Settings, load_settings
from bot.base.stopping import first
from bot.cli.cards import card_as_json, print_card, print_json
from bot.cli.exits import INTERRUPTED, NOT_AS_EXPECTED, stopping_of
from bot.exporting.stored_rides import find_ride
from scenarios.judging.scoring import score


async def replay(settings: Settings, ride: str, console: Console, *, as_json: bool) -> bool:
    """Recompute a ride's card and compare it with the stored one.

    Raises UnknownRideError, and a StorageError when no database that can be read has the ride.
    """
    stored = await find_ride(settings, ride)
    again = score(stored.scenario, stored.events)
    same = stored.card == again
    if as_json:
        print_json({**card_as_json(again), "same": same})
    else:
        print_card(console, again)
        console.print(_comparison(same, stored.card is not None, len(stored.events)), soft_wrap=True)
    return same


def _comparison(same: bool, stored: bool, events: int) -> str:
    if same:
        return f"Replayed {events} events: the scorecard matches the stored one."
    if stored:
        return f"Replayed {events} events: the scorecard does NOT match the stored one."
    return f"Replayed {events} events. No scorecard is stored: this ride has not ended."


def command(
    context: typer.Context,
    ride: Annotated[str, typer.Argument(help="The ride's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the scorecard as one JSON object.")] = False,
) -> None:
    """Recompute a ride's scorecard from its journal and compare it with the stored one."""
    settings = load_settings()

    async def work(stopped: asyncio.Event) -> int:
        replayed = replay(settings, ride, Console(highlight=False), as_json=as_json)
        same = await first(stopped, replayed)
        return INTERRUPTED if same is None else (0 if same else NOT_AS_EXPECTED)

    raise typer.Exit(stopping_of(context).run(work))
