"""How the page looks: readable in both themes, at a desk and on a phone.

Screenshots go to tests/screenshots.
"""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.acceptance.page_fixtures import SCREENSHOTS, OpenPage
from tests.acceptance.page_incident import CHANNEL, play_incident
from tests.acceptance.page_stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Every element with text of its own against the first opaque background under it (WCAG 2.2, 1.4.3).
TOO_FAINT = """() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return {parts: [r, g, b], alpha: a / 255};
  };
  const luminance = (parts) => {
    const [r, g, b] = parts.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const under = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const {parts, alpha} = rgba(getComputedStyle(one).backgroundColor);
      if (alpha === 1) return parts;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    if (!text || box.width < 2 || style.visibility !== "visible") continue;
    const [a, b] = [luminance(rgba(style.color).parts), luminance(under(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio >= (large ? 3 : 4.5)) continue;
    faint.push(`${node.className || node.tagName}: ${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""

FOCUSED = """() => {
  const node = document.activeElement;
  // Past the last control the focus leaves the document for a moment.
  if (node === document.body) return {name: "", seen: true};
  const row = node.closest(".box-row");
  const outlined = getComputedStyle(node).outlineStyle !== "none";
  return {
    name: node.getAttribute("aria-label") || node.textContent.trim(),
    seen: outlined || (row !== null && getComputedStyle(row).boxShadow !== "none"),
  };
}"""


async def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def scroll_to(page: Page, text: str) -> None:
    await (
        page.locator("#log").get_by_text(text).first.evaluate("node => node.scrollIntoView({block: 'start'})")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_incident_at_a_desk(stage: Stage, open_page: OpenPage, scheme: str) -> None:
    play_incident(stage)
    page = await open_page(f"/page/U1/{CHANNEL}", scheme=scheme)
    await page.wait_for_selector("#log table")
    await shoot(page, f"postmortem_{scheme}")
    await scroll_to(page, "is in progress")
    await shoot(page, f"incident_{scheme}")
    await scroll_to(page, "Looking at the sessions")
    await shoot(page, f"result_{scheme}")
    await page.get_by_role("button", name="2 replies").click()
    await expect(page.locator("#thread article")).to_have_count(3)
    await page.fill("#box", "/rdie")
    await page.locator("#box").press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await shoot(page, f"thread_{scheme}")
    assert await page.evaluate(TOO_FAINT) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 1280


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_calls_and_choices(stage: Stage, open_page: OpenPage, scheme: str) -> None:
    page = await open_page("/page/U1/C1", scheme=scheme)
    play_incident(stage)
    stage.say(CHANNEL, "UBOT", ":pager: <@U1> you are paged again: nobody has acknowledged yet")
    stage.say("DU1U2", "U2", "can you look at the checkout?")
    await expect(page.locator(".toast.page")).to_have_count(2)
    await page.keyboard.type("/")
    await expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    await shoot(page, f"called_{scheme}")
    assert await page.evaluate(TOO_FAINT) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_incident_on_a_phone(stage: Stage, open_page: OpenPage, scheme: str) -> None:
    play_incident(stage)
    page = await open_page(f"/page/U1/{CHANNEL}", width=400, height=820, scheme=scheme, touch=True)
    await page.wait_for_selector("#log table")
    await shoot(page, f"phone_postmortem_{scheme}")
    await scroll_to(page, "is in progress")
    await shoot(page, f"phone_incident_{scheme}")
    assert await page.evaluate("document.documentElement.scrollWidth") == 400
    await page.get_by_role("button", name="Show channels").click()
    await expect(page.get_by_role("navigation")).to_be_in_viewport()
    await shoot(page, f"phone_channels_{scheme}")
    await page.locator(".conversation", has_text="general").click()
    await expect(page.locator(".channel-header h2")).to_have_text("general")
    await expect(page.locator("#sidebar")).not_to_be_in_viewport()
    assert await page.evaluate(TOO_FAINT) == []


async def test_the_theme_chosen_is_kept(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.get_by_role("button", name="Switch between light and dark").click()
    dark = await page.evaluate(ground)
    assert dark != light
    await page.reload()
    await page.wait_for_selector("#intro h3")
    assert await page.evaluate(ground) == dark


async def test_every_control_is_reached_by_tab_with_a_visible_focus(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.say(
        "C1",
        "UBOT",
        "page",
        blocks=[
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "ack",
                        "text": {"type": "plain_text", "text": "Acknowledge"},
                    }
                ],
            }
        ],
    )
    page = await open_page("/page/U1/C1")
    await page.evaluate("document.activeElement.blur()")
    reached: list[dict[str, Any]] = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate(FOCUSED))
        if reached[-1]["name"] == "Message #general":
            break
    names = [one["name"] for one in reached]
    for wanted in (
        "Skip to the message box",
        "Switch between light and dark",
        "New channel",
        "general",
        "Messages",
        "Acknowledge",
        "Reply in thread",
        "Message #general",
    ):
        assert any(name.startswith(wanted) for name in names), (wanted, names)
    assert [one["name"] for one in reached if not one["seen"]] == []
