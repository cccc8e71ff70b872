"""A facilitator at the page: plans a game day in the form, for tests and for pictures."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, expect

from tests.acceptance.game_day_stage import DayStage
from tests.acceptance.page_rider import Rider


async def fill_in(rider: Rider, day: DayStage, moment: datetime) -> Locator:
    """Open the form and fill it in, all teams together; the form, not yet sent."""
    local = moment.astimezone(ZoneInfo(day.lee.user.tz))
    await rider.enter("/ride gameday create")
    form = rider.page.get_by_role("dialog", name="Plan a game day")
    await expect(form.get_by_label("Name")).to_be_focused()
    await rider.page.keyboard.type("Winter")
    await form.get_by_label("Date").fill(f"{local:%Y-%m-%d}")
    await form.get_by_label(f"Time ({day.lee.user.tz})").fill(f"{local:%H:%M}")
    await _pick(rider, form.get_by_label("Which, in order"), "L3 ALTER TABLE locks production")
    for team in await teams_of(day):
        await _pick(rider, form.get_by_label("Teams", exact=True), team)
    return form


async def teams_of(day: DayStage) -> list[str]:
    """The names of the teams that there are."""
    found = await day.stage.demo.program.rosters.teams((await day.info()).team.id)
    return [team.name for team in found]


async def _pick(rider: Rider, menu: Locator, option: str) -> None:
    await menu.click()
    await rider.page.get_by_role("listbox").get_by_role("option", name=option).click()


async def to_channel(rider: Rider, name: str) -> None:
    """Go to a channel by its name, once the page knows of it."""
    await expect(rider.page.locator("#sidebar").get_by_text(name, exact=True)).to_be_visible()
    await rider.page.keyboard.press("Control+k")
    await rider.enter(name)
    await expect(rider.title).to_have_text(name)


def scoreboard(rider: Rider) -> Locator:
    """The scoreboard, in the day's channel."""
    return rider.message("Scoreboard: Winter")


def podium(rider: Rider) -> Locator:
    """The summary, in the day's channel."""
    return rider.message(re.compile("Winter: the result"))
