"""Block Kit's limits, one below and one above each."""

from typing import Any

import pytest

from bot.workspace.block_kit.blocks import validated
from bot.workspace.errors import SlackError


def text(length: int = 1, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def plain(length: int = 1) -> dict[str, Any]:
    return text(length, "plain_text")


def button(action_id: str = "a", **changes: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(), **changes}


def section(**parts: Any) -> dict[str, Any]:
    return {"type": "section", **(parts or {"text": text()})}


def header(length: int) -> dict[str, Any]:
    return {"type": "header", "text": plain(length)}


def context(count: int) -> dict[str, Any]:
    return {"type": "context", "elements": [text()] * count}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def buttons(count: int) -> dict[str, Any]:
    return actions(*(button(f"a{number}") for number in range(count)))


def table(rows: int, columns: int) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def rich(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def preformatted(*parts: Any) -> dict[str, Any]:
    return rich({"type": "rich_text_preformatted", "elements": list(parts)})


WORD = {"type": "text", "text": "x"}
SETTINGS = {"column_settings": [{"align": "right"}, None]}

ACCEPTED = [
    [section()] * 50,
    [section(text=text(3000))],
    [section(text=text(), expand=True)],
    [section(fields=[text(2000)] * 10)],
    [section(text=plain(), accessory=button())],
    [header(150)],
    [context(10)],
    [buttons(25)],
    [actions(button("x" * 255, text=plain(75), value="x" * 2000, style="danger"))],
    [table(100, 20)],
    [{**table(1, 2), **SETTINGS}],
    [table(1, 1), section()],
    [actions(button("a")), actions(button("a"))],
    [preformatted(WORD)],
    [rich({"type": "rich_text_section", "elements": [WORD, {"type": "user", "user_id": "U1"}]})],
    [
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [WORD]}],
            }
        )
    ],
    [{"type": "divider"}],
    [{"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a"}],
]

REFUSED = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section(text=text(3001))], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section(text=text(0))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section(text="x")], "must provide an object [json-pointer:/blocks/0/text]"),
    ([section(text=text(), expand="yes")], "must provide a boolean [json-pointer:/blocks/0/expand]"),
    ([{"type": "section"}], "missing required field: text or fields [json-pointer:/blocks/0]"),
    ([section(fields=[text()] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    (
        [section(), section(fields=[text(), text(2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/1/fields/1/text]",
    ),
    ([header(151)], "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ([{**header(1), "text": text()}], "must be one of: plain_text [json-pointer:/blocks/0/text/type]"),
    ([context(11)], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    ([context(0)], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ([buttons(26)], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    (
        [actions(button(text=plain(76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [actions(button("x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        [actions(button(style="warning"))],
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    ([actions(button("a"), button("a"))], "`action_id` is not unique: a [json-pointer:/blocks]"),
    (
        [section(text=text(), block_id="b"), section(text=text(), block_id="b")],
        "block_id `b` already exists [json-pointer:/blocks/1/block_id]",
    ),
    ([table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ([table(1, 1)] * 2, "only one table is allowed per message [json-pointer:/blocks]"),
    (
        [{"type": "table", "rows": [["x"]]}],
        "must be a raw_text or rich_text cell [json-pointer:/blocks/0/rows/0/0]",
    ),
    (
        [preformatted({"type": "user", "user_id": "U1"})],
        "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    (
        [preformatted({"type": "text", "text": ""})],
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    (
        [rich({"type": "rich_text_list", "elements": [{"type": "rich_text_section", "elements": []}]})],
        "must be one of: bullet, ordered [json-pointer:/blocks/0/elements/0/style]",
    ),
    ([{"type": "input"}], "unsupported type: input [json-pointer:/blocks/0/type]"),
]


@pytest.mark.parametrize("blocks", ACCEPTED)
def test_accepted(blocks: list[dict[str, Any]]) -> None:
    assert [block["type"] for block in validated(blocks)] == [block["type"] for block in blocks]


@pytest.mark.parametrize(("blocks", "problem"), REFUSED)
def test_refused(blocks: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(SlackError) as refused:
        validated(blocks)
    assert refused.value.code == "invalid_blocks"
    assert refused.value.messages == (f"[ERROR] {problem}",)
    assert refused.value.details == {"errors": [problem]}


@pytest.mark.parametrize("blocks", ["x", {}, ["x"], 1])
def test_what_are_no_blocks(blocks: object) -> None:
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        validated(blocks)


@pytest.mark.parametrize(
    ("characters", "blocks", "fits"),
    [(9_597, 50, True), (11_341, 45, False), (13_000, 1, True), (13_200, 1, False)],
)
def test_a_message_in_all(characters: int, blocks: int, fits: bool) -> None:
    """The figures that people measured, see MAX_CHARACTERS and BLOCK_CHARACTERS."""
    words = {"type": "text", "text": "x" * (characters - blocks + 1)}
    message = [preformatted(words), *(preformatted(WORD) for _ in range(blocks - 1))]
    validated(message)
    if fits:
        validated(message, length_limited=True)
    else:
        with pytest.raises(SlackError, match="msg_blocks_too_long"):
            validated(message, length_limited=True)


def test_ids_that_are_missing_are_given() -> None:
    [block] = validated([actions({"type": "button", "text": plain()})])
    assert block["block_id"]
    assert block["elements"][0]["action_id"]
