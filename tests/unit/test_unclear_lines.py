"""Every word of a line is used or named: what people type, with a word too many anywhere in it."""

from collections.abc import Callable, Iterator

import pytest

from bot.slack.lines.drill_line import parse_drill
from bot.slack.lines.leaderboard_line import parse_leaderboard
from bot.slack.lines.oncall_line import parse_oncall
from bot.slack.lines.quiet_line import parse_quiet
from bot.slack.lines.reading import Reading
from bot.slack.lines.team_line import parse_team
from bot.slack.lines.unclear import LineKind, Part, Problem, UnclearLineError
from bot.slack.messages import refusals
from tests.slack_doubles import DANA, SETTINGS, words
from tests.slack_limits import check

STRANGE = "frobnicate"
NASTY = "``` <!channel> *bold* " + "y" * 500

Parser = Callable[[str], object]

GOOD: dict[str, Parser] = {
    "payments <@U1> <@U2> every week from Monday at 10:00 Europe/Lisbon": parse_oncall,
    "payments <@U1> <@U2> every 2 weeks from 2026-12-07 at 9 am": parse_oncall,
    "payments daily <@U1> , <@U2> and <@U3> starting tomorrow": parse_oncall,
    "payments swap <@U1> <@U2> from Friday 09:00 until Monday 18:00": parse_oncall,
    "payments <@U1> swaps with <@U2> until Friday": parse_oncall,
    "payments cover <@U1> by <@U2> from tomorrow 18:00 for 3 days": parse_oncall,
    "payments <@U2> covers <@U1> until now": parse_oncall,
    "payments off": parse_oncall,
    "payments cancel 7k3mxq": parse_oncall,
    "me": parse_oncall,
    "payments between 9 and 5 tomorrow L3 Europe/Lisbon": parse_drill,
    "payments between 09:00 and 17:00 next week": parse_drill,
    "payments this Friday from 9am to 5pm with alter-table-locks": parse_drill,
    "list": parse_drill,
    "cancel 7k3mxq": parse_drill,
    "payments from Friday 14:00 to Monday 09:00 Europe/Lisbon": parse_quiet,
    "payments on Friday from 14:00 to 16:00": parse_quiet,
    "payments on Monday and Thursday between 9 and 5": parse_quiet,
    "everybody from tomorrow for 3 days": parse_quiet,
    "payments until 18:00": parse_quiet,
    "everybody next week UTC": parse_quiet,
    "remove 7k3mxq": parse_quiet,
    "team alter-table-locks since 2026-11-01": parse_leaderboard,
    "people this month": parse_leaderboard,
    "create payments <@U1> <@U2>": parse_team,
    "list ": parse_team,
}
"""Lines that are understood."""


def with_strange_word() -> Iterator[tuple[str, Parser]]:
    for line, parse in GOOD.items():
        said = line.split()
        for place in range(len(said) + 1):
            yield " ".join([*said[:place], STRANGE, *said[place:]]), parse


@pytest.mark.parametrize(("line", "parse"), GOOD.items())
def test_a_good_line_is_understood(line: str, parse: Parser) -> None:
    parse(line)


@pytest.mark.parametrize(("line", "parse"), list(with_strange_word()))
def test_a_strange_word_is_named_or_is_looked_up_as_a_name(line: str, parse: Parser) -> None:
    """A team and a scenario may be called anything: whoever looks it up refuses it by its whole name."""
    read, error = outcome(line, parse)
    if error is not None:
        assert STRANGE in words(refusals.refusal(error, DANA, SETTINGS))
        return
    fields = ("team", "wanted", "scenario", "name", "drill", "quiet", "swap")
    assert STRANGE in " ".join(str(getattr(read, field, "")) for field in fields)


def outcome(line: str, parse: Parser) -> tuple[object, UnclearLineError | None]:
    try:
        return parse(line), None
    except UnclearLineError as error:
        return None, error


@pytest.mark.parametrize(
    ("line", "parse", "more"),
    [
        (line, parse, more)
        for line, parse, parts in [
            (
                "payments <@U1> <@U2> every week from Monday at 10:00 UTC",
                parse_oncall,
                ["every 2 weeks", "daily", "from Tuesday", "tomorrow", "at 11:00", "9pm", "Europe/Lisbon"],
            ),
            (
                "payments swap <@U1> <@U2> from Friday until Monday",
                parse_oncall,
                ["<@U3>", "from Saturday", "until Tuesday", "for 3 days", "swap"],
            ),
            (
                "payments cover <@U1> by <@U2> from Friday for 2 days",
                parse_oncall,
                ["<@U3>", "by <@U3>", "from Saturday", "until Tuesday", "for 3 days", "covers"],
            ),
            (
                "payments between 9 and 5 tomorrow L3 UTC",
                parse_drill,
                ["between 10 and 12", "today", "next week", "L4", "alter-table-locks", "Europe/Lisbon"],
            ),
            (
                "payments from Friday 14:00 to Monday 09:00 UTC",
                parse_quiet,
                ["from Saturday", "to Tuesday", "for 3 days", "on Tuesday", "between 9 and 5", "CET"],
            ),
            (
                "payments on Friday from 14:00 to 16:00 UTC",
                parse_quiet,
                ["from 17:00 to 18:00", "to Monday", "for 3 days", "Saturday", "from Sunday", "CET"],
            ),
            (
                "team alter-table-locks since 2026-11-01",
                parse_leaderboard,
                ["people", "since 2026-12-01", "this month", "2026-12"],
            ),
        ]
        for more in parts
    ],
)
def test_a_part_too_many_is_named(line: str, parse: Parser, more: str) -> None:
    with pytest.raises(UnclearLineError) as refused:
        parse(f"{line} {more}")
    assert refused.value.problem in {
        Problem.TWICE,
        Problem.TWO_PEOPLE,
        Problem.WHO_COVERS,
    }
    if refused.value.problem is Problem.TWICE:
        told = words(refusals.refusal(refused.value, DANA, SETTINGS))
        assert "is one too many" in told


@pytest.mark.parametrize(
    "room", ["<!here>", "<!channel>", "<!everyone>", "<#C012AB3CD|general>", "<#C012AB3CD>"]
)
@pytest.mark.parametrize(
    ("line", "parse"),
    [
        ("{} every week from Monday", parse_oncall),
        ("payments {} every week", parse_oncall),
        ("payments swap <@U1> {} until Friday", parse_oncall),
        ("payments cover {} by <@U1> until Friday", parse_oncall),
        ("{}", parse_oncall),
        ("{} between 9 and 5", parse_drill),
        ("{} today", parse_quiet),
        ("create payments {}", parse_team),
        ("join {}", parse_team),
        ("{}", parse_leaderboard),
    ],
)
def test_a_channel_or_everybody_in_it_is_no_name(room: str, line: str, parse: Parser) -> None:
    with pytest.raises(UnclearLineError) as refused:
        parse(line.format(room))
    assert refused.value.problem is Problem.NAME
    told = words(refusals.refusal(refused.value, DANA, SETTINGS))
    assert "<!" not in told
    assert "<#" not in told
    assert "such as `payments`" in told


@pytest.mark.parametrize("kind", LineKind)
@pytest.mark.parametrize("problem", Problem)
def test_every_refusal_fits_slack_and_has_an_example(kind: LineKind, problem: Problem) -> None:
    everything = tuple((part, NASTY) for part in Part)
    for error in (
        UnclearLineError(
            kind, problem, NASTY, NASTY, understood=everything, unread=(NASTY,), meant=(NASTY,) * 3
        ),
        UnclearLineError(kind, problem),
    ):
        message = refusals.refusal(error, DANA, SETTINGS)
        check(message)
        assert "For example: `/ride " in message.text
        assert "<!channel>" not in words(message)


def test_the_mark_that_ends_a_sentence_is_no_word() -> None:
    assert Reading.of(LineKind.DRILL, "payments, please!").tokens == ["payments", "please"]
