"""A message for Slack: its blocks, the plain text beside them, and Slack's limits on both."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

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
SURELY_WHOLE = 250
FEW_LINES = 4
"""Characters, and lines, that Slack surely doesn't fold: lists of many short sections stay short."""
MAX_CONTEXT = 2_000
MAX_HEADER = 150
MAX_FIELD = 2_000
MAX_FIELDS = 10
MAX_TEXT = 4_000
"""Slack truncates a text at 40,000 characters and asks for no more than 4,000."""
MAX_MESSAGE = 13_200
"""Characters of all blocks together, or `msg_blocks_too_long`: measured, not documented."""
MIN_TEXT = 200
"""Characters: nothing shorter than that is cut in two."""
GOES_ON = "It continues here."
"""What a notification says of a further part."""
COMFORTABLE = 12_000
"""What we fill a message up to: Slack doesn't say how it counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message. `text` is what a notification, a screen reader and an old client get."""

    text: str
    blocks: tuple[Block, ...] = ()
    thread: tuple["Message", ...] = field(default=())
    """Messages that belong in this one's thread."""
    secret: bool = False
    """For one person's eyes: it is never shown to others, not even where it can't be told privately."""
    _as_blocks: list[dict[str, object]] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Shorten the text to what Slack asks for: the blocks say it in full."""
        object.__setattr__(self, "text", shortened(self.text, MAX_TEXT))

    def as_blocks(self) -> list[dict[str, object]]:
        """The blocks as Slack takes them, not to be changed; checks them by slack_sdk's own rules, once."""
        if self._as_blocks is None:
            object.__setattr__(self, "_as_blocks", [block.to_dict() for block in self.blocks])
        return self._as_blocks or []

    def shorter(self) -> "Message | None":
        """The same in about half as much, the rest of it in the thread before what is there; None: no less.

        For a message that Slack calls too long, whatever it counts: nothing of it is lost.
        """
        if not self.blocks:
            parts = parted(self.text, max(len(self.text) // 2, MIN_TEXT))
            if len(parts) < 2:
                return None
            more = tuple(Message(text=part, secret=self.secret) for part in parts[1:])
            return replace(self, text=parts[0], thread=(*more, *self.thread))
        limit = size(self.blocks) // 2
        # Pieces of less than the limit, so that a line above or below one stays with it.
        groups = packed([_parted(block, limit * 3 // 4) for block in self.blocks], limit)
        if limit < MIN_TEXT or len(groups) < 2:
            return None
        rest = tuple(Message(text=GOES_ON, blocks=blocks, secret=self.secret) for blocks in groups[1:])
        text = shortened(self.text, max(len(self.text) // 2, MIN_TEXT))
        return replace(self, text=text, blocks=groups[0], thread=(*rest, *self.thread))


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
    """A section of mrkdwn, cut at Slack's limit. A long one is shown whole, not behind a "See more".

    Source: `expand` in https://docs.slack.dev/reference/block-kit/blocks/section-block. From when on Slack
    folds a section it doesn't say.
    """
    expand = True if len(text) > SURELY_WHOLE or text.count("\n") >= FEW_LINES else None
    return SectionBlock(text=MarkdownTextObject(text=shortened(text, MAX_SECTION)), expand=expand)


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


def _parted(block: Block, limit: int) -> list[Block]:
    """A block as several that are each about as long as the limit, where it is text that can be parted."""
    length = size([block])
    if length <= limit:
        return [block]
    if (
        isinstance(block, SectionBlock)
        and block.text is not None
        and not block.accessory
        and not block.fields
    ):
        text = block.text.text
        return [section(part) for part in parted(text, _share(text, limit, length))]
    if isinstance(block, RichTextBlock):
        text = _verbatim_text(block)
        return [verbatim(part) for part in parted(text, _share(text, limit, length))] if text else [block]
    return [block]


def _share(text: str, limit: int, length: int) -> int:
    """How much of a text makes a block of about `limit`, when all of it makes one of `length`."""
    return max(len(text) * limit // length - 1, MIN_TEXT // 2)


def _verbatim_text(block: RichTextBlock) -> str:
    """The text of a block that `verbatim` made; empty for another."""
    elements = [element for one in block.elements or [] for element in getattr(one, "elements", None) or []]
    return "".join(str(getattr(element, "text", "")) for element in elements)


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
