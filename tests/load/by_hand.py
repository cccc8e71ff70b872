"""Rides that people start by hand, at the same moment."""

import asyncio
import random
import time

from tests.load.figures import Report
from tests.load.players import Crew, Player, Rhythm
from tests.load.stage import LoadStage
from tests.load.strain import Strain

PAGED = "page in the channel, after the command"
WHERE = "incidents"
RHYTHM = Rhythm(to_click=(1.0, 3.0), between=(2.0, 5.0))


async def play(stage: LoadStage, people: int, title: str) -> Report:
    """So many people start a ride each, and ride it to its postmortem."""
    report = Report(title=title)
    names = [f"p{number + 1:02d}" for number in range(people)]
    crews = [
        Crew(
            name=name,
            players=[Player(stage.people[name], stage.eyes[name], report.waits)],
            waits=report.waits,
            rhythm=RHYTHM,
            chance=random.Random(name),
        )
        for name in names
    ]
    home = (await stage.people[names[0]].channel(WHERE)).id
    began = time.monotonic()
    async with Strain() as strain:
        done = await asyncio.gather(*(_ride(crew, home, report) for crew in crews), return_exceptions=True)
        report.facts["strain"] = strain.words()
    report.troubles += [
        f"{crew.name}: {found!r}" for crew, found in zip(crews, done, strict=True) if found is not None
    ]
    await stage.count_outcomes(report)
    report.calls = stage.calls(zero=began)
    return report


async def _ride(crew: Crew, home: str, report: Report) -> None:
    player, began = crew.players[0], time.monotonic()
    typing = asyncio.create_task(player.client.command(home, "/ride", "start alter-table-locks"))
    page = await player.paged()
    await typing
    report.waits.add(PAGED, page.at - began)
    await crew.ride()
