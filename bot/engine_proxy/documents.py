"""JSON as the engine must read it: what was checked is what is sent, in one way of writing it.

The engine's own decoder takes `"privileged"` for `"Privileged"` and the last of two equal keys, so a document
is read strictly here and written anew.
"""

import json
from typing import NoReturn, TypeAlias

from bot.engine_proxy.errors import RefusedError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def read(body: bytes) -> dict[str, Json]:
    """The object in a body. Raises RefusedError, also where a key stands twice in whatever case."""
    try:
        found = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError("the body is not JSON") from error
    if not isinstance(found, dict):
        raise RefusedError("the body is not a JSON object")
    return found


def write(document: Json) -> bytes:
    """The document in ASCII."""
    return json.dumps(document).encode()


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    seen: set[str] = set()
    for key, value in pairs:
        if key.casefold() in seen:
            raise RefusedError(f"the key {key!r} appears twice in one object")
        seen.add(key.casefold())
        found[key] = value
    return found


def _constant(text: str) -> NoReturn:
    raise RefusedError(f"{text} is not JSON")
