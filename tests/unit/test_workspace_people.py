"""The people whom a newcomer finds, and their time zones around both changes."""

import pytest

from bot.workspace.company.seed import PEOPLE, seeded
from bot.workspace.company.time_zones import time_zone
from bot.workspace.web_api.shapes import user_object

WINTER, SUMMER = 1_764_000_000.0, 1_784_000_000.0


def test_everybody_has_a_zone_that_is_labelled() -> None:
    for person in PEOPLE:
        for moment in (WINTER, SUMMER):
            assert " " in time_zone(person.zone, moment)["tz_label"], person.name


@pytest.mark.parametrize(
    ("zone", "moment", "offset", "label"),
    [
        # 2026-10-25T01:00Z and 2026-03-29T01:00Z: https://www.iana.org/time-zones, Europe.
        ("Europe/Amsterdam", 1_792_889_999, 7200, "Central European Summer Time"),
        ("Europe/Amsterdam", 1_792_890_000, 3600, "Central European Time"),
        ("Europe/London", 1_774_745_999, 0, "Greenwich Mean Time"),
        ("Europe/London", 1_774_746_000, 3600, "British Summer Time"),
        ("Asia/Kolkata", WINTER, 19_800, "India Standard Time"),
        ("America/Sao_Paulo", SUMMER, -10_800, "Brasilia Standard Time"),
    ],
)
def test_offsets_follow_daylight_saving(zone: str, moment: float, offset: int, label: str) -> None:
    assert time_zone(zone, moment) == {"tz": zone, "tz_label": label, "tz_offset": offset}


def test_lee_is_the_only_admin_and_everybody_is_everywhere() -> None:
    state = seeded("harbor", lambda: WINTER)
    people = [user for user in state.users.values() if user.name != "slackbot"]
    assert [user.name for user in people if user_object(state, user)["is_admin"]] == ["lee"]
    assert len(people) == 10
    for channel in state.channels():
        assert channel.members == [user.id for user in people]
