"""What a view may be, one below and one above each limit."""

from typing import Any

import pytest

from bot.workspace.block_kit.types import Surface
from bot.workspace.block_kit.view_check import validated
from bot.workspace.errors import SlackError

DIVIDER = {"type": "divider"}
INPUT = {
    "type": "input",
    "label": {"type": "plain_text", "text": "l"},
    "element": {"type": "plain_text_input", "action_id": "a"},
}


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def modal(**changes: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(24), "blocks": [DIVIDER], **changes}


def home(**changes: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": [DIVIDER], **changes}


@pytest.mark.parametrize(
    ("view", "surface"),
    [
        (modal(), Surface.MODAL),
        (modal(submit=plain(24), close=plain(24), blocks=[INPUT]), Surface.MODAL),
        (modal(callback_id="x" * 255, private_metadata="x" * 3000, external_id="x" * 255), Surface.MODAL),
        (modal(callback_id="", private_metadata="", submit=None, close=None), Surface.MODAL),
        (modal(clear_on_close=True, notify_on_close=True), Surface.MODAL),
        (home(), Surface.HOME),
        (home(blocks=[DIVIDER] * 100), Surface.HOME),
        (home(blocks=[INPUT]), Surface.HOME),
    ],
)
def test_accepted(view: dict[str, Any], surface: Surface) -> None:
    content = validated(view, surface)
    assert [block["type"] for block in content["blocks"]] == [block["type"] for block in view["blocks"]]
    assert all(block["block_id"] for block in content["blocks"])


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        ("x", "must provide an object [json-pointer:/view]"),
        (home(), "must be one of: modal [json-pointer:/view/type]"),
        (modal(title=plain(25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(title=None), "must provide an object [json-pointer:/view/title]"),
        (modal(submit=plain(25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain(25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(blocks=[]), "no fewer than 1 items allowed [json-pointer:/view/blocks]"),
        (modal(blocks=[DIVIDER] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(blocks=["x"]), "must provide objects [json-pointer:/view/blocks]"),
        (modal(blocks=[{"type": "x"}]), "unsupported type: x [json-pointer:/view/blocks/0/type]"),
        (modal(blocks=[INPUT]), "missing required field: submit [json-pointer:/view]"),
        (modal(notify_on_close=1), "must provide a boolean [json-pointer:/view/notify_on_close]"),
        (modal(id="V1"), "additional property: id [json-pointer:/view]"),
    ],
)
def test_refused(view: object, problem: str) -> None:
    with pytest.raises(SlackError) as refused:
        validated(view, Surface.MODAL)
    assert refused.value.code == "invalid_arguments"
    assert refused.value.messages == (f"[ERROR] {problem}",)


def test_a_home_has_no_buttons_of_its_own() -> None:
    with pytest.raises(SlackError) as refused:
        validated(home(submit=plain(1)), Surface.HOME)
    assert refused.value.messages == ("[ERROR] additional property: submit [json-pointer:/view]",)


def test_the_size_in_all() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "ü" * 1_240}}
    assert validated(modal(blocks=[section] * 98), Surface.MODAL)
    with pytest.raises(SlackError, match="view_too_large"):
        validated(modal(blocks=[section] * 100), Surface.MODAL)
