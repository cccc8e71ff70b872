"""Where in its windows a drill starts, and which windows days and hours make."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import pytest

from bot.drills.spans import chance, contains, draw, left
from bot.drills.windows import Days, Hours, Week, windows
from bot.people.oncall.days import DayOfNextWeek, DaysAhead, Weekday
from bot.people.oncall.errors import TooFarError
from bot.people.oncall.local_time import wall_clock
from storage.drills import Span

Times: TypeAlias = list[tuple[str, str]]

HOUR = timedelta(hours=1)
OFFICE = Hours(begins=time(9), ends=time(17))
WEDNESDAY = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(*times: tuple[str, str]) -> tuple[Span, ...]:
    return tuple(Span(begins=utc(begins), ends=utc(ends)) for begins, ends in times)


def shown(found: tuple[Span, ...]) -> Times:
    return [(f"{span.begins:%d %H:%M}", f"{span.ends:%d %H:%M}") for span in found]


class TestLeft:
    DAYS = spans(("2026-11-25T09:00", "2026-11-25T17:00"), ("2026-11-26T09:00", "2026-11-26T17:00"))

    @pytest.mark.parametrize(
        ("quiet", "now", "expected"),
        [
            ((), "25T08:00", [("25 09:00", "25 17:00"), ("26 09:00", "26 17:00")]),
            ((), "25T12:30", [("25 12:30", "25 17:00"), ("26 09:00", "26 17:00")]),
            ((), "25T17:00", [("26 09:00", "26 17:00")]),
            ((), "26T17:00", []),
            ([("25T10:00", "25T11:00")], "25T10:30", [("25 11:00", "25 17:00"), ("26 09:00", "26 17:00")]),
            ([("24T00:00", "26T12:00")], "25T08:00", [("26 12:00", "26 17:00")]),
            ([("25T16:00", "26T10:00"), ("26T09:30", "26T16:00")], "25T15:00", None),
            ([("25T00:00", "27T00:00")], "25T08:00", []),
        ],
    )
    def test_windows_less_the_past_and_the_quiet_times(
        self, quiet: Times, now: str, expected: Times | None
    ) -> None:
        day = "2026-11-"
        found = left(
            self.DAYS, spans(*((day + begins, day + ends) for begins, ends in quiet)), utc(day + now)
        )
        assert shown(found) == (
            [("25 15:00", "25 16:00"), ("26 16:00", "26 17:00")] if expected is None else expected
        )


class TestDraw:
    WINDOWS = spans(("2026-11-25T09:00", "2026-11-25T11:00"), ("2026-11-26T09:00", "2026-11-26T10:00"))
    QUIET = spans(("2026-11-25T09:30", "2026-11-25T10:00"))
    NOW = utc("2026-11-25T09:15")

    def test_always_inside_and_never_in_quiet_time(self) -> None:
        for number in range(3000):
            at = draw(self.WINDOWS, self.QUIET, self.NOW, f"seed {number}", 0)
            assert at is not None
            assert at >= self.NOW
            assert contains(self.WINDOWS, at)
            assert not contains(self.QUIET, at)

    def test_every_minute_is_as_likely_as_any_other(self) -> None:
        """135 minutes less 30 quiet and 15 gone: each part gets its share."""
        drawn = [draw(self.WINDOWS, self.QUIET, self.NOW, f"{n}", 0) for n in range(6000)]
        shares = {
            begins: sum(1 for at in drawn if at is not None and utc(begins) <= at < utc(ends))
            for begins, ends in [
                ("2026-11-25T09:15", "2026-11-25T09:30"),
                ("2026-11-25T10:00", "2026-11-25T10:30"),
                ("2026-11-25T10:30", "2026-11-25T11:00"),
                ("2026-11-26T09:00", "2026-11-26T09:30"),
                ("2026-11-26T09:30", "2026-11-26T10:00"),
            ]
        }
        assert sum(shares.values()) == 6000
        expected = [6000 * minutes / 135 for minutes in (15, 30, 30, 30, 30)]
        for count, share in zip(shares.values(), expected, strict=True):
            assert abs(count - share) < share * 0.15

    def test_the_seed_decides_it_for_ever(self) -> None:
        assert draw(self.WINDOWS, (), self.NOW, "a seed", 0) == utc("2026-11-26T09:11:52.883659")
        again = [draw(self.WINDOWS, (), self.NOW, "a seed", number) for number in range(20)]
        assert again == [draw(self.WINDOWS, (), self.NOW, "a seed", number) for number in range(20)]
        assert len(set(again)) == 20

    def test_nothing_is_left(self) -> None:
        assert draw(self.WINDOWS, (), utc("2026-11-26T10:00"), "s", 0) is None
        assert draw((), (), self.NOW, "s", 0) is None
        whole = spans(("2026-11-25T00:00", "2026-11-27T00:00"))
        assert draw(self.WINDOWS, whole, self.NOW, "s", 0) is None
        almost = utc("2026-11-26T10:00") - timedelta(milliseconds=900)
        assert draw(self.WINDOWS, (), almost, "s", 0) is None

    def test_chance_takes_every_number_and_no_other(self) -> None:
        assert {chance(f"{number}", "x", 5) for number in range(200)} == {0, 1, 2, 3, 4}


class TestWindows:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            (DaysAhead(days=0), ["25"]),
            (DaysAhead(days=1), ["26"]),
            (Week(ahead=0), ["23", "24", "25", "26", "27"]),
            (Week(ahead=1), ["30", "01", "02", "03", "04"]),
            (Weekday(number=2), ["25"]),
            (Weekday(number=3), ["26"]),
            (Weekday(number=1), ["01"]),
            (Weekday(number=6), ["29"]),
            (DayOfNextWeek(number=3), ["03"]),
            (date(2026, 12, 3), ["03"]),
            (date(2026, 11, 1), ["01"]),
        ],
    )
    def test_the_days_that_are_meant(self, days: Days, expected: list[str]) -> None:
        found = windows(days, OFFICE, "UTC", WEDNESDAY)
        assert [f"{span.begins:%d}" for span in found] == expected
        assert all((span.begins.time(), span.ends.time()) == (time(9), time(17)) for span in found)

    def test_a_weekday_whose_hours_are_over_is_the_next_one(self) -> None:
        late = WEDNESDAY + 5 * HOUR
        assert [f"{span.begins:%d}" for span in windows(Weekday(number=2), OFFICE, "UTC", late)] == ["02"]

    def test_days_and_hours_are_those_of_the_zone(self) -> None:
        """It is Thursday in Auckland already, thirteen hours ahead."""
        (found,) = windows(DaysAhead(days=0), OFFICE, "Pacific/Auckland", WEDNESDAY)
        assert shown((found,)) == [("25 20:00", "26 04:00")]

    def test_hours_over_midnight(self) -> None:
        night = Hours(begins=time(22), ends=time(2))
        assert shown(windows(DaysAhead(days=0), night, "UTC", WEDNESDAY)) == [("25 22:00", "26 02:00")]
        whole = Hours(begins=time(0), ends=time(0))
        assert shown(windows(DaysAhead(days=1), whole, "UTC", WEDNESDAY)) == [("26 00:00", "27 00:00")]

    @pytest.mark.parametrize(
        ("zone", "now", "hours"),
        [
            ("Europe/Lisbon", "2026-03-26T12:00", [8, 8, 8, 8, 8]),
            ("America/New_York", "2026-10-29T12:00", [8, 8, 8, 8, 8]),
        ],
    )
    def test_office_hours_stay_eight_when_the_clocks_change(
        self, zone: str, now: str, hours: list[int]
    ) -> None:
        """From the week before the change to the one after it: the same hours by the clock on the wall."""
        for ahead in (0, 1):
            found = windows(Week(ahead=ahead), OFFICE, zone, utc(now))
            assert [(span.ends - span.begins) / HOUR for span in found] == hours
            for span in found:
                assert wall_clock(span.begins, zone).time() == time(9)
                assert wall_clock(span.ends, zone).time() == time(17)

    @pytest.mark.parametrize(
        ("day", "hours", "length"),
        [
            (date(2026, 3, 29), Hours(begins=time(0), ends=time(6)), 5 * HOUR),
            (date(2026, 10, 25), Hours(begins=time(0), ends=time(6)), 7 * HOUR),
            (date(2026, 3, 29), Hours(begins=time(1, 30), ends=time(3)), HOUR),
            (date(2026, 3, 28), Hours(begins=time(22), ends=time(4)), 5 * HOUR),
            (date(2026, 10, 24), Hours(begins=time(22), ends=time(4)), 7 * HOUR),
        ],
    )
    def test_the_night_of_the_change_is_as_long_as_it_is(
        self, day: date, hours: Hours, length: timedelta
    ) -> None:
        (found,) = windows(day, hours, "Europe/Lisbon", utc("2026-03-01T00:00"))
        assert found.ends - found.begins == length

    def test_hours_that_the_clock_jumps_over_are_not_there(self) -> None:
        jumped = Hours(begins=time(1, 10), ends=time(1, 50))
        assert windows(date(2026, 3, 29), jumped, "Europe/Lisbon", WEDNESDAY) == ()

    @pytest.mark.parametrize("day", [date(2028, 1, 1), date(1, 1, 1), date(9999, 12, 31)])
    def test_a_day_that_nobody_means(self, day: date) -> None:
        with pytest.raises(TooFarError):
            windows(day, OFFICE, "Pacific/Auckland", WEDNESDAY)
