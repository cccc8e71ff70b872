"""A message for Slack: its blocks, the plain text beside them, and Slack's limits on both."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
)

from bot.slack.messages.mrkdwn import shortened, without_fences

MAX_BLOCKS = 50
MAX_SECTION = 3_000
MAX_CONTEXT = 2_000
MAX_HEADER = 150
MAX_FIELD = 2_000
MAX_FIELDS = 10
MAX_TEXT = 4_000
"""Slack truncates a text at 40,000 characters and asks for no more than 4,000."""
MAX_MESSAGE = 13_200
"""Characters of all blocks together, or `msg_blocks_too_long`: measured, not documented."""
COMFORTABLE = 12_000
"""What we fill a message up to: Slack doesn't say how it counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message. `text` is what a notification, a screen reader and an old client get."""

    text: str
    blocks: tuple[Block, ...] = ()
    thread: tuple["Message", ...] = field(default=())
    """Messages that belong in this one's thread."""

    def __post_init__(self) -> None:
        """Shorten the text to what Slack asks for: the blocks say it in full."""
        object.__setattr__(self, "text", shortened(self.text, MAX_TEXT))

    def as_blocks(self) -> list[dict[str, object]]:
        """The blocks as Slack takes them; checks them by slack_sdk's own rules."""
        return [block.to_dict() for block in self.blocks]


def said(words: str, more: str | None = None) -> Message:
    """A few words, and perhaps something smaller below them."""
    blocks: list[Block] = [section(words)]
    if more is not None:
        blocks.append(context(more))
    return Message(text=words, blocks=tuple(blocks))


def header(text: str) -> HeaderBlock:
    """A header: plain text, so nothing in it has to be escaped."""
    return HeaderBlock(text=PlainTextObject(text=shortened(text, MAX_HEADER), emoji=True))


def section(text: str) -> SectionBlock:
    """A section of mrkdwn, cut at Slack's limit."""
    return SectionBlock(text=MarkdownTextObject(text=shortened(text, MAX_SECTION)))


def sections(text: str) -> tuple[SectionBlock, ...]:
    """As many sections as a long text needs, parted between lines where that is possible."""
    return tuple(section(part) for part in parted(text, MAX_SECTION))


def fields(*texts: str) -> SectionBlock:
    """A section in two columns."""
    return SectionBlock(
        fields=[MarkdownTextObject(text=shortened(text, MAX_FIELD)) for text in texts[:MAX_FIELDS]]
    )


def context(text: str) -> ContextBlock:
    """A small grey line."""
    return ContextBlock(elements=[MarkdownTextObject(text=shortened(text, MAX_CONTEXT))])


def verbatim(text: str) -> RichTextBlock:
    """A block of text in fixed width, shown as it is.

    Rich text, not mrkdwn: Slack reads no mention, link or fence in it, so that nothing has to be escaped and
    a table or a caret stays aligned.
    """
    return RichTextBlock(
        elements=[
            RichTextPreformattedElement(
                elements=[RichTextElementParts.Text(text=without_fences(text) or " ")]
            )
        ]
    )


def parted(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most `limit` characters, between lines where that is possible."""
    parts: list[str] = []
    current = ""
    for line in text.split("\n"):
        while len(line) > limit:
            head, line = line[:limit], line[limit:]  # noqa: PLW2901
            parts += [current, head] if current else [head]
            current = ""
        if current and len(current) + 1 + len(line) > limit:
            parts.append(current)
            current = line
        else:
            current = f"{current}\n{line}" if current else line
    return [part for part in [*parts, current] if part.strip()]


def size(blocks: Iterable[Block]) -> int:
    """How long blocks are for Slack's limit on a message: as JSON, the most careful way to count."""
    return sum(len(json.dumps(block.to_dict(), ensure_ascii=False)) for block in blocks)


def packed(groups: Sequence[Sequence[Block]], limit: int = COMFORTABLE) -> list[tuple[Block, ...]]:
    """Fill as few messages as the limits allow, in order; a group stays together if it can."""
    messages: list[tuple[Block, ...]] = []
    current: list[Block] = []
    for group in groups:
        fits_alone = len(group) <= MAX_BLOCKS and size(group) <= limit
        for piece in [group] if fits_alone else [[block] for block in group]:
            too_many = len(current) + len(piece) > MAX_BLOCKS
            if current and (too_many or size(current) + size(piece) > limit):
                messages.append(tuple(current))
                current = []
            current += piece
    if current:
        messages.append(tuple(current))
    return messages
