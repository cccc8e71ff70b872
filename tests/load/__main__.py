"""`make load`: play days with many teams at Slack's rates, and print what was measured.

`python -m tests.load [--calls FOLDER] [PLAY …]`. The figures are those of this machine at this moment.
"""

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from tests.load.figures import Report, show
from tests.load.plays import PLAYS, Play


def main() -> None:
    """Play those that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("plays", nargs="*", metavar="PLAY", help=f"of {', '.join(PLAYS)}; default: all")
    parser.add_argument("--calls", type=Path, metavar="FOLDER", help="write every call of Slack's there")
    given = parser.parse_args()
    if unknown := [name for name in given.plays if name not in PLAYS]:
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(PLAYS)}")
    console = Console(width=110)
    for name in given.plays or PLAYS:
        report = asyncio.run(_played(PLAYS[name]))
        show(report, console)
        if given.calls is not None and report.calls is not None:
            report.calls.write(given.calls / f"{name}.jsonl")


async def _played(play: Play) -> Report:
    return await play()


if __name__ == "__main__":
    main()
