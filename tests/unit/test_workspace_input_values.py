"""What inputs hold, and what a person is told before a form goes."""

from typing import Any

import pytest

from bot.workspace.block_kit.blocks import completed
from bot.workspace.company.identifiers import Identifiers
from bot.workspace.company.state import State, Team, User
from bot.workspace.errors import ControlError
from bot.workspace.people.input_values import REQUIRED, carried, filled, initial, mistakes

OPTIONS = [{"text": {"type": "plain_text", "text": name.upper()}, "value": name} for name in ("a", "b")]
A, B = OPTIONS


@pytest.fixture
def state() -> State:
    team = Team(id="T1", name="Harbor", domain="harbor")
    state = State(team, clock=lambda: 1_764_000_000.0, ids=Identifiers("t"))
    for name, gone in (("dana", False), ("sam", True)):
        state.users[name] = User(id=name, name=name, real_name=name, color="0", deleted=gone)
    return state


def form(kind: str, *, optional: bool = False, **more: Any) -> list[dict[str, Any]]:
    element = {"type": kind, "action_id": "it", **more}
    label = {"type": "plain_text", "text": "l"}
    return completed(
        [{"type": "input", "block_id": "f", "label": label, "optional": optional, "element": element}]
    )


def told(state: State, blocks: list[dict[str, Any]], content: dict[str, Any]) -> str | None:
    values = filled(state, blocks, initial(blocks), {"f": {"it": content}})
    return mistakes(state, blocks, values).get("f")


@pytest.mark.parametrize(
    ("kind", "more", "empty"),
    [
        ("plain_text_input", {}, {"value": None}),
        ("plain_text_input", {"initial_value": "x"}, {"value": "x"}),
        ("number_input", {"is_decimal_allowed": False}, {"value": None}),
        ("static_select", {"options": OPTIONS}, {"selected_option": None}),
        ("static_select", {"options": OPTIONS, "initial_option": B}, {"selected_option": B}),
        ("multi_static_select", {"options": OPTIONS}, {"selected_options": []}),
        ("checkboxes", {"options": OPTIONS, "initial_options": [A]}, {"selected_options": [A]}),
        ("radio_buttons", {"options": OPTIONS}, {"selected_option": None}),
        ("users_select", {}, {"selected_user": None}),
        ("multi_users_select", {}, {"selected_users": []}),
        ("conversations_select", {}, {"selected_conversation": None}),
        ("datepicker", {"initial_date": "2026-11-27"}, {"selected_date": "2026-11-27"}),
        ("timepicker", {}, {"selected_time": None}),
        ("datetimepicker", {}, {"selected_date_time": None}),
    ],
)
def test_what_is_there_before_anybody_touches_it(
    kind: str, more: dict[str, Any], empty: dict[str, Any]
) -> None:
    assert initial(form(kind, **more)) == {"f": {"it": {"type": kind, **empty}}}


@pytest.mark.parametrize(
    ("kind", "more", "content", "words"),
    [
        ("plain_text_input", {}, {"value": "x"}, None),
        ("plain_text_input", {}, {"value": ""}, REQUIRED),
        ("plain_text_input", {"optional": True}, {"value": ""}, None),
        ("plain_text_input", {"min_length": 3}, {"value": "ab"}, "at least 3 characters"),
        ("plain_text_input", {"max_length": 3}, {"value": "abcd"}, "at most 3 characters"),
        ("number_input", {"is_decimal_allowed": False}, {"value": "x"}, "Enter a number"),
        ("number_input", {"is_decimal_allowed": False}, {"value": "1.5"}, "whole number"),
        ("number_input", {"is_decimal_allowed": True}, {"value": "1.5"}, None),
        ("number_input", {"is_decimal_allowed": True, "min_value": "2"}, {"value": "1.5"}, "at least 2"),
        ("number_input", {"is_decimal_allowed": True, "max_value": "1"}, {"value": "1.5"}, "at most 1"),
        ("static_select", {"options": OPTIONS}, {"selected_option": None}, REQUIRED),
        ("static_select", {"options": OPTIONS}, {"selected_option": {"value": "b"}}, None),
        ("multi_static_select", {"options": OPTIONS}, {"selected_options": []}, REQUIRED),
        (
            "multi_static_select",
            {"options": OPTIONS, "max_selected_items": 1},
            {"selected_options": [{"value": "a"}, {"value": "b"}]},
            "1 at most",
        ),
        ("users_select", {}, {"selected_user": "dana"}, None),
        ("users_select", {}, {"selected_user": "sam"}, "can't be chosen"),
        ("multi_users_select", {}, {"selected_users": ["dana", "nobody"]}, "can't be chosen"),
        ("datepicker", {}, {"selected_date": None}, REQUIRED),
        ("timepicker", {}, {"selected_time": "09:00"}, None),
    ],
)
def test_what_slack_says_before_the_app_hears(
    state: State, kind: str, more: dict[str, Any], content: dict[str, Any], words: str | None
) -> None:
    said = told(state, form(kind, **more), content)
    assert said is None if words is None else words in (said or "")


@pytest.mark.parametrize(
    ("kind", "more", "content", "code"),
    [
        ("static_select", {"options": OPTIONS}, {"selected_option": {"value": "c"}}, "invalid_value"),
        ("static_select", {"options": OPTIONS}, {"value": "a"}, "invalid_arguments"),
        ("checkboxes", {"options": OPTIONS}, {"selected_options": "a"}, "invalid_arguments"),
        ("plain_text_input", {}, {"value": 1}, "invalid_value"),
        ("datepicker", {}, {"selected_date": "tomorrow"}, "invalid_value"),
        ("timepicker", {}, {"selected_time": "25:00"}, "invalid_value"),
        ("datetimepicker", {}, {"selected_date_time": 5}, "invalid_value"),
        ("conversations_select", {}, {"selected_conversation": "C404"}, "invalid_value"),
    ],
)
def test_what_no_client_could_send(
    state: State, kind: str, more: dict[str, Any], content: dict[str, Any], code: str
) -> None:
    with pytest.raises(ControlError) as refused:
        told(state, form(kind, **more), content)
    assert refused.value.code == code


def test_an_input_that_is_not_there(state: State) -> None:
    blocks = form("plain_text_input")
    with pytest.raises(ControlError, match="no input"):
        filled(state, blocks, initial(blocks), {"f": {"other": {"value": "x"}}})


def test_an_option_comes_back_whole(state: State) -> None:
    blocks = form("static_select", options=OPTIONS)
    values = filled(state, blocks, initial(blocks), {"f": {"it": {"selected_option": {"value": "b"}}}})
    assert values["f"]["it"] == {"type": "static_select", "selected_option": B}


def test_what_stays_when_blocks_change(state: State) -> None:
    blocks = form("static_select", options=OPTIONS)
    values = filled(state, blocks, initial(blocks), {"f": {"it": {"selected_option": {"value": "b"}}}})
    assert carried(values, blocks) == values
    assert carried(values, form("static_select", options=[A])) == initial(blocks), "b is gone"
    text = form("plain_text_input")
    assert carried(values, text) == initial(text), "it is another element"
