"""Lines after `oncall` and `team`, as people type them and Slack hands them over."""

from datetime import date, time

import pytest

from bot.people.oncall.days import DayOfNextWeek, DaysAhead, Length, Weekday
from bot.people.oncall.rotas import RotaRequest
from bot.people.oncall.swaps import SwapRequest
from bot.slack.lines.oncall_line import BackLine, MineLine, OffLine, ShowLine, parse_oncall
from bot.slack.lines.spoken_times import read_time
from bot.slack.lines.team_line import TeamLine, TeamVerb, parse_team
from bot.slack.lines.unclear import Problem, UnclearLineError

MONDAY, FRIDAY = Weekday(number=0), Weekday(number=4)
FULL = RotaRequest(
    team="payments",
    people=("U1", "U2", "U3"),
    unit="week",
    every=1,
    day=date(2026, 11, 30),
    at=time(10),
    zone="Europe/Lisbon",
)


@pytest.mark.parametrize(
    "typed",
    [
        " payments <@U1|dana> <@U2|sam> <@U3> every week from 2026-11-30 at 10:00 Europe/Lisbon",
        " payments <@U1><@U2>,<@U3> weekly from 2026-11-30 10:00 Europe/Lisbon",
        " “payments” every 1 week <@U1>, <@U2> and <@U3> starting on 2026-11-30 at 10 am in Europe/Lisbon",
        " payments at 10:00 Europe/Lisbon from 2026–11–30 each week with <@U1> then <@U2> then <@U3>",
        " payments <@U1> <@U2> <@U3> 2026-11-30 10am every week Europe/Lisbon",
        " payments every week\u00a0<@U1>\n<@U2> <@U3>\nfrom 2026-11-30 at 10.00\nEurope/Lisbon",
    ],
)
def test_reads_a_rota_in_any_order(typed: str) -> None:
    assert parse_oncall(typed) == FULL


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        ("every day", {"unit": "day"}),
        ("daily at 9:30", {"unit": "day", "at": time(9, 30)}),
        ("every 2 weeks", {"every": 2}),
        ("every two weeks from tomorrow", {"every": 2, "day": DaysAhead(days=1)}),
        ("every other week", {"every": 2}),
        ("every fortnight", {"every": 2}),
        ("every 2 fortnights", {"every": 4}),
        ("every 10 days", {"unit": "day", "every": 10}),
        ("every Monday at noon", {"day": MONDAY, "at": time(12)}),
        ("every week on Monday from 2026-12-07", {"day": date(2026, 12, 7)}),
        ("every Monday from next Monday", {"day": DayOfNextWeek(number=0)}),
        ("every week on Mondays at 23:59", {"day": MONDAY, "at": time(23, 59)}),
        ("every week from next mon", {"day": DayOfNextWeek(number=0)}),
        ("every week from today at 18h30", {"day": DaysAhead(days=0), "at": time(18, 30)}),
        ("every week from now on", {"day": "now"}),
        ("every week starting at 8 pm", {"at": time(20)}),
        ("every week from Monday at 12am cet", {"day": MONDAY, "at": time(0), "zone": "cet"}),
        ("every week at 10:00 America/New York", {"at": time(10), "zone": "America/New York"}),
        ("every week at 10:00 Lisbon", {"at": time(10), "zone": "Lisbon"}),
        ("every week at 10:00 UTC+2", {"at": time(10), "zone": "UTC+2"}),
    ],
)
def test_reads_parts_of_a_rota(typed: str, changes: dict[str, object]) -> None:
    values = {"team": "payments", "people": ("U1", "U2"), **changes}
    assert parse_oncall(f" payments <@U1> <@U2> {typed}") == RotaRequest(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "problem", "words"),
    [
        ("every week from Monday", Problem.NO_TEAM, ()),
        ("<@U1> payments every week", Problem.NO_TEAM, ()),
        ("payments every week from Monday", Problem.NO_PEOPLE, ()),
        ("payments <@U1> <@U2>", Problem.NO_TURN, ()),
        ("payments <@U1> every", Problem.TURN, ("",)),
        ("payments <@U1> every month", Problem.TURN, ("month",)),
        ("payments <@U1> every 0 weeks", Problem.TURN, ("0",)),
        ("payments <@U1> every 99999 weeks", Problem.TURN, ("99999",)),
        ("payments <@U1> every week from 30.11.2026", Problem.DAY, ("30.11.2026",)),
        ("payments <@U1> every week from 2026-02-30", Problem.DAY, ("2026-02-30",)),
        ("payments <@U1> every week from", Problem.DAY, ()),
        ("payments <@U1> every week at 25:00", Problem.TIME, ("25:00",)),
        ("payments <@U1> every week at", Problem.TIME, ()),
        ("payments <@U1> every week at 10", Problem.TIME, ("10",)),
        ("payments <@U1> every week please", Problem.WORD, ("please",)),
        ("payments <!subteam^S1|@oncall> every week", Problem.GROUP, ("<!subteam^S1>",)),
        ("payments <@U1> @nobody every week", Problem.UNREADABLE, ("@nobody",)),
        ("payments swap <@U1> until Friday", Problem.TWO_PEOPLE, ()),
        ("payments swap <@U1> <@U2> <@U3> until Friday", Problem.TWO_PEOPLE, ()),
        ("payments swap <@U1> <@U2>", Problem.NO_END, ()),
        ("payments swap <@U1> <@U2> until", Problem.NO_END, ()),
        ("payments swap <@U1> <@U2> Friday", Problem.NO_END, ()),
        ("payments swap <@U1> <@U2> until whenever", Problem.END, ("whenever",)),
        ("payments swap <@U1> <@U2> until 2026-02-30", Problem.END, ("2026-02-30",)),
        ("payments swap <@U1> <@U2> until Friday 18:00 UTC", Problem.WORD, ("UTC",)),
        ("payments off please", Problem.WORD, ("please",)),
        ("payments <@U1> <@U2> every Monday and Thursday at 09:00", Problem.TWICE, ("Thursday",)),
        ("payments <@U1> every Monday from tomorrow", Problem.TWICE, ("tomorrow",)),
        ("payments <@U1> every Monday from 2026-12-08", Problem.TWICE, ("2026-12-08",)),
        ("payments <@U1> every Monday at 09:00 and 18:00", Problem.TWICE, ("18:00",)),
        ("payments <@U1> every week from Monday to Friday", Problem.WORD, ("to",)),
        ("payments <@U1> every week daily", Problem.TWICE, ("daily",)),
        ("payments <@U1> every week UTC Europe/Lisbon", Problem.TWICE, ("Europe/Lisbon",)),
        ("payments <!here> every week", Problem.NAME, ("@here",)),
        ("<#C012AB3CD|payments>", Problem.NAME, ("#payments",)),
        ("payments swap <@U1> <!channel> until Friday", Problem.NAME, ("@channel",)),
        ("payments swap <@U1> <@U2> from Friday until Monday until Tuesday", Problem.TWICE, ("Tuesday",)),
        ("payments swap <@U1> <@U2> until Monday for 3 days", Problem.TWICE, ("3 days",)),
        ("payments swap <@U1> <@U2> until Friday 9", Problem.TIME, ("9",)),
        ("payments swap <@U1> <@U2> from Friday", Problem.NO_END, ()),
        ("payments swap <@U1> <@U2> for ever", Problem.LENGTH, ("ever",)),
        ("payments cover <@U1> <@U2> until Friday", Problem.WHO_COVERS, ()),
        ("payments cover <@U1> until Friday", Problem.WHO_COVERS, ()),
        ("payments cover <@U1> by <@U2> by <@U3> until Friday", Problem.WHO_COVERS, ()),
        ("payments cancel", Problem.WORD, ("cancel",)),
        ("payments cancel 7k3mxq 8k3mxq", Problem.WORD, ("8k3mxq",)),
        ("me tomorrow", Problem.WORD, ("tomorrow",)),
    ],
)
def test_says_what_it_can_not_read(typed: str, problem: Problem, words: tuple[str, ...]) -> None:
    with pytest.raises(UnclearLineError) as refused:
        parse_oncall(f" {typed}")
    assert (refused.value.problem, refused.value.words) == (problem, words)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ShowLine(team=None)),
        (" payments ", ShowLine(team="payments")),
        (" `big payments`", ShowLine(team="big payments")),
        (" payments off", OffLine(team="payments")),
        (" off payments", OffLine(team="payments")),
        (" payments remove", OffLine(team="payments")),
        (" me", MineLine()),
        (
            " payments swap <@U1> <@U2> Friday to Monday",
            SwapRequest(team="payments", one="U1", other="U2", first_day=FRIDAY, day=MONDAY),
        ),
        (
            " payments swap <@U1> and <@U2> between Friday and Monday",
            SwapRequest(team="payments", one="U1", other="U2", first_day=FRIDAY, day=MONDAY),
        ),
        (
            " payments cover me by <@U2> until Friday",
            SwapRequest(team="payments", kind="cover", one="UME", other="U2", day=FRIDAY),
        ),
        (
            " payments cover <@U1> by me until Friday",
            SwapRequest(team="payments", kind="cover", one="U1", other="UME", day=FRIDAY),
        ),
        (" cancel 7k3mxq", BackLine(swap="7k3mxq")),
        (" payments cancel cover 7k3mxq", BackLine(swap="7k3mxq", team="payments")),
        (" cancel payments 7k3mxq", BackLine(swap="7k3mxq", team="payments")),
        (" payments remove #7k3mxq", BackLine(swap="7k3mxq", team="payments")),
        (
            " payments swap <@U1> <@U2> from Friday to Monday",
            SwapRequest(team="payments", one="U1", other="U2", first_day=FRIDAY, day=MONDAY),
        ),
        (
            " payments swap <@U1> <@U2> from Friday 18:00 until 9am next Monday",
            SwapRequest(
                team="payments",
                one="U1",
                other="U2",
                first_day=FRIDAY,
                first_at=time(18),
                day=DayOfNextWeek(number=0),
                at=time(9),
            ),
        ),
        (
            " payments cover <@U1> by <@U2> from tomorrow for 2 weeks",
            SwapRequest(
                team="payments",
                kind="cover",
                one="U1",
                other="U2",
                first_day=DaysAhead(days=1),
                length=Length(amount=2, unit="week"),
            ),
        ),
        (
            " payments <@U2> covers for <@U1> until 18:00",
            SwapRequest(team="payments", kind="cover", one="U1", other="U2", at=time(18)),
        ),
        (
            " cover payments <@U1> by <@U2> for 4h",
            SwapRequest(
                team="payments", kind="cover", one="U1", other="U2", length=Length(amount=4, unit="hour")
            ),
        ),
        (
            " payments swap <@U1|dana> <@U2> until 2026-12-04 18:00",
            SwapRequest(team="payments", one="U1", other="U2", day=date(2026, 12, 4), at=time(18)),
        ),
        (
            " payments swap <@U1> with <@U2> until Monday",
            SwapRequest(team="payments", one="U1", other="U2", day=MONDAY),
        ),
        (
            " payments <@U1> swaps with <@U2> until Monday",
            SwapRequest(team="payments", one="U1", other="U2", day=MONDAY),
        ),
        (
            " payments swap <@U1> <@U2> until now",
            SwapRequest(team="payments", one="U1", other="U2", day="now"),
        ),
        (
            " swap payments <@U1> and <@U2> until 18:00",
            SwapRequest(team="payments", one="U1", other="U2", day=None, at=time(18)),
        ),
    ],
)
def test_reads_the_rest(typed: str, expected: object) -> None:
    assert parse_oncall(typed, "UME") == expected


@pytest.mark.parametrize(
    "text", ["10", "24:00", "10:60", "13pm", "0am", "10:0", "-1:00", "½:00", "١٠:٠٠x", ""]
)
def test_what_is_no_time(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("", TeamLine(verb=None)),
        (" list", TeamLine(verb=TeamVerb.LIST)),
        (
            " create payments <@U1|dana> <@U2>",
            TeamLine(verb=TeamVerb.CREATE, name="payments", people=("U1", "U2")),
        ),
        (
            " create big payments with <@U1> and <@U1>",
            TeamLine(verb=TeamVerb.CREATE, name="big payments", people=("U1",)),
        ),
        (
            " new <!subteam^S1|@oncall> Payments",
            TeamLine(verb=TeamVerb.CREATE, name="Payments", groups=("S1",)),
        ),
        (" create a&amp;b", TeamLine(verb=TeamVerb.CREATE, name="a&b")),
        (
            " create house of cards <@U1>",
            TeamLine(verb=TeamVerb.CREATE, name="house of cards", people=("U1",)),
        ),
        (" JOIN “payments”", TeamLine(verb=TeamVerb.JOIN, name="payments")),
        (" leave", TeamLine(verb=TeamVerb.LEAVE)),
        (" rm payments", TeamLine(verb=TeamVerb.DELETE, name="payments")),
        (" payments", TeamLine(verb=None, name="payments")),
        (" craete payments", TeamLine(verb=None, nearest=(TeamVerb.CREATE,), name="craete payments")),
    ],
)
def test_reads_a_line_about_teams(typed: str, line: TeamLine) -> None:
    assert parse_team(typed) == line


@pytest.mark.parametrize(
    ("typed", "problem", "words"),
    [
        ("create a @nobody", Problem.UNREADABLE, ("@nobody",)),
        ("create payments <@U1> please", Problem.WORD, ("please",)),
        ("create payments <@U1> and", Problem.WORD, ("and",)),
        ("create payments <!here>", Problem.NAME, ("@here",)),
        ("join <#C012AB3CD|payments>", Problem.NAME, ("#payments",)),
        ("list payments", Problem.WORD, ("payments",)),
        ("show payments <@U1>", Problem.PERSON, ("<@U1>",)),
        ("delete payments <@U1>", Problem.PERSON, ("<@U1>",)),
        ("delete payments <!subteam^S1>", Problem.GROUP, ()),
    ],
)
def test_says_what_of_a_line_about_teams_it_can_not_read(
    typed: str, problem: Problem, words: tuple[str, ...]
) -> None:
    with pytest.raises(UnclearLineError) as refused:
        parse_team(f" {typed}")
    assert (refused.value.problem, refused.value.words) == (problem, words)
