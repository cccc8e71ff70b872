"""What people type after `drill` and `quiet`."""

from datetime import date, time

import pytest

from bot.drills.errors import Unclear, UnclearDrillError, UnclearQuietError
from bot.drills.views import DrillRequest, QuietRequest
from bot.drills.windows import DayOfNextWeek, Days, Hours, Week
from bot.oncall.days import Day, DaysAhead, Weekday
from bot.slack.drill_line import CancelDrill, ListDrills, parse_drill
from bot.slack.quiet_line import ListQuiet, RemoveQuiet, parse_quiet
from bot.slack.times_of_day import time_of_day

OFFICE = Hours(begins=time(9), ends=time(17))
TODAY = DaysAhead(days=0)


def drill(
    days: Days = TODAY, wanted: str = "", zone: str | None = None, hours: Hours = OFFICE
) -> DrillRequest:
    return DrillRequest(team="payments", hours=hours, days=days, wanted=wanted, zone=zone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" payments between 09:00 and 17:00 this week", drill(Week(ahead=0))),
        (" payments between 09:00 and 17:00 next week L3", drill(Week(ahead=1), "L3")),
        ("payments between 9 and 17 today", drill()),
        ("payments between 9 and 17", drill()),
        ("payments between 9am and 5pm tomorrow", drill(DaysAhead(days=1))),
        ("payments between 9 am and 5 pm tomorrow", drill(DaysAhead(days=1))),
        ("payments from 09.00 to 17h00 on Thursday", drill(Weekday(number=3))),
        ("payments between 9–17 on thu", drill(Weekday(number=3))),
        ("payments between 9:00-17:00, next Thursday", drill(DayOfNextWeek(number=3))),
        ("payments between 9 and 17 this Friday", drill(Weekday(number=4))),
        ("payments between 09:00 and 17:00 on 2026-12-03", drill(date(2026, 12, 3))),
        ("payments between 09:00 and 17:00 2026‑12‑03", drill(date(2026, 12, 3))),
        ("payments this week between 9 and 17", drill(Week(ahead=0))),
        ("payments L2 tomorrow between 9 and 17", drill(DaysAhead(days=1), "L2")),
        ("payments on 2026-12-03 between 9 and 17", drill(date(2026, 12, 3))),
        ("payments between 9 and 17 this week alter-table-locks", drill(Week(ahead=0), "alter-table-locks")),
        ("payments between 9 and 17 `Alter_Table locks` today", drill(TODAY, "alter-table-locks")),
        ("payments between 9 and 17 with level 3", drill(TODAY, "L3")),
        ("payments between 9 and 17 with any scenario l4", drill(TODAY, "L4")),
        ("payments between 9 and 17 marking-locks", drill(TODAY, "marking-locks")),
        ("payments between 9 and 17 today Europe/Lisbon", drill(TODAY, "", "Europe/Lisbon")),
        (
            "payments between 9 and 17 America/New_York L1 tomorrow",
            drill(DaysAhead(days=1), "L1", "America/New_York"),
        ),
        ("payments between 9 and 17 today CET", drill(TODAY, "", "CET")),
        ("payments between noon and midnight", drill(hours=Hours(begins=time(12), ends=time(0)))),
        ("payments between 0:00 and 24:00", drill(hours=Hours(begins=time(0), ends=time(0)))),
        ("payments between 22:00 and 02:00", drill(hours=Hours(begins=time(22), ends=time(2)))),
        (
            "payments between 09:00:05 and 09:00:09",
            drill(hours=Hours(begins=time(9, 0, 5), ends=time(9, 0, 9))),
        ),
    ],
)
def test_reads_a_drill(text: str, expected: DrillRequest) -> None:
    assert parse_drill(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ListDrills()),
        (" list", ListDrills()),
        ("LS", ListDrills()),
        ("cancel 7k3mxq", CancelDrill(drill="7k3mxq")),
        ("cancel drill `7k3mxq`", CancelDrill(drill="7k3mxq")),
        ("remove #7k3mxq.", CancelDrill(drill="7k3mxq")),
    ],
)
def test_reads_what_else_can_be_done_with_drills(text: str, expected: object) -> None:
    assert parse_drill(text) == expected


def test_a_team_may_have_a_verbs_name() -> None:
    request = parse_drill("list between 9 and 17")
    assert isinstance(request, DrillRequest)
    assert request.team == "list"
    spaced = parse_drill("site reliability between 9 and 17")
    assert isinstance(spaced, DrillRequest)
    assert spaced.team == "site reliability"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("payments", Unclear.NO_HOURS),
        ("payments this week", Unclear.NO_HOURS),
        ("cancel", Unclear.NO_ID),
        ("between 9 and 17 today", Unclear.NO_TEAM),
        ("<@U1|dana> between 9 and 17 today", Unclear.NO_TEAM),
        ("payments between today", Unclear.HOURS),
        ("payments between 9", Unclear.HOURS),
        ("payments between 25:00 and 26:00", Unclear.HOURS),
        ("payments between 9:75 and 10:00", Unclear.HOURS),
        ("payments between 13pm and 5pm", Unclear.HOURS),
        ("payments between 09:00 and 09:00", Unclear.HOURS),
        ("payments between 9 and 17 on 12/03", Unclear.DAY),
        ("payments between 9 and 17 on 2026-13-01", Unclear.DAY),
        ("payments between 9 and 17 on 3 December", Unclear.DAY),
        ("payments between 9 and 17 on Dec. 3", Unclear.DAY),
        ("payments between 9 and 17 today tomorrow", Unclear.WORD),
    ],
)
def test_says_what_it_can_not_read_in_a_drill(text: str, problem: Unclear) -> None:
    with pytest.raises(UnclearDrillError) as raised:
        parse_drill(text)
    assert raised.value.problem is problem


def quiet(
    first: Day,
    last: Day | None = None,
    begins: time | None = None,
    ends: time | None = None,
    team: str | None = "payments",
    zone: str | None = None,
    reason: str = "",
) -> QuietRequest:
    return QuietRequest(team=team, first=first, begins=begins, last=last, ends=ends, zone=zone, reason=reason)


EVE, BOXING_DAY = date(2026, 12, 24), date(2026, 12, 26)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" payments from 2026-12-24 to 2026-12-26", quiet(EVE, BOXING_DAY)),
        ("everybody from 2026-12-24 to 2026-12-26", quiet(EVE, BOXING_DAY, team=None)),
        ("Everyone from 2026-12-24 until 2026-12-26", quiet(EVE, BOXING_DAY, team=None)),
        ("payments from 2026-12-24 14:00 to 2026-12-26 9am", quiet(EVE, BOXING_DAY, time(14), time(9))),
        (
            "payments from 14:00 2026-12-24 to 9:30 am 2026-12-26",
            quiet(EVE, BOXING_DAY, time(14), time(9, 30)),
        ),
        ("payments from 2026-12-24 at 14:00 – 2026-12-26", quiet(EVE, BOXING_DAY, time(14))),
        ("payments 2026-12-24 to 2026-12-26", quiet(EVE, BOXING_DAY)),
        ("payments on 2026-12-24", quiet(EVE)),
        ("payments today", quiet(TODAY)),
        ("payments from Friday to Monday", quiet(Weekday(number=4), Weekday(number=0))),
        ("payments from now until tomorrow 12:00", quiet("now", DaysAhead(days=1), None, time(12))),
        ("payments from 14:00 to 16:00", quiet(TODAY, None, time(14), time(16))),
        ("payments until Friday", quiet("now", Weekday(number=4))),
        ("everybody till 18:00", quiet("now", None, None, time(18), team=None)),
        (
            "everybody from 2026-12-24 to 2026-12-26 Christmas",
            quiet(EVE, BOXING_DAY, team=None, reason="Christmas"),
        ),
        (
            "payments from 14:00 to 16:00 tomorrow",
            quiet(DaysAhead(days=1), DaysAhead(days=1), time(14), time(16)),
        ),
        ("payments tomorrow 14:00 to 16:00", quiet(DaysAhead(days=1), None, time(14), time(16))),
        (
            "payments from 2026-12-24 to 2026-12-26 Europe/Lisbon reason: the holidays",
            quiet(EVE, BOXING_DAY, zone="Europe/Lisbon", reason="the holidays"),
        ),
        ("payments from 2026-12-24 to 2026-12-26 reason <b> & co", quiet(EVE, BOXING_DAY, reason="<b> & co")),
        (
            "payments from 2026-12-24 to 2026-12-26 the holidays",
            quiet(EVE, BOXING_DAY, reason="the holidays"),
        ),
        ("payments today because we move", quiet(TODAY, reason="we move")),
        ("payments from 2026-12-24 to 2026-12-26 CET", quiet(EVE, BOXING_DAY, zone="CET")),
    ],
)
def test_reads_a_quiet_time(text: str, expected: QuietRequest) -> None:
    typed = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_quiet(typed) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ListQuiet()),
        ("list", ListQuiet()),
        ("remove 7k3mxq", RemoveQuiet(quiet="7k3mxq")),
        ("cancel “7k3mxq”", RemoveQuiet(quiet="7k3mxq")),
    ],
)
def test_reads_what_else_can_be_done_with_quiet_times(text: str, expected: object) -> None:
    assert parse_quiet(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("payments", Unclear.DAY),
        ("payments soon", Unclear.DAY),
        ("remove", Unclear.NO_ID),
        ("from 2026-12-24 to 2026-12-26", Unclear.NO_TEAM),
        ("payments from later to 2026-12-26", Unclear.DAY),
        ("payments from 24.12.2026 to 26.12.2026", Unclear.DAY),
        ("payments from 2026-12-24 to 2026-12-32", Unclear.DAY),
        ("payments from 2026-12-24 to whenever", Unclear.NO_END),
        ("payments from 2026-12-24 14:00", Unclear.NO_END),
        ("payments from now", Unclear.NO_END),
    ],
)
def test_says_what_it_can_not_read_in_a_quiet_time(text: str, problem: Unclear) -> None:
    with pytest.raises(UnclearQuietError) as raised:
        parse_quiet(text)
    assert raised.value.problem is problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", time(9)),
        ("09:00", time(9)),
        ("9.30", time(9, 30)),
        ("9h30", time(9, 30)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("9:30PM", time(21, 30)),
        ("23:59:59", time(23, 59, 59)),
        ("24:00", time(0)),
        ("noon", time(12)),
        ("24:01", None),
        ("0am", None),
        ("9:60", None),
        ("nine", None),
        ("", None),
    ],
)
def test_reads_a_time_of_day(text: str, expected: time | None) -> None:
    assert time_of_day(text) == expected
