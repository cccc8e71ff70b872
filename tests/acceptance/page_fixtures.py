"""The page in a real browser, in front of a workspace."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.acceptance.page_stage import Stage, open_stage

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SCREENSHOTS = Path(__file__).parents[1] / "screenshots"

OpenPage: TypeAlias = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=list(ARGUMENTS)
        )
        yield browser
        await browser.close()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest_asyncio.fixture(loop_scope="module")
async def address(stage: Stage) -> AsyncIterator[str]:
    async with open_stage(stage) as url:
        yield url


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(chromium: Browser, address: str) -> AsyncIterator[OpenPage]:
    """Open the page at a path, in a browser profile of its own, and wait until it shows a conversation.

    A script error or a refusal by the content security policy fails the test at its end.
    """
    complaints: list[str] = []
    contexts = []

    async def open_at(
        path: str = "/", *, width: int = 1280, height: int = 800, scheme: str = "light", touch: bool = False
    ) -> Page:
        context = await chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message.type, message.text))
        await page.goto(address + path)
        await page.wait_for_selector("#intro h3")
        return page

    def _note(kind: str, text: str) -> None:
        # A server that is down on purpose is a network error, not a fault of the page.
        if kind == "error" and "Failed to load resource" not in text and "net::ERR" not in text:
            complaints.append(text)

    yield open_at
    for context in contexts:
        await context.close()
    assert complaints == []
