"""What it costs to know a whole game day's people, at a workspace with Slack's rates."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.people.oncall.rosters import TeamRosters
from bot.people.rights import ChatRights
from bot.slack.manifest import manifest
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from bot.slack.transport.kept import FRESH, RENEW_AFTER
from bot.workspace.company.state import User, UserGroup
from bot.workspace.server import Workspace
from storage.database import Database, sqlite_url
from storage.facilitators import FacilitatorStore
from storage.teams import Team, TeamStore
from tests.integration.engine_fakes import FakeClock

TEAMS, SIZE = 16, 5


class CountedCalls:
    """A meter that counts the calls of each method, and what became of them."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.refused = 0

    def called(self, method: str, code: str) -> None:
        if method != "auth.test":
            self.calls[method] += 1

    def rate_limited(self, method: str) -> None:
        self.refused += 1

    def waited(self, importance: str, seconds: float) -> None: ...

    def other_connections(self, number: int) -> None: ...

    def taken(self) -> dict[str, int]:
        """The calls since the last look."""
        calls, self.calls = self.calls, Counter()
        return dict(calls)


class Stage:
    """A workspace with a crowd in it, which tells the app nothing by events: its manifest is an old one."""

    def __init__(self, workspace: Workspace, database: Database) -> None:
        self.workspace, self.state = workspace, workspace.state
        self.people = [f"UCROWD{number:03}" for number in range(TEAMS * SIZE)]
        for number, person in enumerate(self.people):
            self.state.users[person] = User(
                id=person, name=f"crowd{number}", real_name=f"Crowd {number}", color="9f5f3f"
            )
        app = manifest(SlackSettings())
        app["settings"]["event_subscriptions"]["bot_events"] = ["app_mention"]
        workspace.install(app)
        self.meter, self.clock = CountedCalls(), FakeClock()
        settings = SlackSettings(bot_token=workspace.bot_token, api_url=workspace.api_url)
        self.slack = SlackApp(settings, meter=self.meter, clock=self.clock)
        self.rosters = TeamRosters(TeamStore(database), self.slack.chat)
        self.rights = ChatRights(self.slack.chat, (), FacilitatorStore(database))

    def teams(self, *, groups: bool = False) -> list[Team]:
        """Everybody in teams of five, as their members or as user groups."""
        crews = [tuple(self.people[start : start + SIZE]) for start in range(0, len(self.people), SIZE)]
        if groups:
            for number, crew in enumerate(crews):
                name = f"SCREW{number}"
                self.state.groups[name] = UserGroup(
                    id=name, name=name, handle=name.lower(), users=crew, created=0
                )
        return [
            Team(
                id=f"t{number}",
                workspace=self.state.team.id,
                name=f"crew-{number}",
                members=() if groups else crew,
                group=f"SCREW{number}" if groups else None,
                created_by=crew[0],
                created_at=self.clock.now(),
            )
            for number, crew in enumerate(crews)
        ]

    def change(self, person: str, *, is_admin: bool = False, deleted: bool = False) -> None:
        """Somebody is this from now on."""
        user = self.state.users[person]
        self.state.users[person] = replace(user, is_admin=is_admin, deleted=deleted)

    async def crews(self, teams: list[Team]) -> list[tuple[str, ...]]:
        """Who can ride, asked for each team by itself, all at the same time."""
        return await asyncio.gather(*(self.rosters.members(team) for team in teams))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with (
        Workspace(rate_limits=True) as workspace,
        Database(sqlite_url(tmp_path / "ride.sqlite3")) as database,
    ):
        stage = Stage(workspace, database)
        yield stage
        await stage.slack.close()


@pytest.mark.parametrize("groups", [False, True])
async def test_sixteen_teams_of_five_cost_a_few_calls_and_a_second_form_none(
    stage: Stage, groups: bool
) -> None:
    teams = stage.teams(groups=groups)
    lists = {"users.list": 1, "usergroups.list": 1} if groups else {"users.list": 1}
    assert [person for crew in await stage.crews(teams) for person in crew] == stage.people
    assert stage.meter.taken() == lists
    assert await stage.rosters.members_of(stage.state.team.id, teams) == await stage.crews(teams)
    for person in stage.people:
        assert not await stage.rights.is_admin(stage.state.team.id, person)
    assert stage.meter.taken() == {}
    stage.clock.move(RENEW_AFTER)
    await stage.crews(teams)
    await stage.slack.background.close(grace=5)
    assert stage.meter.taken() == lists
    assert stage.meter.refused == 0


async def test_without_events_who_leaves_and_who_is_an_admin_no_more_is_seen_in_time(stage: Stage) -> None:
    (team, *_), leaver = stage.teams(), stage.people[0]
    workspace = team.workspace
    stage.change(leaver, is_admin=True)
    assert await stage.rosters.members(team) == team.members
    assert await stage.rights.is_admin(workspace, leaver)
    assert stage.meter.taken() == {"users.info": SIZE}
    stage.change(leaver, deleted=True)
    stage.clock.move(FRESH - timedelta(seconds=1))
    assert await stage.rosters.members(team) == team.members, "given at once, and renewed beside"
    await stage.slack.background.close(grace=5)
    assert await stage.rosters.members(team) == team.members[1:]
    assert stage.meter.taken() == {"users.info": SIZE}
    stage.change(leaver, is_admin=True)
    stage.clock.move(FRESH)
    assert await stage.rights.is_admin(workspace, leaver)
    stage.change(leaver)
    stage.clock.move(FRESH)
    assert not await stage.rights.is_admin(workspace, leaver), "no older answer is given"
