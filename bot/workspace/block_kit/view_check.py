"""A view as Slack checks it before showing it.

Source: https://docs.slack.dev/reference/views, and https://docs.slack.dev/surfaces/modals for the limits.
"""

import json
import secrets
from collections.abc import Mapping

from bot.workspace.block_kit import blocks
from bot.workspace.block_kit.composition_objects import PLAIN, text_object
from bot.workspace.block_kit.problems import Problems
from bot.workspace.block_kit.types import Surface
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject

MAX_BYTES = 250_000
MAX_TITLE = 24
"""Also of the two buttons' texts."""
MAX_METADATA = 3000
MAX_ID = 255

_COMMON = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
_KEYS: Mapping[Surface, set[str]] = {
    Surface.HOME: _COMMON,
    Surface.MODAL: _COMMON
    | {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"},
}


def validated(given: object, surface: Surface) -> JsonObject:
    """The view, with the block_ids and action_ids that Slack would add.

    Raises SlackError: `invalid_arguments` with the reasons, `view_too_large`.
    """
    problems = Problems()
    view: JsonObject = given if isinstance(given, dict) else {}
    if not isinstance(given, dict):
        problems.add("/view", "must provide an object")
    elif view.get("type") != surface:
        problems.add("/view/type", f"must be one of: {surface}")
    else:
        _check(problems, view, surface)
    if problems:
        raise SlackError("invalid_arguments", messages=[f"[ERROR] {problem}" for problem in problems.found])
    if len(json.dumps(view, ensure_ascii=False).encode()) > MAX_BYTES:
        raise SlackError("view_too_large")
    # Names that Slack gives are others each time: what has none keeps nothing from one view to the next.
    return {**view, "blocks": blocks.completed(view["blocks"], f"{secrets.token_hex(3)}-")}


def _check(problems: Problems, view: JsonObject, surface: Surface) -> None:
    for key in sorted(view.keys() - _KEYS[surface]):
        problems.add("/view", f"additional property: {key}")
    if surface is Surface.MODAL:
        _modal(problems, view)
    for key, limit in (("private_metadata", MAX_METADATA), ("callback_id", MAX_ID), ("external_id", MAX_ID)):
        if view.get(key):
            problems.text(f"/view/{key}", view[key], limit)
    found = problems.items("/view/blocks", view.get("blocks"), blocks.MAX_BLOCKS[surface])
    if not all(isinstance(block, dict) for block in found):
        problems.add("/view/blocks", "must provide objects")
    elif len(found) <= blocks.MAX_BLOCKS[surface]:
        blocks.check(problems, "/view/blocks", found, surface)


def _modal(problems: Problems, view: JsonObject) -> None:
    text_object(problems, "/view/title", view.get("title"), MAX_TITLE, types=PLAIN)
    for key in ("submit", "close"):
        if view.get(key) is not None:
            text_object(problems, f"/view/{key}", view[key], MAX_TITLE, types=PLAIN)
    for key in ("clear_on_close", "notify_on_close", "submit_disabled"):
        if not isinstance(view.get(key, False), bool):
            problems.add(f"/view/{key}", "must provide a boolean")
    found = view.get("blocks")
    inputs = isinstance(found, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in found
    )
    if inputs and view.get("submit") is None:
        problems.add("/view", "missing required field: submit")
