"""Block Kit as Slack checks it: every limit of a message, and where in it the mistake is.

Source: https://docs.slack.dev/reference/block-kit.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.workspace import rich_text
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.problems import Problems

MAX_BLOCKS = 50
MAX_CHARACTERS = 13_200
"""Of all blocks of one message to chat.postMessage, which no page of Slack's documents."""
BLOCK_CHARACTERS = 70
"""What a block counts beside its text.

Measured in https://github.com/slackapi/bolt-js/issues/2867: 9,597 characters in 50 blocks were accepted,
11,341 in 45 were not; https://github.com/slackapi/bolt-js/issues/2509 has the limit for one block.
"""
MAX_ROWS, MAX_COLUMNS = 100, 20
MAX_ID = 255


def validated(blocks: object, *, length_limited: bool = False) -> list[JsonObject]:
    """Check a message's blocks and give them, with the block_ids and action_ids that Slack would add.

    `length_limited` holds them to MAX_CHARACTERS, which only chat.postMessage does. Raises SlackError:
    `invalid_blocks_format`, `invalid_blocks` with the reasons, or `msg_blocks_too_long`.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    problems = Problems()
    if len(blocks) > MAX_BLOCKS:
        problems.add("/blocks", f"no more than {MAX_BLOCKS} items allowed")
    for number, block in enumerate(blocks):
        _block(problems, f"/blocks/{number}", block)
    _unique(problems, blocks)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        problems.add("/blocks", "only one table is allowed per message")
    if problems:
        # Slack gives them twice: plain as `errors`, and marked in response_metadata.
        raise SlackError(
            "invalid_blocks",
            messages=[f"[ERROR] {problem}" for problem in problems.found],
            details={"errors": list(problems.found)},
        )
    if length_limited and characters(blocks) + BLOCK_CHARACTERS * len(blocks) > MAX_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return [_completed(block, number) for number, block in enumerate(blocks)]


def characters(value: object) -> int:
    """All text in blocks, whatever it is nested in."""
    if isinstance(value, Mapping):
        return sum(
            len(inner) if key == "text" and isinstance(inner, str) else characters(inner)
            for key, inner in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(characters(inner) for inner in value)
    return 0


def elements(blocks: Sequence[JsonObject]) -> list[tuple[JsonObject, JsonObject]]:
    """The interactive elements of a message, each with its block."""
    found = []
    for block in blocks:
        inside = [*(block.get("elements") or []), block.get("accessory")]
        found += [(block, one) for one in inside if isinstance(one, dict) and "action_id" in one]
    return found


def _completed(block: JsonObject, number: int) -> JsonObject:
    """Slack names blocks and elements that have no id."""
    completed = {**block, "block_id": block.get("block_id") or f"b{number}"}
    if block["type"] == "actions":
        completed["elements"] = [
            {**element, "action_id": element.get("action_id") or f"a{number}-{place}"}
            for place, element in enumerate(block["elements"])
        ]
    return completed


def _unique(problems: Problems, blocks: Sequence[JsonObject]) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            problems.add(f"/blocks/{number}/block_id", f"block_id `{block_id}` already exists")
        seen.add(str(block_id))
    actions: set[str] = set()
    for _, element in elements(blocks):
        action_id = str(element["action_id"])
        if action_id in actions:
            problems.add("/blocks", f"`action_id` is not unique: {action_id}")
        actions.add(action_id)


def _block(problems: Problems, pointer: str, block: JsonObject) -> None:
    check = _BLOCKS.get(str(block.get("type")))
    if check is None:
        problems.add(f"{pointer}/type", f"unsupported type: {block.get('type')}")
        return
    if "block_id" in block:
        problems.text(f"{pointer}/block_id", block["block_id"], MAX_ID)
    check(problems, pointer, block)


def _text_object(
    problems: Problems,
    pointer: str,
    value: object,
    limit: int,
    *,
    types: tuple[str, ...] = ("mrkdwn", "plain_text"),
) -> None:
    if not isinstance(value, dict):
        problems.add(pointer, "must provide an object")
        return
    if value.get("type") not in types:
        problems.add(f"{pointer}/type", f"must be one of: {', '.join(types)}")
    if value.get("type") == "mrkdwn" and "emoji" in value:
        problems.add(pointer, "additional property: emoji")
    problems.text(f"{pointer}/text", value.get("text"), limit)


def _header(problems: Problems, pointer: str, block: JsonObject) -> None:
    _text_object(problems, f"{pointer}/text", block.get("text"), 150, types=("plain_text",))


def _section(problems: Problems, pointer: str, block: JsonObject) -> None:
    if "text" not in block and "fields" not in block:
        problems.add(pointer, "missing required field: text or fields")
    if "text" in block:
        _text_object(problems, f"{pointer}/text", block["text"], 3000)
    if "fields" in block:
        for number, value in enumerate(problems.items(f"{pointer}/fields", block["fields"], 10)):
            _text_object(problems, f"{pointer}/fields/{number}", value, 2000)
    if "accessory" in block:
        _element(problems, f"{pointer}/accessory", block["accessory"])


def _context(problems: Problems, pointer: str, block: JsonObject) -> None:
    for number, value in enumerate(problems.items(f"{pointer}/elements", block.get("elements"), 10)):
        inner = f"{pointer}/elements/{number}"
        if isinstance(value, dict) and value.get("type") == "image":
            _image(problems, inner, value)
        else:
            _text_object(problems, inner, value, 3000)


def _image(problems: Problems, pointer: str, image: JsonObject) -> None:
    if "slack_file" not in image:
        problems.text(f"{pointer}/image_url", image.get("image_url"), 3000)
    problems.text(f"{pointer}/alt_text", image.get("alt_text"), 2000)


def _actions(problems: Problems, pointer: str, block: JsonObject) -> None:
    for number, value in enumerate(problems.items(f"{pointer}/elements", block.get("elements"), 25)):
        _element(problems, f"{pointer}/elements/{number}", value)


def _element(problems: Problems, pointer: str, element: object) -> None:
    """An interactive element. Buttons are the ones that a person of this workspace can use."""
    if not isinstance(element, dict):
        problems.add(pointer, "must provide an object")
        return
    if element.get("type") != "button":
        problems.add(f"{pointer}/type", f"unsupported type: {element.get('type')}")
        return
    _text_object(problems, f"{pointer}/text", element.get("text"), 75, types=("plain_text",))
    for key, limit in (("action_id", MAX_ID), ("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if key in element:
            problems.text(f"{pointer}/{key}", element[key], limit)
    if element.get("style") not in (None, "primary", "danger"):
        problems.add(f"{pointer}/style", "must be one of: primary, danger")
    if "confirm" in element:
        _confirm(problems, f"{pointer}/confirm", element["confirm"])


def _confirm(problems: Problems, pointer: str, confirm: object) -> None:
    if not isinstance(confirm, dict):
        problems.add(pointer, "must provide an object")
        return
    for key, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        types = ("plain_text", "mrkdwn") if key == "text" else ("plain_text",)
        _text_object(problems, f"{pointer}/{key}", confirm.get(key), limit, types=types)


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
        problems.text(f"{pointer}/text", cell.get("text"), MAX_CHARACTERS)
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
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
}
