"""The arithmetic of rotas: turns, swaps, and handovers where the clocks are changed."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.people.oncall.local_time import moment, wall_clock
from bot.people.oncall.rosters import paged
from bot.people.oncall.shifts import handover, in_force, shift_at, shifts, turn_at
from storage.teams import Rota, RotaUnit
from tests.rotas import MADE, rota, swap

HOUR = timedelta(hours=1)
ZONES = (
    "Europe/Lisbon",
    "America/New_York",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestLocalTime:
    @pytest.mark.parametrize(
        ("local", "zone", "expected"),
        [
            ("2026-11-30T10:00", "Europe/Lisbon", "2026-11-30T10:00"),
            ("2026-07-01T10:00", "Europe/Lisbon", "2026-07-01T09:00"),
            ("2026-07-01T10:00", "America/New_York", "2026-07-01T14:00"),
            ("2026-07-01T10:00", "Asia/Kolkata", "2026-07-01T04:30"),
            ("2026-01-15T10:00", "Pacific/Auckland", "2026-01-14T21:00"),
        ],
    )
    def test_an_ordinary_time(self, local: str, zone: str, expected: str) -> None:
        assert moment(datetime.fromisoformat(local), zone) == utc(expected)

    @pytest.mark.parametrize(
        ("local", "zone", "expected", "shown"),
        [
            ("2026-03-29T01:30", "Europe/Lisbon", "2026-03-29T01:00", "02:00"),
            ("2026-03-29T01:00", "Europe/Lisbon", "2026-03-29T01:00", "02:00"),
            ("2026-03-29T00:59", "Europe/Lisbon", "2026-03-29T00:59", "00:59"),
            ("2026-03-08T02:15", "America/New_York", "2026-03-08T07:00", "03:00"),
            ("2026-09-27T02:59", "Pacific/Auckland", "2026-09-26T14:00", "03:00"),
            ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:30", "02:30"),
        ],
    )
    def test_a_time_that_does_not_come_is_the_moment_of_the_jump(
        self, local: str, zone: str, expected: str, shown: str
    ) -> None:
        at = moment(datetime.fromisoformat(local), zone)
        assert at == utc(expected)
        assert f"{wall_clock(at, zone):%H:%M}" == shown

    @pytest.mark.parametrize(
        ("local", "zone", "expected"),
        [
            ("2026-10-25T01:30", "Europe/Lisbon", "2026-10-25T00:30"),
            ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
            ("2026-04-05T02:30", "Pacific/Auckland", "2026-04-04T13:30"),
        ],
    )
    def test_a_time_that_comes_twice_is_the_first(self, local: str, zone: str, expected: str) -> None:
        assert moment(datetime.fromisoformat(local), zone) == utc(expected)

    def test_a_day_that_a_country_left_out(self) -> None:
        """Samoa went from 29 to 31 December 2011."""
        jump = utc("2011-12-30T10:00")
        assert moment(datetime(2011, 12, 30, 9), "Pacific/Apia") == jump  # noqa: DTZ001 - a wall clock's
        assert wall_clock(jump, "Pacific/Apia") == datetime(2011, 12, 31)  # noqa: DTZ001


class TestHandovers:
    @pytest.mark.parametrize(
        ("zone", "first", "hours"),
        [
            ("Europe/Lisbon", "2026-03-16T10:00", [168, 167, 168]),
            ("Europe/Lisbon", "2026-10-12T10:00", [168, 169, 168]),
            ("America/New_York", "2026-02-23T09:30", [168, 167, 168]),
            ("America/New_York", "2026-10-19T09:30", [168, 169, 168]),
            ("Pacific/Auckland", "2026-09-14T10:00", [168, 167, 168]),
            ("Pacific/Auckland", "2026-03-23T10:00", [168, 169, 168]),
            ("Australia/Lord_Howe", "2026-09-21T10:00", [168, 167.5, 168]),
            ("Asia/Kolkata", "2026-03-16T10:00", [168, 168, 168]),
        ],
    )
    def test_a_week_has_as_many_hours_as_its_clock_says(
        self, zone: str, first: str, hours: list[float]
    ) -> None:
        weekly = rota(first, zone)
        moments = [handover(weekly, number) for number in range(4)]
        assert [(b - a) / HOUR for a, b in itertools.pairwise(moments)] == hours
        shown = datetime.fromisoformat(first).time()
        assert {wall_clock(at, zone).time() for at in moments} == {shown}

    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize(("unit", "every"), [("day", 1), ("day", 3), ("week", 1), ("week", 2)])
    @pytest.mark.parametrize("at", ["02:30", "10:00", "00:00"])
    def test_turns_follow_each_other_through_a_year(
        self, zone: str, unit: RotaUnit, every: int, at: str
    ) -> None:
        """Whatever the zone does: no gap, no overlap, everybody in order, about as long as it should be."""
        turns = rota(f"2026-01-05T{at}", zone, unit=unit, every=every)
        span = timedelta(days=every * (7 if unit == "week" else 1))
        found = shifts([turns], turns.begins, turns.begins + timedelta(days=400))
        assert found[0].start == turns.begins
        for number, shift in enumerate(found):
            assert shift.turn == number
            assert shift.order[0] == turns.people[number % 3]
            assert shift.order[1] == turns.people[(number + 1) % 3]
            assert abs(shift.end - shift.start - span) <= HOUR
            assert turn_at(turns, shift.start) == number
            assert turn_at(turns, shift.end - timedelta(seconds=1)) == number
            if number:
                assert shift.start == found[number - 1].end
            local = wall_clock(shift.start, zone)
            exists = datetime.combine(local.date(), turns.first.time(), ZoneInfo(zone))
            if exists.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == turns.first.time():
                assert local.time() == turns.first.time()

    def test_a_turn_on_a_day_that_was_left_out_is_nobodys(self) -> None:
        daily = rota("2011-12-28T00:00", "Pacific/Apia", unit="day", people=("A", "B", "C", "D"))
        found = shifts([daily], daily.begins, daily.begins + timedelta(days=4))
        assert [shift.order[0] for shift in found] == ["A", "B", "D", "A"]

    def test_one_second_around_a_handover(self) -> None:
        weekly = rota("2026-03-16T10:00", "Europe/Lisbon")
        spring = utc("2026-03-30T09:00")
        assert _primary(weekly, spring - timedelta(seconds=1)) == "B"
        assert _primary(weekly, spring) == "C"

    @pytest.mark.parametrize(
        ("first", "zone", "handed_over"),
        [
            ("2026-10-24T01:30", "Europe/Lisbon", "2026-10-25T00:30"),
            ("2026-10-31T01:30", "America/New_York", "2026-11-01T05:30"),
            ("2026-04-04T02:30", "Pacific/Auckland", "2026-04-04T13:30"),
        ],
    )
    def test_it_is_handed_over_once_where_the_clock_is_put_back(
        self, first: str, zone: str, handed_over: str
    ) -> None:
        daily = rota(first, zone, unit="day")
        at = utc(handed_over)
        assert _primary(daily, at - timedelta(minutes=1)) == "A"
        for minutes in range(90):
            assert _primary(daily, at + timedelta(minutes=minutes)) == "B"

    def test_before_it_begins_there_is_no_shift(self) -> None:
        weekly = rota("2026-03-16T10:00", "Europe/Lisbon")
        assert shift_at([weekly], weekly.begins - timedelta(seconds=1)) is None
        assert shift_at([], weekly.begins) is None
        found = shifts([weekly], weekly.begins - timedelta(days=7), weekly.begins + timedelta(days=7))
        assert [shift.start for shift in found] == [weekly.begins]
        assert shifts([weekly], weekly.begins - timedelta(days=7), weekly.begins) == []


def _primary(weekly: Rota, at: datetime) -> str:
    shift = shift_at([weekly], at)
    assert shift is not None
    return shift.order[0]


class TestNewRotas:
    OLD = rota("2026-03-02T10:00", "UTC")
    NEW = rota(
        "2026-03-18T09:00",
        "UTC",
        id="rota-2",
        people=("X", "Y"),
        unit="day",
        created_at=MADE + timedelta(days=70),
    )

    def test_the_old_one_stays_until_the_new_one_begins(self) -> None:
        both = [self.OLD, self.NEW]
        assert in_force(both, self.NEW.begins - timedelta(seconds=1)) == self.OLD
        assert in_force(both, self.NEW.begins) == self.NEW
        found = shifts(both, utc("2026-03-10T00:00"), utc("2026-03-20T00:00"))
        assert [(shift.order[0], f"{shift.start:%d %H}", f"{shift.end:%d %H}") for shift in found] == [
            ("B", "09 10", "16 10"),
            ("C", "16 10", "18 09"),
            ("X", "18 09", "19 09"),
            ("Y", "19 09", "20 09"),
        ]


class TestSwaps:
    WEEKLY = rota("2026-03-02T10:00", "UTC")

    def test_two_take_each_others_shifts_and_then_their_own_again(self) -> None:
        swapped = rota(
            "2026-03-02T10:00",
            "UTC",
            swaps=(swap("A", "B", utc("2026-03-04T12:00"), utc("2026-03-11T10:00")),),
        )
        found = shifts([swapped], swapped.begins, swapped.begins + timedelta(days=21))
        assert [(s.order[:2], f"{s.start:%d %H}", s.swapped) for s in found] == [
            (("A", "B"), "02 10", False),
            (("B", "A"), "04 12", True),
            (("A", "C"), "09 10", True),
            (("B", "C"), "11 10", False),
            (("C", "A"), "16 10", False),
        ]

    def test_swaps_follow_on_each_other(self) -> None:
        begins, until = utc("2026-03-02T10:00"), utc("2026-03-09T10:00")
        both = (swap("A", "B", begins, until), swap("B", "C", begins, until, number=2))
        shift = shift_at([rota("2026-03-02T10:00", "UTC", swaps=both)], begins)
        assert shift is not None
        assert shift.order == ("C", "A", "B")

    def test_of_the_same_two_the_newest_counts(self) -> None:
        begins, until = utc("2026-03-02T10:00"), utc("2026-03-04T10:00")
        for again, end in [
            (swap("A", "B", begins, until, number=2), until),
            (swap("B", "A", begins, utc("2026-03-06T10:00"), number=2), utc("2026-03-06T10:00")),
            (swap("A", "B", begins, utc("2026-03-03T10:00"), number=2), utc("2026-03-03T10:00")),
            (swap("A", "B", begins, begins, number=2), begins),
        ]:
            swaps = (swap("A", "B", begins, until), again)
            found = shifts([rota("2026-03-02T10:00", "UTC", swaps=swaps)], begins, utc("2026-03-09T10:00"))
            swapped = [(shift.start, shift.end) for shift in found if shift.swapped]
            assert swapped == ([(begins, end)] if end > begins else [])

    def test_a_swap_that_nobody_notices_parts_no_shift(self) -> None:
        people = ("A", "B", "C", "D")
        unseen = swap("C", "D", utc("2026-03-03T10:00"), utc("2026-03-04T10:00"))
        found = shifts(
            [rota("2026-03-02T10:00", "UTC", people=people, swaps=(unseen,))],
            utc("2026-03-02T10:00"),
            utc("2026-03-09T10:00"),
        )
        assert [(s.start, s.end, s.swapped) for s in found] == [
            (utc("2026-03-02T10:00"), utc("2026-03-09T10:00"), False)
        ]

    def test_everybody_has_one_place_at_every_moment(self) -> None:
        swaps = tuple(
            swap(one, other, utc(begins), utc(until), number=number)
            for number, (one, other, begins, until) in enumerate(
                [
                    ("A", "B", "2026-03-03T00:00", "2026-03-20T00:00"),
                    ("B", "C", "2026-03-05T07:00", "2026-03-06T07:00"),
                    ("C", "A", "2026-03-05T08:00", "2026-04-01T00:00"),
                ]
            )
        )
        busy = rota("2026-03-02T10:00", "Europe/Lisbon", swaps=swaps)
        found = shifts([busy], busy.begins, busy.begins + timedelta(days=60))
        for before, after in itertools.pairwise(found):
            assert before.end == after.start
        at = busy.begins
        while at < busy.begins + timedelta(days=60):
            shift = shift_at([busy], at)
            assert shift is not None
            assert sorted(shift.order) == ["A", "B", "C"]
            (listed,) = [one for one in found if one.start <= at < one.end]
            assert listed.order[:2] == shift.order[:2]
            at += timedelta(hours=7)


class TestPaged:
    SHIFT = shift_at([rota("2026-03-02T10:00", "UTC")], datetime(2026, 3, 10, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("members", "order"),
        [
            ("ABC", "BCA"),
            ("ABCD", "BCA"),
            ("AC", "CA"),
            ("A", "A"),
            ("DE", "DE"),
        ],
    )
    def test_whoever_is_not_there_is_passed_over(self, members: str, order: str) -> None:
        assert "".join(paged(self.SHIFT, members)) == order

    def test_without_a_rota_the_members_in_order(self) -> None:
        assert paged(None, ("B", "A")) == ("B", "A")
