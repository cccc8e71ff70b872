"""A game day in a real browser: planned in the form, seen on the scoreboard, won on the podium.

Screenshots go to tests/screenshots.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.game_day_rider import fill_in, podium, scoreboard, to_channel
from tests.acceptance.game_day_stage import END_IT, LOOK, DayStage
from tests.acceptance.page_fixtures import SCREENSHOTS
from tests.acceptance.page_rider import riding
from tests.acceptance.ride_fixtures import OpenStage

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEGINS_WITHIN_MS = 200_000
"""As long as preparing takes, and to the full minute."""


async def test_a_facilitator_runs_a_day(open_stage: OpenStage, chromium: Browser) -> None:
    async with open_stage(speed=10) as stage, riding(chromium, stage.demo.workspace.url) as lee:
        day = await DayStage.on(stage)
        await day.make_teams({"apes": ("dana", "sam"), "bears": ("ines", "noor")})
        await lee.act_as("Lee Park")
        form = await fill_in(lee, day, datetime.now(UTC) - timedelta(hours=1))
        await lee.shoot(SCREENSHOTS, "gameday_1_form")
        await form.get_by_role("button", name="Plan it").click()
        await expect(form.get_by_text("That moment has passed")).to_be_visible()
        # This minute is now: they go live as soon as both are ready.
        now = _london()
        await form.get_by_label("Date").fill(f"{now:%Y-%m-%d}")  # it was yesterday's, an hour after midnight
        await form.get_by_label(re.compile("^Time")).fill(f"{now:%H:%M}")
        await form.get_by_role("button", name="Plan it").click()
        # The form gives way to what is being done, then to what came of it.
        await expect(form.get_by_text("Winter is planned for")).to_be_visible()
        await expect(form.get_by_text("2 teams will be ready at about")).to_be_visible()
        await form.get_by_role("button", name="Close").first.click()
        await expect(form).to_have_count(0)
        await expect(
            lee.notices.filter(has_text=f"Winter is planned for {now:%a} {now.day} {now:%b %Y}")
        ).to_be_visible()
        await day.find_channels()
        await to_channel(lee, "gameday-winter")
        board = scoreboard(lee)
        await expect(board).to_contain_text(re.compile("live.*live", re.DOTALL), timeout=BEGINS_WITHIN_MS)
        await lee.shoot(SCREENSHOTS, "gameday_2_scoreboard")

        await to_channel(lee, "gameday-winter-console")
        controls = lee.message("Pause")
        await controls.get_by_role("button", name="Pause").first.click()
        await expect(controls).to_contain_text("paused at")
        await controls.get_by_role("button", name="Resume").click()
        await lee.shoot(SCREENSHOTS, "gameday_3_console")
        await controls.get_by_role("button", name="Speak…").first.click()
        await expect(lee.page.get_by_role("dialog")).to_contain_text("Who speaks")
        await lee.page.keyboard.press("Escape")

        dana, ines = stage.dana, stage.people["ines"]
        await asyncio.gather(day.runs(dana, LOOK, END_IT), day.runs(ines, END_IT))
        await to_channel(lee, "gameday-winter")
        places = re.compile(r"apes · 100 points.*bears · \d\d points", re.DOTALL)
        await expect(podium(lee)).to_contain_text(places)
        await expect(podium(lee).get_by_alt_text("🥇")).to_be_visible()
        await lee.shoot(SCREENSHOTS, "gameday_4_podium")
        assert lee.complaints == []


def _london() -> datetime:
    """The time by lee's clock."""
    return datetime.now(ZoneInfo("Europe/London"))
