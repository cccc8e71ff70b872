"""Modals in the page: what a person fills in, and what the app gets of it."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.acceptance.page_fixtures import OpenPage
from tests.acceptance.page_stage import Stage
from tests.acceptance.page_views import actions, button, confirm, everything, field, modal, options, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILLED = {
    "name": {"it": {"type": "plain_text_input", "value": "Friday"}},
    "notes": {"it": {"type": "plain_text_input", "value": "one\ntwo"}},
    "day": {"it": {"type": "datepicker", "selected_date": "2026-11-27"}},
    "hour": {"it": {"type": "timepicker", "selected_time": "15:00"}},
    # 16:30 in Berlin, where the browser is.
    "deadline": {"it": {"type": "datetimepicker", "selected_date_time": 1795793400}},
    "minutes": {"it": {"type": "number_input", "value": "30"}},
    "level": {"it": {"type": "static_select", "selected_option": options("Hard")[0]}},
    "scenarios": {"it": {"type": "multi_static_select", "selected_options": options("Vacuum", "Locks")}},
    "facilitator": {"it": {"type": "users_select", "selected_user": "U3"}},
    "riders": {"it": {"type": "multi_users_select", "selected_users": ["U2", "U1"]}},
    "tell": {"it": {"type": "checkboxes", "selected_options": options("Managers")}},
}


async def fill_everything(page: Page) -> None:
    """By labels alone, as somebody who sees the page, or hears it."""
    form = page.get_by_role("dialog", name="Plan a game day")
    await expect(form.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("Friday")
    await page.keyboard.press("Tab")
    await page.keyboard.type("one\ntwo")
    await form.get_by_label("Day").fill("2026-11-27")
    await form.get_by_label("Hour").fill("15:00")
    await form.get_by_label("Deadline").fill("2026-11-27T16:30")
    await form.get_by_label("Minutes").fill("30")
    await form.get_by_label("Level").select_option(label="Hard")
    await form.get_by_label("Scenarios").focus()
    await page.keyboard.type("vac")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await form.get_by_label("Facilitator").select_option(label="Inès Okafor")
    await form.get_by_label("Riders").click()
    await page.get_by_role("listbox").get_by_role("option", name="Tomas Reyes").click()
    await form.get_by_label("Riders").click()
    await page.get_by_role("listbox").get_by_role("option", name="Mira Halloran").click()
    await form.get_by_label("Waves").check()
    await form.get_by_label("Managers").focus()
    await page.keyboard.press("Space")


async def test_the_app_gets_what_was_filled_in(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.open_view("U1", modal(*everything()))
    await fill_everything(page)
    await page.get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    [sent] = stage.acts
    assert sent["type"] == "view_submission"
    values = dict(sent["view"]["state"]["values"])
    chosen = values.pop("start")["it"]["selected_option"]
    assert chosen["value"] == "waves"
    assert values == FILLED


async def test_what_is_missing_is_said_beneath_each_field(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.open_view("U1", modal(*everything()))
    form = page.get_by_role("dialog")
    await expect(form.get_by_label("Name")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(form.locator(".input-error:visible")).to_have_count(9)
    name = form.get_by_label("Name")
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_have_accessible_description(re.compile("Everybody sees it.*required"))
    await page.keyboard.type("x")
    await expect(form.locator(".input-error:visible")).to_have_count(8)
    assert stage.acts == []


async def test_the_apps_complaint_stands_at_its_field_and_what_was_typed_stays(
    stage: Stage, open_page: OpenPage
) -> None:
    page = await open_page("/page/U1/C1")
    stage.says = {"response_action": "errors", "errors": {"name": "That name is taken."}}
    stage.open_view("U1", modal(field("Name", "plain_text_input"), field("Day", "datepicker", optional=True)))
    name = page.get_by_role("dialog").get_by_label("Name")
    await name.fill("Friday")
    await name.press("Enter")
    await expect(page.get_by_text("That name is taken.")).to_be_visible()
    await expect(name).to_be_focused()
    await expect(name).to_have_value("Friday")
    await name.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(stage.acts) == 2


async def test_an_app_that_does_not_answer_is_told_in_the_form(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.answers = False
    stage.open_view("U1", modal(field("Name", "plain_text_input")))
    await page.get_by_role("dialog").get_by_label("Name").fill("Friday")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The form was not answered")
    await expect(page.get_by_role("dialog").get_by_label("Name")).to_have_value("Friday")


async def test_a_form_is_sent_once_while_it_waits(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.open_view("U1", modal(field("Name", "plain_text_input")))
    await page.get_by_role("dialog").get_by_label("Name").fill("Friday")
    held: list[Route] = []
    arrived = asyncio.Event()

    def hold(route: Route) -> None:
        held.append(route)
        arrived.set()

    await page.route("**/submit", hold)
    await page.keyboard.press("Enter")
    await arrived.wait()
    await expect(page.locator(".modal-form")).to_have_attribute("aria-busy", "true")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_visible()
    [route] = held
    await route.continue_()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert [act["type"] for act in stage.acts] == ["view_submission"]


async def test_a_view_without_inputs_has_nothing_to_send(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    view = modal({"type": "section", "text": plain("Nothing to do.")}, submit=None)
    stage.open_view("U1", view)
    await expect(page.get_by_role("button", name="Plan it")).to_have_count(0)
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_enter_tells_the_app_of_an_input_that_asks_for_it(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.open_view("U1", modal(field("Name", "plain_text_input", dispatch=True)))
    await page.get_by_role("dialog").get_by_label("Name").fill("Friday")
    async with page.expect_response("**/actions"):
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    [act] = stage.acts
    assert (act["type"], act["actions"][0]["value"]) == ("block_actions", "Friday")


async def test_chips_are_taken_away_by_keyboard_and_mouse(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    first = options("Locks", "Disk", "Vacuum")
    stage.open_view(
        "U1", modal(field("Scenarios", "multi_static_select", options=first, initial_options=first))
    )
    box = page.get_by_role("combobox", name="Scenarios")
    await expect(box).to_be_focused()
    await page.keyboard.press("Backspace")
    await page.get_by_role("button", name="Remove Locks").click()
    await expect(page.locator(".chip")).to_have_text(["Disk"])
    await box.click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_have_count(0)
    await page.get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    [sent] = stage.acts
    chosen = sent["view"]["state"]["values"]["scenarios"]["it"]["selected_options"]
    assert [one["value"] for one in chosen] == ["disk"]


async def test_escape_closes_tab_stays_inside_and_the_focus_comes_back(
    stage: Stage, open_page: OpenPage
) -> None:
    page = await open_page("/page/U1/C1")
    await expect(page.locator("#box")).to_be_focused()
    stage.open_view("U1", modal(field("Name", "plain_text_input"), notify_on_close=True))
    form = page.get_by_role("dialog")
    await expect(form.get_by_label("Name")).to_be_focused()
    inside = "document.activeElement.closest('dialog') !== null"
    for key in ("Tab", "Shift+Tab"):
        for _ in range(6):
            await page.keyboard.press(key)
            assert await page.evaluate(inside)
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await expect(page.locator("#box")).to_be_focused()
    assert [act["type"] for act in stage.acts] == ["view_closed"]


async def test_a_view_that_changes_keeps_what_was_typed_and_the_focus(
    stage: Stage, open_page: OpenPage
) -> None:
    page = await open_page("/page/U1/C1")
    first = (field("Name", "plain_text_input"), field("Notes", "plain_text_input"))
    view = stage.open_view("U1", modal(*first))
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("Friday")
    await form.get_by_label("Notes").fill("hello")
    await page.keyboard.press("ArrowLeft")
    stage.update_view(view, modal(field("Level", "static_select", options=options("Easy")), *first))
    await expect(form.get_by_label("Level")).to_be_visible()
    await expect(form.get_by_label("Name")).to_have_value("Friday")
    await expect(form.get_by_label("Notes")).to_be_focused()
    await page.keyboard.type("-")
    await expect(form.get_by_label("Notes")).to_have_value("hell-o")


async def test_a_pushed_view_goes_back_to_the_one_beneath(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.open_view("U1", modal(field("Name", "plain_text_input")))
    await page.get_by_role("dialog").get_by_label("Name").fill("Friday")
    stage.push_view("U1", modal(field("Team", "plain_text_input"), title="One more team"))
    await expect(page.get_by_role("dialog", name="One more team").get_by_label("Team")).to_be_focused()
    await page.get_by_role("button", name="Back").click()
    await expect(page.get_by_role("dialog", name="Plan a game day").get_by_label("Name")).to_have_value(
        "Friday"
    )


async def test_a_modal_is_for_its_person_alone_and_survives_a_reload(
    stage: Stage, open_page: OpenPage
) -> None:
    mira = await open_page("/page/U1/C1")
    stage.open_view("U1", modal(field("Name", "plain_text_input")))
    await expect(mira.get_by_role("dialog")).to_be_visible()
    await mira.goto(mira.url.replace("U1", "U2"))
    await mira.wait_for_selector("#intro h3")
    await expect(mira.locator("#act-as option:checked")).to_contain_text("Tomas")
    await expect(mira.get_by_role("dialog")).to_have_count(0)
    await mira.go_back()
    await expect(mira.get_by_role("dialog", name="Plan a game day")).to_be_visible()


async def test_menus_and_buttons_in_a_modal_reach_the_app_at_once(stage: Stage, open_page: OpenPage) -> None:
    page = await open_page("/page/U1/C1")
    stage.open_view(
        "U1",
        modal(
            field("Name", "plain_text_input"),
            field("Level", "static_select", options=options("Easy", "Hard"), dispatch=True),
            actions(button("Roll the dice", "roll", value="6", confirm=confirm("The order is lost."))),
        ),
    )
    form = page.get_by_role("dialog", name="Plan a game day")
    await form.get_by_label("Name").fill("Friday")
    async with page.expect_response("**/actions"):
        await form.get_by_label("Level").select_option(label="Hard")
    await form.get_by_role("button", name="Roll the dice").click()
    question = page.get_by_role("dialog", name="Are you sure?")
    await question.get_by_role("button", name="Rather not").click()
    await form.get_by_role("button", name="Roll the dice").click()
    async with page.expect_response("**/actions"):
        await question.get_by_role("button", name="Do it").click()
    level, roll = stage.acts
    assert level["actions"][0]["selected_option"]["value"] == "hard"
    assert roll["actions"][0]["value"] == "6"
    # What was typed meanwhile comes along.
    assert roll["view"]["state"]["values"]["name"]["it"]["value"] == "Friday"


async def test_menus_in_a_message(stage: Stage, open_page: OpenPage) -> None:
    people = {"type": "multi_users_select", "action_id": "who", "placeholder": plain("Who rides")}
    stage.say(
        "C1",
        "UBOT",
        "Choose",
        blocks=[
            {"type": "section", "block_id": "who", "text": plain("Riders"), "accessory": people},
            actions(
                {"type": "static_select", "action_id": "level", "options": options("Easy", "Hard")},
                {"type": "radio_buttons", "action_id": "start", "options": options("Together", "Waves")},
                {"type": "checkboxes", "action_id": "tell", "options": options("Teams", "Managers")},
                {"type": "datepicker", "action_id": "day"},
                {"type": "overflow", "action_id": "more", "options": options("Export", "Forget")},
            ),
        ],
    )
    page = await open_page("/page/U1/C1")
    log = page.locator("#log")
    async with page.expect_response("**/actions"):
        await log.locator("select").select_option(label="Hard")
    async with page.expect_response("**/actions"):
        await log.get_by_label("Waves").check()
    async with page.expect_response("**/actions"):
        await log.get_by_label("Managers").check()
    async with page.expect_response("**/actions"):
        await log.locator("input[type=date]").fill("2026-11-27")
    async with page.expect_response("**/actions"):
        await log.get_by_role("combobox", name="Riders").click()
        await log.get_by_role("listbox").get_by_role("option", name="Tomas Reyes").click()
    await log.get_by_role("button", name="More actions").click()
    await expect(page.get_by_role("menuitem", name="Export")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    async with page.expect_response("**/actions"):
        await page.keyboard.press("Enter")
    told = [act["actions"][0] for act in stage.acts]
    assert [one["action_id"] for one in told] == ["level", "start", "tell", "day", "who", "more"]
    assert told[0]["selected_option"]["value"] == "hard"
    assert told[1]["selected_option"]["value"] == "waves"
    assert [one["value"] for one in told[2]["selected_options"]] == ["managers"]
    assert told[3]["selected_date"] == "2026-11-27"
    assert told[4]["selected_users"] == ["U2"]
    assert told[5]["selected_option"]["value"] == "forget"


async def test_a_choice_that_is_not_confirmed_is_taken_back(stage: Stage, open_page: OpenPage) -> None:
    menu = {
        "type": "static_select",
        "action_id": "level",
        "options": options("Easy", "Hard"),
        "initial_option": options("Easy")[0],
        "confirm": confirm("All teams get it."),
    }
    stage.say("C1", "UBOT", "Choose", blocks=[actions(menu)])
    page = await open_page("/page/U1/C1")
    level = page.locator("#log select")
    await level.select_option(label="Hard")
    await page.get_by_role("button", name="Rather not").click()
    await expect(level).to_have_value("easy")
    assert stage.acts == []
