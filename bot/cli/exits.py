"""How a command ends: its exit codes, and what asks it to stop."""

import typer

from bot.base.stopping import Stopping

NOT_AS_EXPECTED = 1
WRONG_INPUT = 2
INTERRUPTED = 130


def stopping_of(context: typer.Context) -> Stopping:
    """What the command was begun with."""
    found = context.find_object(Stopping)
    if found is None:
        raise TypeError("the command line is started with `main`")
    return found
