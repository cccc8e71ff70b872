"""Block Kit's composition objects: texts, options, confirmation dialogs.

Source: https://docs.slack.dev/reference/block-kit/composition-objects.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.workspace.block_kit.problems import Problems
from bot.workspace.json_values import JsonObject

PLAIN = ("plain_text",)
ANY_TEXT = ("mrkdwn", "plain_text")
MAX_OPTION_TEXT = 75
MAX_OPTION_VALUE = 150
MAX_URL = 3000


def text_object(
    problems: Problems, pointer: str, value: object, limit: int, *, types: tuple[str, ...] = ANY_TEXT
) -> None:
    """A text object of at most `limit` characters."""
    if not isinstance(value, dict):
        problems.add(pointer, "must provide an object")
        return
    if value.get("type") not in types:
        problems.add(f"{pointer}/type", f"must be one of: {', '.join(types)}")
    if value.get("type") == "mrkdwn" and "emoji" in value:
        problems.add(pointer, "additional property: emoji")
    problems.text(f"{pointer}/text", value.get("text"), limit)


def url_text(problems: Problems, pointer: str, value: object) -> None:
    """An address to open. Slack says "invalid url": https://github.com/MacPaw/together-app/issues/4."""
    problems.text(pointer, value, MAX_URL)
    if isinstance(value, str) and value and not _is_url(value):
        problems.add(pointer, "invalid url")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if any(character.isspace() for character in text) or not parts.scheme:
        return False
    return bool(parts.hostname) if parts.scheme in ("http", "https") else bool(parts.netloc or parts.path)


def confirm(problems: Problems, pointer: str, value: object) -> None:
    """A confirmation dialog."""
    if not isinstance(value, dict):
        problems.add(pointer, "must provide an object")
        return
    for key, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        types = ("plain_text", "mrkdwn") if key == "text" else PLAIN
        text_object(problems, f"{pointer}/{key}", value.get(key), limit, types=types)
    if value.get("style") not in (None, "primary", "danger"):
        problems.add(f"{pointer}/style", "must be one of: primary, danger")


def option(
    problems: Problems, pointer: str, value: object, *, types: tuple[str, ...] = PLAIN, url: bool = False
) -> None:
    """One option; only those of an overflow menu take a `url`."""
    if not isinstance(value, dict):
        problems.add(pointer, "must provide an object")
        return
    text_object(problems, f"{pointer}/text", value.get("text"), MAX_OPTION_TEXT, types=types)
    problems.text(f"{pointer}/value", value.get("value"), MAX_OPTION_VALUE)
    if "description" in value:
        text_object(problems, f"{pointer}/description", value["description"], MAX_OPTION_TEXT, types=types)
    if "url" in value:
        if url:
            url_text(problems, f"{pointer}/url", value["url"])
        else:
            problems.add(pointer, "additional property: url")


def options(
    problems: Problems,
    pointer: str,
    value: object,
    limit: int,
    *,
    types: tuple[str, ...] = PLAIN,
    url: bool = False,
) -> None:
    """1 to `limit` options, each with a value of its own."""
    seen: set[object] = set()
    for number, one in enumerate(problems.items(pointer, value, limit)):
        inner = f"{pointer}/{number}"
        option(problems, inner, one, types=types, url=url)
        named = one.get("value") if isinstance(one, dict) else None
        if isinstance(named, str) and named in seen:
            problems.add(f"{inner}/value", f"value `{named}` already exists")
        seen.add(str(named))


def option_groups(problems: Problems, pointer: str, value: object, limit: int) -> None:
    """1 to `limit` groups, each with a label and options."""
    for number, group in enumerate(problems.items(pointer, value, limit)):
        inner = f"{pointer}/{number}"
        if not isinstance(group, dict):
            problems.add(inner, "must provide an object")
            continue
        text_object(problems, f"{inner}/label", group.get("label"), MAX_OPTION_TEXT, types=PLAIN)
        options(problems, f"{inner}/options", group.get("options"), limit)


def offered(element: JsonObject) -> Iterator[JsonObject]:
    """All options of an element, those in groups too."""
    yield from _objects(element.get("options"))
    for group in _objects(element.get("option_groups")):
        yield from _objects(group.get("options"))


def _objects(value: object) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
