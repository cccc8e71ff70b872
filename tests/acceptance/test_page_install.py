"""The page on which an app is allowed, in a real browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.acceptance.page_fixtures import SCREENSHOTS
from tests.integration.slack_stage import Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def two() -> AsyncIterator[Stage]:
    async with staged() as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def asked(chromium: Browser, two: Stage) -> AsyncIterator[Page]:
    """The page to allow the app on, as the app's own leads there. The browser must have no complaint."""
    complaints: list[str] = []
    context = await chromium.new_context(viewport={"width": 900, "height": 720}, locale="en-GB")
    context.set_default_timeout(10_000)
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(two.app.install_url)
    await page.get_by_role("link", name="Add to Slack").click()
    await expect(page.get_by_role("heading", name="Install Echo?")).to_be_visible()
    yield page
    await context.close()
    assert complaints == []


async def test_somebody_allows_it(two: Stage, asked: Page) -> None:
    await asked.get_by_label("You are").select_option("Dana Osei, Quay & Sons")
    await asked.screenshot(path=SCREENSHOTS / "install.png")
    await asked.get_by_role("button", name="Allow").click()
    await expect(asked.get_by_text("Thank you")).to_be_visible()
    got = await two.app.token()
    info = await two.quay.info()
    dana = await two.quay.as_user("dana")
    assert (got["team"]["id"], got["authed_user"]["id"]) == (info.team.id, dana.id)


async def test_somebody_cancels(two: Stage, asked: Page) -> None:
    await asked.get_by_role("button", name="Cancel").click()
    await expect(asked.get_by_text("Thank you")).to_be_visible()
    assert two.app.came_back == [{"error": "access_denied", "state": "s1"}]
