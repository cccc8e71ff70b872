"""Ids and timestamps of Slack's shapes."""

import re

import pytest

from bot.workspace.company.identifiers import Identifiers, Timestamps, is_timestamp, moment


def test_timestamps_rise_whatever_the_clock_does() -> None:
    times = iter([100.0, 100.0, 99.0, 100.0000004, 101.5])
    timestamps = Timestamps(lambda: next(times))
    assert [timestamps.new() for _ in range(5)] == [
        "100.000000", "100.000001", "100.000002", "100.000003", "101.500000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("1764000000.000100", True),
        ("0", True),
        ("1764000000", True),
        ("soon", False),
        ("1.2.3", False),
        ("", False),
    ],
)
def test_what_a_timestamp_is(text: str, valid: bool) -> None:
    assert is_timestamp(text) is valid


def test_timestamps_compare_as_numbers() -> None:
    assert moment("9.5") == (9, 500_000)
    assert moment("9.000001") < moment("9.00001") < moment("10")


def test_ids() -> None:
    first, second = Identifiers("a"), Identifiers("a")
    assert re.fullmatch(r"U0[A-Z0-9]{9}", first.seeded("U"))
    second.seeded("U")
    second.new("C")
    assert first.seeded("U") == second.seeded("U"), "what is made meanwhile changes nothing"
    assert first.new("C") != second.new("C")
