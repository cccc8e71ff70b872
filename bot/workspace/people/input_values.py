"""What people have filled in and picked: `state.values`, and what a person is told before a submission goes.

Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from bot.workspace.block_kit.blocks import elements
from bot.workspace.block_kit.composition_objects import offered
from bot.workspace.block_kit.elements import MAX_INPUT, is_date, is_date_time, is_time
from bot.workspace.company.state import State
from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject

Values: TypeAlias = dict[str, dict[str, JsonObject]]
"""By block_id and action_id: an element's type, and what it holds."""

REQUIRED = "Please complete this required field."


@dataclass(frozen=True, kw_only=True, slots=True)
class _Field:
    """Where an element's state has its content, and where the element says what it is at first."""

    key: str
    initial: str
    many: bool = False


_FIELDS: Mapping[str, _Field] = {
    "checkboxes": _Field(key="selected_options", initial="initial_options", many=True),
    "conversations_select": _Field(key="selected_conversation", initial="initial_conversation"),
    "datepicker": _Field(key="selected_date", initial="initial_date"),
    "datetimepicker": _Field(key="selected_date_time", initial="initial_date_time"),
    "multi_conversations_select": _Field(
        key="selected_conversations", initial="initial_conversations", many=True
    ),
    "multi_static_select": _Field(key="selected_options", initial="initial_options", many=True),
    "multi_users_select": _Field(key="selected_users", initial="initial_users", many=True),
    "number_input": _Field(key="value", initial="initial_value"),
    "plain_text_input": _Field(key="value", initial="initial_value"),
    "radio_buttons": _Field(key="selected_option", initial="initial_option"),
    "static_select": _Field(key="selected_option", initial="initial_option"),
    "timepicker": _Field(key="selected_time", initial="initial_time"),
    "users_select": _Field(key="selected_user", initial="initial_user"),
}


def is_stateful(element: JsonObject) -> bool:
    """Whether it holds something: buttons and overflow menus don't."""
    return element["type"] in _FIELDS


def initial(blocks: Sequence[JsonObject]) -> Values:
    """What all inputs and menus hold before anybody touches them."""
    values: Values = {}
    for block, element in elements(blocks):
        if is_stateful(element):
            field = _FIELDS[element["type"]]
            held = element.get(field.initial, [] if field.many else None)
            state = {"type": element["type"], field.key: held}
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def carried(before: Values, blocks: Sequence[JsonObject]) -> Values:
    """What blocks hold that took the place of others: the same element under the same ids keeps it."""
    values = initial(blocks)
    for block, element in elements(blocks):
        kept = before.get(block["block_id"], {}).get(element["action_id"])
        if kept is not None and kept["type"] == element["type"] and _still_offered(element, kept):
            values[block["block_id"]][element["action_id"]] = kept
    return values


def _still_offered(element: JsonObject, kept: JsonObject) -> bool:
    picked = kept.get("selected_options", [kept.get("selected_option")])
    there = list(offered(element))
    return all(option is None or option in there for option in picked)


def from_value(element: JsonObject, value: str) -> JsonObject:
    """A person's pick given as one word: an option's value, somebody's id, a date, a text."""
    field = _FIELDS[element["type"]]
    picked: object = {"value": value} if field.key.startswith("selected_option") else value
    if field.key == "selected_date_time":
        picked = int(value) if value.isdecimal() else value
    return {field.key: [picked] if field.many else picked}


def filled(
    state: State, blocks: Sequence[JsonObject], values: Values, given: Mapping[str, Mapping[str, JsonObject]]
) -> Values:
    """The values after a person filled in those given. Raises ControlError for what no client could send."""
    known = {(block["block_id"], one["action_id"]): one for block, one in elements(blocks)}
    after = {block_id: dict(actions) for block_id, actions in values.items()}
    for block_id, actions in given.items():
        for action_id, content in actions.items():
            element = known.get((block_id, action_id))
            if element is None or not is_stateful(element):
                raise ControlError("invalid_arguments", f"There is no input {action_id} in {block_id}.")
            after[block_id][action_id] = held(state, element, content)
    return after


def held(state: State, element: JsonObject, content: Mapping[str, object]) -> JsonObject:
    """An element's state with this content. Raises ControlError `invalid_arguments`, `invalid_value`."""
    kind = element["type"]
    field = _FIELDS[kind]
    if field.key not in content or not set(content) <= {field.key, "type"}:
        raise ControlError("invalid_arguments", f"A {kind} holds {field.key}, not {sorted(content)}.")
    value = content[field.key]
    if field.many:
        if not isinstance(value, list):
            raise ControlError("invalid_arguments", f"{field.key} is a list.")
        return {"type": kind, field.key: [_one(state, element, one) for one in value]}
    return {"type": kind, field.key: None if value in (None, "") else _one(state, element, value)}


def _one(state: State, element: JsonObject, value: object) -> object:
    kind = element["type"]
    if kind in ("static_select", "multi_static_select", "radio_buttons", "checkboxes"):
        return _option(element, value)
    if kind in ("conversations_select", "multi_conversations_select"):
        if value not in state.conversations:
            raise ControlError("invalid_value", f"There is no conversation {value}.")
        return value
    fits = {
        "datepicker": is_date,
        "timepicker": is_time,
        "datetimepicker": is_date_time,
    }.get(kind, lambda given: isinstance(given, str))
    if not fits(value):
        raise ControlError("invalid_value", f"A {kind} can't hold {value!r}.")
    return value


def _option(element: JsonObject, value: object) -> JsonObject:
    wanted = value.get("value") if isinstance(value, dict) else None
    found = next((option for option in offered(element) if option["value"] == wanted), None)
    if found is None:
        raise ControlError("invalid_value", f"{element['action_id']} has no option {value!r}.")
    return found


def mistakes(state: State, blocks: Sequence[JsonObject], values: Values) -> dict[str, str]:
    """What Slack tells a person who submits, by block_id, before the app hears of it."""
    found = {}
    for block, element in elements(blocks):
        if block["type"] == "input":
            holds = values[block["block_id"]][element["action_id"]]
            wrong = _mistake(state, block, element, holds)
            if wrong is not None:
                found[str(block["block_id"])] = wrong
    return found


def _mistake(state: State, block: JsonObject, element: JsonObject, holds: JsonObject) -> str | None:
    content = holds[_FIELDS[element["type"]].key]
    if content in (None, []):
        return None if block.get("optional") else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _text_mistake(element, content)
        case "number_input":
            return _number_mistake(element, content)
        case "users_select" | "multi_users_select":
            people = content if isinstance(content, list) else [content]
            return _people_mistake(state, people) or _too_many(element, people)
        case _:
            return _too_many(element, content) if isinstance(content, list) else None


def _text_mistake(element: JsonObject, text: str) -> str | None:
    shortest, longest = element.get("min_length", 0), element.get("max_length", MAX_INPUT)
    if len(text) < shortest:
        return f"This entry should be at least {shortest} characters long."
    if len(text) > longest:
        return f"This entry should be at most {longest} characters long."
    return None


def _number_mistake(element: JsonObject, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Enter a whole number."
    for key, beyond, word in (("min_value", number.__lt__, "least"), ("max_value", number.__gt__, "most")):
        if key in element and beyond(Decimal(element[key])):
            return f"This number should be at {word} {element[key]}."
    return None


def _people_mistake(state: State, people: Sequence[str]) -> str | None:
    """Slack's menus offer everybody but those whose account is deactivated; apps are in them too."""
    for one in people:
        user = state.users.get(one)
        if user is None or user.deleted:
            return "This person can't be chosen any more."
    return None


def _too_many(element: JsonObject, content: Sequence[object]) -> str | None:
    most = element.get("max_selected_items")
    return f"Choose {most} at most." if most is not None and len(content) > most else None
