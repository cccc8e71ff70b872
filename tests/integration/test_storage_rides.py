"""Rides, timelines and scorecards in the database: what goes in, who may ride, who wins."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from scenarios.journal.events import Outcome, RidePaused, RideResumed
from scenarios.judging.scorecard import Dimension, Line, Quote, Scorecard, Times
from storage.database import Database
from storage.errors import (
    LearnerBusyError,
    RideExistsError,
    StaleRideError,
    UnknownRideError,
    UnknownStepError,
)
from storage.records import StepRecord
from storage.rides import RideStore
from tests.integration.storage_fixtures import NOW, ride

LATER = NOW + timedelta(minutes=15)
ELSEWHERE = timezone(timedelta(hours=5, minutes=45))


def step(name: str, minutes: float, **changes: object) -> StepRecord:
    values: dict[str, object] = {
        "ride": "r1",
        "step": name,
        "kind": "symptom",
        "due_at": NOW + timedelta(minutes=minutes),
    }
    return StepRecord(**(values | changes))  # type: ignore[arg-type]


class TestRide:
    async def test_comes_back_as_it_went_in(self, rides: RideStore) -> None:
        full = ride(
            learners=("U2", "U1"),
            document='{"title": "Größe 🐘"}',
            channel="C1",
            channel_name="inc-1",
            card_ts="1.0",
            origin_channel="C9",
            response_url="https://hooks.example/1",
            sandbox="s-1",
            log_offset=2**40,
            speed=30.5,
            live_at=LATER,
            ended_at=LATER,
            archive_at=LATER,
            postmortem_sent=True,
            archived=True,
        )
        await rides.add(full)
        await rides.add(ride("r2", workspace="T2"))
        assert await rides.get("r1") == full
        assert await rides.get("r2") == ride("r2", workspace="T2")
        assert await rides.get("r3") is None

    async def test_times_come_back_in_utc(self, rides: RideStore) -> None:
        await rides.add(ride(created_at=NOW.astimezone(ELSEWHERE)))
        stored = await rides.get("r1")
        assert stored is not None
        assert stored.created_at == NOW
        assert stored.created_at.tzinfo is UTC

    async def test_a_naive_time_is_refused(self, rides: RideStore) -> None:
        with pytest.raises(StatementError, match="has no time zone"):
            await rides.add(ride(created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
        assert await rides.get("r1") is None

    async def test_the_same_id_is_refused(self, rides: RideStore) -> None:
        await rides.add(ride())
        with pytest.raises(RideExistsError):
            await rides.add(ride(learners=("U2",)))


class TestUpdate:
    async def test_stores_the_fields_and_counts_the_revision(self, rides: RideStore) -> None:
        await rides.add(ride())
        changed = await rides.update(replace(ride(), state="live", live_at=NOW, learners=("U3", "U1")))
        assert changed == replace(ride(), state="live", live_at=NOW, learners=("U3", "U1"), revision=1)
        assert await rides.get("r1") == changed

    async def test_leaves_the_log_offset_to_append(self, rides: RideStore) -> None:
        await rides.add(ride())
        await rides.append("r1", [], log_offset=70)
        assert (await rides.update(replace(ride(), card_ts="1.0"))).log_offset == 70

    async def test_a_stale_record_is_refused(self, rides: RideStore) -> None:
        await rides.add(ride())
        await rides.update(replace(ride(), card_ts="1.0"))
        with pytest.raises(StaleRideError):
            await rides.update(replace(ride(), card_ts="2.0"))
        stored = await rides.get("r1")
        assert stored is not None
        assert stored.card_ts == "1.0"

    async def test_of_a_ride_that_is_not_there(self, rides: RideStore) -> None:
        with pytest.raises(UnknownRideError):
            await rides.update(ride())

    async def test_one_of_many_wins(self, rides: RideStore, storage_url: str) -> None:
        await rides.add(ride())
        async with Database(storage_url) as other:
            stores = [rides, RideStore(other)]
            results = await asyncio.gather(
                *(stores[i % 2].update(replace(ride(), card_ts=str(i))) for i in range(8)),
                return_exceptions=True,
            )
        winners = [result for result in results if not isinstance(result, BaseException)]
        assert len(winners) == 1
        assert {type(result) for result in results if isinstance(result, BaseException)} == {StaleRideError}
        assert await rides.get("r1") == winners[0]


class TestLearner:
    async def test_has_one_ride_under_way_in_a_team(self, rides: RideStore) -> None:
        await rides.add(ride(learners=("U1", "U2")))
        with pytest.raises(LearnerBusyError) as refused:
            await rides.add(ride("r2", learners=("U3", "U2")))
        assert (refused.value.person, refused.value.ride.id) == ("U2", "r1")
        assert await rides.get("r2") is None
        assert await rides.live_for_person("T1", "U3") is None
        await rides.add(ride("r3", learners=("U3",)))
        await rides.add(ride("r4", workspace="T2", learners=("U2",)))

    async def test_may_ride_again_after_the_end(self, rides: RideStore) -> None:
        await rides.add(ride())
        ended = await rides.update(replace(ride(), state="resolved", ended_at=LATER))
        await rides.add(ride("r2"))
        with pytest.raises(LearnerBusyError):
            await rides.update(replace(ended, state="live"))
        assert await rides.get("r1") == ended

    async def test_is_found_by_their_ride(self, rides: RideStore) -> None:
        await rides.add(ride(learners=("U1", "U2")))
        for state in ("live", "expired"):
            found = await rides.live_for_person("T1", "U2")
            assert found is not None
            await rides.update(replace(found, state=state))
        assert await rides.live_for_person("T1", "U2") is None
        assert await rides.live_for_person("T2", "U2") is None

    async def test_starts_one_ride_however_many_programs_ask(
        self, rides: RideStore, storage_url: str
    ) -> None:
        """Overlapping groups, named in different orders, from two programs."""
        async with Database(storage_url) as other:
            stores = [rides, RideStore(other)]
            groups = [("U1", "U2"), ("U2", "U1"), ("U2", "U3", "U1"), ("U1",)]
            results = await asyncio.gather(
                *(stores[i % 2].add(ride(f"r{i}", learners=groups[i % 4])) for i in range(12)),
                return_exceptions=True,
            )
        failures = [result for result in results if result is not None]
        assert len(failures) == 11
        assert {type(failure) for failure in failures} == {LearnerBusyError}
        winner = await rides.live_for_person("T1", "U1")
        assert winner is not None
        assert await rides.recent("T1", 20) == [winner]


class TestFinding:
    async def test_by_channel_gives_the_newest(self, rides: RideStore) -> None:
        await rides.add(ride("r1", channel="C1", state="void"))
        await rides.add(ride("r2", channel="C1", created_at=LATER))
        found = await rides.by_channel("T1", "C1")
        assert found is not None
        assert found.id == "r2"
        assert await rides.by_channel("T2", "C1") is None
        assert await rides.by_channel("T1", "C2") is None

    async def test_recent_are_the_newest_of_the_team(self, rides: RideStore) -> None:
        for number in range(4):
            await rides.add(
                ride(f"r{number}", state="void", created_at=NOW + timedelta(microseconds=number * 7))
            )
        await rides.add(ride("other", workspace="T2", created_at=LATER))
        assert [found.id for found in await rides.recent("T1", 3)] == ["r3", "r2", "r1"]

    async def test_unfinished_have_something_left_to_do(self, rides: RideStore) -> None:
        done = {"state": "resolved", "postmortem_sent": True}
        for record in (
            ride("preparing", learners=("U1",)),
            ride("live", state="live", learners=("U2",), created_at=LATER),
            ride("untold", state="void"),
            ride("open", **done, channel="C1", archive_at=LATER),
            ride("archived", **done, channel="C2", archived=True),
            ride("without channel", **done),
        ):
            await rides.add(record)
        assert {found.id for found in await rides.unfinished()} == {"preparing", "live", "untold", "open"}
        assert (await rides.unfinished())[-1].id == "live"


class TestTimeline:
    async def test_steps_fall_due_in_order_of_time(self, rides: RideStore) -> None:
        await rides.add(ride())
        await rides.add(ride("r2", learners=("U2",)))
        late = step("late", 5, due_at=(NOW + timedelta(minutes=5)).astimezone(ELSEWHERE))
        await rides.add_steps([late, step("soon", 1, message_key="r1:soon"), step("soon", 2, ride="r2")])
        assert await rides.next_due() == NOW + timedelta(minutes=1)
        assert await rides.due_steps(NOW) == []
        due = await rides.due_steps(NOW + timedelta(minutes=2))
        assert due == [step("soon", 1, message_key="r1:soon"), step("soon", 2, ride="r2")]
        assert [found.step for found in await rides.steps("r1")] == ["soon", "late"]

    async def test_a_step_that_was_sent_is_not_due(self, rides: RideStore) -> None:
        await rides.add(ride())
        await rides.add_steps([step("a", 1)])
        await rides.mark_step("r1", "a", sent_at=LATER)
        assert await rides.due_steps(LATER) == []
        assert await rides.next_due() is None
        assert await rides.steps("r1") == [step("a", 1, sent_at=LATER)]
        with pytest.raises(UnknownStepError):
            await rides.mark_step("r1", "b", sent_at=LATER)

    async def test_planning_again_changes_nothing(self, rides: RideStore) -> None:
        await rides.add(ride())
        await rides.add_steps([step("a", 1)])
        await rides.mark_step("r1", "a", sent_at=LATER)
        await rides.add_steps([step("a", 9), step("b", 2)])
        assert await rides.steps("r1") == [step("a", 1, sent_at=LATER), step("b", 2)]

    async def test_cancelled_steps_are_never_due(self, rides: RideStore) -> None:
        await rides.add(ride())
        await rides.add_steps([step("a", 1), step("b", 2, kind="page"), step("c", 3, kind="page")])
        await rides.mark_step("r1", "b", sent_at=NOW)
        await rides.cancel_steps("r1", kinds=["page"])
        assert [found.step for found in await rides.due_steps(LATER)] == ["a"]
        assert [found.cancelled for found in await rides.steps("r1")] == [False, False, True]
        await rides.cancel_steps("r1")
        assert await rides.next_due() is None
        assert [found.cancelled for found in await rides.steps("r1")] == [True, False, True]

    async def test_in_a_pause_only_its_end_is_due_and_the_rest_comes_later(self, rides: RideStore) -> None:
        record = ride()
        await rides.add(record)
        await rides.add_steps([step("sent", 0), step("a", 1), step("deadline", 9, kind="deadline")])
        await rides.mark_step("r1", "sent", sent_at=NOW)
        record = await rides.reschedule(
            replace(record, paused_at=NOW),
            RidePaused(at=NOW, by="U9"),
            add=[step("resume-1", 120, kind="resume")],
        )
        assert await rides.due_steps(LATER) == []
        assert await rides.next_due() == NOW + timedelta(minutes=120)
        await rides.reschedule(
            replace(record, paused_at=None),
            RideResumed(at=LATER, by="U9"),
            later=LATER - NOW,
            cancel=["resume"],
        )
        assert [
            (found.step, found.due_at) for found in await rides.due_steps(NOW + timedelta(minutes=24))
        ] == [
            ("a", NOW + timedelta(minutes=16)),
            ("deadline", NOW + timedelta(minutes=24)),
        ]
        assert [event.kind for _, event in await rides.journal("r1")] == ["ride_paused", "ride_resumed"]
        with pytest.raises(StaleRideError):
            await rides.reschedule(record, RidePaused(at=NOW, by="U9"), later=timedelta(minutes=5))
        assert len(await rides.journal("r1")) == 2

    async def test_needs_a_ride(self, rides: RideStore) -> None:
        with pytest.raises(UnknownRideError):
            await rides.add_steps([step("a", 1)])


class TestScorecard:
    CARD = Scorecard(
        ride="r1",
        scenario="alter-table-locks",
        version="sha256:1",
        outcome=Outcome.RESOLVED,
        lines=(
            Line(
                id="looked",
                dimension=Dimension.DETECT,
                points=10,
                of=10,
                why="Looked at the sessions.",
                quote=Quote(at=NOW, ride_seconds=31.5, person="U1", text="SELECT * FROM pg_stat_activity"),
            ),
            Line(id="kept", dimension=Dimension.TRAP, points=20, of=20, why="No wrong move."),
        ),
        times=Times(to_live=1.25, to_acknowledge=None, to_detect=31.5, to_fix=90),
    )

    async def test_comes_back_and_is_replaced(self, rides: RideStore) -> None:
        await rides.add(ride())
        assert await rides.scorecard("r1") is None
        await rides.save_scorecard("r1", self.CARD)
        assert await rides.scorecard("r1") == self.CARD
        again = replace(self.CARD, lines=self.CARD.lines[:1])
        await rides.save_scorecard("r1", again)
        assert await rides.scorecard("r1") == again

    async def test_needs_a_ride(self, rides: RideStore) -> None:
        with pytest.raises(UnknownRideError):
            await rides.save_scorecard("r9", self.CARD)
