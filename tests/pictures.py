"""The pictures in the README and in docs/game-days.md.

`python -m tests.pictures` rides in headless Chromium for two minutes, then runs a game day, and writes
docs/images/*.png. Nothing in them is made up: the figures are those of that ride and that day.
"""

import asyncio
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Locator, async_playwright, expect
from rich.console import Console

from bot.base.config import Settings
from bot.cli.demo import running_demo
from bot.workspace.people.client import WorkspaceClient
from tests.acceptance.game_day_rider import fill_in, podium, scoreboard, to_channel
from tests.acceptance.game_day_stage import A_WHILE, KILL_A_VICTIM, DayStage
from tests.acceptance.game_day_stage import END_IT as TAKE_IT_AWAY
from tests.acceptance.game_day_stage import LOOK as LOOK_AT_ALL
from tests.acceptance.page_fixtures import ARGUMENTS, CHROMIUM
from tests.acceptance.page_rider import END_IT, START, Rider, riding
from tests.acceptance.ride_fixtures import PATIENCE, Stage, ask

CONSOLE = Console()
IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 1280
DAY_SPEED = 4
SYMPTOMS_MS = 150_000
"""Until the second symptom, at two minutes."""
LOOK = """/sql SELECT pid, application_name, state,
  wait_event_type AS waits, pg_blocking_pids(pid) AS blocked_by
FROM pg_stat_activity WHERE datname = 'app_db'"""
WRONG = "/sql CREATE INDEX ON orders (status)"


async def take() -> None:
    """Play a ride and take its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            async_playwright() as playwright,
            running_demo(Settings(data_folder=Path(folder)), Path(folder), progress=CONSOLE.print) as demo,
        ):
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            async with riding(browser, demo.workspace.url, width=WIDTH) as rider:
                await ride(rider)
            await browser.close()
            await fetch(demo.workspace.url, IMAGES / "postmortem-picture.png")
    with tempfile.TemporaryDirectory() as folder:
        async with (
            async_playwright() as playwright,
            running_demo(
                Settings(data_folder=Path(folder)), Path(folder), speed=DAY_SPEED, progress=CONSOLE.print
            ) as demo,
            WorkspaceClient(demo.workspace.url) as client,
        ):
            names = [user.name for user in (await client.info()).users]
            people = {name: await client.as_user(name) for name in names}
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            async with riding(browser, demo.workspace.url, width=WIDTH) as lee:
                await game_day(lee, await DayStage.on(Stage(demo=demo, people=people)))
            await browser.close()


async def fetch(url: str, path: Path) -> None:
    """The picture that the ride's postmortem has, as it is."""
    async with WorkspaceClient(url) as client:
        dana = await client.as_user("dana")
        incident = next(one for one in await dana.conversations() if one.name.startswith("inc-"))
        shown = await dana.wait_for(incident.id, lambda m: any(file.is_image for file in m.files), PATIENCE)
        await asyncio.to_thread(path.write_bytes, await dana.file(shown.files[0].id))
    CONSOLE.print(path.name)


async def ride(rider: Rider) -> None:
    """Stop where the reader of the README should look."""
    await rider.enter(START)
    await rider.open_incident()
    page = rider.message("You're being paged")
    await rider.press(page.get_by_role("button", name="Acknowledge"))
    await expect(page).to_contain_text("Acknowledged by")
    await rider.to_box()
    CONSOLE.print("Waiting for the symptoms, for two minutes")
    await expect(rider.message("Robin (support)")).to_be_visible(timeout=SYMPTOMS_MS)
    await rider.page.locator("#box").fill(LOOK)
    await rider.page.keyboard.press("Enter")
    await expect(rider.message("(6 rows)")).to_be_visible()
    stuck = await rider.ask(r"/sql \d orders", "Still running after")
    await shoot(rider, page, stuck, IMAGES / "ride.png")

    await cancel(rider, stuck)
    await cancel(rider, await rider.ask(WRONG, "Still running after"))
    await rider.enter(END_IT)
    postmortem = rider.message("Postmortem:")
    await expect(postmortem).to_be_visible()
    times = postmortem.get_by_text("times never change the score")
    await shoot(rider, postmortem, times, IMAGES / "postmortem.png")


async def game_day(lee: Rider, day: DayStage) -> None:
    """Plan it, see the scoreboard and the console in the middle of it, and the podium."""
    await day.make_teams()
    await lee.act_as("Lee Park")
    form = await fill_in(lee, day, datetime.now(UTC))
    await form.get_by_label("Name").focus()
    await form.screenshot(path=IMAGES / "gameday-form.png", animations="disabled", caret="hide")
    await form.get_by_role("button", name="Plan it").click()
    await expect(form.get_by_text("Winter is planned for")).to_be_visible()
    await form.get_by_role("button", name="Close").first.click()
    await expect(form).to_have_count(0)
    await day.find_channels()
    await to_channel(lee, "gameday-winter")
    live = re.compile("live.*live.*live.*live", re.DOTALL)
    await expect(scoreboard(lee)).to_contain_text(live, timeout=A_WHILE * 1000)
    people = day.stage.people
    await day.runs(people["ines"], KILL_A_VICTIM)
    await asyncio.gather(day.runs(people["dana"], LOOK_AT_ALL, TAKE_IT_AWAY), _with_a_hint(day))
    await expect(scoreboard(lee)).to_contain_text("100")
    await to_channel(lee, "gameday-winter-console")
    controls = lee.message("Resume")
    await lee.message("Pause").get_by_role("button", name="Pause").last.click()
    await expect(controls).to_contain_text("paused at")
    first = lee.message("Console: Winter")
    await quiet(lee)
    await shoot(lee, first, controls, IMAGES / "gameday-console.png")
    await to_channel(lee, "gameday-winter")
    await expect(scoreboard(lee)).to_contain_text("paused at")
    await card_of(lee, scoreboard(lee), IMAGES / "gameday-scoreboard.png")
    await asyncio.gather(day.runs(people["noor"], TAKE_IT_AWAY), day.runs(people["mei"], TAKE_IT_AWAY))
    await day.click("gameday_end", "dogs")
    await expect(podium(lee)).to_be_visible()
    await card_of(lee, podium(lee), IMAGES / "gameday-podium.png")


async def _with_a_hint(day: DayStage) -> None:
    kofi = day.stage.people["kofi"]
    channel = await day.incident(kofi)
    await ask(kofi, channel, "/ride", "hint", lambda m: "Hint 1 of 3" in m.text)


async def quiet(rider: Rider) -> None:
    """Put all notices away."""
    while await rider.notices.count():
        await rider.notices.first.get_by_role("button", name="Close notice").click()


async def card_of(rider: Rider, message: Locator, path: Path) -> None:
    """One message, with nothing over it."""
    await rider.page.set_viewport_size({"width": WIDTH, "height": 1000})
    await quiet(rider)
    await message.screenshot(path=path, animations="disabled")
    CONSOLE.print(path.name)


async def cancel(rider: Rider, stuck: Locator) -> None:
    """Give up a statement that waits."""
    await rider.press(stuck.get_by_role("button", name="Cancel the statement"))
    await expect(stuck).to_contain_text("57014")
    await rider.to_box()


async def shoot(rider: Rider, first: Locator, last: Locator, path: Path) -> None:
    """The window just as high as it takes to show from one place in the messages to another."""
    top = await first.evaluate("node => node.getBoundingClientRect().top")
    end = await last.evaluate("node => node.getBoundingClientRect().bottom")
    around = await rider.page.evaluate("innerHeight - document.getElementById('scroller').clientHeight")
    await rider.page.set_viewport_size({"width": WIDTH, "height": round(end - top + around + 14)})
    await first.evaluate("node => node.scrollIntoView({block: 'start'})")
    await rider.page.mouse.move(0, 0)
    await rider.page.screenshot(path=path, animations="disabled", caret="hide")
    CONSOLE.print(path.name)


def main() -> None:
    """The script's entry. Leaves with 1 where there is no Chromium."""
    if CHROMIUM is None:
        sys.exit("chromium is not installed")
    IMAGES.mkdir(parents=True, exist_ok=True)
    asyncio.run(take())


if __name__ == "__main__":
    main()
