"""Requests to the control API: who acts, what they send, and refusals as JSON."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.workspace.company.state import State, User
from bot.workspace.errors import ControlError, SlackError, WorkspaceError


class Body(BaseModel):
    """What a request carries; nothing else may be in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


B = TypeVar("B", bound=Body)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def person(state: State, name: str) -> User:
    """Somebody by id or name. Raises ControlError: `user_not_found`, `account_inactive`."""
    user = state.users.get(name) or state.user_named(name)
    if user is None:
        raise ControlError("user_not_found", f"Nobody here is called {name}.", status=404)
    if user.deleted:
        raise ControlError("account_inactive", f"{user.real_name}'s account is deactivated.", status=403)
    return user


async def read_body(request: web.Request, kind: type[B]) -> B:
    """The JSON of a request. Raises ControlError: `invalid_post_type`, `invalid_arguments`."""
    if request.content_type != "application/json":
        raise ControlError("invalid_post_type", "Send JSON, as application/json.", status=415)
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ControlError("invalid_arguments", problems) from error


def refusing(handler: Handler) -> Handler:
    """A handler whose refusals come as JSON."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ControlError as error:
            code, message, status = error.code, str(error), error.status
        except SlackError as error:
            code, message, status = error.code, "; ".join(error.messages) or error.code, 400
        except WorkspaceError as error:
            code, message, status = "not_installed", str(error), 409
        return web.json_response({"ok": False, "error": code, "message": message}, status=status)

    return handle
