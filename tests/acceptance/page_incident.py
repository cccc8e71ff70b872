"""A ride as its channel shows it, for looking at the page: card, page, symptoms, a result, the postmortem."""

from typing import Any

from tests.acceptance.page_stage import Stage, text_file

CHANNEL = "C9"

WIDTH = 90
"""Columns of the last column: wider than the page has room for."""

RESULT = f"""\
  pid  |        usename        |        state        | wait |{"query":^{WIDTH}}
-------+-----------------------+---------------------+------+{"-" * WIDTH}
 20114 | migration_runner_1123 | idle in transaction |      | ALTER TABLE orders ADD COLUMN settlement text
 20121 | app_writer            | active              | Lock | INSERT INTO orders VALUES ('配送 🚚 メモ')
 20122 | app_writer            | active              | Lock | UPDATE orders SET status = 'paid' WHERE id = 5
(3 rows, 4 ms)"""


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str, action: str, style: str | None = None) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain(text), **({"style": style} if style else {})}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def word(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, "style": style}


def card() -> list[dict[str, Any]]:
    fields = (
        "*State*\n:red_circle: live",
        "*Track*\nMigrations &amp; Releases · L3",
        "*Rider*\n<@U1>",
        "*Time limit*\n15 min",
    )
    return [
        {"type": "header", "text": plain(":rotating_light: Orders have stopped")},
        section(
            "An incident in `app_db` is in progress: writes to `orders` do not come back. "
            "Find out why and bring them back."
        ),
        {"type": "section", "fields": [mrkdwn(field) for field in fields]},
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                button(":bulb: Hint", "hint"),
                button("Connect", "connect"),
                button("Stop", "stop", "danger"),
            ],
        },
        {
            "type": "context",
            "elements": [mrkdwn("Ride `7f3a` · `/sql STATEMENT` runs here · `/ride hint` helps")],
        },
    ]


def postmortem() -> list[dict[str, Any]]:
    def cell(text: str) -> dict[str, str]:
        return {"type": "raw_text", "text": text}

    rows: list[list[dict[str, Any]]] = [
        [cell("Dimension"), cell("Points"), cell("Why")],
        [
            cell("Detect"),
            cell("40/40"),
            {
                "type": "rich_text",
                "elements": [
                    rich(word("Tied waiters to blocker with "), word("pg_blocking_pids", code=True))
                ],
            },
        ],
        [cell("Fix"), cell("40/40"), cell("Ended the migration; the queue drained in 0.4 s")],
        [cell("Trap"), cell("10/20"), cell("Cancelled an app_writer at 3:12")],
    ]
    return [
        {"type": "header", "text": plain(":checkered_flag: Postmortem: 90 of 100")},
        section(
            "*Root cause.* An `ALTER TABLE orders` held ACCESS EXCLUSIVE in an open transaction; "
            "every write queued behind it."
        ),
        {"type": "table", "column_settings": [{}, {"align": "right"}, {"is_wrapped": True}], "rows": rows},
        {
            "type": "rich_text",
            "elements": [
                rich(word("What happened when", bold=True)),
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        rich(word("0:00 paged")),
                        rich(word("2:20 looked at "), word("pg_stat_activity", code=True)),
                    ],
                },
                {"type": "rich_text_preformatted", "elements": [word("SELECT pg_terminate_backend(20114);")]},
                {"type": "rich_text_quote", "elements": [word("End the blocker, not the waiters.")]},
            ],
        },
        {
            "type": "context",
            "elements": [mrkdwn(":stopwatch: acknowledged 0:09 · first useful look 2:20 · fixed 4:51")],
        },
    ]


def play_incident(stage: Stage) -> None:
    stage.channel(
        CHANNEL,
        "inc-alter-table-locks-7f3a",
        kind="private",
        topic=":rotating_light: Orders have stopped · L3 · live",
        members={"U1", "U2", "UBOT"},
    )
    stage.channel("C8", "inc-disk-full-21bc", kind="private", members={"U1", "UBOT"}, archived=True)
    stage.say(CHANNEL, "UBOT", "<@UBOT> added <@U1>", subtype="channel_join")
    stage.pin(CHANNEL, stage.say(CHANNEL, "UBOT", "The incident", blocks=card()))
    stage.say(
        CHANNEL,
        "UBOT",
        ":pager: <@U1> you are paged: orders have stopped",
        blocks=[
            section(":pager: *Page for <@U1>*: 0 writes a second, 84 before."),
            {"type": "actions", "elements": [button("Acknowledge", "ack", "primary")]},
        ],
    )
    stage.say(CHANNEL, "UBOT", "4 writers wait, the oldest for *41 s*.", username="Checkout monitor")
    stage.say(
        CHANNEL,
        "UBOT",
        "12 tickets :hourglass_flowing_sand:\n&gt; the pay button spins for ever",
        username="Support desk",
    )
    stage.say(
        CHANNEL,
        "U1",
        "Looking at the sessions now.",
        reactions={"eyes": ["U2"]},
    )
    stage.say(CHANNEL, "UBOT", "", blocks=[section(f"<@U1> in *app_db* · 3 rows · 4 ms\n```\n{RESULT}\n```")])
    stage.say(
        CHANNEL,
        "UBOT",
        "The whole result",
        files=[text_file("result.txt", "The whole result", RESULT)],
    )
    stage.say(
        CHANNEL,
        "UBOT",
        "",
        to="U1",
        blocks=[section("Still running, blocked by pid *20114*.", accessory=button("Cancel", "cancel"))],
    )
    asked = stage.say(CHANNEL, "U2", "should we just restart the database?", edited=True)
    stage.say(CHANNEL, "U1", "No, that hides the cause.", thread_ts=asked)
    stage.say(CHANNEL, "UBOT", "`20114` is *idle in transaction*", thread_ts=asked)
    stage.say(CHANNEL, "UBOT", "Postmortem", blocks=postmortem())
