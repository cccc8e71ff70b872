"""Block Kit's elements: what people click, pick and fill in, each with its limits.

Source: https://docs.slack.dev/reference/block-kit/block-elements.
"""

from collections.abc import Callable, Mapping
from datetime import date, time

from bot.workspace.block_kit.composition_objects import (
    ANY_TEXT,
    MAX_URL,
    PLAIN,
    confirm,
    offered,
    option_groups,
    options,
    text_object,
    url_text,
)
from bot.workspace.block_kit.problems import Problems
from bot.workspace.json_values import JsonObject

MAX_ID = 255
MAX_OPTIONS = 100
MAX_CHOICES = 10
"""Of radio buttons and checkboxes."""
MAX_OVERFLOW = 5
MAX_PLACEHOLDER = 150
MAX_INPUT = 3000

IN_SECTION = frozenset(
    {
        "button", "checkboxes", "conversations_select", "datepicker", "image", "multi_conversations_select",
        "multi_static_select", "multi_users_select", "overflow", "radio_buttons", "static_select",
        "timepicker", "users_select",
    }
)  # fmt: skip
"""What a section's accessory may be; the next two are for actions and input blocks."""
IN_ACTIONS = frozenset(
    {
        "button", "checkboxes", "conversations_select", "datepicker", "datetimepicker", "overflow",
        "radio_buttons", "static_select", "timepicker", "users_select",
    }
)  # fmt: skip
IN_INPUT = frozenset(
    {
        "checkboxes", "conversations_select", "datepicker", "datetimepicker", "multi_conversations_select",
        "multi_static_select", "multi_users_select", "number_input", "plain_text_input", "radio_buttons",
        "static_select", "timepicker", "users_select",
    }
)  # fmt: skip


def check(problems: Problems, pointer: str, element: object, allowed: frozenset[str]) -> None:
    """An element in a place that takes those of the `allowed` types."""
    if not isinstance(element, dict):
        problems.add(pointer, "must provide an object")
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        problems.add(f"{pointer}/type", f"unsupported type: {element.get('type')}")
        return
    if "action_id" in element:
        problems.text(f"{pointer}/action_id", element["action_id"], MAX_ID)
    if "placeholder" in element:
        text_object(problems, f"{pointer}/placeholder", element["placeholder"], MAX_PLACEHOLDER, types=PLAIN)
    if "confirm" in element:
        confirm(problems, f"{pointer}/confirm", element["confirm"])
    if not isinstance(element.get("focus_on_load", False), bool):
        problems.add(f"{pointer}/focus_on_load", "must provide a boolean")
    _ELEMENTS[kind](problems, pointer, element)


def image(problems: Problems, pointer: str, element: JsonObject) -> None:
    """An image, as an element or a block: by address, or one that was uploaded."""
    if "slack_file" in element:
        file = element["slack_file"]
        if not isinstance(file, dict) or not (file.get("id") or file.get("url")):
            problems.add(f"{pointer}/slack_file", "missing required field: id or url")
    else:
        problems.text(f"{pointer}/image_url", element.get("image_url"), MAX_URL)
    problems.text(f"{pointer}/alt_text", element.get("alt_text"), 2000)


def _button(problems: Problems, pointer: str, element: JsonObject) -> None:
    text_object(problems, f"{pointer}/text", element.get("text"), 75, types=PLAIN)
    for key, limit in (("value", 2000), ("accessibility_label", 75)):
        if key in element:
            problems.text(f"{pointer}/{key}", element[key], limit)
    if "url" in element:
        url_text(problems, f"{pointer}/url", element["url"])
    if element.get("style") not in (None, "primary", "danger"):
        problems.add(f"{pointer}/style", "must be one of: primary, danger")


def _static_select(problems: Problems, pointer: str, element: JsonObject) -> None:
    if "option_groups" in element and "options" not in element:
        option_groups(problems, f"{pointer}/option_groups", element["option_groups"], MAX_OPTIONS)
    else:
        if "option_groups" in element:
            problems.add(pointer, "only one of: options, option_groups")
        options(problems, f"{pointer}/options", element.get("options"), MAX_OPTIONS)
    _initial_options(problems, pointer, element)
    _max_selected(problems, pointer, element)


def _choices(problems: Problems, pointer: str, element: JsonObject) -> None:
    options(problems, f"{pointer}/options", element.get("options"), MAX_CHOICES, types=ANY_TEXT)
    _initial_options(problems, pointer, element)


def _overflow(problems: Problems, pointer: str, element: JsonObject) -> None:
    options(problems, f"{pointer}/options", element.get("options"), MAX_OVERFLOW, url=True)


def _initial_options(problems: Problems, pointer: str, element: JsonObject) -> None:
    """What is picked from the start has to be among the options, exactly."""
    there = list(offered(element))
    if "initial_option" in element and element["initial_option"] not in there:
        problems.add(f"{pointer}/initial_option", "must be one of the options")
    if "initial_options" in element:
        place = f"{pointer}/initial_options"
        for number, one in enumerate(problems.items(place, element["initial_options"], MAX_OPTIONS)):
            if one not in there:
                problems.add(f"{place}/{number}", "must be one of the options")


def _listed(key: str) -> Callable[[Problems, str, JsonObject], None]:
    """A menu of people or conversations, with those picked from the start in `key`."""

    def check_menu(problems: Problems, pointer: str, element: JsonObject) -> None:
        if key in element:
            given = element[key]
            ids = problems.items(f"{pointer}/{key}", given, MAX_OPTIONS) if key.endswith("s") else [given]
            for one in ids:
                problems.text(f"{pointer}/{key}", one, MAX_ID)
        _max_selected(problems, pointer, element)

    return check_menu


def _max_selected(problems: Problems, pointer: str, element: JsonObject) -> None:
    if "max_selected_items" in element:
        _whole(problems, f"{pointer}/max_selected_items", element["max_selected_items"], 1, None)


def _whole(problems: Problems, pointer: str, value: object, low: int, high: int | None) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        problems.add(pointer, "must provide an integer")
    elif value < low:
        problems.add(pointer, f"must be greater than {low - 1}")
    elif high is not None and value > high:
        problems.add(pointer, f"must be less than {high + 1}")


def _datepicker(problems: Problems, pointer: str, element: JsonObject) -> None:
    if "initial_date" in element and not is_date(element["initial_date"]):
        problems.add(f"{pointer}/initial_date", "must match format: YYYY-MM-DD")


def _timepicker(problems: Problems, pointer: str, element: JsonObject) -> None:
    if "initial_time" in element and not is_time(element["initial_time"]):
        problems.add(f"{pointer}/initial_time", "must match format: HH:mm")
    if "timezone" in element:
        problems.text(f"{pointer}/timezone", element["timezone"], MAX_ID)


def _datetimepicker(problems: Problems, pointer: str, element: JsonObject) -> None:
    if "initial_date_time" in element and not is_date_time(element["initial_date_time"]):
        problems.add(f"{pointer}/initial_date_time", "must be a UNIX timestamp of 10 digits")


def is_date(value: object) -> bool:
    """Whether it is a date as pickers have them, YYYY-MM-DD."""
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_time(value: object) -> bool:
    """Whether it is a time of day as pickers have them, HH:mm."""
    try:
        return isinstance(value, str) and len(value) == 5 and time.fromisoformat(value) is not None
    except ValueError:
        return False


def is_date_time(value: object) -> bool:
    """Whether it is a moment as pickers have them: seconds since 1970, ten digits."""
    return isinstance(value, int) and not isinstance(value, bool) and len(str(value)) == 10


def _plain_text_input(problems: Problems, pointer: str, element: JsonObject) -> None:
    for key, low in (("min_length", 0), ("max_length", 1)):
        if key in element:
            _whole(problems, f"{pointer}/{key}", element[key], low, MAX_INPUT)
    if not isinstance(element.get("multiline", False), bool):
        problems.add(f"{pointer}/multiline", "must provide a boolean")
    if "initial_value" in element and not isinstance(element["initial_value"], str):
        problems.add(f"{pointer}/initial_value", "must provide a string")
    elif len(element.get("initial_value", "")) > MAX_INPUT:
        problems.add(f"{pointer}/initial_value", f"must be less than {MAX_INPUT + 1} characters")
    if "dispatch_action_config" in element:
        _dispatch(problems, f"{pointer}/dispatch_action_config", element["dispatch_action_config"])


def _dispatch(problems: Problems, pointer: str, config: object) -> None:
    known = ("on_enter_pressed", "on_character_entered")
    place = f"{pointer}/trigger_actions_on"
    given = config.get("trigger_actions_on") if isinstance(config, dict) else None
    for one in problems.items(place, given, len(known)):
        if one not in known:
            problems.add(place, f"must be one of: {', '.join(known)}")


def _number_input(problems: Problems, pointer: str, element: JsonObject) -> None:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        problems.add(pointer, "missing required field: is_decimal_allowed")
    for key in ("initial_value", "min_value", "max_value"):
        if key in element and not isinstance(element[key], str):
            problems.add(f"{pointer}/{key}", "must provide a string")


_ELEMENTS: Mapping[str, Callable[[Problems, str, JsonObject], None]] = {
    "button": _button,
    "checkboxes": _choices,
    "conversations_select": _listed("initial_conversation"),
    "datepicker": _datepicker,
    "datetimepicker": _datetimepicker,
    "image": image,
    "multi_conversations_select": _listed("initial_conversations"),
    "multi_static_select": _static_select,
    "multi_users_select": _listed("initial_users"),
    "number_input": _number_input,
    "overflow": _overflow,
    "plain_text_input": _plain_text_input,
    "radio_buttons": _choices,
    "static_select": _static_select,
    "timepicker": _timepicker,
    "users_select": _listed("initial_user"),
}
