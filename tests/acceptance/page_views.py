"""A modal with every input, and a Home, as an app would show them."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str, note: str = "") -> dict[str, Any]:
    """An option whose value is its text in lower case."""
    found = {"text": plain(text), "value": text.lower()}
    return {**found, "description": plain(note)} if note else found


def options(*texts: str) -> list[dict[str, Any]]:
    return [option(text) for text in texts]


def field(label: str, kind: str, *, hint: str = "", optional: bool = False, **more: Any) -> dict[str, Any]:
    """An input block; its block_id is its label in lower case, its element's action_id `it`."""
    dispatch = {"dispatch_action": True} if more.pop("dispatch", False) else {}
    found = {
        "type": "input",
        "block_id": label.lower(),
        "label": plain(label),
        "optional": optional,
        "element": {"type": kind, "action_id": "it", **more},
        **dispatch,
    }
    return {**found, "hint": plain(hint)} if hint else found


def modal(*blocks: Mapping[str, Any], title: str = "Plan a game day", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "plan",
        "title": plain(title),
        "submit": plain("Plan it"),
        "close": plain("Not now"),
        "blocks": list(blocks),
        **more,
    }


def everything() -> Sequence[dict[str, Any]]:
    """Each kind of input, none filled in."""
    return (
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "Each team gets *its own* channel and sandbox at the hour."},
        },
        field("Name", "plain_text_input", placeholder=plain("Friday fire drill"), hint="Everybody sees it."),
        field("Notes", "plain_text_input", multiline=True, optional=True),
        field("Day", "datepicker"),
        field("Hour", "timepicker"),
        field("Deadline", "datetimepicker", optional=True),
        field("Minutes", "number_input", is_decimal_allowed=False, min_value="5", max_value="60"),
        field(
            "Level",
            "static_select",
            placeholder=plain("How hard"),
            option_groups=[
                {"label": plain("For a start"), "options": options("Easy", "Medium")},
                {"label": plain("For those who want more"), "options": options("Hard")},
            ],
        ),
        field("Scenarios", "multi_static_select", options=options("Locks", "Disk", "Vacuum", "Replication")),
        field("Facilitator", "users_select"),
        field("Riders", "multi_users_select", max_selected_items=2),
        field(
            "Start",
            "radio_buttons",
            options=[option("Together", "All teams in the same second."), option("Waves", "One by one.")],
        ),
        field("Tell", "checkboxes", options=options("Teams", "Managers"), optional=True),
    )


def actions(*elements: Mapping[str, Any], block_id: str = "acts") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def confirm(text: str) -> dict[str, Any]:
    return {
        "title": plain("Are you sure?"),
        "text": plain(text),
        "confirm": plain("Do it"),
        "deny": plain("Rather not"),
    }


def home_blocks() -> Sequence[dict[str, Any]]:
    return (
        {"type": "header", "text": plain("Your rides")},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*alter-table-locks*\n86 of 100, your first attempt."},
            "accessory": button("Start", "start", value="alter-table-locks", style="primary"),
        },
        {"type": "divider"},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Detect*\n32 of 40"},
                {"type": "mrkdwn", "text": "*Fix*\n40 of 40"},
            ],
        },
        actions(
            {
                "type": "static_select",
                "action_id": "since",
                "placeholder": plain("Since when"),
                "options": options("Week", "Month"),
            },
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-27"},
            {"type": "overflow", "action_id": "more", "options": options("Export", "Forget")},
        ),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Your team is *2nd of 5*."}]},
    )


def png(width: int, height: int) -> bytes:
    """A picture of stripes, as a PNG."""
    rows = (
        b"\0"
        + b"".join(bytes((11, 106, 96) if (x // 40 + y // 40) % 2 else (245, 242, 235)) for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
