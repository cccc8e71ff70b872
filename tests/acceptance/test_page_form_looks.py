"""How modals, the Home and images look: readable in both themes, and nothing too wide for a phone.

Screenshots go to tests/screenshots.
"""

import pytest
from playwright.async_api import Page, expect

from tests.acceptance.page_fixtures import OpenPage
from tests.acceptance.page_stage import Stage
from tests.acceptance.page_views import actions, button, everything, home_blocks, modal, options, png
from tests.acceptance.test_page_forms import fill_everything
from tests.acceptance.test_page_looks import TOO_FAINT, shoot

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOKS = [
    (width, height, scheme) for width, height in ((1280, 800), (390, 820)) for scheme in ("light", "dark")
]
TOO_WIDE = """() => {
  const wide = [...document.querySelectorAll("dialog[open] *, #main *")].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width > 2 && (box.right > innerWidth + 1 || box.left < -1);
  });
  return wide.map((node) => `${node.tagName}.${node.className}`);
}"""


async def fits(page: Page) -> None:
    assert await page.evaluate(TOO_WIDE) == []
    assert await page.evaluate(TOO_FAINT) == []
    body = page.locator("dialog[open] .modal-body")
    if await body.count():
        assert await body.evaluate("node => node.scrollWidth === node.clientWidth")


@pytest.mark.parametrize(("width", "height", "scheme"), LOOKS)
async def test_a_modal(stage: Stage, open_page: OpenPage, width: int, height: int, scheme: str) -> None:
    page = await open_page("/page/U1/C1", width=width, height=height, scheme=scheme, touch=width < 500)
    stage.open_view("U1", modal(*everything()))
    name = f"modal_{width}_{scheme}"
    await expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    await shoot(page, f"{name}_empty")
    await page.get_by_role("button", name="Plan it").click()
    await expect(page.locator(".input-error:visible").first).to_be_visible()
    await fits(page)
    await shoot(page, f"{name}_wrong")
    await page.get_by_role("dialog").get_by_label("Name").focus()
    await fill_everything(page)
    await fits(page)
    await shoot(page, f"{name}_end")
    await page.get_by_role("combobox", name="Scenarios").click()
    await page.get_by_role("combobox", name="Scenarios").evaluate(
        "node => node.scrollIntoView({block: 'center'})"
    )
    await fits(page)
    await shoot(page, f"{name}_picker")


@pytest.mark.parametrize(("width", "height", "scheme"), LOOKS)
async def test_home_and_images(
    stage: Stage, open_page: OpenPage, width: int, height: int, scheme: str
) -> None:
    stage.publish("U1", *home_blocks())
    await stage.upload("C1", png(1200, 600), title="What happened", alt_text="Stripes")
    menus = (
        {"type": "multi_users_select", "action_id": "who"},
        {"type": "radio_buttons", "action_id": "start", "options": options("Together", "Waves")},
        {"type": "timepicker", "action_id": "at", "initial_time": "15:00"},
        {"type": "static_select", "action_id": "level", "options": options("Easy", "Hard")},
        {"type": "overflow", "action_id": "more", "options": options("Export", "Forget")},
    )
    stage.say("C1", "UBOT", "", blocks=[actions(button("Start", "go", style="primary"), *menus)])
    page = await open_page("/page/U1/C1", width=width, height=height, scheme=scheme, touch=width < 500)
    await expect(page.locator("#log .picture img")).to_have_js_property("complete", True)
    await page.get_by_role("button", name="More actions").click()
    await fits(page)
    await shoot(page, f"menus_{width}_{scheme}")
    await page.keyboard.press("Escape")
    await page.locator("#log .picture button").click()
    await expect(page.locator(".lightbox img")).to_have_js_property("complete", True)
    await fits(page)
    await shoot(page, f"image_{width}_{scheme}")
    await page.keyboard.press("Escape")
    if width < 500:
        await page.get_by_role("button", name="Show channels").click()
    await page.get_by_role("region", name="Apps").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Your rides")).to_be_visible()
    await fits(page)
    await shoot(page, f"home_{width}_{scheme}")
