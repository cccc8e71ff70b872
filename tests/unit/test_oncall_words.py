"""Days, zones and names as people say them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.people.oncall.days import Day, DaysAhead, Weekday, local_time, read_day
from bot.people.oncall.errors import TeamNameError, TooFarError, UnknownZoneError
from bot.people.oncall.team_names import team_name
from bot.people.oncall.zones import is_zone, time_zone

LISBON = "Europe/Lisbon"
NOW = datetime(2026, 3, 25, 14, 30, 45, tzinfo=ZoneInfo(LISBON))
"""A Wednesday, in the week in which the clocks go forward."""


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("Monday", Weekday(number=0)),
        ("SUN", Weekday(number=6)),
        ("thurs", Weekday(number=3)),
        ("fridays", Weekday(number=4)),
        ("today", DaysAhead(days=0)),
        ("Tomorrow", DaysAhead(days=1)),
        ("now", "now"),
        ("mo", None),
        ("20261130", None),
        ("2026-W48-1", None),
        ("2026-13-01", None),
        ("30/11/2026", None),
        ("", None),
    ],
)
def test_reads_a_day(word: str, day: Day | None) -> None:
    assert read_day(word) == day


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 4, 1), time(10), "2026-04-01T10:00"),
        (date(2026, 4, 1), None, "2026-04-01T09:00"),
        (DaysAhead(days=0), time(15), "2026-03-25T15:00"),
        (DaysAhead(days=0), time(14), "2026-03-25T14:00"),
        (DaysAhead(days=1), None, "2026-03-26T09:00"),
        (Weekday(number=2), time(15), "2026-03-25T15:00"),
        (Weekday(number=2), time(14, 30), "2026-04-01T14:30"),
        (Weekday(number=6), time(1, 30), "2026-03-29T01:30"),
        (Weekday(number=0), None, "2026-03-30T09:00"),
        (None, time(14, 31), "2026-03-25T14:31"),
        (None, time(14, 30), "2026-03-26T14:30"),
        (None, None, "2026-03-25T14:30"),
        ("now", None, "2026-03-25T14:30"),
        ("now", time(10), "2026-03-26T10:00"),
    ],
)
def test_the_local_time_that_is_meant(day: Day | None, at: time | None, expected: str) -> None:
    assert local_time(day, at, LISBON, NOW) == datetime.fromisoformat(expected)


def test_today_is_where_the_zone_is() -> None:
    assert local_time(DaysAhead(days=0), time(10), "Pacific/Auckland", NOW).day == 26


@pytest.mark.parametrize("year", [1, 2020, 2032, 9999])
def test_a_date_far_away_is_refused(year: int) -> None:
    with pytest.raises(TooFarError):
        local_time(date(year, 1, 1), None, LISBON, NOW)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Lisbon", LISBON),
        ("europe/lisbon", LISBON),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("Z", "UTC"),
        ("Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_a_zone_by_its_name(typed: str, zone: str) -> None:
    assert time_zone(typed) == zone
    assert is_zone(typed.partition(" ")[0])


@pytest.mark.parametrize(
    ("typed", "nearest", "abbreviation"),
    [
        ("CET", "Europe/Berlin", True),
        ("est", "America/New_York", True),
        ("GMT", "Europe/London", True),
        ("UTC+2", "Europe/Lisbon", True),
        ("+05:30", "Europe/Lisbon", True),
        ("Lisbon", LISBON, False),
        ("Europe/Lisbonne", LISBON, False),
        ("Europe/Auckland", "Pacific/Auckland", False),
    ],
)
def test_a_zone_that_is_refused_with_names_that_may_be_meant(
    typed: str, nearest: str, abbreviation: bool
) -> None:
    with pytest.raises(UnknownZoneError) as refused:
        time_zone(typed)
    assert nearest in refused.value.nearest
    assert refused.value.abbreviation is abbreviation


def test_a_zone_like_no_other() -> None:
    with pytest.raises(UnknownZoneError) as refused:
        time_zone("Mars/Olympus_Mons")
    assert refused.value.nearest == ()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("payments", "payments"),
        ("  Big   Payments ", "Big-Payments"),
        ("db_1", "db_1"),
        ("équipe-données", "équipe-données"),
        ("支付", "支付"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_for_a_team(typed: str, name: str) -> None:
    assert team_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "allowed"),
    [
        ("", None),
        ("---", None),
        ("🚀", None),
        ("pay/ments!", "pay-ments"),
        ("Swap", "Swap-team"),
        ("<!channel>", "channel"),
        ("x" * 41, "x" * 40),
    ],
)
def test_what_can_not_be_a_teams_name(typed: str, allowed: str | None) -> None:
    with pytest.raises(TeamNameError) as refused:
        team_name(typed)
    assert refused.value.allowed == allowed
