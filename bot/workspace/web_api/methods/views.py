"""views.*: modals, and the app's Home."""

from bot.workspace.block_kit.types import Surface
from bot.workspace.block_kit.view_check import validated
from bot.workspace.company.state import SLACKBOT
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.views import View
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.shapes import view_object


def _invalid(message: str) -> SlackError:
    return SlackError("invalid_arguments", messages=[f"[ERROR] {message}"])


def open_modal(call: Call) -> JsonObject:
    content = validated(call.arguments.json("view"), Surface.MODAL)
    trigger = call.parts.triggers.exchange(call.arguments.text("trigger_id"))
    return _shown(call, call.parts.views.open(trigger.user, content))


def push(call: Call) -> JsonObject:
    """Onto the stack of the modal that the trigger came from."""
    content = validated(call.arguments.json("view"), Surface.MODAL)
    trigger = call.parts.triggers.exchange(call.arguments.text("trigger_id"))
    top = call.parts.views.top(trigger.user)
    if top is None or trigger.view not in [view.id for view in call.parts.views.of(trigger.user)]:
        raise SlackError("not_found")
    return _shown(call, call.parts.views.push(trigger.user, content))


def update(call: Call) -> JsonObject:
    view_id, external_id = call.arguments.optional("view_id"), call.arguments.optional("external_id")
    if view_id is None and external_id is None:
        raise _invalid("missing required field: view_id or external_id")
    view = call.parts.views.find(view_id=view_id, external_id=external_id)
    if view is None:
        raise SlackError("not_found")
    content = validated(call.arguments.json("view"), Surface(view.content["type"]))
    _current(call, view)
    return _shown(call, call.parts.views.replace(view, content))


def publish(call: Call) -> JsonObject:
    if not call.app.has_home_tab:
        raise SlackError("not_enabled")
    content = validated(call.arguments.json("view"), Surface.HOME)
    user = call.state.users.get(call.arguments.text("user_id"))
    if user is None or user.is_app or user.deleted or user.id == SLACKBOT:
        raise _invalid("no such person [json-pointer:/user_id]")
    _current(call, call.parts.views.home(user.id))
    return _shown(call, call.parts.views.publish(user.id, content))


def _current(call: Call, view: View | None) -> None:
    """Raises `hash_conflict` when the caller changes another version than the one that is shown."""
    given = call.arguments.optional("hash")
    if given is not None and (view is None or view.hash != given):
        raise SlackError("hash_conflict")


def _shown(call: Call, view: View) -> JsonObject:
    return {"view": view_object(call.state, call.app, view)}
