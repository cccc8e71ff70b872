"""A small workspace behind the page: the control API over lists in memory."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.workspace.page.routes import mount

USERS = [
    {
        "id": "U1",
        "name": "mira",
        "real_name": "Mira Halloran",
        "title": "On call",
        "is_bot": False,
        "color": "0d6e66",
    },
    {
        "id": "U2",
        "name": "tomas",
        "real_name": "Tomas Reyes",
        "title": "Backend",
        "is_bot": False,
        "color": "7a4fa3",
    },
    {
        "id": "U3",
        "name": "ines",
        "real_name": "Inès Okafor",
        "title": "Engineering manager",
        "is_bot": False,
        "color": "a8492e",
    },
    {"id": "UBOT", "name": "ride", "real_name": "Ride", "title": "", "is_bot": True, "color": "2f62a8"},
]
COMMANDS = [
    {
        "command": "/ride",
        "description": "Start and steer an incident",
        "usage_hint": "start SCENARIO | status | hint | connect | stop | list | help",
    },
    {"command": "/sql", "description": "Run a statement in the ride's database", "usage_hint": "STATEMENT"},
]


class Stage:
    def __init__(self) -> None:
        self.channels: dict[str, dict[str, Any]] = {}
        self.members: dict[str, set[str]] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.pins: dict[str, list[str]] = {}
        self.last_read: dict[tuple[str, str], float] = {}
        self.listeners: list[tuple[str, asyncio.Queue[dict[str, str] | None]]] = []
        self.acts: list[dict[str, Any]] = []
        self.commands: list[dict[str, Any]] = []
        self.refuse: str | None = None
        self.clock = time.time()
        self.channel("C1", "general", purpose="Everything that concerns everybody.")
        self.channel("C2", "incidents", purpose="Where rides are started and their results are posted.")
        for one, other in (("U1", "U2"), ("U1", "UBOT"), ("U2", "UBOT")):
            self.channel(f"D{one}{other}", "", kind="im", members={one, other})

    def channel(
        self,
        cid: str,
        name: str,
        *,
        kind: str = "public",
        topic: str = "",
        purpose: str = "",
        members: set[str] | None = None,
        archived: bool = False,
    ) -> str:
        self.channels[cid] = {
            "id": cid,
            "name": name,
            "kind": kind,
            "topic": topic,
            "purpose": purpose,
            "is_archived": archived,
        }
        self.members[cid] = members if members is not None else {str(user["id"]) for user in USERS}
        self.messages[cid] = []
        self.pins[cid] = []
        self.emit("conversation", cid, "")
        return cid

    def say(self, channel: str, user: str, text: str = "", *, at: float | None = None, **more: Any) -> str:
        self.clock = max(self.clock + 0.001, time.time()) if at is None else at
        ts = f"{self.clock:.6f}"
        if more.get("thread_ts"):
            parent = next(one for one in self.messages[channel] if one["ts"] == more["thread_ts"])
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = ts
        is_bot = next(one["is_bot"] for one in USERS if one["id"] == user)
        self.messages[channel].append(
            {
                "ts": ts,
                "user": user,
                "is_bot": is_bot,
                "text": text,
                "blocks": [],
                "files": [],
                "reactions": [],
                "edited": False,
                "ephemeral": False,
                "reply_count": 0,
                **more,
            }
        )
        self.emit("ephemeral" if more.get("ephemeral") else "message", channel, ts)
        return ts

    def hang_up(self) -> None:
        for _, queue in self.listeners:
            queue.put_nowait(None)
        self.listeners = []

    def emit(self, kind: str, channel: str, ts: str) -> None:
        for _, queue in self.listeners:
            queue.put_nowait({"type": kind, "channel": channel, "ts": ts})

    def seen_by(self, uid: str, message: dict[str, Any]) -> bool:
        return not message["ephemeral"] or message.get("to") == uid

    def conversations(self, uid: str) -> list[dict[str, Any]]:
        rows = []
        for cid, channel in self.channels.items():
            member = uid in self.members[cid]
            if not member and channel["kind"] != "public":
                continue
            new = [
                m
                for m in self.messages[cid]
                if member
                and m["user"] != uid
                and not m["ephemeral"]
                and float(m["ts"]) > self.last_read.get((uid, cid), 0)
            ]
            calls = [m for m in new if f"<@{uid}>" in m["text"] or "<!channel>" in m["text"]]
            other = next(iter(self.members[cid] - {uid}), None) if channel["kind"] == "im" else None
            rows.append(
                {
                    **channel,
                    "is_member": member,
                    "user": other,
                    "unread": len(new),
                    "mention_count": len(calls),
                }
            )
        return rows


STAGE = web.AppKey("stage", Stage)


def build(stage: Stage) -> web.Application:
    app = web.Application()
    app[STAGE] = stage
    mount(app)
    routes = web.RouteTableDef()

    @routes.get("/control/workspace")
    async def workspace(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "team": {"id": "T1", "name": "Brightwater", "domain": "brightwater"},
                "users": USERS,
                "commands": COMMANDS,
            }
        )

    @routes.get("/control/users/{uid}/conversations")
    async def conversations(request: web.Request) -> web.Response:
        return web.json_response(stage.conversations(request.match_info["uid"]))

    @routes.get("/control/users/{uid}/conversations/{cid}/messages")
    async def messages(request: web.Request) -> web.Response:
        uid, cid = request.match_info["uid"], request.match_info["cid"]
        thread = request.query.get("thread_ts")
        found = [m for m in stage.messages[cid] if stage.seen_by(uid, m)]
        if thread:
            found = [m for m in found if thread in (m["ts"], m.get("thread_ts"))]
        else:
            found = [m for m in found if not m.get("thread_ts")]
        return web.json_response(
            {"conversation": stage.channels[cid], "pinned": stage.pins[cid], "messages": found}
        )

    @routes.post("/control/users/{uid}/messages")
    async def post(request: web.Request) -> web.Response:
        body = await request.json()
        more = {"thread_ts": body["thread_ts"]} if body.get("thread_ts") else {}
        return web.json_response(
            {"ts": stage.say(body["channel"], request.match_info["uid"], body["text"], **more)}
        )

    @routes.post("/control/users/{uid}/commands")
    async def command(request: web.Request) -> web.Response:
        body = await request.json()
        stage.commands.append(body)
        if stage.refuse:
            return web.json_response({"ok": False, "error": stage.refuse})
        return web.json_response({"ok": True})

    @routes.post("/control/users/{uid}/actions")
    async def action(request: web.Request) -> web.Response:
        stage.acts.append(await request.json())
        return web.json_response({"ok": True})

    @routes.get("/control/users/{uid}/files/{fid}")
    async def file(_: web.Request) -> web.Response:
        return web.Response(text="file")

    @routes.post("/control/users/{uid}/read")
    async def read(request: web.Request) -> web.Response:
        body = await request.json()
        stage.last_read[(request.match_info["uid"], body["channel"])] = float(body["ts"])
        return web.json_response({"ok": True})

    @routes.post("/control/conversations/{cid}/join")
    async def join(request: web.Request) -> web.Response:
        stage.members[request.match_info["cid"]].add((await request.json())["uid"])
        stage.emit("conversation", request.match_info["cid"], "")
        return web.json_response({"ok": True})

    @routes.get("/control/users/{uid}/events")
    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        await response.write(b": hello\n\n")
        entry: tuple[str, asyncio.Queue[dict[str, str] | None]] = (request.match_info["uid"], asyncio.Queue())
        stage.listeners.append(entry)
        try:
            while (event := await entry[1].get()) is not None:
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
        finally:
            stage.listeners = [one for one in stage.listeners if one is not entry]
        return response

    app.add_routes(routes)
    return app


@asynccontextmanager
async def open_stage(stage: Stage) -> AsyncIterator[str]:
    async with TestServer(build(stage)) as server:
        yield f"http://127.0.0.1:{server.port}"
