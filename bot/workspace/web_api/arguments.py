"""The arguments of a Web API call, read from a form, a query or JSON by the method's table."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from bot.workspace.errors import SlackError
from bot.workspace.web_api.method_table import Argument, Method, Type

_TRUE = {"1", "true", "t", "yes"}
_FALSE = {"0", "false", "f", "no", ""}


def _invalid(message: str) -> SlackError:
    return SlackError("invalid_arguments", messages=[f"[ERROR] {message}"])


class Arguments:
    """Arguments of known types. Unknown ones are ignored, as Slack does."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """A string; empty when it is missing."""
        return str(self._values.get(name, ""))

    def optional(self, name: str) -> str | None:
        """A string; None when it is missing or empty."""
        return self.text(name) or None

    def flag(self, name: str, *, default: bool = False) -> bool:
        return bool(self._values.get(name, default))

    def number(self, name: str, default: int) -> int:
        return int(self._values.get(name, default))

    def items(self, name: str) -> list[Any]:
        """An array; empty when it is missing."""
        found: list[Any] = self._values.get(name, [])
        return found

    def json(self, name: str) -> object:
        """A decoded value; None when it is missing; the text itself when it is no JSON."""
        return self._values.get(name)


CHARSETS = ("utf-8", "iso-8859-1")
"""What Slack reads: https://docs.slack.dev/reference/methods/chat.postMessage, `invalid_charset`."""


async def given(request: web.Request) -> tuple[dict[str, Any], str | None]:
    """What came with a request, as it came, and a token that was in the form."""
    values: dict[str, Any] = _fields(request.query)
    if request.method == "POST" and request.body_exists:
        if (request.charset or "utf-8").lower() not in CHARSETS:
            raise SlackError("invalid_charset")
        if request.content_type == "application/json":
            values |= await _json(request)
            # Slack takes no token from a JSON body.
            values.pop("token", None)
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            try:
                values |= _fields(await request.post())
            except ValueError as error:
                raise SlackError("invalid_form_data") from error
        else:
            raise SlackError("invalid_post_type")
    token = values.pop("token", None)
    return values, token if isinstance(token, str) else None


def _fields(form: MultiMapping[Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return {name: value for name, value in body.items() if value is not None}


def checked(method: Method, values: Mapping[str, Any]) -> Arguments:
    """The method's arguments, each as its type. Raises SlackError `invalid_arguments`."""
    missing = [
        name for name, argument in method.arguments.items() if argument.required and name not in values
    ]
    if missing:
        raise SlackError(
            "invalid_arguments", messages=[f"[ERROR] missing required field: {name}" for name in missing]
        )
    return Arguments(
        {
            name: _read(name, method.arguments[name], value)
            for name, value in values.items()
            if name in method.arguments
        }
    )


def _read(name: str, argument: Argument, value: object) -> object:
    match argument.type:
        case Type.STRING:
            if isinstance(value, dict | list):
                raise _invalid(f"must provide a string [json-pointer:/{name}]")
            return str(value)
        case Type.BOOLEAN:
            return _boolean(name, value)
        case Type.INTEGER:
            return _integer(name, value)
        case Type.LIST:
            return _list(name, value)
        case Type.JSON:
            return _decoded(value)


def _boolean(name: str, value: object) -> bool:
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _invalid(f"must provide a boolean [json-pointer:/{name}]")


def _integer(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise _invalid(f"must provide an integer [json-pointer:/{name}]") from None


def _list(name: str, value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    decoded = _decoded(value)
    if isinstance(decoded, list):
        return decoded
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    raise _invalid(f"must provide an array [json-pointer:/{name}]")


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
