"""No answer of Slack's ends a ride: whole rides with spoiled answers, compared with one without."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.slack.transport import web_api
from bot.slack.transport.budget import Budget
from bot.workspace.errors import ControlError
from bot.workspace.server import Workspace
from tests.acceptance import mishap_cells, mishap_ride
from tests.acceptance.mishap_cells import RIDES, Cell
from tests.acceptance.mishap_ride import Account
from tests.slack_proxy import SlackProxy

AT_ONCE = 6
"""Rides, each in a workspace of its own: they mostly wait for the ride's clock and for the next try."""
OFTEN = 1_000
BUSY = 30.0
"""Seconds instead of Slack's 3: with so many rides at once a busy machine may stand still for longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ridden:
    """A ride that was tried; without an account it came to no end, for this `failure`."""

    spoiled: tuple[Cell, ...]
    never_met: tuple[Cell, ...]
    account: Account | None = None
    failure: str = ""

    def complaints(self, clean: Account) -> list[str]:
        """What is wrong with it, and what was spoiled in it."""
        if self.account is None:
            wrong = [self.failure]
        else:
            wrong = self.account.differences(clean) + [f"not spoiled: {cell}" for cell in self.never_met]
        return [*wrong, *(f"    spoiled: {cell}" for cell in self.spoiled), ""] if wrong else []


async def ride(folder: Path, cache_folder: Path, cells: Sequence[Cell], *, rates: bool) -> Ridden:
    """One ride, with these answers spoiled."""
    workspace = Workspace(
        rate_limits=rates, outside_marketplace=rates, acknowledge_within=BUSY, triggers_last=BUSY
    )
    account, failure = None, ""
    async with SlackProxy() as proxy:
        plans = mishap_cells.spoil(proxy, cells)
        try:
            async with mishap_ride.stage_of(folder, cache_folder, proxy, workspace) as stage:
                record = await mishap_ride.ride_to_the_end(stage)
                stored = await mishap_ride.written(stage, record)
            # Not before the program has ended: until then something may come twice.
            account = mishap_ride.account(stored, workspace.state)
        except (TimeoutError, AssertionError, ControlError) as error:
            failure = f"it stood still: {error}"
    never_met = (cell for cell, plan in plans.items() if not plan.done and not cell.slot.in_doubt)
    return Ridden(
        account=account,
        failure=failure,
        spoiled=tuple(cell for cell, plan in plans.items() if plan.done),
        never_met=tuple(never_met),
    )


async def complaints(
    tmp_path: Path, cache_folder: Path, spoiled: Sequence[Sequence[Cell]], *, rates: bool
) -> list[str]:
    """What is wrong with rides of which each has these answers spoiled; the first of all has none."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(folder: Path, cells: Sequence[Cell]) -> Ridden:
        async with at_once:
            return await ride(folder, cache_folder, cells, rates=rates)

    rides: list[Sequence[Cell]] = [(), *spoiled]
    folders = [tmp_path / str(number) for number in range(len(rides))]
    for folder in folders:
        folder.mkdir()
    ridden = await asyncio.gather(*map(one, folders, rides))
    clean = ridden[0].account
    assert clean is not None, ridden[0].failure
    return [text for one in ridden for text in one.complaints(clean)]


@pytest.fixture
def searches_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's history without its rate: else the many mishaps of one ride would wait for each other."""

    def budget(rates: dict[str, int]) -> Budget:
        return Budget(rates | {"conversations.history": OFTEN, "conversations.replies": OFTEN})

    monkeypatch.setattr(web_api, "Budget", budget)


@pytest.mark.usefixtures("searches_often")
async def test_no_answer_of_slacks_changes_a_ride(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mishap_ride.impatient(monkeypatch)
    caplog.set_level(logging.ERROR)
    table = [tuple(mishap_cells.cells(number)) for number in RIDES]
    told = await complaints(tmp_path, cache_folder, table, rates=False)
    assert not told, "\n".join(told)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_one_answer_that_is_lost_makes_nothing_double_or_late_at_slacks_rates(
    tmp_path: Path, cache_folder: Path
) -> None:
    table = [(cell,) for cell in mishap_cells.alone()]
    told = await complaints(tmp_path, cache_folder, table, rates=True)
    assert not told, "\n".join(told)
