"""What a person does with one element, as the app is told of it in `block_actions`.

Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.workspace.block_kit.blocks import elements
from bot.workspace.block_kit.composition_objects import offered
from bot.workspace.company.state import State
from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.input_values import Values, from_value, held, is_stateful

_SHOWN = (
    "action_id", "type", "text", "value", "style", "placeholder", "initial_option", "initial_options",
    "initial_date", "initial_time", "initial_date_time", "initial_user", "initial_users",
    "initial_conversation", "initial_conversations", "timezone",
)  # fmt: skip
"""What Slack repeats of an element."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """An element that is used: which, and what is done with it."""

    action_id: str
    block_id: str | None = None
    """Needed only where several blocks have the action_id."""
    value: str | None = None
    """A button's value, to make sure which it is; or what is picked, in one word."""
    state: JsonObject | None = None
    """What is picked, as Slack's state has it, such as `{"selected_users": ["U…"]}`."""


def action(state: State, blocks: Sequence[JsonObject], values: Values, act: Act) -> JsonObject:
    """The action's entry in the payload; what was picked is in `values` afterwards.

    Raises ControlError: `action_not_found`, `invalid_value`, `invalid_arguments`, `not_dispatched`.
    """
    block, element = _find(blocks, act)
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise ControlError("not_dispatched", f"{act.action_id} is sent to the app only with its form.")
    found: JsonObject = {key: element[key] for key in _SHOWN if key in element}
    found |= {"block_id": block["block_id"], "action_ts": state.timestamps.new()}
    if is_stateful(element):
        content = act.state if act.state is not None else from_value(element, act.value or "")
        now = held(state, element, content)
        values.setdefault(block["block_id"], {})[act.action_id] = now
        return found | now
    if element["type"] == "overflow":
        return found | {"selected_option": _picked(element, act.value)}
    return found


def _find(blocks: Sequence[JsonObject], act: Act) -> tuple[JsonObject, JsonObject]:
    named = [
        (block, element)
        for block, element in elements(blocks)
        if element["action_id"] == act.action_id and act.block_id in (None, block["block_id"])
    ]
    if not named:
        raise ControlError("action_not_found", f"There is no {act.action_id} here.", status=404)
    for block, element in named:
        if element["type"] != "button" or act.value in (None, element.get("value")):
            return block, element
    raise ControlError("invalid_value", f"The button {act.action_id} has another value.")


def _picked(element: JsonObject, value: str | None) -> JsonObject:
    found = next((one for one in offered(element) if one["value"] == value), None)
    if found is None:
        raise ControlError("invalid_value", f"{element['action_id']} has no option {value}.")
    return found
