"""Incident channels' names: told apart at a glance, never cut by Slack, and silent about the cause."""

from datetime import UTC, datetime

import pytest

from bot.rides.channel_name import channel_name
from bot.slack.chat.channel_names import MAX_LENGTH, acceptable, another
from scenarios.loading.catalogue import Catalogue

DAY = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("alert", "name"),
    [
        ("Checkout: orders are not being saved", "inc-1129-checkout-orders-not-saved-f22kt8"),
        ("Reports don't come", "inc-1129-reports-dont-come-f22kt8"),
        ("The", "inc-1129-the-f22kt8"),
        ("Zahlungen: Größe & Ärger", "inc-1129-zahlungen-grosse-arger-f22kt8"),
        ("支払い", "inc-1129-f22kt8"),
        ("***", "inc-1129-f22kt8"),
        ("x" * 90, f"inc-1129-{'x' * 50}-f22kt8"),
    ],
)
def test_a_name_has_the_day_what_is_seen_and_the_ride(alert: str, name: str) -> None:
    assert acceptable(channel_name(alert, DAY, "f22kt8")) == name


def test_a_long_alert_ends_after_a_word_and_the_ride_is_never_cut() -> None:
    name = channel_name("search answers slowly " * 9, DAY, "f22kt8")
    assert name == "inc-1129-search-answers-slowly-search-answers-slowly-search-f22kt8"
    assert another(acceptable(name), 9, lambda: "a1b2c3").startswith(name)
    assert len(name) + len("-a1b2c3") <= MAX_LENGTH


def test_no_name_has_a_word_of_the_cause() -> None:
    for scenario in Catalogue().all():
        told = set(channel_name(scenario.alert, DAY, "").split("-"))
        assert told - {"inc", "1129"}
        assert scenario.slug not in channel_name(scenario.alert, DAY, "")
        assert told & set(scenario.slug.split("-")) <= set(scenario.alert.casefold().split())
