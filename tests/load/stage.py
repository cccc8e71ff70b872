"""Where load is played: the real program in a workspace with a crowd, at Slack's published rates."""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.base.config import Settings
from bot.cli.demo import Demo, running_demo
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.ride_fixtures import Stage
from tests.load.calls import CallLog
from tests.load.eyes import Eyes, Watch
from tests.load.figures import Report
from tests.slack_proxy import SlackProxy


@dataclass(frozen=True, kw_only=True)
class LoadStage:
    """A running demo with a crowd; all that it asks of Slack is counted."""

    demo: Demo
    proxy: SlackProxy
    people: Mapping[str, UserClient]
    eyes: Mapping[str, Eyes]
    began: float
    """When the proxy began, on time.monotonic."""

    @property
    def stage(self) -> Stage:
        """As other tests know it."""
        return Stage(demo=self.demo, people=self.people)

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.demo.workspace.state.team.id

    def calls(self, *, zero: float) -> CallLog:
        """What Slack was asked so far, told from this moment of time.monotonic."""
        return CallLog(self.proxy, zero=zero - self.began)

    async def count_outcomes(self, report: Report) -> None:
        """Write down how the rides ended."""
        rides = await self.demo.program.store.recent(self.team_id, 500)
        report.outcomes.update(ride.state for ride in rides)
        report.facts["rides"] = ", ".join(f"{count} {state}" for state, count in report.outcomes.items())


@asynccontextmanager
async def load_stage(*, crowd: int, slack_rates: bool = True) -> AsyncIterator[LoadStage]:
    """A stage of its own, with so many people (`p01`, `p02`, …) beside the usual ten."""
    workspace = Workspace(crowd=crowd, rate_limits=slack_rates, outside_marketplace=slack_rates)
    began = time.monotonic()
    cache = Path(tempfile.gettempdir()) / f"ride-test-cache-{os.geteuid()}"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ride-load-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with (
            SlackProxy() as proxy,
            running_demo(
                Settings(data_folder=folder, cache_folder=cache),
                folder,
                workspace=workspace,
                api_url=proxy.leads_to,
                progress=lambda _: None,
            ) as demo,
            WorkspaceClient(workspace.url) as client,
        ):
            users = (await client.info()).users
            people = {user.name: UserClient(client, user) for user in users if not user.is_bot}
            async with Watch(workspace, {name: one.id for name, one in people.items()}) as watch:
                yield LoadStage(demo=demo, proxy=proxy, people=people, eyes=watch.eyes, began=began)
