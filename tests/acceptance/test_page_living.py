"""What happens while the page is open: news, calls, a lost connection, other people."""

import re
from typing import Any

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from tests.acceptance.page_fixtures import SCREENSHOTS, OpenPage
from tests.acceptance.page_stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_new_message_appears_and_keeps_the_rest(stage: Stage, open_page: OpenPage) -> None:
    stage.say("C1", "U2", "before")
    page = await open_page("/page/U1/C1")
    await page.locator("#log article").evaluate("node => { node.dataset.kept = 'yes' }")
    stage.say("C1", "U2", "after")
    await expect(page.locator("#log article")).to_have_count(2)
    assert await page.locator("#log article").first.get_attribute("data-kept") == "yes"
    log = page.get_by_role("log", name="Messages")
    assert await log.get_attribute("aria-live") == "polite"


async def test_an_incident_channel_that_opens_is_obvious(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.channel("C9", "inc-locks-7f3a", kind="private", members={"U1", "UBOT"})
    toast = page.locator(".toast.channel")
    await expect(toast).to_contain_text("You were added to #inc-locks-7f3a")
    row = page.locator('.conversation[data-channel="C9"]')
    await expect(row).to_have_class(re.compile("fresh"))
    stage.say("C9", "UBOT", "<@U1> *you are paged*: checkout is down")
    page_toast = page.locator(".toast.page")
    await expect(page_toast).to_contain_text("@mira you are paged: checkout is down")
    await expect(toast).to_have_count(0)
    await expect(row.locator(".badge")).to_have_text("1")
    await expect(page).to_have_title("(1) #general · Brightwater")
    await page_toast.get_by_role("button", name="Open").click()
    await expect(page.locator(".channel-header h2")).to_have_text("inc-locks-7f3a")
    await expect(row.locator(".badge")).to_have_count(0)
    await expect(page).to_have_title("#inc-locks-7f3a · Brightwater")
    assert page.url.endswith("/page/U1/C9")
    assert "U1" in stage.state.conversations["C9"].last_read


async def test_a_direct_message_calls_and_a_plain_one_only_shows(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.say("C2", "U2", "nothing special")
    await expect(page.locator('.conversation[data-channel="C2"]')).to_have_class(re.compile("unread"))
    await expect(page).to_have_title("• #general · Brightwater")
    await expect(page.locator(".toast")).to_have_count(0)
    stage.say("DU1U2", "U2", "can you look?")
    await expect(page.locator(".toast.page")).to_contain_text("Tomas Reyes")
    await expect(page).to_have_title("(1) #general · Brightwater")


async def test_a_page_that_comes_twice_is_one_notice(stage: Stage, open_page: OpenPage) -> None:
    stage.channel("C9", "inc-locks-7f3a", kind="private", members={"U1", "UBOT"})
    page = await open_page("/page/U1/C1")
    stage.say("C9", "UBOT", "<@U1> you are paged")
    stage.say("DU1UBOT", "UBOT", "<@U1> you are paged")
    await expect(page).to_have_title("(2) #general · Brightwater")
    await expect(page.locator(".toast.page strong")).to_have_text(["Ride in #inc-locks-7f3a"])
    stage.say("DU1UBOT", "UBOT", "something else")
    await expect(page.locator(".toast.page strong")).to_have_text(["Ride in #inc-locks-7f3a", "Ride"])


@pytest.mark.parametrize(("width", "seen"), [(1280, 2), (390, 1)])
async def test_on_a_phone_only_the_newest_notice_covers_the_page(
    stage: Stage, open_page: OpenPage, width: int, seen: int
) -> None:
    page = await open_page("/page/U1/C1", width=width, height=844)
    stage.say("DU1U2", "U2", "can you look?")
    await expect(page.locator(".toast", has_text="Tomas Reyes")).to_be_visible()
    stage.say("DU1UBOT", "UBOT", "you are paged")
    await expect(page.locator(".toast", has_text="you are paged")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(2)
    await expect(page.locator(".toast:visible")).to_have_count(seen)


@pytest.mark.parametrize("together", [1, 3])
async def test_a_message_too_long_to_see_whole_shows_its_beginning(
    stage: Stage, open_page: OpenPage, together: int
) -> None:
    stage.say("C1", "U2", "before")
    page = await open_page("/page/U1/C1")
    for number in range(together - 1):
        stage.say("C1", "U2", f"just before it {number}")
    stage.say("C1", "U2", "the first line\n" + "a line\n" * 60 + "the last line")
    long = page.locator("#log article").last
    await expect(long).to_contain_text("the last line")
    assert await long.evaluate("node => node.getBoundingClientRect().top") >= 0
    await expect(page.locator("#latest")).to_be_visible()


async def test_where_the_new_messages_begin(stage: Stage, open_page: OpenPage) -> None:
    stage.state.conversations["C1"].last_read["U1"] = stage.say("C1", "U2", "read")
    stage.say("C1", "U2", "unread")
    page = await open_page("/page/U1/C1")
    await expect(page.locator("#log .divider.new + article")).to_contain_text("unread")


async def test_jump_to_latest_counts_what_came_meanwhile(stage: Stage, open_page: OpenPage) -> None:
    for number in range(60):
        stage.say("C1", "U2", f"line {number}")
    page = await open_page("/page/U1/C1")
    scroller = page.locator("#scroller")
    await scroller.evaluate("node => { node.scrollTop = 0 }")
    latest = page.locator("#latest")
    await expect(latest).to_have_text("Jump to latest")
    stage.say("C1", "U2", "the last line")
    await expect(latest).to_have_text("1 new")
    assert await scroller.evaluate("node => node.scrollTop") == 0
    await latest.click()
    await expect(latest).to_be_hidden()
    await expect(page.get_by_text("the last line")).to_be_in_viewport()


async def test_a_lost_connection_is_said_and_made_good(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.say("C1", "U2", "one")
    await expect(page.locator("#log article")).to_have_count(1)
    stage.hang_up()
    # Said while nobody listened: it must be there after the reconnect.
    stage.say("C1", "U2", "two")
    await expect(page.locator("#banner")).to_be_visible()
    await expect(page.locator("#banner")).to_be_hidden(timeout=15_000)
    await expect(page.locator("#log article")).to_have_count(2)


async def test_a_tab_in_the_background_frees_its_connection_and_still_calls(
    stage: Stage, open_page: OpenPage
) -> None:
    page = await open_page("/page/U1/C1")
    look = """state => {
      Object.defineProperty(document, "visibilityState", {get: () => state, configurable: true});
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        await page.evaluate(look, "hidden")
    stage.say("DU1U2", "U2", "can you look?")
    await expect(page).to_have_title("(1) #general · Brightwater", timeout=10_000)
    async with page.expect_request("**/events"):
        await page.evaluate(look, "visible")
    stage.say("C1", "U2", "back again?")
    await expect(page.locator("#log article")).to_have_count(1)


async def test_acting_as_somebody_else_shows_their_view(stage: Stage, open_page: OpenPage) -> None:
    stage.channel("C9", "inc-locks-7f3a", kind="private", members={"U1", "UBOT"})
    page = await open_page("/page/U1/C9")
    names = await page.locator("#act-as option").all_inner_texts()
    assert [name.split(" · ")[0] for name in names] == ["Mira Halloran", "Tomas Reyes", "Inès Okafor"]
    await page.select_option("#act-as", "U2")
    await expect(page.locator("#act-as")).to_have_value("U2")
    # Not Tomas's channel: he lands where he can be.
    await expect(page.locator(".channel-header h2")).to_have_text("incidents")
    assert page.url.endswith("/page/U2/C2")
    assert await page.get_by_text("inc-locks-7f3a").count() == 0


async def test_quick_switcher(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("inci")
    await page.keyboard.press("Enter")
    await expect(page.locator(".channel-header h2")).to_have_text("incidents")
    await page.go_back()
    await expect(page.locator(".channel-header h2")).to_have_text("general")


async def test_the_newest_incident_comes_first_in_the_switcher(stage: Stage, open_page: OpenPage) -> None:
    for number in range(10):
        stage.channel(f"C9{number}", f"inc-1129-checkout-{number}", kind="private", members={"U1", "UBOT"})
        for _ in range(10 - number):
            stage.say(f"C9{number}", "UBOT", "<@U1> you are paged")
    stage.channel("C8", "inc-1129-later-and-over", kind="private", members={"U1"}, archived=True)
    page = await open_page("/page/U1/C1")
    await page.keyboard.press("Control+k")
    options = page.locator(".switcher .option-title")
    await expect(options.first).to_have_text("inc-1129-checkout-9")
    assert (await options.all_inner_texts())[:3] == [f"inc-1129-checkout-{n}" for n in (9, 8, 7)]
    await page.keyboard.type("inc")
    await expect(options.first).to_have_text("inc-1129-checkout-9")
    await page.keyboard.press("Enter")
    await expect(page.locator(".channel-header h2")).to_have_text("inc-1129-checkout-9")


async def test_notices_cover_no_conversation(stage: Stage, open_page: OpenPage) -> None:
    for number in range(12):
        name = f"inc-1129-checkout-orders-not-saved-f{number:02}kt8"
        stage.channel(f"C9{number}", name, kind="private", members={"U1", "UBOT"})
    page = await open_page("/page/U1/C1", width=1280, height=800)
    for number in range(3):
        stage.say(f"C9{number}", "UBOT", "<@U1> you are paged: " + "orders are not being saved " * 9)
    await expect(page.locator(".toast.page")).to_have_count(3)
    await expect(page.locator(".toast-text:visible")).to_have_count(1)
    await page.wait_for_function(
        """() => document.querySelector("#conversations").getBoundingClientRect().bottom
              <= document.querySelector("#toasts").getBoundingClientRect().top"""
    )
    await page.screenshot(path=SCREENSHOTS / "page_notices.png")
    last = page.locator("#conversations a").last
    await last.scroll_into_view_if_needed()
    await last.click(trial=True)
    list_height = await page.evaluate("document.querySelector('#conversations').offsetHeight")
    assert list_height > 200
    row = page.locator('[data-channel="C90"] .name')
    cut = await row.evaluate(
        "one => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth"
    )
    assert not cut, "the name's end, which tells incidents apart, can't be read"


async def test_what_asks_is_one_key_away(stage: Stage, open_page: OpenPage) -> None:
    stage.channel("C9", "inc-1129-checkout", kind="private", members={"U1", "UBOT"})
    button = {
        "type": "button",
        "action_id": "acknowledge",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Acknowledge"},
    }
    asking: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<@U1> you are paged"}},
        {"type": "actions", "block_id": "page", "elements": [button]},
    ]
    page = await open_page("/page/U1/C1")
    ts = stage.say("C9", "UBOT", "<@U1> you are paged", blocks=asking)
    for number in range(20):
        stage.say("C9", "UBOT", f"symptom {number}")
    await expect(page.locator(".toast.page")).to_have_count(1)
    await page.keyboard.press("Alt+a")
    await expect(page.locator(".channel-header h2")).to_have_text("inc-1129-checkout")
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_focused()
    await page.locator("#box").focus()
    await page.keyboard.press("Alt+a")
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[aria-busy]")).to_have_count(0)
    assert [act["actions"][0]["action_id"] for act in stage.acts] == ["acknowledge"]
    web = AsyncWebClient(token=stage.workspace.bot_token, base_url=stage.workspace.api_url)
    await web.chat_update(channel="C9", ts=ts, text="acknowledged", blocks=asking[:1])
    await expect(page.locator("#box")).to_be_focused()


async def test_a_channel_not_joined_can_be_read_then_joined(stage: Stage, open_page: OpenPage) -> None:
    stage.channel("C7", "random", members={"U2"})
    page = await open_page("/page/U1/C7")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("combobox", name="Message #random")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)


async def test_an_archived_channel_can_only_be_read(stage: Stage, open_page: OpenPage) -> None:
    stage.channel("C8", "inc-old", kind="private", members={"U1"}, archived=True)
    page = await open_page("/page/U1/C8")
    await expect(page.locator(".closed")).to_contain_text("inc-old is archived")
    await expect(page.locator("#box")).to_have_count(0)
