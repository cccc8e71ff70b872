"""A game day in the local workspace: its people, its teams, and what they see of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.slack.messages.console import read_target
from bot.workspace.json_values import JsonObject
from bot.workspace.people.client import Message, UserClient, WorkspaceClient
from bot.workspace.people.client_shapes import View, WorkspaceInfo
from tests.acceptance.ride_fixtures import PATIENCE, Stage, ask, private, result_of

CREWS = {
    "apes": ("dana", "sam"),
    "bears": ("ines", "noor"),
    "cats": ("kofi", "mei"),
    "dogs": ("tomas", "aoife"),
}
LOOK = "SELECT pid, state, wait_event_type, pg_blocking_pids(pid) FROM pg_stat_activity"
END_IT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migration_runner%'"
)
KILL_A_VICTIM = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name LIKE 'app_writer%' AND wait_event_type = 'Lock' LIMIT 1"
)
SOON = timedelta(seconds=75)
"""The hour is no sooner than this, or four teams would be moved to a later one: 45 seconds to prepare a ride
at this speed, and 20 for the channels of four teams and of the day."""
A_WHILE = 200.0
"""Seconds until rides are live that are to go live now: what preparing takes, and on to a full minute."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A message was seen to change."""

    at: float
    """Seconds of a clock that only goes on."""
    ts: str


@dataclass
class DayStage:
    """The people of a stage, one of whom runs a game day."""

    stage: Stage
    lobby: str
    channel: str = ""
    console: str = ""
    edits: list[Edit] = field(default_factory=list)

    @classmethod
    async def on(cls, stage: Stage) -> "DayStage":
        """The stage, with nothing planned yet."""
        return cls(stage=stage, lobby=(await stage.dana.channel("ride-club")).id)

    @property
    def lee(self) -> UserClient:
        """Who facilitates."""
        return self.stage.people["lee"]

    def crew(self, team: str) -> tuple[UserClient, ...]:
        """The people of a team."""
        return tuple(self.stage.people[name] for name in CREWS[team])

    async def info(self) -> WorkspaceInfo:
        """The workspace, with everybody in it."""
        async with WorkspaceClient(self.stage.demo.workspace.url) as client:
            return await client.info()

    async def deactivate(self, name: str) -> None:
        """Somebody leaves the workspace."""
        async with WorkspaceClient(self.stage.demo.workspace.url) as client:
            await client.deactivate(name)

    async def make_teams(self, crews: Mapping[str, tuple[str, ...]] = CREWS) -> None:
        """Type the commands that make the teams."""
        for team, names in crews.items():
            mentions = " ".join(f"@{name}" for name in names)
            told = await ask(
                self.stage.people[names[0]], self.lobby, "/ride", f"team create {team} {mentions}", private
            )
            assert team in told.words

    async def open_form(self) -> View:
        """Ask for the form that plans a day."""
        await self.lee.command(self.lobby, "/ride", "gameday create")
        return await self.lee.wait_for_view(lambda view: view.callback_id == "gameday_create", PATIENCE)

    def filled(self, view: View, moment: datetime, **changes: JsonObject) -> dict[str, dict[str, JsonObject]]:
        """What lee fills in: all teams, one incident, at this moment; `changes` by block."""
        local = moment.astimezone(ZoneInfo(self.lee.user.tz))
        values: dict[str, JsonObject] = {
            "name": {"value": "Winter"},
            "day": {"selected_date": f"{local:%Y-%m-%d}"},
            "time": {"selected_time": f"{local:%H:%M}"},
            "pick": {"selected_option": {"value": "chosen"}},
            "scenarios": {"selected_options": [{"value": "alter-table-locks"}]},
            "teams": {"selected_options": [{"value": value} for value in options(view, "teams").values()]},
            "facilitators": {"selected_users": [self.lee.id]},
            **changes,
        }
        return {block: {block: state} for block, state in values.items()}

    async def answer_to(self, form: View, fits: Callable[[View], bool]) -> View:
        """What a form's modal shows after it was sent, as soon as it fits."""
        return await self.lee.wait_for_view(lambda view: view.id == form.id and fits(view), PATIENCE)

    async def find_channels(self) -> None:
        """Wait until lee is in both channels."""
        day = await self.lee.wait_for_conversation(lambda one: one.name == "gameday-winter", PATIENCE)
        console = await self.lee.wait_for_conversation(
            lambda one: one.name == "gameday-winter-console", PATIENCE
        )
        self.channel, self.console = day.id, console.id

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Write down when messages of the day's channel change."""

        async def watch() -> None:
            async with self.lee.changes() as changes:
                began.set()
                async for change in changes:
                    if change.type == "message_changed" and change.channel == self.channel and change.ts:
                        self.edits.append(Edit(at=time.monotonic(), ts=change.ts))

        began = asyncio.Event()
        task = asyncio.create_task(watch())
        await began.wait()
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def page_of(self, person: UserClient) -> Message:
        """Wait for a team's page, in their incident channel."""
        opened = await person.wait_for_conversation(lambda one: one.name.startswith("inc-"), A_WHILE)
        return await person.wait_for(opened.id, lambda m: "acknowledge" in m.buttons, PATIENCE)

    async def incident(self, person: UserClient) -> str:
        """The channel of a person's incident."""
        opened = await person.wait_for_conversation(lambda one: one.name.startswith("inc-"), PATIENCE)
        return opened.id

    async def runs(self, person: UserClient, *statements: str) -> None:
        """Run SQL in the person's incident, and wait for each result."""
        channel = await self.incident(person)
        for statement in statements:
            await ask(person, channel, "/sql", statement, result_of(person))

    async def board(self, fits: Callable[[Message], bool], *, patience: float = PATIENCE) -> Message:
        """The scoreboard, as soon as it fits."""
        return await self.lee.wait_for(self.channel, lambda m: "Scoreboard" in m.text and fits(m), patience)

    async def click(self, action: str, team: str | None = None) -> None:
        """Click a control of the console."""
        wanted = f"{action}:{await self.team_id(team)}" if team is not None else action
        message = await self.lee.wait_for(self.console, lambda m: wanted in m.buttons, PATIENCE)
        await self.lee.click(self.console, message.ts, wanted)

    async def team_id(self, team: str) -> str:
        """The id that a team's controls carry, as soon as it has some."""
        message = await self.lee.wait_for(self.console, lambda m: _controlled(m, team) is not None, PATIENCE)
        found = _controlled(message, team)
        assert found is not None
        return found


def _controlled(message: Message, team: str) -> str | None:
    """The id that a team's controls in the console carry; None where it has none."""
    if "Controls of" not in message.text:
        return None
    name = ""
    for block in message.blocks:
        if block["type"] == "section":
            name = str(block["text"]["text"]).partition("*")[2].partition("*")[0]
        elif name == team:
            target = read_target(str(block["elements"][0]["value"]))
            return target.team if target is not None else None
    return None


def options(view: View, block: str) -> dict[str, str]:
    """The options of a form's menu: text to value."""
    element = next(one["element"] for one in view.blocks if one.get("block_id") == block)
    return {option["text"]["text"]: option["value"] for option in element["options"]}


def next_minute(now: datetime, at_least: timedelta = SOON) -> datetime:
    """The first full minute that isn't too soon."""
    return (now + at_least).replace(second=0, microsecond=0) + timedelta(minutes=1)
