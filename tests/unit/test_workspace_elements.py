"""The limits of Block Kit's inputs, menus and pickers, one below and one above each."""

from typing import Any

import pytest

from bot.workspace.block_kit.blocks import check, completed, elements, validated
from bot.workspace.block_kit.problems import Problems
from bot.workspace.block_kit.types import Surface
from bot.workspace.errors import SlackError


def plain(length: int = 1) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def marked(length: int = 1) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def option(value: str = "v", text: Any = None, **more: Any) -> dict[str, Any]:
    return {"text": text or plain(), "value": value, **more}


def options(count: int) -> list[dict[str, Any]]:
    return [option(str(number)) for number in range(count)]


def select(kind: str = "static_select", count: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "a", "options": options(count), **more}


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "a", **more}


def field(inner: Any, **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain(), "element": inner, **more}


def actions(*inner: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(inner)}


def section(accessory: Any) -> dict[str, Any]:
    return {"type": "section", "text": plain(), "accessory": accessory}


TEXT = element("plain_text_input")
GROUPS = [{"label": plain(75), "options": options(100)}] * 100
CONFIRM = {"title": plain(100), "text": marked(300), "confirm": plain(30), "deny": plain(30)}

ACCEPTED = [
    field(TEXT, label=plain(2000), hint=plain(2000), optional=True, dispatch_action=True),
    field({**TEXT, "multiline": True, "min_length": 0, "max_length": 3000, "initial_value": "x" * 3000}),
    field({**TEXT, "placeholder": plain(150)}),
    field({**TEXT, "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}),
    field(select(count=100)),
    field(select(initial_option=option("0"))),
    field(element("static_select", option_groups=GROUPS, initial_option=option("7"))),
    field(select("multi_static_select", 3, initial_options=[option("2")], max_selected_items=1)),
    field(element("users_select", initial_user="U1")),
    field(element("multi_users_select", initial_users=["U1"], max_selected_items=4)),
    field(element("conversations_select")),
    field(element("multi_conversations_select")),
    field(element("datepicker", initial_date="2026-11-27")),
    field(element("timepicker", initial_time="15:00", timezone="Europe/Paris")),
    field(element("datetimepicker", initial_date_time=1764000000)),
    field(element("number_input", is_decimal_allowed=False, min_value="1", max_value="9")),
    field(select("radio_buttons", 10)),
    field(select("checkboxes", options=[option(text=marked(75), description=marked(75))])),
    field(select(options=[option("v" * 150, plain(75))])),
    actions(select("overflow", 5)),
    actions(element("overflow", options=[option(url="https://example.org/")])),
    *(
        actions(element("button", text=plain(), url=url))
        for url in ("http://127.0.0.1:8080/a?b=c", "slack://open")
    ),
    actions(element("button", text=plain(), confirm=CONFIRM)),
    actions(element("datetimepicker"), {**select(), "action_id": "b"}),
    section(select("multi_static_select")),
    section({"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x" * 2000}),
    {"type": "context", "elements": [{"type": "image", "image_url": "https://e.org/a.png", "alt_text": "a"}]},
    {"type": "image", "slack_file": {"url": "https://e.org"}, "alt_text": "a", "title": plain(2000)},
]

REFUSED = [
    (field(TEXT, label=plain(2001)), "must be less than 2001 characters [json-pointer:/0/label/text]"),
    (field(TEXT, label=marked()), "must be one of: plain_text [json-pointer:/0/label/type]"),
    (field(TEXT, hint=plain(2001)), "must be less than 2001 characters [json-pointer:/0/hint/text]"),
    (field(TEXT, optional="yes"), "must provide a boolean [json-pointer:/0/optional]"),
    (field(None), "must provide an object [json-pointer:/0/element]"),
    (field(element("button", text=plain())), "unsupported type: button [json-pointer:/0/element/type]"),
    (field(select("overflow")), "unsupported type: overflow [json-pointer:/0/element/type]"),
    (
        field({**TEXT, "placeholder": plain(151)}),
        "must be less than 151 characters [json-pointer:/0/element/placeholder/text]",
    ),
    (field({**TEXT, "max_length": 0}), "must be greater than 0 [json-pointer:/0/element/max_length]"),
    (field({**TEXT, "max_length": 3001}), "must be less than 3001 [json-pointer:/0/element/max_length]"),
    (field({**TEXT, "min_length": "2"}), "must provide an integer [json-pointer:/0/element/min_length]"),
    (
        field({**TEXT, "initial_value": "x" * 3001}),
        "must be less than 3001 characters [json-pointer:/0/element/initial_value]",
    ),
    (
        field({**TEXT, "dispatch_action_config": {"trigger_actions_on": ["on_blur"]}}),
        "must be one of: on_enter_pressed, on_character_entered "
        "[json-pointer:/0/element/dispatch_action_config/trigger_actions_on]",
    ),
    (field(select(count=101)), "no more than 100 items allowed [json-pointer:/0/element/options]"),
    (field(select(count=0)), "no fewer than 1 items allowed [json-pointer:/0/element/options]"),
    (
        field(element("static_select", options=options(1), option_groups=GROUPS)),
        "only one of: options, option_groups [json-pointer:/0/element]",
    ),
    (
        field(element("static_select", option_groups=[{"label": plain(76), "options": options(1)}])),
        "must be less than 76 characters [json-pointer:/0/element/option_groups/0/label/text]",
    ),
    (
        field(select(initial_option=option("0", plain(2)))),
        "must be one of the options [json-pointer:/0/element/initial_option]",
    ),
    (
        field(select("checkboxes", initial_options=[option("1")])),
        "must be one of the options [json-pointer:/0/element/initial_options/0]",
    ),
    (
        field(select("multi_users_select", max_selected_items=0)),
        "must be greater than 0 [json-pointer:/0/element/max_selected_items]",
    ),
    (
        field(select(options=[option("v" * 151)])),
        "must be less than 151 characters [json-pointer:/0/element/options/0/value]",
    ),
    (
        field(select(options=[option(text=plain(76))])),
        "must be less than 76 characters [json-pointer:/0/element/options/0/text/text]",
    ),
    (
        field(select(options=[option(text=marked())])),
        "must be one of: plain_text [json-pointer:/0/element/options/0/text/type]",
    ),
    (
        field(select(options=[option("a"), option("a")])),
        "value `a` already exists [json-pointer:/0/element/options/1/value]",
    ),
    (
        actions(element("overflow", options=[option(url="example.org")])),
        "invalid url [json-pointer:/0/elements/0/options/0/url]",
    ),
    *(
        (
            actions(element("button", text=plain(), url=url)),
            "invalid url [json-pointer:/0/elements/0/url]",
        )
        for url in ("example.org", "/path", "https://", "https://e.org/a b", "http://[::1")
    ),
    (
        field(select(options=[option(url="https://e.org")])),
        "additional property: url [json-pointer:/0/element/options/0]",
    ),
    (field(select("radio_buttons", 11)), "no more than 10 items allowed [json-pointer:/0/element/options]"),
    (field(select("checkboxes", 11)), "no more than 10 items allowed [json-pointer:/0/element/options]"),
    (actions(select("overflow", 6)), "no more than 5 items allowed [json-pointer:/0/elements/0/options]"),
    (
        actions(select("multi_static_select")),
        "unsupported type: multi_static_select [json-pointer:/0/elements/0/type]",
    ),
    (section(TEXT), "unsupported type: plain_text_input [json-pointer:/0/accessory/type]"),
    (
        field(element("datepicker", initial_date="27.11.2026")),
        "must match format: YYYY-MM-DD [json-pointer:/0/element/initial_date]",
    ),
    (
        field(element("timepicker", initial_time="3pm")),
        "must match format: HH:mm [json-pointer:/0/element/initial_time]",
    ),
    (
        field(element("datetimepicker", initial_date_time=12)),
        "must be a UNIX timestamp of 10 digits [json-pointer:/0/element/initial_date_time]",
    ),
    (
        field(element("number_input")),
        "missing required field: is_decimal_allowed [json-pointer:/0/element]",
    ),
    (
        field(element("number_input", is_decimal_allowed=True, min_value=1)),
        "must provide a string [json-pointer:/0/element/min_value]",
    ),
    (
        actions(element("button", text=plain(), confirm={**CONFIRM, "deny": plain(31)})),
        "must be less than 31 characters [json-pointer:/0/elements/0/confirm/deny/text]",
    ),
    (
        actions(element("button", text=plain(), confirm={**CONFIRM, "title": plain(101)})),
        "must be less than 101 characters [json-pointer:/0/elements/0/confirm/title/text]",
    ),
    (
        actions(element("button", text=plain(), confirm={**CONFIRM, "style": "loud"})),
        "must be one of: primary, danger [json-pointer:/0/elements/0/confirm/style]",
    ),
    (
        {"type": "image", "image_url": "https://e.org"},
        "must provide a string [json-pointer:/0/alt_text]",
    ),
    (
        {"type": "image", "slack_file": {}, "alt_text": "a"},
        "missing required field: id or url [json-pointer:/0/slack_file]",
    ),
    ({"type": "table", "rows": []}, "unsupported type: table [json-pointer:/0/type]"),
]


def problems(*blocks: dict[str, Any], surface: Surface = Surface.MODAL) -> list[str]:
    found = Problems()
    check(found, "", blocks, surface)
    return found.found


@pytest.mark.parametrize("block", ACCEPTED)
def test_accepted(block: dict[str, Any]) -> None:
    assert problems(block) == []


@pytest.mark.parametrize(("block", "problem"), REFUSED)
def test_refused(block: dict[str, Any], problem: str) -> None:
    assert problems(block) == [problem]


def test_a_view_has_more_blocks_than_a_message() -> None:
    many = [section(select())] * 100
    assert problems(*many, surface=Surface.HOME) == []
    assert problems(*many, many[0]) == ["no more than 100 items allowed [json-pointer:]"]
    with pytest.raises(SlackError, match="invalid_blocks"):
        validated(many)


def test_inputs_are_for_views() -> None:
    assert problems(field(TEXT), surface=Surface.HOME) == []
    assert problems(field(TEXT), surface=Surface.MESSAGE) == [
        "unsupported type: input [json-pointer:/0/type]"
    ]


def test_what_has_no_name_gets_one() -> None:
    nameless = {"type": "datepicker"}
    named = completed([field(nameless), section(nameless), actions(nameless, nameless)], "x-")
    ids = [(block["block_id"], element["action_id"]) for block, element in elements(named)]
    assert len(set(ids)) == 4
    assert all(block_id.startswith("bx-") for block_id, _ in ids)
    [picture] = completed([section({"type": "image", "image_url": "https://e.org", "alt_text": "a"})])
    assert "action_id" not in picture["accessory"], "nobody clicks it"
