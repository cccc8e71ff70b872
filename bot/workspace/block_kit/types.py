"""Block Kit's blocks, each with its limits, and where each may stand.

Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from bot.workspace.block_kit import elements, rich_text
from bot.workspace.block_kit.composition_objects import PLAIN, text_object
from bot.workspace.block_kit.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, MAX_ID
from bot.workspace.block_kit.problems import Problems
from bot.workspace.json_values import JsonObject

MAX_ROWS, MAX_COLUMNS = 100, 20
MAX_CELL = 13_200
MAX_LABEL = 2000
MAX_ALT_TEXT = 2000


class Surface(StrEnum):
    """What blocks stand in: https://docs.slack.dev/surfaces."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_ONLY_IN: Mapping[str, frozenset[Surface]] = {
    "input": frozenset({Surface.MODAL, Surface.HOME}),
    "markdown": frozenset({Surface.MESSAGE}),
    "table": frozenset({Surface.MESSAGE}),
}
"""Blocks that don't stand everywhere. Slack takes inputs in messages too; nobody should rely on it here."""


def check(problems: Problems, pointer: str, block: JsonObject, surface: Surface) -> None:
    """One block on a surface."""
    kind = str(block.get("type"))
    found = _BLOCKS.get(kind)
    if found is None or surface not in _ONLY_IN.get(kind, frozenset(Surface)):
        problems.add(f"{pointer}/type", f"unsupported type: {block.get('type')}")
        return
    if "block_id" in block:
        problems.text(f"{pointer}/block_id", block["block_id"], MAX_ID)
    found(problems, pointer, block)


def _header(problems: Problems, pointer: str, block: JsonObject) -> None:
    text_object(problems, f"{pointer}/text", block.get("text"), 150, types=PLAIN)


def _section(problems: Problems, pointer: str, block: JsonObject) -> None:
    if "text" not in block and "fields" not in block:
        problems.add(pointer, "missing required field: text or fields")
    if "text" in block:
        text_object(problems, f"{pointer}/text", block["text"], 3000)
    if "fields" in block:
        for number, value in enumerate(problems.items(f"{pointer}/fields", block["fields"], 10)):
            text_object(problems, f"{pointer}/fields/{number}", value, 2000)
    if "accessory" in block:
        elements.check(problems, f"{pointer}/accessory", block["accessory"], IN_SECTION)
    if not isinstance(block.get("expand", False), bool):
        problems.add(f"{pointer}/expand", "must provide a boolean")


def _context(problems: Problems, pointer: str, block: JsonObject) -> None:
    for number, value in enumerate(problems.items(f"{pointer}/elements", block.get("elements"), 10)):
        inner = f"{pointer}/elements/{number}"
        if isinstance(value, dict) and value.get("type") == "image":
            elements.image(problems, inner, value)
        else:
            text_object(problems, inner, value, 3000)


def _image(problems: Problems, pointer: str, block: JsonObject) -> None:
    elements.image(problems, pointer, block)
    if "title" in block:
        text_object(problems, f"{pointer}/title", block["title"], 2000, types=PLAIN)


def _actions(problems: Problems, pointer: str, block: JsonObject) -> None:
    for number, value in enumerate(problems.items(f"{pointer}/elements", block.get("elements"), 25)):
        elements.check(problems, f"{pointer}/elements/{number}", value, IN_ACTIONS)


def _input(problems: Problems, pointer: str, block: JsonObject) -> None:
    text_object(problems, f"{pointer}/label", block.get("label"), MAX_LABEL, types=PLAIN)
    if "hint" in block:
        text_object(problems, f"{pointer}/hint", block["hint"], MAX_LABEL, types=PLAIN)
    for key in ("optional", "dispatch_action"):
        if not isinstance(block.get(key, False), bool):
            problems.add(f"{pointer}/{key}", "must provide a boolean")
    elements.check(problems, f"{pointer}/element", block.get("element"), IN_INPUT)


def _rich_text(problems: Problems, pointer: str, block: JsonObject) -> None:
    rich_text.check(problems, pointer, block)


def _table(problems: Problems, pointer: str, block: JsonObject) -> None:
    for number, row in enumerate(problems.items(f"{pointer}/rows", block.get("rows"), MAX_ROWS)):
        inner = f"{pointer}/rows/{number}"
        for place, cell in enumerate(problems.items(inner, row, MAX_COLUMNS)):
            _cell(problems, f"{inner}/{place}", cell)
    if "column_settings" in block:
        settings = problems.items(f"{pointer}/column_settings", block["column_settings"], MAX_COLUMNS)
        for number, setting in enumerate(settings):
            if setting is not None and not isinstance(setting, dict):
                problems.add(f"{pointer}/column_settings/{number}", "must provide an object")
            elif setting and setting.get("align") not in (None, "left", "center", "right"):
                problems.add(
                    f"{pointer}/column_settings/{number}/align", "must be one of: left, center, right"
                )


def _cell(problems: Problems, pointer: str, cell: Any) -> None:
    if not isinstance(cell, dict) or cell.get("type") not in ("raw_text", "rich_text"):
        problems.add(pointer, "must be a raw_text or rich_text cell")
    elif cell["type"] == "raw_text":
        problems.text(f"{pointer}/text", cell.get("text"), MAX_CELL)
    else:
        rich_text.check(problems, pointer, cell)


def _markdown(problems: Problems, pointer: str, block: JsonObject) -> None:
    problems.text(f"{pointer}/text", block.get("text"), 12_000)


def _divider(problems: Problems, pointer: str, block: JsonObject) -> None:
    for key in block.keys() - {"type", "block_id"}:
        problems.add(pointer, f"additional property: {key}")


_BLOCKS: Mapping[str, Callable[[Problems, str, JsonObject], None]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
}
