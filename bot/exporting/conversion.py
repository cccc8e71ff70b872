"""Slack's mrkdwn as Markdown (GitHub's, which wikis read), and plain text and code made harmless for it."""

import itertools
import re
from collections.abc import Mapping

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"<([^<>|\n]+)(?:\|([^<>\n]*))?>")
_SHORT_NAME = re.compile(r"(?<![\w:]):([a-z0-9][a-z0-9_+-]*):(?![\w:])")
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "**"),
    (re.compile(r"(?<![\w_])_(?=\S)([^\n]+?)(?<=\S)_(?![\w_])"), "*"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "~~"),
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_AT_START = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*[•▪◦] +", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_EMOJI = {
    "bar_chart": "📊",
    "briefcase": "💼",
    "fire": "🔥",
    "headphones": "🎧",
    "hourglass": "⌛",
    "rotating_light": "🚨",
    "thinking_face": "🤔",
    "tada": "🎉",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "x": "❌",
}
"""Short names that Ride's own texts use; another stays as it is, for some wikis know them."""


def escaped(text: str) -> str:
    """Plain text, as it is, for the middle of a line or a table's cell."""
    line = " ".join(text.split())
    return _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line).replace("&", "&amp;"))


def code(text: str) -> str:
    """A piece of code within a line, whatever back-ticks are in it."""
    line = " ".join(text.split()) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """A block of code. A carriage return ends a line in Markdown too, so it does here."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ticks = "`" * max(_longest_run(text) + 1, 3)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def markdown(text: str, names: Mapping[str, str]) -> str:
    """A text in mrkdwn as Markdown. `names` are what people are called, by id, for mentions of them."""
    parts: list[str] = []
    end = 0
    for match in _FENCE.finditer(text):
        parts.append(_lines(text[end : match.start()].rstrip("\n"), names))
        parts.append(f"\n\n{fence(_plain(match[1]))}\n\n")
        end = match.end()
    parts.append(_lines(text[end:].lstrip("\n") if end else text, names))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip("\n")


def _lines(text: str, names: Mapping[str, str]) -> str:
    """Text without fences: bullets become a list, other lines stay lines."""
    told = []
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        told.append(f"- {_inline(line[bullet.end() :], names)}" if bullet else _inline(line, names))
    out = told[0]
    for before, line in itertools.pairwise(told):
        listed, goes_on = line.startswith("- "), before.startswith("- ")
        if not line or not before or (listed and goes_on):
            out += "\n" + line
        elif listed or goes_on:
            out += "\n\n" + line
        else:
            out += "  \n" + line
    return out


def _inline(text: str, names: Mapping[str, str]) -> str:
    """One line. What is finished is kept aside while the rest is looked at, so that nothing is read twice."""
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"\0{len(kept) - 1}\0"

    text = text.replace("\0", "")
    text = _CODE.sub(lambda match: keep(code(_plain(match[1]))), text)
    text = _LINK.sub(lambda match: keep(_reference(match[1], match[2], names)), text)
    text = _SHORT_NAME.sub(lambda match: keep(_EMOJI[match[1]]) if match[1] in _EMOJI else match[0], text)
    for pattern, mark in _STYLES:
        text = pattern.sub(lambda match, mark=mark: f"{keep(mark)}{match[1]}{keep(mark)}", text)  # type: ignore[misc]
    text = _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", _plain(text)).replace("&", "&amp;"))
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)


def _plain(text: str) -> str:
    """What Slack's three entities stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _reference(target: str, label: str | None, names: Mapping[str, str]) -> str:
    """What stands in angle brackets: https://docs.slack.dev/messaging/formatting-message-text."""
    said = _plain(label) if label else None
    if target.startswith("@"):
        person = target[1:]
        return f"**{escaped(names.get(person) or said or person)}**"
    if target.startswith("#"):
        return f"#{escaped(said or target[1:])}"
    if target.startswith("!"):
        word = target[1:].split("^", maxsplit=1)[0]
        return escaped(said or f"@{word}")
    url = _plain(target).replace(")", "%29").replace(" ", "%20")
    return f"[{escaped(said)}]({url})" if said else f"<{url}>"
