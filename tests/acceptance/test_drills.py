"""Unannounced drills, as people of the workspace plan and meet them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, Stage, ask, private


def window(begins: timedelta, ends: timedelta) -> str:
    """A time from now, as it is typed."""
    first = datetime.now(UTC) + begins
    return f"between {first:%H:%M:%S} and {first - begins + ends:%H:%M:%S} on {first:%Y-%m-%d} UTC"


async def team_of_two(stage: Stage) -> str:
    """Dana and Sam are a team; gives the channel where people type."""
    home = (await stage.dana.channel("incidents")).id
    told = await ask(stage.dana, home, "/ride", "team create payments @dana @sam", private)
    assert "payments" in told.words
    return home


async def test_a_drill_pages_the_person_on_call_within_its_window(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee, dana = stage.people["lee"], stage.dana
        home = await team_of_two(stage)
        asked = window(timedelta(seconds=2), timedelta(seconds=9))
        begins = datetime.now(UTC).timestamp()
        known = {one.id for one in await dana.conversations()}
        planned = await ask(lee, home, "/ride", f"drill payments {asked}", private)
        assert "payments" in planned.words
        assert "alter-table-locks" not in planned.words
        listed = await ask(lee, home, "/ride", "drill list", private)
        assert "planned" in listed.words
        opened = await dana.wait_for_conversation(
            lambda one: one.id not in known and one.name.startswith("inc-"), PATIENCE
        )
        page = await dana.wait_for(opened.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        assert f"<@{dana.id}>" in page.text
        assert f"<@{stage.sam.id}>" not in page.text
        assert float(page.ts) > begins + 1
        found = re.search(r"`([a-z0-9]{6})`", planned.text)
        assert found is not None
        assert found[1] not in " ".join(message.words for message in await dana.messages(opened.id))
        late = await ask(lee, home, "/ride", f"drill cancel {found[1]}", private)
        assert "has already started" in late.words


async def test_a_cancelled_drill_is_off(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee = stage.people["lee"]
        home = await team_of_two(stage)
        planned = await ask(
            lee, home, "/ride", "drill payments between 09:00 and 17:00 next week L5", private
        )
        assert "no scenario of level L5" in planned.words
        found = re.search(r"`([a-z0-9]{6})`", planned.text)
        assert found is not None
        other = await ask(lee, home, "/ride", "drill payments between 9 and 17 every day", private)
        assert "`every-day` isn't a day" in other.words
        raw = await ask(lee, home, "/ride", "start alter-table-locks for @oncall", private)
        assert "user group" in raw.words
        assert "subteam" not in raw.words
        typo = await ask(lee, home, "/ride", f"drill cancel {found[1]}x", private)
        assert f"drill cancel {found[1]}" in typo.words
        done = await ask(lee, home, "/ride", f"drill cancel {found[1]}", private)
        assert "is cancelled" in done.words
        listed = await ask(lee, home, "/ride", "drill list", private)
        assert "cancelled" in listed.words


async def test_drills_are_for_facilitators_and_quiet_times_for_the_team(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee, dana, ines = stage.people["lee"], stage.dana, stage.people["ines"]
        home = await team_of_two(stage)
        plan = "drill payments between 09:00 and 17:00 next week"
        refused = await ask(dana, home, "/ride", plan, private)
        assert "facilitator" in refused.words
        stranger = await ask(ines, home, "/ride", "quiet payments today", private)
        assert "⛔" in stranger.words
        quiet = await ask(
            dana,
            home,
            "/ride",
            "quiet payments from 2126-12-24 to 2126-12-26 because of the holidays",
            private,
        )
        assert "years" in quiet.words
        quiet = await ask(dana, home, "/ride", "quiet payments today UTC reason we move", private)
        assert "payments" in quiet.words
        listed = await ask(lee, home, "/ride", "quiet list", private)
        assert "we move" in listed.words
        later = window(timedelta(seconds=1), timedelta(minutes=1))
        full = await ask(lee, home, "/ride", f"drill payments {later}", private)
        assert "do-not-disturb" in full.words


async def test_a_quiet_time_calls_off_a_drill_and_tells_its_planner_alone(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee, dana = stage.people["lee"], stage.dana
        home = await team_of_two(stage)
        known = {one.id for one in await lee.conversations()}
        today = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
        await ask(lee, home, "/ride", f"drill payments between 9 and 17 on {today} UTC", private)
        told = await ask(dana, home, "/ride", f"quiet payments on {today} UTC", private)
        assert "drill" in told.words
        assert "called off" not in told.words
        direct = await lee.wait_for_conversation(
            lambda one: one.kind == "im" and one.id not in known, PATIENCE
        )
        await lee.wait_for(direct.id, lambda m: "called off" in m.words, PATIENCE)


async def test_bare_hours_are_the_days_and_are_said_back(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee = stage.people["lee"]
        home = await team_of_two(stage)
        planned = await ask(
            lee, home, "/ride", "drill payments between 9 and 5 tomorrow Europe/Lisbon", private
        )
        day = datetime.now(ZoneInfo("Europe/Lisbon")) + timedelta(days=1)
        assert f"{day:%a} {day.day} {day:%b %Y}, 09:00–17:00 (Europe/Lisbon)" in planned.words
        for typed, told in [
            ("drill payments between 1 and 5 tomorrow", ("`13:00 to 17:00`", "`01:00 to 05:00`")),
            ("drill payments between 9 and 17 on Monday and Thursday", ("`Thursday` is one too many",)),
            ("drill payments @dana between 9 and 17", ("is a person, and no person belongs there",)),
            ("drill @channel between 9 and 17", ("`@channel`", "such as `payments`")),
            ("drill list payments", ("`payments`",)),
        ]:
            refused = await ask(lee, home, "/ride", typed, private)
            for part in (*told, "Nothing was done.", "For example:"):
                assert part in refused.words, typed
        listed = await ask(lee, home, "/ride", "drill list", private)
        assert len(set(re.findall(r"`[a-z0-9]{6}`", listed.words))) == 1


async def test_quiet_hours_are_hours_and_said_back(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee, dana = stage.people["lee"], stage.dana
        home = await team_of_two(stage)
        # A week ahead at the least: today's hours may be over.
        monday = datetime.now(UTC) + timedelta(days=7 - datetime.now(UTC).weekday())
        friday = monday + timedelta(days=4)
        told = await ask(
            dana,
            home,
            "/ride",
            "quiet payments on next Friday from 14:00 to 16:00 UTC because we move",
            private,
        )
        assert f"{friday:%a} {friday.day} {friday:%b %Y}, 14:00–16:00 (UTC), because: we move" in told.words
        told = await ask(dana, home, "/ride", "quiet payments from tomorrow for 3 days UTC", private)
        first, last = (datetime.now(UTC) + timedelta(days=days) for days in (1, 3))
        assert f"{first:%a} {first.day} {first:%b %Y} – {last:%a} {last.day} {last:%b %Y}" in told.words
        several = await ask(dana, home, "/ride", "quiet payments on Monday and Thursday UTC", private)
        assert len(set(re.findall(r"• `([a-z0-9]{6})`", several.words))) == 2
        refused = await ask(dana, home, "/ride", "quiet payments on Friday the office moves", private)
        assert "`the`" in refused.words
        assert "A reason goes after `because`" in refused.words
        listed = await ask(lee, home, "/ride", "quiet list", private)
        assert len(set(re.findall(r"`[a-z0-9]{6}`", listed.words))) == 4
