"""Somebody who rides in the page: what they see and do, for tests and for pictures."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.acceptance.ride_fixtures import PATIENCE

START = "/ride start alter-table-locks"
LOOK = (
    "/sql SELECT pid, application_name, state, wait_event_type, now() - xact_start AS open_for "
    "FROM pg_stat_activity WHERE datname = 'app_db'"
)
TIE = (
    "/sql SELECT pid, application_name, pg_blocking_pids(pid) AS blocked_by "
    "FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
)
END_IT = (
    "/sql SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name LIKE 'migration_runner%'"
)
RESULT = re.compile(r"\(\d+ rows?\)")
LOOKS = {
    f"{device}_{scheme}": (scheme, size)
    for device, size in {"desk": (1280, 800), "phone": (400, 820)}.items()
    for scheme in ("light", "dark")
}
"""What a page is photographed in: a colour scheme and a window's width and height in CSS pixels."""


class Rider:
    """A person of the workspace at a page of their own."""

    def __init__(self, page: Page, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints
        """Errors of the page's scripts, and what the browser wrote to its console as an error."""
        self.log = page.locator("#log")
        self.title = page.locator(".channel-header h2")
        self.notices = page.locator(".toast")

    async def act_as(self, name: str) -> None:
        """Choose somebody in "Act as"."""
        labels = await self.page.locator("#act-as option").all_inner_texts()
        await self.page.get_by_label("Act as").select_option(
            label=next(label for label in labels if label.startswith(name))
        )
        await expect(self.page.locator("#act-as option:checked")).to_contain_text(name)
        await expect(self.page.locator("#intro h3")).to_be_visible()

    async def enter(self, text: str) -> None:
        """Type where the focus is, and send it."""
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    def message(self, words: str | re.Pattern[str]) -> Locator:
        """The newest message with the words."""
        return self.log.locator("article.message").filter(has_text=words).last

    async def ask(self, text: str, answer: str | re.Pattern[str]) -> Locator:
        """Send a command with the keyboard; the new message that answers it."""
        count = await self.log.locator("article").count()
        await self.enter(text)
        found = self.log.locator(f"article.message:nth-of-type(n + {count + 1})").filter(has_text=answer).last
        # Its time stays when its words change.
        return self.log.locator(f'article[data-ts="{await found.get_attribute("data-ts")}"]')

    async def press(self, button: Locator) -> None:
        """Press a button with the keyboard."""
        await button.focus()
        await self.page.keyboard.press("Enter")

    async def to_box(self) -> None:
        """Back to where commands are written."""
        await self.page.locator("#box").focus()

    async def open_incident(self, notice: str = "You're being paged") -> str:
        """Follow the notice of the page into the incident's channel; its name."""
        await self.notices.filter(has_text=notice).get_by_role("button", name="Open").click()
        await expect(self.title).to_have_text(re.compile("^inc-"))
        return await self.title.inner_text()

    async def shoot(self, folder: Path, name: str) -> None:
        """A picture in each of the looks; the page is left as it was."""
        before = self.page.viewport_size
        for look, (scheme, (width, height)) in LOOKS.items():
            await self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.page.screenshot(path=folder / f"{name}_{look}.png", animations="disabled")
        await self.page.emulate_media(color_scheme="light")
        if before is not None:
            await self.page.set_viewport_size(before)


@asynccontextmanager
async def riding(
    chromium: Browser, url: str, *, width: int = 1280, height: int = 800, scale: float = 1
) -> AsyncIterator[Rider]:
    """The page as a newcomer opens it, in a browser profile of its own."""
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE * 1000)
    expect.set_options(timeout=PATIENCE * 1000)
    try:
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(url)
        await expect(page.locator("#intro h3")).to_be_visible()
        await expect(page.locator("#box")).to_be_focused()
        yield Rider(page, complaints)
    finally:
        await context.close()
