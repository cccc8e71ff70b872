"""Slack's documented limits on a message, and that it can't ping or format by accident."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.slack.messages.message import MAX_MESSAGE, Message

_PINGS = re.compile(r"<!(channel|here|everyone)")


_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_OWN_NAME = re.compile(r"(?<![\w.])(?!pg_)[a-z]+(?:_[a-z]+)+(?!\w)")
"""`called_off`: how programs name things, not people. `pg_…` is PostgreSQL's, and to be learned."""
_SHOWN_TICK = "\u2060`\u2060"
"""A back-tick that Slack shows: it begins no code."""


def check(message: Message) -> None:
    """Fail if Slack would refuse the message, or cut it, or if it shows one of our own names for things."""
    _in_words(message)
    assert message.text.strip(), "no text for notifications"
    assert len(message.text) <= 4_000
    assert not _PINGS.search(message.text)
    blocks = message.as_blocks()
    assert len(blocks) <= 50
    assert len(json.dumps(blocks, ensure_ascii=False)) <= MAX_MESSAGE
    for block in blocks:
        _BLOCKS[str(block["type"])](block)
    for reply in message.thread:
        check(reply)


def _in_words(message: Message) -> None:
    """People read words: no name of a state or a problem as our own code has it, but in code."""
    shown = [message.text, *_strings(message.as_blocks())]
    for text in shown:
        spoken = _CODE.sub(" ", re.sub(r"<[^>]*>", " ", text.replace(_SHOWN_TICK, "")))
        assert not (found := _OWN_NAME.findall(spoken)), f"{found} is no word for people: {text!r}"


def _strings(value: object) -> Iterator[str]:
    """Every text that is shown, wherever in a block it stands. A verbatim block is code."""
    if isinstance(value, dict) and value.get("type") != "rich_text":
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield str(value["text"])
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _text(text: dict[str, Any], limit: int, *, kinds: tuple[str, ...] = ("mrkdwn",)) -> None:
    assert text["type"] in kinds
    assert 1 <= len(text["text"]) <= limit
    if text["type"] == "mrkdwn":
        assert not _PINGS.search(text["text"])
        assert text["text"].count("```") % 2 == 0, f"an open code block in {text['text']!r}"


def _header(block: dict[str, Any]) -> None:
    _text(block["text"], 150, kinds=("plain_text",))


def _section(block: dict[str, Any]) -> None:
    assert ("text" in block) or ("fields" in block)
    if "text" in block:
        _text(block["text"], 3_000)
    fields = block.get("fields") or []
    assert len(fields) <= 10
    for field in fields:
        _text(field, 2_000)


def _context(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 10
    for element in block["elements"]:
        _text(element, 3_000)


def _actions(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 25
    for button in block["elements"]:
        assert button["type"] == "button"
        _text(button["text"], 75, kinds=("plain_text",))
        assert 1 <= len(button["action_id"]) <= 255
        assert 1 <= len(button["value"]) <= 2_000
        assert button.get("style") in ("primary", "danger", None)
        if (confirm := button.get("confirm")) is not None:
            _text(confirm["title"], 100, kinds=("plain_text",))
            _text(confirm["text"], 300, kinds=("plain_text", "mrkdwn"))
            _text(confirm["confirm"], 30, kinds=("plain_text",))
            _text(confirm["deny"], 30, kinds=("plain_text",))


def _rich_text(block: dict[str, Any]) -> None:
    for element in block["elements"]:
        assert element["type"] == "rich_text_preformatted"
        for part in element["elements"]:
            assert part["type"] == "text"
            assert part["text"]
            assert all(char in "\n\t" or char >= " " for char in part["text"])


_BLOCKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "rich_text": _rich_text,
    "divider": lambda block: None,
}
