"""Whole rides in a real browser: the page, the bot over Socket Mode, and a PostgreSQL that is really stuck.

Screenshots of the main moments go to tests/screenshots.
"""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.page_fixtures import SCREENSHOTS
from tests.acceptance.page_rider import END_IT, LOOK, RESULT, START, TIE, Rider, riding
from tests.acceptance.ride_fixtures import OpenStage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_newcomer_rides(open_stage: OpenStage, chromium: Browser) -> None:
    async with open_stage() as stage, riding(chromium, stage.demo.workspace.url) as rider:
        await rider.shoot(SCREENSHOTS, "ride_1_newcomer")
        await rider.enter(START)
        await expect(rider.message("Opening an incident channel")).to_contain_text("Only visible to you")
        # The page comes in the channel and as a direct message: one notice of it is enough.
        await expect(rider.notices.filter(has_text="You're being paged")).to_have_count(1)
        await expect(rider.page.get_by_title("Unread messages")).to_be_visible()
        await expect(rider.notices).to_have_count(1)
        await rider.shoot(SCREENSHOTS, "ride_2_paged")
        name = await rider.open_incident()
        await expect(rider.notices).to_have_count(0)
        await work_on_it(rider)
        await read_the_postmortem(rider)

        await rider.page.keyboard.press("Control+k")
        await rider.enter("ride-club")
        await expect(rider.title).to_have_text("ride-club")
        result = rider.message("100/100")
        await expect(result).to_contain_text(name)
        await rider.shoot(SCREENSHOTS, "ride_7_result")
        assert rider.complaints == []


async def work_on_it(rider: Rider) -> None:
    """From the page in the incident's channel to the end of the migration's session."""
    page = rider.message("You're being paged")
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page).to_contain_text("Acknowledged by")
    await expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)

    await rider.to_box()
    looked = await rider.ask(LOOK, RESULT)
    await expect(looked).to_contain_text("idle in transaction")
    await expect(looked).to_contain_text("app_writer")
    await rider.shoot(SCREENSHOTS, "ride_3_looked")

    stuck = await rider.ask(r"/sql \d orders", "Still running after")
    await expect(stuck).to_contain_text("Lock/relation")
    await rider.shoot(SCREENSHOTS, "ride_4_blocked")
    await rider.press(stuck.get_by_role("button", name="Cancel the statement"))
    await expect(stuck).to_contain_text("57014")
    await expect(stuck.get_by_role("button", name="Cancel the statement")).to_have_count(0)

    await rider.to_box()
    tied = await rider.ask(TIE, RESULT)
    await expect(tied).to_contain_text(re.compile(r"app_writer.*\{\d+\}"))
    await rider.enter(END_IT)
    await expect(rider.message("ended the blocking session")).to_be_visible()
    await expect(rider.message("Recovered after")).to_be_visible()


async def read_the_postmortem(rider: Rider) -> None:
    """The postmortem shows from its beginning; its story is in the thread."""
    postmortem = rider.message("Postmortem: ALTER TABLE locks production · 100/100")
    await expect(postmortem.get_by_text("Postmortem: ALTER TABLE locks production")).to_be_in_viewport()
    for words in ("Detect 40/40", "Fix 40/40", "Trap 20/20", "Root cause", "The lesson"):
        await expect(postmortem).to_contain_text(words)
    await rider.shoot(SCREENSHOTS, "ride_5_postmortem")
    await rider.press(postmortem.get_by_role("button", name=re.compile("repl")))
    thread = rider.page.get_by_role("log", name="Thread")
    await expect(thread).to_contain_text("What happened when")
    await expect(thread).to_contain_text("pg_terminate_backend")
    await rider.shoot(SCREENSHOTS, "ride_6_thread")
    await rider.page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)


async def test_the_first_ride_is_a_click_and_a_key_away(open_stage: OpenStage, chromium: Browser) -> None:
    async with open_stage() as stage, riding(chromium, stage.demo.workspace.url) as rider:
        await rider.page.get_by_role("button", name=START).click()
        await expect(rider.page.locator("#box")).to_have_value(START)
        await rider.page.keyboard.press("Enter")
        await rider.open_incident()
        await rider.enter("/ride stop")
        await expect(rider.message("Stopped")).to_be_visible()
        assert rider.complaints == []


async def test_two_people_in_two_tabs(open_stage: OpenStage, chromium: Browser) -> None:
    async with (
        open_stage() as stage,
        riding(chromium, stage.demo.workspace.url) as dana,
        riding(chromium, stage.demo.workspace.url) as sam,
    ):
        await sam.act_as("Sam Ruiz")
        # The space chooses nothing from the list of names: Enter sends.
        await dana.enter(f"{START} @dana @sam ")
        assert await dana.open_incident() == await sam.open_incident()
        await dana.ask("/sql SELECT 40 + 2 AS answer", "42")
        await expect(sam.message("42")).to_contain_text("dana")

        mine = await dana.ask("/ride connect", "postgresql://")
        await expect(mine).to_contain_text("Only visible to you")
        # Asked for later, seen by both: what came before it would be there as well.
        await dana.ask("/ride hint", "Hint 1 of 3")
        await expect(sam.message("Hint 1 of 3")).to_be_visible()
        await expect(sam.message("postgresql://")).to_have_count(0)
        await sam.page.reload()
        await expect(sam.message("Hint 1 of 3")).to_be_visible()
        await expect(sam.message("postgresql://")).to_have_count(0)
        assert dana.complaints + sam.complaints == []
