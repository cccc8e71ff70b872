"""Writing in the page: messages, commands, buttons, threads."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.acceptance.page_fixtures import OpenPage
from tests.acceptance.page_stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_enter_sends_what_was_typed(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    await page.keyboard.type("a < b & c, @tomas. see `<`")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator("#log article")).to_have_count(1)
    assert stage.texts() == ["a &lt; b &amp; c, <@U2>. see `&lt;`\nsecond line"]
    await expect(page.locator("#box")).to_have_value("")


async def test_slash_and_at_complete_by_keyboard(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    await page.keyboard.type("/")
    await expect(page.get_by_role("listbox", name="Suggestions").get_by_role("option")).to_have_count(2)
    box = page.get_by_role("combobox", name="Message #general")
    assert await box.get_attribute("aria-expanded") == "true"
    await page.keyboard.press("ArrowDown")
    chosen = await box.get_attribute("aria-activedescendant")
    assert await page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    await page.keyboard.press("Tab")
    assert await box.input_value() == "/sql "
    await expect(page.locator(".usage")).to_contain_text("/sql STATEMENT")
    await box.fill("ask @tom")
    await page.keyboard.press("Enter")
    assert await box.input_value() == "ask @tomas "
    await box.fill("ask @dut")
    await expect(page.get_by_role("option", name="On duty")).to_be_visible()
    await page.keyboard.press("Enter")
    assert await box.input_value() == "ask @duty "
    assert stage.commands == []


async def test_a_statement_of_several_lines_reaches_the_command_as_typed(
    stage: Stage, open_page: OpenPage
) -> None:
    page = await open_page("/page/U1/C1")
    await page.fill("#box", "/sql SELECT 1\n  WHERE 1 < 2")
    await page.keyboard.press("Enter")
    await expect(page.locator("#box")).to_have_value("")
    assert stage.commands == [{"channel_id": "C1", "command": "/sql", "text": "SELECT 1\n  WHERE 1 &lt; 2"}]


async def test_a_refused_command_says_why_and_keeps_the_text(stage: Stage, open_page: OpenPage) -> None:
    stage.answers = False
    page = await open_page("/page/U1/C1")
    await page.fill("#box", "/sql SELECT 1")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("/sql was not answered within 3 seconds")
    await expect(page.locator("#box")).to_have_value("/sql SELECT 1")
    stage.answers = True
    await page.keyboard.press("Enter")
    await expect(page.locator("#box")).to_have_value("")
    await expect(page.get_by_role("alert")).to_be_hidden()


async def test_an_unknown_command_is_not_sent(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    await page.fill("#box", "/rdie start x")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("/rdie is not a command here")
    await expect(page.locator("#box")).to_have_value("/rdie start x")
    assert stage.commands == []
    assert stage.texts() == []


async def test_a_draft_survives_a_reload_and_a_look_elsewhere(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    await page.fill("#box", "half a thought")
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.locator(".channel-header h2")).to_have_text("incidents")
    await expect(page.locator("#box")).to_have_value("")
    await page.keyboard.press("Alt+ArrowUp")
    await expect(page.locator("#box")).to_have_value("half a thought")
    await page.reload()
    await expect(page.locator("#box")).to_have_value("half a thought")


async def test_up_and_down_walk_the_commands_in_an_empty_box(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    for command in ("/sql SELECT 1", "/ride hint"):
        await page.fill("#box", command)
        await page.keyboard.press("Enter")
        await expect(page.locator("#box")).to_have_value("")
        await expect(page.locator("form.composer")).not_to_have_attribute("aria-busy", "true")
    box = page.locator("#box")
    for key, value in (
        ("Up", "/ride hint"),
        ("Up", "/sql SELECT 1"),
        ("Up", "/sql SELECT 1"),
        ("Down", "/ride hint"),
        ("Down", ""),
    ):
        await page.keyboard.press(f"Arrow{key}")
        await expect(box).to_have_value(value)
    await box.fill("something else")
    await page.keyboard.press("ArrowUp")
    await expect(box).to_have_value("something else")


BUTTON: dict[str, Any] = {
    "type": "button",
    "action_id": "ack",
    "value": "7f3a",
    "text": {"type": "plain_text", "text": "Acknowledge"},
}


async def test_a_button_acts(stage: Stage, open_page: OpenPage) -> None:
    ts = stage.say("C1", "UBOT", "page", blocks=[{"type": "actions", "block_id": "b1", "elements": [BUTTON]}])
    page = await open_page("/page/U1/C1")
    async with page.expect_response("**/actions"):
        await page.get_by_role("button", name="Acknowledge").click()
    (act,) = stage.acts
    assert act["container"]["message_ts"] == ts
    assert act["user"]["id"] == "U1"
    assert [(one["action_id"], one["block_id"], one["value"]) for one in act["actions"]] == [
        ("ack", "b1", "7f3a")
    ]


async def test_a_button_with_a_confirm_asks_first(stage: Stage, open_page: OpenPage) -> None:
    confirm = {
        key: {"type": "plain_text", "text": text}
        for key, text in {
            "title": "Stop this ride?",
            "text": "It does not count.",
            "confirm": "Stop it",
            "deny": "Keep riding",
        }.items()
    }
    stage.say(
        "C1", "UBOT", "page", blocks=[{"type": "actions", "elements": [{**BUTTON, "confirm": confirm}]}]
    )
    page = await open_page("/page/U1/C1")
    button = page.get_by_role("button", name="Acknowledge")
    await button.click()
    await page.get_by_role("button", name="Keep riding").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await button.click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert stage.acts == []
    await button.click()
    async with page.expect_response("**/actions"):
        await page.get_by_role("button", name="Stop it").click()
    assert len(stage.acts) == 1


async def test_a_thread_opens_takes_a_reply_and_closes(stage: Stage, open_page: OpenPage) -> None:
    ts = stage.say("C1", "U2", "restart it?")
    stage.say("C1", "U2", "or not", thread_ts=ts)
    page = await open_page("/page/U1/C1")
    await page.get_by_role("button", name="1 reply").click()
    reply = page.get_by_role("combobox", name="Reply in the thread")
    await expect(reply).to_be_focused()
    await reply.fill("No: it hides the cause")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread article")).to_have_count(3)
    await expect(page.locator("#log article")).to_have_count(1)
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    assert stage.state.conversations["C1"].messages[-1].thread_ts == ts
    await page.reload()
    await expect(page.locator("#thread article")).to_have_count(3)
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()
    await expect(page.get_by_role("button", name="2 replies")).to_be_focused()


async def test_the_first_ride_is_one_press_away(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/")
    await expect(page.locator(".channel-header h2")).to_have_text("incidents")
    assert await page.locator("#box").get_attribute("placeholder") == "Type /ride start alter-table-locks"
    await page.get_by_role("button", name="/ride start alter-table-locks").click()
    await page.keyboard.press("Enter")
    await expect(page.locator("#box")).to_have_value("")
    assert stage.commands == [{"channel_id": "C2", "command": "/ride", "text": "start alter-table-locks"}]
