"""A form once more, as it was filled in, with what is wrong below its fields.

Slack shows errors beside fields only in its answer to a submission, within 3 seconds. What is found later is
a line of the form itself.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_sdk.models.views import View

from bot.slack.areas.asker import Asker
from bot.slack.forms.fields import FormValue, FormValues
from bot.slack.messages.modals import wrong_above, wrong_here

Json = Mapping[str, Any]
"""A view, or a part of one, as Slack sends it: https://docs.slack.dev/reference/views."""

KEPT = 200
"""How many forms are kept for those who closed them."""
_MARK = "wrong:"
"""Blocks whose ids begin so are ours, and not the form's."""


def title_of(view: Json) -> str:
    """A modal's title."""
    return str((view.get("title") or {}).get("text") or "Ride")


def label_of(view: Json, block: str) -> str:
    """What a field is called; the block's id where there is none."""
    for one in _blocks(view):
        if one.get("block_id") == block:
            return str((one.get("label") or {}).get("text") or block)
    return block


def filled_again(view: Json, values: FormValues, wrong: Mapping[str, str]) -> View:
    """The form of a submission with all that was filled in. `wrong` is by block; one that the form doesn't
    have is said at its head.
    """
    blocks: list[Json] = []
    if wrong:
        blocks.append(_line("form", wrong_above(), kind="mrkdwn"))
    there = {str(block.get("block_id")) for block in _blocks(view)}
    blocks += [_line(block, wrong_here(words)) for block, words in wrong.items() if block not in there]
    for block in _blocks(view):
        name = str(block.get("block_id"))
        blocks.append(_filled(block, values.by_block.get(name)))
        if name in wrong:
            blocks.append(_line(name, wrong_here(wrong[name])))
    return View(
        type="modal",
        callback_id=view.get("callback_id"),
        private_metadata=view.get("private_metadata"),
        title=view.get("title"),
        submit=view.get("submit"),
        close=view.get("close"),
        blocks=[dict(block) for block in blocks],
    )


def _blocks(view: Json) -> list[Json]:
    """The form's own blocks."""
    found: Sequence[Json] = view.get("blocks") or ()
    return [block for block in found if not str(block.get("block_id") or "").startswith(_MARK)]


def _line(block: str, words: str, *, kind: str = "plain_text") -> Json:
    text = {"type": kind, "text": words}
    return {"type": "context", "block_id": f"{_MARK}{block}", "elements": [text]}


def _filled(block: Json, value: FormValue | None) -> Json:
    if block.get("type") != "input" or value is None:
        return block
    element: Json = block["element"]
    bare = {key: part for key, part in element.items() if not key.startswith("initial_")}
    return {**block, "element": {**bare, **_initial(element, value)}}


def _initial(element: Json, value: FormValue) -> dict[str, object]:
    """What stands in an input from the start: what was filled in, by the kinds that FormValue reads."""
    one, some = value.selected_option, {option.value for option in value.selected_options}
    options = {str(option["value"]): option for option in _options(element)}
    found: dict[str, object] = {
        "initial_value": value.value,
        "initial_option": options.get(one.value) if one is not None else None,
        "initial_options": [
            options[option.value] for option in value.selected_options if option.value in options
        ]
        if some
        else None,
        "initial_date": value.selected_date.isoformat() if value.selected_date is not None else None,
        "initial_time": f"{value.selected_time:%H:%M}" if value.selected_time is not None else None,
        "initial_date_time": value.selected_date_time,
        "initial_user": value.selected_user,
        "initial_users": list(value.selected_users),
        "initial_conversation": value.selected_conversation,
    }
    return {key: part for key, part in found.items() if part}


def _options(element: Json) -> list[Json]:
    groups: Sequence[Json] = element.get("option_groups") or ()
    options: Sequence[Json] = element.get("options") or ()
    return [*options, *(option for group in groups for option in group["options"])]


class KeptForms:
    """Forms of people who closed them before they heard what is wrong: in memory, the latest ones."""

    def __init__(self, new_key: Callable[[], str]) -> None:
        self._new_key = new_key
        self._forms: OrderedDict[str, tuple[str, str, View]] = OrderedDict()

    def keep(self, asker: Asker, view: View) -> str:
        """Keep a form for the one who filled it in; gives the key for `find`."""
        key = self._new_key()
        self._forms[key] = (asker.workspace, asker.person, view)
        while len(self._forms) > KEPT:
            self._forms.popitem(last=False)
        return key

    def find(self, asker: Asker, key: str) -> View | None:
        """The form; None where it is not kept any more, or is somebody else's."""
        workspace, person, view = self._forms.get(key, ("", "", None))
        return view if (workspace, person) == (asker.workspace, asker.person) else None
