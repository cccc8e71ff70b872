"""What a person types, turned into what Slack makes of it.

Source: https://docs.slack.dev/messaging/formatting-message-text, and for commands
https://docs.slack.dev/interactivity/implementing-slash-commands.
"""

import re
from collections.abc import Callable

from bot.workspace.company.state import Kind, State

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_NAME = re.compile(r"(?<![\w@#/.])([@#])([a-z0-9](?:[a-z0-9_.-]*[a-z0-9_-])?)", re.IGNORECASE)
_LINK = re.compile(r"\bhttps?://[^\s<>|`]+")
_EVERYONE = {"channel", "here", "everyone"}


def escaped(text: str) -> str:
    """The three characters that Slack escapes, always: & < >."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_text(state: State, typed: str) -> str:
    """A message: mentions, channels and links outside of code become Slack's, all else is escaped."""
    return _outside_code(typed, lambda part: _linked(state, part, with_names=False))


def command_text(state: State, typed: str, *, should_escape: bool) -> str:
    """What follows a slash command. Without should_escape names and links stay as they were typed."""
    if not should_escape:
        return escaped(typed)
    return _linked(state, escaped(typed), with_names=True)


def _outside_code(typed: str, change: Callable[[str], str]) -> str:
    parts = _CODE.split(typed)
    return "".join(
        escaped(part) if number % 2 else change(escaped(part)) for number, part in enumerate(parts)
    )


def _linked(state: State, text: str, *, with_names: bool) -> str:
    def name(match: re.Match[str]) -> str:
        sign, word = match[1], match[2].lower()
        found = _mention(state, word, with_names) if sign == "@" else _channel(state, word, with_names)
        return found or match[0]

    return _LINK.sub(lambda link: f"<{link[0]}>", _NAME.sub(name, text))


def _mention(state: State, word: str, with_names: bool) -> str | None:
    if (user := state.user_named(word)) is not None:
        return f"<@{user.id}|{user.name}>" if with_names else f"<@{user.id}>"
    if word in _EVERYONE:
        return f"<!{word}>"
    group = next((one for one in state.groups.values() if one.handle == word), None)
    if group is None:
        return None
    return f"<!subteam^{group.id}|@{group.handle}>" if with_names else f"<!subteam^{group.id}>"


def _channel(state: State, word: str, with_names: bool) -> str | None:
    channel = state.channel_named(word)
    if channel is None:
        return None
    # The text doesn't give away a private channel's name.
    named = with_names or channel.kind is Kind.PUBLIC
    return f"<#{channel.id}|{channel.name if named else ''}>"
