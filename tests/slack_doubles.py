"""A front and a Web API in memory, for the tests of bot.slack."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.rides.errors import RideError
from bot.rides.views import Connection, Listing, Origin, RideStatus, Started
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.web_api import METHODS, WebApi
from bot.slack.transport.workspaces import OneWorkspace
from sandbox.answer import Answer, Finished
from sandbox.provider import Login
from scenarios.model.scenario import Database, Group, Hint, Scenario, Scoring, TrapScore
from scenarios.model.scenario import Postmortem as Texts

TEAM = "T0RIDE001"
BOT = "U0RIDEBOT"
DANA = "U0DANA001"
SAM = "U0SAM0001"
ROOM = "C0INCIDEN"
RIDE = "7k3m"
NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)

SETTINGS = SlackSettings(bot_token="xoxb-secret", app_token="xapp-secret", messages_a_second=1000)

SCENARIO = Scenario(
    slug="alter-table-locks",
    title="ALTER TABLE locks production",
    alert="Checkout: orders are not being saved",
    kind="incident simulation",
    topic="Migrations & Releases",
    level="L3",
    minutes=(10, 15),
    summary="Orders stopped coming in a minute ago.",
    production="app_db",
    databases=(Database(name="app_db", setup="app_db.sql", about="production"),),
    groups=(Group(name="migration", about="the migration"), Group(name="writers", about="an app_writer")),
    actors=(),
    blocker="migration",
    waiters="writers",
    time_limit=timedelta(minutes=15),
    page="Checkout is timing out.",
    timeline=(),
    hints=(Hint(title="Where to look", text="Look at the sessions."),),
    checks=(),
    scoring=Scoring(
        detect=(),
        fix=(),
        trap=TrapScore(points=20, needs="ended", kept="Kept.", lost="Lost.", none="None.", traps=()),
    ),
    postmortem=Texts(root_cause="A lock.", found="By looking.", fix="End it.", lesson="lock_timeout."),
)


def finished(text: str = " ?column? \n----------\n        1\n(1 row)", **changes: Any) -> Finished:
    """A finished statement."""
    values: dict[str, Any] = {
        "results": (),
        "text": text,
        "seconds": 0.012,
        "transaction": "",
        "database": "app_db",
        **changes,
    }
    return Finished(**values)


@dataclass
class FakeFront:
    """Answers as it is told to, and remembers what it was asked."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    error: Exception | None = None
    channel: str | None = ROOM
    answer: Answer = field(default_factory=finished)
    cancelled: Callable[[], bool] = lambda: True

    def _note(self, *call: Any) -> None:
        self.asked.append(call)
        if self.error is not None:
            raise self.error

    async def start(
        self,
        workspace: str,
        person: str,
        slug: str,
        learners: Sequence[str],
        origin: Origin,
        *,
        team: str | None = None,
    ) -> Started:
        self._note("start", workspace, person, slug, tuple(learners), origin)
        return Started(ride=RIDE, scenario=SCENARIO, learners=tuple(learners) or (person,))

    async def status(self, workspace: str, person: str, channel: str | None) -> RideStatus:
        if isinstance(self.error, RideError):
            raise self.error
        return RideStatus(
            ride=RIDE,
            scenario=SCENARIO,
            state="live",
            learners=(DANA,),
            channel=self.channel,
            elapsed=timedelta(seconds=125),
            remaining=timedelta(seconds=775),
            acknowledged_by=None,
            hints_taken=1,
            hints_total=3,
            recovering=False,
        )

    async def hint(self, workspace: str, person: str, channel: str | None) -> None:
        self._note("hint", workspace, person, channel)

    async def connect(self, workspace: str, person: str, channel: str | None) -> Connection:
        self._note("connect", workspace, person, channel)
        login = Login(role="dana", password="s3cr3t", host="db.example", port=5433, database="app_db")
        return Connection(ride=RIDE, login=login, dsn=login.dsn())

    async def stop(self, workspace: str, person: str, channel: str | None) -> str:
        self._note("stop", workspace, person, channel)
        return RIDE

    async def stop_surely(self, workspace: str, person: str, ride: str) -> None:
        self._note("stop_surely", workspace, person, ride)

    async def list(self) -> Listing:
        return Listing(scenarios=(SCENARIO,))

    async def acknowledge(self, workspace: str, person: str, ride: str) -> None:
        self._note("acknowledge", workspace, person, ride)

    async def sql(self, workspace: str, person: str, channel: str | None, text: str) -> Answer:
        self._note("sql", workspace, person, channel, text)
        return self.answer

    async def cancel_sql(self, workspace: str, person: str, ride: str, session: int = 1) -> bool:
        self._note("cancel_sql", workspace, person, ride)
        return self.cancelled()


@dataclass
class FakeRights:
    """Nobody but these may do things for others."""

    admins: set[str] = field(default_factory=set)
    facilitators: set[str] = field(default_factory=set)

    async def is_admin(self, workspace: str, person: str) -> bool:
        return person in self.admins

    async def may_facilitate(self, workspace: str, person: str) -> bool:
        return person in self.admins | self.facilitators


class RecordedWeb(WebApi):
    """Answers every method of METHODS from a table, and remembers the calls."""

    def __init__(self, settings: SlackSettings = SETTINGS) -> None:
        super().__init__(settings, bot_token=settings.bot_token)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.uploads: list[bytes] = []
        self.refuse: dict[str, list[str | None]] = {}
        """For a method the error codes of its next calls; None lets one through."""
        self.answers: dict[str, dict[str, Any]] = {
            "auth.test": {"user_id": BOT, "bot_id": "B0RIDE", "team_id": TEAM, "user": "ride"},
            "chat.postEphemeral": {"message_ts": "1.000200"},
            "chat.postMessage": {},
            "chat.update": {"channel": ROOM, "ts": "1.000100"},
            "conversations.create": {"channel": {"id": ROOM, "name": "inc-as-slack-made-it"}},
            "conversations.invite": {"channel": {"id": ROOM}},
            "conversations.setPurpose": {"channel": {"id": ROOM}},
            "conversations.setTopic": {"channel": {"id": ROOM}},
            "conversations.open": {"channel": {"id": "D0DANA001"}},
            "conversations.history": {"messages": []},
            "conversations.replies": {"messages": []},
            "users.conversations": {"channels": []},
            "conversations.members": {"members": [DANA, BOT]},
            "usergroups.list": {"usergroups": []},
            "usergroups.users.list": {"users": [DANA]},
            "users.info": {"user": {"id": DANA, "name": "dana", "profile": {"display_name": "Dana K"}}},
            "users.list": {"members": []},
            "files.getUploadURLExternal": {"upload_url": "https://files.invalid/1", "file_id": "F1"},
            "files.completeUploadExternal": {"files": [{"id": "F1"}]},
            "views.open": {"view": {"id": "V1"}},
            "views.publish": {"view": {"id": "V1"}},
            "views.update": {"view": {"id": "V1"}},
        }
        self.changed = asyncio.Event()

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        method = api_url.rpartition("/")[2]
        assert method in METHODS
        given: dict[str, Any] = {
            **(req_args.get("params") or {}),
            **(req_args.get("data") or {}),
            **(req_args.get("json") or {}),
        }
        self.calls.append((method, {name: value for name, value in given.items() if value is not None}))
        self.changed.set()
        codes = self.refuse.get(method)
        code = codes.pop(0) if codes else None
        data: dict[str, Any] = {"ok": code is None, **self.answers.get(method, {})}
        if code is not None:
            data["error"] = code
        if method == "chat.postMessage":
            data["ts"] = f"{len(self.calls)}.000100"
        return {"data": data, "headers": {}, "status_code": 200}

    async def _upload_file(self, **arguments: Any) -> Any:
        class Uploaded:
            status = 200
            body = "OK"

        self.uploads.append(arguments["data"])
        return Uploaded()

    def of(self, method: str) -> list[dict[str, Any]]:
        """The arguments of all calls of a method."""
        return [arguments for name, arguments in self.calls if name == method]


class RecordedOutbox(Outbox):
    """Keeps what would go to a response_url."""

    def __init__(self, web: WebApi, settings: SlackSettings = SETTINGS) -> None:
        super().__init__(OneWorkspace(web), settings)
        self.responses: list[tuple[str, Message, bool]] = []
        self.urls_work = True
        self.responded = asyncio.Event()

    async def respond(
        self, workspace: str, url: str, message: Message, *, in_channel: bool = False, replaces: bool = False
    ) -> bool:
        message.as_blocks()
        self.responses.append((url, message, in_channel))
        self.responded.set()
        return self.urls_work


def words(message: Message) -> str:
    """All that a person can read in a message, and its plain text."""
    return message.text + "\n" + json.dumps(message.as_blocks(), ensure_ascii=False)
