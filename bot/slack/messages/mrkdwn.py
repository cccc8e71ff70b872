"""Slack's mrkdwn: making text harmless, and the small forms that Ride uses."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_INVISIBLE = "\u2060"
"""Word joiner: parts back-ticks without being seen, and without a place to break the line."""

_MARK = re.compile(r"`|(?<![^\W_])[*_~]+|[*_~]+(?![^\W_])")
"""Formatting marks at the edge of a word. Within one (`app_writer`) they format nothing, and stay."""


def escape(text: str) -> str:
    """Text that shows as it is: no mention, no link. Slack asks for these three characters and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Text from a person or a database for the middle of a sentence: escaped, one line, no formatting."""
    line = " ".join(without_fences(text).split())
    return escape(_MARK.sub(f"{_INVISIBLE}\\g<0>{_INVISIBLE}", line))


def without_fences(text: str) -> str:
    """No three back-ticks in a row, so that no code block ends early; and no control characters."""
    while "```" in text:
        text = text.replace("```", f"`{_INVISIBLE}`{_INVISIBLE}`")
    return "".join(char for char in text if char in "\n\t" or char >= " ")


def shortened(text: str, limit: int, *, whole_words: bool = False) -> str:
    """At most `limit` characters, with an ellipsis for what is missing; never half an entity (`&lt;`).

    With `whole_words` it ends after a word, where one ends in the second half.
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if whole_words and not text[limit - 1].isspace():
        head = head[: head.rfind(" ", limit // 2) + 1] or head
    start = head.rfind("&", max(limit - 6, 0))
    if start != -1 and ";" not in head[start:]:
        head = head[:start]
    return head.rstrip() + "…"


def code(text: str, limit: int = 200) -> str:
    """A piece of code within a line."""
    line = " ".join(without_fences(text).split())
    return f"`{shortened(escape(line.replace('`', 'ˋ')), limit) or ' '}`"


def mention(person: str) -> str:
    """A person, by id."""
    return f"<@{person}>"


def people(persons: Sequence[str]) -> str:
    """Several people in a sentence: `@a, @b and @c`."""
    mentions = [mention(person) for person in persons]
    if len(mentions) <= 1:
        return "".join(mentions) or "nobody"
    return ", ".join(mentions[:-1]) + " and " + mentions[-1]


def room(channel: str) -> str:
    """A link to a channel, by id."""
    return f"<#{channel}>"


def clock_time(moment: datetime) -> str:
    """A moment, shown in the reader's own time zone; UTC where the client can't."""
    fallback = f"{moment:%H:%M} UTC"
    return f"<!date^{int(moment.timestamp())}^{{time}}|{fallback}>"


def day(moment: datetime) -> str:
    """A moment's date, in the reader's own time zone; UTC where the client can't."""
    fallback = f"{moment.astimezone(UTC):%d %B %Y}".lstrip("0")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}}|{fallback}>"


def day_and_time(moment: datetime) -> str:
    """A moment with its weekday and date, in the reader's own time zone; UTC where the client can't."""
    fallback = f"{moment.astimezone(UTC):%A, %d %B %Y, %H:%M} UTC"
    return f"<!date^{int(moment.timestamp())}^{{date_long_pretty}}, {{time}}|{fallback}>"


def minutes(span: timedelta | float) -> str:
    """A time on the ride's clock: `4:05`, or `1:02:03` beyond an hour."""
    seconds = max(int(span.total_seconds() if isinstance(span, timedelta) else span), 0)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def seconds_taken(seconds: float) -> str:
    """How long something took: `12 ms`, `2.5 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{max(round(seconds * 1000), 1)} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 session`, `4 sessions`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
