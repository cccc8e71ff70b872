"""Blocks of a message or view as Slack checks them: every limit, and where in them the mistake is.

Source: https://docs.slack.dev/reference/block-kit.
"""

from collections.abc import Mapping, Sequence

from bot.workspace.block_kit import types
from bot.workspace.block_kit.problems import Problems
from bot.workspace.block_kit.types import Surface
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject

MAX_BLOCKS: Mapping[Surface, int] = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
MAX_CHARACTERS = 13_200
"""Of all blocks of one message to chat.postMessage, which no page of Slack's documents."""
BLOCK_CHARACTERS = 70
"""What a block counts beside its text.

Measured in https://github.com/slackapi/bolt-js/issues/2867: 9,597 characters in 50 blocks were accepted,
11,341 in 45 were not; https://github.com/slackapi/bolt-js/issues/2509 has the limit for one block.
"""


def validated(blocks: object, *, length_limited: bool = False) -> list[JsonObject]:
    """Check a message's blocks and give them, with the block_ids and action_ids that Slack would add.

    `length_limited` holds them to MAX_CHARACTERS, which only chat.postMessage does. Raises SlackError:
    `invalid_blocks_format`, `invalid_blocks` with the reasons, or `msg_blocks_too_long`.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    problems = Problems()
    check(problems, "/blocks", blocks, Surface.MESSAGE)
    if problems:
        # Slack gives them twice: plain as `errors`, and marked in response_metadata.
        raise SlackError(
            "invalid_blocks",
            messages=[f"[ERROR] {problem}" for problem in problems.found],
            details={"errors": list(problems.found)},
        )
    if length_limited and characters(blocks) + BLOCK_CHARACTERS * len(blocks) > MAX_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return completed(blocks)


def check(problems: Problems, pointer: str, blocks: Sequence[JsonObject], surface: Surface) -> None:
    """All blocks of one surface."""
    if len(blocks) > MAX_BLOCKS[surface]:
        problems.add(pointer, f"no more than {MAX_BLOCKS[surface]} items allowed")
    for number, block in enumerate(blocks):
        types.check(problems, f"{pointer}/{number}", block, surface)
    _unique(problems, pointer, blocks)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        problems.add(pointer, "only one table is allowed per message")


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
    """The interactive elements of a message or view, each with its block."""
    found = []
    for block in blocks:
        listed = block.get("elements")
        inside = [*(listed if isinstance(listed, list) else []), block.get("accessory"), block.get("element")]
        found += [(block, one) for one in inside if isinstance(one, dict) and "action_id" in one]
    return found


def completed(blocks: Sequence[JsonObject], prefix: str = "") -> list[JsonObject]:
    """The blocks with names for those, and those elements, that have none; each begins with `prefix`."""
    return [_completed(block, f"{prefix}{number}") for number, block in enumerate(blocks)]


def _completed(block: JsonObject, name: str) -> JsonObject:
    found = {**block, "block_id": block.get("block_id") or f"b{name}"}
    if block["type"] == "actions":
        found["elements"] = [
            {**element, "action_id": element.get("action_id") or f"a{name}-{place}"}
            for place, element in enumerate(block["elements"])
        ]
    for key in ("accessory", "element"):
        element = block.get(key)
        if isinstance(element, dict) and element.get("type") != "image":
            found[key] = {**element, "action_id": element.get("action_id") or f"a{name}"}
    return found


def _unique(problems: Problems, pointer: str, blocks: Sequence[JsonObject]) -> None:
    """block_ids in the whole, and action_ids in each block.

    https://docs.slack.dev/reference/block-kit/block-elements says "unique among all other action_ids in the
    containing block", and Slack refuses others.
    """
    seen: set[str] = set()
    actions: set[tuple[int, str]] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            problems.add(f"{pointer}/{number}/block_id", f"block_id `{block_id}` already exists")
        seen.add(str(block_id))
        for _, element in elements([block]):
            action_id = str(element["action_id"])
            if (number, action_id) in actions:
                problems.add(pointer, f"`action_id` is not unique: {action_id}")
            actions.add((number, action_id))
