"""The engine's front door: what people ask for."""

from collections.abc import Callable, Sequence

from bot.base import log_context
from bot.rides import (
    calling_off,
    incident_card,
    joining,
    paging,
    pausing,
    retelling,
    roles,
    status_updates,
    symptoms,
)
from bot.rides.announcements import StatusText
from bot.rides.counts import timed
from bot.rides.dependencies import Parts
from bot.rides.errors import ConnectUnavailableError, NoMoreHintsError, NotALearnerError, RideOverError
from bot.rides.fleet import Fleet
from bot.rides.live import LiveRide
from bot.rides.opening import Launch
from bot.rides.readers import Readers
from bot.rides.starting import accept, may_start
from bot.rides.storage_news import StorageNews
from bot.rides.views import (
    Connection,
    Listing,
    Origin,
    RideStatus,
    Started,
    StartRequest,
    StatusQuestion,
    StopQuestion,
)
from sandbox.answer import Answer, Refused
from sandbox.errors import SandboxError
from scenarios.journal.events import HintTaken, IncidentRole, MetaCommandTried, SymptomShown


class Rides:
    """All rides of this program. `Front` for the chat's listeners; `begin` and `close` for the program."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._fleet = Fleet(parts)
        self._readers = Readers(parts)

    # -- the program's side

    @property
    def parts(self) -> Parts:
        """What the engine is built of."""
        return self._parts

    @property
    def fleet(self) -> Fleet:
        """The rides that run."""
        return self._fleet

    async def look_back(self) -> None:
        """Know what an earlier life of the program left: from then on people can be served."""
        await self._fleet.look_back()

    async def begin(self) -> None:
        """Take up what an earlier life of the program left; who asks for it meanwhile waits."""
        await self._fleet.begin()

    async def close(self, *, stop_rides: bool = False) -> None:
        """End the program's part. Live rides wait for its next life, or are ended now with `stop_rides`."""
        await self._fleet.close(stop_rides=stop_rides)

    async def abandon(self, gone: Callable[[str], bool]) -> None:
        """No ride goes on in workspaces that are gone, and nothing is said there any more."""
        await self._fleet.abandon(gone)

    async def wait_idle(self) -> None:
        """Until no ride runs any more."""
        await self._fleet.wait_idle()

    async def sweep(self) -> None:
        """Do what is due by the clock, for tests that move it."""
        await self._fleet.timeline.sweep()
        await self._fleet.timeline.all_done()

    @property
    def storage_news(self) -> StorageNews:
        """Tells those who ride of our storage."""
        return self._fleet.storage_news

    def watch(self, callback: Callable[[str], None]) -> None:
        """Call back with a ride's id whenever its record or journal has changed: it must be quick."""
        self._fleet.watch(callback)

    # -- commands

    async def start(
        self,
        workspace: str,
        person: str,
        slug: str,
        learners: Sequence[str],
        origin: Origin,
        *,
        team: str | None = None,
    ) -> Started:
        roster = None
        if team is not None:
            roster = await self._parts.rosters.on_call(workspace, team, self._parts.clock.now())
        await may_start(self._parts, workspace, person, learners, roster)
        return await self.start_for(
            StartRequest(
                workspace=workspace,
                by=person,
                scenario=slug,
                learners=tuple(learners),
                roster=roster,
                origin=origin,
            )
        )

    async def start_for(self, request: StartRequest) -> Started:
        """Accept a ride and go on in the background; nobody is asked about rights.

        Raises UnknownScenarioError, and CannotRideError, LearnerBusyError or EmptyTeamError when nobody is
        left who can ride.
        """
        await self._readers.look(request.workspace, request.scenario)
        accepted = await accept(self._parts, request)
        self._fleet.launch(
            accepted, Launch(called=accepted.called, line=request.line, rouse=self._fleet.rouse)
        )
        return Started(
            ride=accepted.record.id,
            scenario=accepted.scenario,
            learners=accepted.record.learners,
            left_out=accepted.left_out,
            team=request.roster.name if request.roster is not None else None,
        )

    async def status(self, workspace: str, person: str, channel: str | None) -> RideStatus:
        ride = await self._fleet.find(workspace, person, channel)
        live = ride.live
        await self._seen(ride, person)
        elapsed = ride.elapsed() if live else None
        acknowledged, called = ride.acknowledged, ride.called
        return RideStatus(
            ride=ride.id,
            scenario=ride.scenario,
            state=ride.record.state,
            learners=ride.record.learners,
            channel=ride.record.channel,
            elapsed=elapsed,
            remaining=ride.remaining if live else None,
            acknowledged_by=acknowledged.person if acknowledged else None,
            hints_taken=ride.hints_taken,
            hints_total=len(ride.scenario.hints),
            recovering=ride.recovery is not None,
            paused=ride.paused,
            team=called.name if called else None,
            waits=incident_card.waiting(ride),
        )

    async def hint(self, workspace: str, person: str, channel: str | None) -> None:
        ride = await self._riding(await self._fleet.find(workspace, person, channel), person)
        async with ride.hinting:
            taken, hints = ride.hints_taken, ride.scenario.hints
            if taken >= len(hints):
                raise NoMoreHintsError(len(hints))
            given = HintTaken(at=self._parts.clock.now(), person=person, number=taken + 1)
            await ride.note(given)
        ride.say_soon(
            retelling.hint(ride, given), key=retelling.hint_key(given.number), otherwise_to=[person]
        )

    async def connect(self, workspace: str, person: str, channel: str | None) -> Connection:
        if self._parts.connect_host is None:
            raise ConnectUnavailableError
        ride = await self._riding(await self._fleet.find(workspace, person, channel), person)
        handle = (await self._parts.chat.person(workspace, person)).handle
        if ride.sandbox is None:
            raise RideOverError(ride.id, preparing=True)
        login = await ride.sandbox.add_person(person, handle)
        await self._seen(ride, person)
        return Connection(ride=ride.id, login=login, dsn=login.dsn(self._parts.connect_host))

    async def stop(self, workspace: str, person: str, channel: str | None) -> str | StopQuestion:
        ride = await self._fleet.find(workspace, person, channel)
        return await calling_off.stop(ride, person, sure=False) or ride.id

    async def stop_surely(self, workspace: str, person: str, ride: str) -> None:
        await calling_off.stop(await self._fleet.by_id(workspace, ride), person, sure=True)

    async def list(self) -> Listing:
        scenarios = self._parts.scenarios
        return Listing(scenarios=tuple(scenarios.load(slug) for slug in scenarios.slugs()))

    async def acknowledge(self, workspace: str, person: str, ride: str) -> None:
        found = await self._riding(await self._fleet.by_id(workspace, ride), person)
        await paging.acknowledge(found, person, "button")

    async def take_role(self, workspace: str, person: str, ride: str, role: IncidentRole) -> None:
        found = await self._riding(await self._fleet.by_id(workspace, ride), person)
        await roles.take_or_leave(found, person, role)
        await self._seen(found, person)

    async def status_question(
        self, workspace: str, person: str, *, ride: str | None, channel: str | None, step: str | None
    ) -> StatusQuestion:
        if ride is not None:
            found = await self._fleet.by_id(workspace, ride)
        else:
            found = await self._fleet.find(workspace, person, channel)
        if not await joining.may_join(found, person):
            raise NotALearnerError(found.id, found.record.learners)
        self._live(found)
        await joining.refuse_facilitators(found, person)
        # Now, and not when they have written it.
        await joining.is_free(found, person)
        asked = _asked(found, step)
        return StatusQuestion(
            ride=found.id,
            alert=found.scenario.alert,
            step=asked.step if asked is not None else None,
            speaker=symptoms.speaker(found, asked.step) if asked is not None else None,
        )

    async def update_status(
        self, workspace: str, person: str, ride: str, step: str | None, update: StatusText
    ) -> None:
        found = await self._riding(await self._fleet.by_id(workspace, ride), person)
        await status_updates.post(found, person, update, _asked(found, step))
        await self._seen(found, person)

    async def sql(self, workspace: str, person: str, channel: str | None, text: str) -> Answer:
        ride = await self._riding(await self._fleet.find_here(workspace, person, channel), person)
        if ride.sandbox is None:
            raise RideOverError(ride.id, preparing=True)
        pausing.refuse_in_pause(ride)
        try:
            session = await ride.sandbox.session(person)
            answer = await timed(self._parts, session.run(text))
        except SandboxError:
            raise RideOverError(ride.id, preparing=False) from None
        if isinstance(answer, Refused) and answer.meta_command is not None:
            await ride.note(
                MetaCommandTried(at=self._parts.clock.now(), person=person, command=answer.meta_command)
            )
        return answer

    async def cancel_sql(self, workspace: str, person: str, ride: str, session: int = 1) -> bool:
        found = await self._fleet.by_id(workspace, ride)
        if person not in found.record.learners:
            raise NotALearnerError(found.id, found.record.learners)
        if found.sandbox is None or found.ended is not None:
            return False
        sessions = await found.sandbox.session(person)
        return await sessions.cancel(session)

    def _live(self, ride: LiveRide) -> LiveRide:
        if ride.ended is not None or ride.live is None:
            raise RideOverError(ride.id, preparing=ride.ended is None)
        return ride

    async def _riding(self, ride: LiveRide, person: str) -> LiveRide:
        """The ride, if it is live and the person rides: whoever is in its channel joins by acting."""
        log_context.is_about(workspace=ride.record.workspace, ride=ride.id)
        if person not in ride.roles.values():
            await self._readers.look(ride.record.workspace, ride.record.scenario)
        await joining.join(ride, person)
        return self._live(ride)

    async def _seen(self, ride: LiveRide, person: str) -> None:
        """A learner who does anything in the ride is there: no more pages."""
        if person in ride.record.learners and ride.live is not None and ride.ended is None:
            await paging.acknowledge(ride, person, "activity")


def _asked(ride: LiveRide, step: str | None) -> SymptomShown | None:
    """The symptom that an update answers: the one that is named, or the newest that waits for one."""
    if step is None:
        return status_updates.open_question(ride)
    return status_updates.question(ride, step)
