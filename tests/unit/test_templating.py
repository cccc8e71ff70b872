"""The texts of a scenario with measured figures."""

from datetime import timedelta

import pytest

from scenarios.journal.events import Measurement
from scenarios.telling.templating import fill, template_problems


def measured(waiting: int = 4, oldest: float = 80.4, now: float = 0.0, before: float = 78.44) -> Measurement:
    return Measurement(
        writers_waiting=waiting,
        oldest_wait_seconds=oldest,
        writes_per_second=now,
        writes_per_second_before=before,
    )


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{writers_waiting}", "4"),
        ("{writers_waiting:session waits|sessions wait}", "4 sessions wait"),
        ("{oldest_wait}", "1 min 20 s"),
        ("{writes_now}/{writes_before}", "0/78"),
        ("after {elapsed}", "after 9 min"),
        ("100% {{plain}}", "100% {plain}"),
        ("no placeholder", "no placeholder"),
    ],
)
def test_fills(text: str, filled: str) -> None:
    assert fill(text, measured=measured(), elapsed=timedelta(minutes=9)) == filled


@pytest.mark.parametrize(
    ("waiting", "said"), [(0, "0 sessions"), (1, "1 session"), (2, "2 sessions"), (12, "12 sessions")]
)
def test_plural(waiting: int, said: str) -> None:
    text = "{writers_waiting:session|sessions}"
    assert fill(text, measured=measured(waiting), elapsed=timedelta()) == said


@pytest.mark.parametrize(
    ("rate", "said"), [(0.04, "0"), (0.5, "0.5"), (1.0, "1"), (9.96, "10"), (78.44, "78"), (99.5, "100")]
)
def test_rates_are_short(rate: float, said: str) -> None:
    assert fill("{writes_now}", measured=measured(now=rate), elapsed=timedelta()) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "less than 1 s"), (1, "1 s"), (59.9, "59 s"), (60, "1 min"), (3661, "61 min 1 s")],
)
def test_waits_are_words(seconds: float, said: str) -> None:
    assert fill("{oldest_wait}", measured=measured(oldest=seconds), elapsed=timedelta()) == said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{writer_waiting}", "did you mean {writers_waiting}?"),
        ("{}", "{} is no placeholder"),
        ("{0}", "{0} is no placeholder"),
        ("{elapsed.__class__}", "{elapsed.__class__} is no placeholder"),
        ("{elapsed[0]}", "{elapsed[0]} is no placeholder"),
        ("{elapsed!r}", "has a conversion"),
        ("{elapsed:>10}", "{elapsed:>10} is not understood"),
        ("{oldest_wait:a|b}", "is not understood"),
        ("{writers_waiting:session}", "is not understood"),
        ("{writers_waiting:{elapsed}|x}", "is not understood"),
        ("{elapsed", "a brace is open or closed alone"),
        ("elapsed}", "a brace is open or closed alone"),
    ],
)
def test_what_is_not_understood(text: str, problem: str) -> None:
    (message,) = template_problems(text)
    assert problem in message
    with pytest.raises(ValueError, match=r"\w"):
        fill(text, measured=measured(), elapsed=timedelta())
