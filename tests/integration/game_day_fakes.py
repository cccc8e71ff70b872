"""Rides, a hand, teams and a stage that the tests of game days can steer; the store is the real one."""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.gamedays.announcements import Said
from bot.rides.errors import (
    ChatRefusedError,
    EmptyTeamError,
    LearnerBusyError,
    NoMoreHintsError,
    RideOverError,
)
from bot.rides.ports import Channel, OnCall, Person
from bot.rides.start_line import StartLine
from bot.rides.views import RideGlance, Started, StartRequest, UnsentSymptom
from sandbox.errors import SandboxError
from scenarios.journal.events import Event, Outcome, RideEnded
from scenarios.loading.catalogue import Catalogue
from storage.records import UNDER_WAY, RideRecord
from storage.teams import Team
from tests.integration.engine_fakes import STARTED, FakeClock
from tests.unit.ride_journal import RideJournal

SCENARIO = Catalogue().load("alter-table-locks")


@dataclass
class FakeStage:
    """Remembers what was said where; refuses the steps named in `refuses`."""

    clock: FakeClock
    said: list[tuple[str, str, Said]] = field(default_factory=list)
    """(channel or person, key, what)"""
    edits: list[tuple[datetime, str, str, Said]] = field(default_factory=list)
    """(when, channel, ts, what)"""
    invited: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    channels: list[str] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    """All steps, those that were refused as well."""
    asked: list[str] = field(default_factory=list)
    """The people who were looked up."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def _check(self, step: str) -> None:
        self.tries.append(step)
        if step in self.refuses:
            raise ChatRefusedError(step, self.refuses[step])

    async def open_channel(self, workspace: str, name: str) -> Channel:
        self._check("open_channel")
        self.channels.append(name)
        return Channel(id=f"C{len(self.channels)}", name=name)

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        self.invited[channel] = (*self.invited.get(channel, ()), *people)
        self.changed.set()
        return {person: "cant_invite" for person in people if person in self.gone}

    async def members(self, workspace: str, channel: str) -> tuple[str, ...]:
        self._check("members")
        return self.invited.get(channel, ())

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None:
        self._check("set_topic")

    async def pin(self, workspace: str, channel: str, ts: str) -> None:
        self._check("pin")

    async def person(self, workspace: str, person: str) -> Person:
        self.asked.append(person)
        if person == "NOBODY":
            raise ChatRefusedError("users.info", "user_not_found")
        return Person(id=person, name=person.title(), handle=person, can_ride=not person.startswith("BOT"))

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]:
        return {key: f"{n}.0" for n, (where, key, _) in enumerate(self.said, 1) if where == channel}

    async def post(self, workspace: str, channel: str, said: Said, *, key: str) -> str:
        self._check("post")
        self.said.append((channel, key, said))
        self.changed.set()
        return f"{len(self.said)}.0"

    async def update(self, workspace: str, channel: str, ts: str, said: Said) -> None:
        self._check("update")
        self.edits.append((self.clock.now(), channel, ts, said))
        self.changed.set()

    async def direct(self, workspace: str, person: str, said: Said, *, key: str) -> None:
        self._check("direct")
        self.said.append((person, key, said))
        self.changed.set()

    def told(self, where: str) -> list[Said]:
        """What was said in a place, in order."""
        return [what for place, _, what in self.said if place == where]


@dataclass
class FakeTeams:
    """Teams by id; each is named after its id."""

    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The teams whose people were looked up."""

    def team(self, team: str) -> Team:
        return Team(id=team, workspace="T1", name=team.title(), created_by="U9", created_at=STARTED)

    async def teams(self, workspace: str) -> list[Team]:
        return [self.team(team) for team in self.people]

    async def members(self, team: Team) -> tuple[str, ...]:
        self.asked.append(team.id)
        return self.people[team.id]

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        members = self.people[team.lower()]
        if not members:
            raise EmptyTeamError(team)
        secondary = members[1] if len(members) > 1 else None
        return OnCall(team=team.lower(), name=team, primary=members[0], secondary=secondary, members=members)


@dataclass
class FakeRides:
    """Rides that a test brings to their end. Also the hand, which writes down what it did."""

    clock: FakeClock
    records: dict[str, RideRecord] = field(default_factory=dict)
    journals: dict[str, list[Event]] = field(default_factory=dict)
    requests: list[StartRequest] = field(default_factory=list)
    acts: list[tuple[str, ...]] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    refuses: dict[str, Exception] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Rides whose server is gone."""
    """Team to what its start raises, once."""
    voids: set[str] = field(default_factory=set)
    """Teams whose sandboxes don't start."""
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """Teams whose rides are not ready before this."""
    watchers: list[Callable[[str], None]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # -- bot.gamedays.ports.Starter

    def watch(self, callback: Callable[[str], None]) -> None:
        self.watchers.append(callback)

    async def start_for(self, request: StartRequest) -> Started:
        assert request.roster is not None
        team = request.roster.team
        if (error := self.refuses.pop(team, None)) is not None:
            raise error
        for person in request.learners:
            if (other := await self.live_for_person(request.workspace, person)) is not None:
                raise LearnerBusyError(person, other.id, other.scenario, other.channel)
        ride = f"r{len(self.records) + 1}"
        if request.line is not None:
            request.line.expect(ride)
        self.requests.append(request)
        self.records[ride] = RideRecord(
            id=ride,
            workspace=request.workspace,
            scenario=request.scenario,
            version=SCENARIO.version,
            document=SCENARIO.model_dump_json(),
            state="preparing",
            started_by=request.by,
            learners=tuple(request.learners),
            channel=f"INC{ride}",
            created_at=self.clock.now(),
            team=team,
            game_day=request.game_day,
        )
        self.journals[ride] = []
        task = asyncio.create_task(self._live(ride, request.line))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return Started(ride=ride, scenario=SCENARIO, learners=tuple(request.learners))

    async def _live(self, ride: str, line: StartLine | None) -> None:
        assert line is not None
        if self.records[ride].team in self.voids:
            line.leave(ride)
            self.end_unborn(ride, "No room on the disk.")
            return
        if (goes_on := self.held.get(self.records[ride].team or "")) is not None:
            await goes_on.wait()
        await line.ready(ride)
        self.journals[ride] = RideJournal().events
        self.go_live(ride)

    # -- what tests do

    def ride_of(self, team: str) -> str:
        """The newest ride of a team."""
        return [ride for ride, record in self.records.items() if record.team == team][-1]

    def go_live(self, ride: str) -> None:
        """The incident stands."""
        self._change(ride, state="live", live_at=self.clock.now())

    def finish(self, team: str, journal: RideJournal, outcome: Outcome = Outcome.RESOLVED) -> None:
        """Bring a team's ride to its end, with this journal."""
        ride = self.ride_of(team)
        self.journals[ride] = [*journal.events, RideEnded(at=journal.now, outcome=outcome, reason="x")]
        self._change(ride, state=outcome.value, ended_at=self.clock.now())

    def end_unborn(self, ride: str, reason: str) -> None:
        """A ride that was never live is void."""
        self.journals[ride].append(RideEnded(at=self.clock.now(), outcome=Outcome.VOID, reason=reason))
        self._change(ride, state="void", ended_at=self.clock.now())

    def _change(self, ride: str, **fields: object) -> None:
        self.records[ride] = dataclasses.replace(self.records[ride], **fields)  # type: ignore[arg-type]
        for watcher in self.watchers:
            watcher(ride)
        self.changed.set()

    # -- bot.gamedays.ports.RideBook

    async def get(self, ride_id: str) -> RideRecord | None:
        return self.records.get(ride_id)

    async def journal(self, ride_id: str, *, after: int = 0) -> list[tuple[int, Event]]:
        return list(enumerate(self.journals[ride_id], 1))

    async def live_for_person(self, workspace: str, person: str) -> RideRecord | None:
        for record in self.records.values():
            if person in record.learners and record.state in UNDER_WAY:
                return record
        return None

    # -- bot.gamedays.ports.Hand

    def _act(self, *act: str) -> None:
        if act[1] in self.broken:
            raise SandboxError("It is gone.")
        if self.records[act[1]].state not in UNDER_WAY:
            raise RideOverError(act[1], preparing=False)
        self.acts.append(act)

    async def pause(self, workspace: str, ride: str, by: str) -> None:
        self._act("pause", ride, by)
        self.paused.add(ride)
        self._change(ride)

    async def resume(self, workspace: str, ride: str, by: str) -> None:
        self._act("resume", ride, by)
        self.paused.discard(ride)
        self._change(ride)

    async def extend(self, workspace: str, ride: str, by: str, span: timedelta) -> None:
        self._act("extend", ride, by, str(span))

    async def send_symptom(self, workspace: str, ride: str, by: str, step: str) -> None:
        self._act("symptom", ride, by, step)

    async def reveal_hint(self, workspace: str, ride: str, by: str) -> None:
        if any(act[:2] == ("hint", ride) for act in self.acts):
            raise NoMoreHintsError(1)
        self._act("hint", ride, by)

    async def speak(self, workspace: str, ride: str, by: str, speaker: str, text: str) -> None:
        self._act("speak", ride, by, speaker, text)

    async def end(self, workspace: str, ride: str, by: str) -> None:
        self._act("end", ride, by)
        if self.records[ride].live_at is None:
            self.end_unborn(ride, "Ended by a facilitator.")
        else:
            self.finish(self.records[ride].team or "", RideJournal(), Outcome.STOPPED)

    async def glance(self, workspace: str, ride: str) -> RideGlance:
        record = self.records[ride]
        live = record.live_at is not None
        return RideGlance(
            ride=ride,
            scenario=SCENARIO,
            state=record.state,
            learners=record.learners,
            team=record.team,
            channel=record.channel,
            elapsed=self.clock.now() - record.live_at if record.live_at is not None else None,
            remaining=timedelta(minutes=15) if live else None,
            paused=ride in self.paused,
            acknowledged_by=None,
            hints_taken=0,
            hints_total=3,
            recovering=False,
            total=None,
            unsent=(UnsentSymptom(id="eta", speaker="Kim", text="When?"),),
            to_fix=None,
        )
