"""What people type after `drill` and `quiet`."""

from datetime import date, time

import pytest

from bot.drills.views import DrillRequest, QuietDay, QuietRequest
from bot.drills.windows import Days, Hours, Week
from bot.people.oncall.days import DayOfNextWeek, DaysAhead, Length, Weekday
from bot.slack.lines.drill_line import CancelDrill, ListDrills, parse_drill
from bot.slack.lines.quiet_line import ListQuiet, RemoveQuiet, parse_quiet
from bot.slack.lines.times_of_day import hours_meant, time_of_day
from bot.slack.lines.unclear import Problem, UnclearLineError

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
        ("payments between 9 and 5 tomorrow", drill(DaysAhead(days=1))),
        ("payments between 9 and 5pm tomorrow", drill(DaysAhead(days=1))),
        ("payments between 9 a.m. and 5 p.m. tomorrow", drill(DaysAhead(days=1))),
        ("payments tomorrow 9-17", drill(DaysAhead(days=1))),
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
        ("payments", Problem.NO_HOURS),
        ("payments this week", Problem.NO_HOURS),
        ("cancel", Problem.NO_ID),
        ("between 9 and 17 today", Problem.NO_TEAM),
        ("<@U1|dana> between 9 and 17 today", Problem.PERSON),
        ("payments <@U1|dana> between 9 and 17 today", Problem.PERSON),
        ("payments between 9 and 17 today <@U1>", Problem.PERSON),
        ("<!here> between 9 and 17 today", Problem.NAME),
        ("payments between 9 and 17 <#C012AB3CD|payments>", Problem.NAME),
        ("payments between 1 and 5 today", Problem.EITHER_HOURS),
        ("payments between 9 and 12 and between 14 and 16 today", Problem.TWICE),
        ("payments between 9 and 17 L3 L4", Problem.TWICE),
        ("payments between 9 and 17 L3 please", Problem.TWICE),
        ("list payments", Problem.WORD),
        ("cancel 7k3mxq 8k3mxq", Problem.WORD),
        ("payments between today", Problem.HOURS),
        ("payments between 9", Problem.HOURS),
        ("payments between 25:00 and 26:00", Problem.HOURS),
        ("payments between 9:75 and 10:00", Problem.HOURS),
        ("payments between 13pm and 5pm", Problem.HOURS),
        ("payments between 09:00 and 09:00", Problem.HOURS),
        ("payments between 9 and 17 on 12/03", Problem.DAY),
        ("payments between 9 and 17 on 2026-13-01", Problem.DAY),
        ("payments between 9 and 17 on 3 December", Problem.DAY),
        ("payments between 9 and 17 on Dec. 3", Problem.DAY),
        ("payments between 9 and 17 today tomorrow", Problem.TWICE),
    ],
)
def test_says_what_it_can_not_read_in_a_drill(text: str, problem: Problem) -> None:
    with pytest.raises(UnclearLineError) as raised:
        parse_drill(text)
    assert raised.value.problem is problem


def quiet(
    first: QuietDay,
    last: QuietDay | None = None,
    begins: time | None = None,
    ends: time | None = None,
    team: str | None = "payments",
    zone: str | None = None,
    reason: str = "",
    length: Length | None = None,
    more: tuple[QuietDay, ...] = (),
) -> QuietRequest:
    return QuietRequest(
        team=team,
        first=first,
        begins=begins,
        last=last,
        ends=ends,
        length=length,
        more=more,
        zone=zone,
        reason=reason,
    )


MONDAY, FRIDAY, TOMORROW = Weekday(number=0), Weekday(number=4), DaysAhead(days=1)
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
            "everybody from 2026-12-24 to 2026-12-26 because Christmas",
            quiet(EVE, BOXING_DAY, team=None, reason="Christmas"),
        ),
        (
            "payments from 14:00 to 16:00 tomorrow",
            quiet(DaysAhead(days=1), None, time(14), time(16)),
        ),
        ("payments tomorrow 14:00 to 16:00", quiet(DaysAhead(days=1), None, time(14), time(16))),
        (
            "payments from 2026-12-24 to 2026-12-26 Europe/Lisbon reason: the holidays",
            quiet(EVE, BOXING_DAY, zone="Europe/Lisbon", reason="the holidays"),
        ),
        ("payments from 2026-12-24 to 2026-12-26 reason <b> & co", quiet(EVE, BOXING_DAY, reason="<b> & co")),
        (
            "payments from 2026-12-24 to 2026-12-26: the holidays",
            quiet(EVE, BOXING_DAY, reason="the holidays"),
        ),
        ("payments today because we move", quiet(TODAY, reason="we move")),
        ("payments today because 14:00 to 16:00 is full", quiet(TODAY, reason="14:00 to 16:00 is full")),
        ("payments on Friday from 14:00 to 16:00", quiet(FRIDAY, None, time(14), time(16))),
        ("payments on Friday between 9 and 5", quiet(FRIDAY, None, time(9), time(17))),
        ("payments from Friday 14:00 to 16:00", quiet(FRIDAY, None, time(14), time(16))),
        ("payments from tomorrow for 3 days", quiet(TOMORROW, length=Length(amount=3, unit="day"))),
        (
            "payments from Friday 14:00 for 2 hours",
            quiet(FRIDAY, None, time(14), length=Length(amount=2, unit="hour")),
        ),
        ("payments for a week", quiet("now", length=Length(amount=1, unit="week"))),
        ("payments on Monday and Thursday", quiet(MONDAY, more=(Weekday(number=3),))),
        (
            "payments Monday, Thursday and Friday from 2pm to 4pm",
            quiet(MONDAY, None, time(14), time(16), more=(Weekday(number=3), FRIDAY)),
        ),
        ("everybody next week", quiet(Week(ahead=1), team=None)),
        ("payments all day on next Friday", quiet(DayOfNextWeek(number=4))),
        ("payments between Friday and Monday", quiet(FRIDAY, MONDAY)),
        ("payments from Friday, 14:00 to Monday, 9am", quiet(FRIDAY, MONDAY, time(14), time(9))),
        ("payments on Friday, 14:00 to 16:00", quiet(FRIDAY, None, time(14), time(16))),
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
        ("payments", Problem.NO_BEGINNING),
        ("payments soon", Problem.NO_BEGINNING),
        ("payments from Friday to Monday the holidays", Problem.WORD),
        ("payments from Friday to Monday Christmas", Problem.WORD),
        ("payments from Friday to Monday for the holidays", Problem.LENGTH),
        ("payments every Friday", Problem.WORD),
        ("payments from Friday", Problem.NO_END),
        ("payments tomorrow for 2 hours", Problem.NO_TIME),
        ("payments from Friday to Monday for 3 days", Problem.TWICE),
        ("payments on Friday from 14:00 to 16:00 from 17:00 to 18:00", Problem.TWICE),
        ("payments on Friday Monday", Problem.TWICE),
        ("payments from Friday 14:00 to 16:00 on Saturday", Problem.TWICE),
        ("payments from Friday to Monday from 14:00 to 16:00", Problem.TWICE),
        ("payments on Friday from 1 to 5", Problem.EITHER_HOURS),
        ("payments on Friday UTC Europe/Lisbon", Problem.TWICE),
        ("<!here> today", Problem.NAME),
        ("<#C012AB3CD|payments> today", Problem.NAME),
        ("payments <@U1> today", Problem.PERSON),
        ("list payments", Problem.WORD),
        ("remove 7k3mxq 8k3mxq", Problem.WORD),
        ("because we move", Problem.NO_TEAM),
        ("list because we move", Problem.NO_TEAM),
        ("remove", Problem.NO_ID),
        ("from 2026-12-24 to 2026-12-26", Problem.NO_TEAM),
        ("payments from later to 2026-12-26", Problem.DAY),
        ("payments from 24.12.2026 to 26.12.2026", Problem.DAY),
        ("payments from 2026-12-24 to 2026-12-32", Problem.DAY),
        ("payments from 2026-12-24 to whenever", Problem.END),
        ("payments from 2026-12-24 14:00", Problem.NO_END),
        ("payments from now", Problem.NO_END),
    ],
)
def test_says_what_it_can_not_read_in_a_quiet_time(text: str, problem: Problem) -> None:
    with pytest.raises(UnclearLineError) as raised:
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


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("9", "5", [(9, 17)]),
        ("9", "17", [(9, 17)]),
        ("9:30", "5", [(9, 17)]),
        ("9am", "5", [(9, 17)]),
        ("9", "5pm", [(9, 17)]),
        ("10", "11pm", [(22, 23)]),
        ("1", "5pm", [(13, 17)]),
        ("10", "2am", [(22, 2)]),
        ("9pm", "5", [(21, 5)]),
        ("09:00", "5", [(9, 17)]),
        ("09:00", "05:00", [(9, 5)]),
        ("22", "2", [(22, 2)]),
        ("22:00", "06:00", [(22, 6)]),
        ("12", "5", [(12, 17)]),
        ("noon", "5", [(12, 17)]),
        ("7", "7", [(7, 19)]),
        ("8", "12", [(8, 12)]),
        ("0", "24", [(0, 0)]),
        ("1", "5", [(13, 17), (1, 5)]),
        ("6", "8", [(18, 20), (6, 8)]),
        ("1", "17", [(1, 17)]),
        ("12", "12", []),
        ("09:00", "09:00", []),
        ("9", "25", []),
    ],
)
def test_bare_hours_are_read_the_obvious_way_or_both_are_given(
    begins: str, ends: str, expected: list[tuple[int, int]]
) -> None:
    assert [(first.hour, last.hour) for first, last in hours_meant(begins, ends)] == expected
