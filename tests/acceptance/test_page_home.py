"""The app's Home in the page, and images."""

import re

import pytest
from playwright.async_api import expect

from tests.acceptance.page_fixtures import OpenPage
from tests.acceptance.page_stage import BOT, Stage
from tests.acceptance.page_views import button, home_blocks, png

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALT = "Writes a second: 84 until 10:02, none until 10:09, then 84 again."


async def test_home_opens_and_its_button_works(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    apps = page.get_by_role("region", name="Apps")
    await apps.get_by_role("link", name="Ride").click()
    home = page.get_by_role("region", name="Home")
    await expect(home).to_contain_text("nothing to show you here yet")
    await expect(page.get_by_role("link", name="Home")).to_have_attribute("aria-current", "page")
    await expect(page.locator("#scroller")).to_be_hidden()
    stage.publish("U1", *home_blocks())
    await expect(home.get_by_role("heading", name="Your rides")).to_be_visible()
    async with page.expect_response("**/actions"):
        await home.get_by_role("button", name="Start").click()
    [act] = stage.acts
    assert act["actions"][0]["value"] == "alter-table-locks"
    assert act["container"]["type"] == "view"
    assert [(event["type"], event["tab"]) for event in stage.events] == [("app_home_opened", "home")]


async def test_home_is_redrawn_in_place(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.publish("U1", *home_blocks())
    await page.get_by_role("region", name="Apps").get_by_role("link").click()
    start = page.get_by_role("button", name="Start")
    await start.focus()
    stage.publish("U1", {"type": "header", "text": {"type": "plain_text", "text": "Anew"}}, *home_blocks())
    await expect(page.get_by_role("heading", name="Anew")).to_be_visible()
    await expect(start).to_be_focused()


async def test_tabs_addresses_and_the_way_back(stage: Stage, open_page: OpenPage) -> None:
    stage.publish("U1", *home_blocks())
    page = await open_page("/page/U1/C1")
    await page.goto(page.url.replace("C1", stage.bot))
    await expect(page.get_by_role("heading", name="Your rides")).to_be_visible()
    await page.get_by_role("link", name="Messages").click()
    await expect(page.locator("#box")).to_be_visible()
    await expect(page.locator("#home")).to_be_hidden()
    await expect(page.locator(".conversation.here .name")).to_have_text("Ride")
    await page.go_back()
    await expect(page.get_by_role("heading", name="Your rides")).to_be_visible()
    await page.locator(".conversation", has_text="general").click()
    await expect(page.locator("#intro h3")).to_have_text("#general")
    await expect(page.locator("#home")).to_be_hidden()


async def test_somebody_else_is_chosen_at_the_home(stage: Stage, open_page: OpenPage) -> None:
    stage.publish("U2", *home_blocks())
    page = await open_page("/page/U1/C1")
    await page.get_by_role("region", name="Apps").get_by_role("link").click()
    await expect(page.locator("#home")).to_contain_text("nothing to show")
    await page.get_by_label("Act as").select_option(value="U2")
    await expect(page.get_by_role("heading", name="Your rides")).to_be_visible()


async def test_unread_messages_of_the_app_come_first(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.say(f"DU1{BOT}", BOT, "You are on call from Monday.")
    link = page.get_by_role("region", name="Apps").get_by_role("link")
    await expect(link).to_contain_text("1")
    await link.click()
    await expect(page.locator("#log")).to_contain_text("You are on call")
    await expect(link).not_to_contain_text("1")


async def test_an_uploaded_image_is_shown_with_its_alt_text_and_opens_large(
    stage: Stage, open_page: OpenPage
) -> None:
    page = await open_page("/page/U1/C1", width=390, height=820, touch=True)
    await stage.upload("C1", png(1200, 600), title="What happened", alt_text=ALT)
    image = page.locator("#log").get_by_role("img", name=ALT)
    await expect(image).to_have_js_property("naturalWidth", 1200)
    box = await image.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    assert box["width"] == pytest.approx(2 * box["height"], rel=0.02)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_role("button", name=re.compile("^Enlarge")).click()
    large = page.get_by_role("dialog", name="What happened")
    await expect(large.get_by_role("img", name=ALT)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_image_blocks_show_uploads_and_load_nothing_from_elsewhere(
    stage: Stage, open_page: OpenPage
) -> None:
    file = await stage.upload("C1", png(80, 40), title="One", alt_text=ALT)
    stage.say(
        "C1",
        "UBOT",
        "",
        blocks=[
            {"type": "image", "slack_file": {"id": file}, "alt_text": "By its id"},
            {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "From elsewhere"},
            {
                "type": "context",
                "elements": [{"type": "image", "slack_file": {"id": file}, "alt_text": "Small"}],
            },
            {"type": "actions", "elements": [button("Go", "go")]},
        ],
    )
    page = await open_page("/page/U1/C1")
    log = page.locator("#log")
    await expect(log.get_by_role("img", name="By its id")).to_have_js_property("naturalWidth", 80)
    await expect(log.get_by_role("img", name="Small")).to_have_js_property("naturalWidth", 80)
    await expect(log.get_by_text("From elsewhere")).to_be_visible()
    await expect(log.get_by_role("link", name="Open the image")).to_have_attribute(
        "href", "https://example.com/x.png"
    )
