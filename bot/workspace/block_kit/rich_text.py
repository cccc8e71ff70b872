"""The structure of a rich_text block: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from collections.abc import Mapping

from bot.workspace.block_kit.problems import Problems

_REQUIRED: Mapping[str, str] = {
    "broadcast": "range",
    "channel": "channel_id",
    "color": "value",
    "date": "timestamp",
    "emoji": "name",
    "link": "url",
    "text": "text",
    "user": "user_id",
    "usergroup": "usergroup_id",
}
"""The inline elements, each with the key that it can't be without."""

_PREFORMATTED = ("text", "link")
_STYLES = {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
_MANY = 10_000


def check(problems: Problems, pointer: str, block: Mapping[str, object]) -> None:
    """Check a rich_text block, or a table's cell of that type."""
    for number, element in enumerate(problems.items(f"{pointer}/elements", block.get("elements"), _MANY)):
        inner = f"{pointer}/elements/{number}"
        if not isinstance(element, dict):
            problems.add(inner, "must provide an object")
            continue
        match element.get("type"):
            case "rich_text_section" | "rich_text_quote":
                _inline(problems, inner, element, tuple(_REQUIRED))
            case "rich_text_preformatted":
                _inline(problems, inner, element, _PREFORMATTED)
            case "rich_text_list":
                _list(problems, inner, element)
            case other:
                problems.add(f"{inner}/type", f"unsupported type: {other}")


def _list(problems: Problems, pointer: str, element: Mapping[str, object]) -> None:
    if element.get("style") not in ("bullet", "ordered"):
        problems.add(f"{pointer}/style", "must be one of: bullet, ordered")
    for number, item in enumerate(problems.items(f"{pointer}/elements", element.get("elements"), _MANY)):
        inner = f"{pointer}/elements/{number}"
        if not isinstance(item, dict) or item.get("type") != "rich_text_section":
            problems.add(inner, "must be a rich_text_section")
        else:
            _inline(problems, inner, item, tuple(_REQUIRED))


def _inline(
    problems: Problems, pointer: str, element: Mapping[str, object], allowed: tuple[str, ...]
) -> None:
    parts = element.get("elements")
    if not isinstance(parts, list):
        problems.add(f"{pointer}/elements", "must provide an array")
        return
    for number, part in enumerate(parts):
        inner = f"{pointer}/elements/{number}"
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in allowed:
            problems.add(f"{inner}/type", f"unsupported type: {kind}")
            continue
        required = _REQUIRED[kind]
        if kind == "text":
            problems.text(f"{inner}/text", part.get("text"), _MANY * 10)
        elif required not in part:
            problems.add(inner, f"missing required field: {required}")
        style = part.get("style")
        if style is not None and (not isinstance(style, dict) or not set(style) <= _STYLES):
            problems.add(f"{inner}/style", "must be an object of known styles")
