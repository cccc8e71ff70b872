"""Slack's requests over HTTP: who is let in, and what people see who install the app."""

import asyncio
import contextlib
import io
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from bot.base.address import Address
from bot.base.errors import AddressTakenError, UnreadableTokensError
from bot.rides.errors import ChatRefusedError
from bot.slack.messages import views
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.transport.app import SlackApp
from bot.slack.transport.install_pages import COOKIE, InstallPages
from bot.slack.transport.installation_store import InstallationStore, StateStore
from bot.slack.transport.installed_workspaces import InstalledWorkspaces
from bot.slack.transport.request_urls import BODY_WITHIN, RequestUrls
from bot.slack.transport.site import MAX_REQUEST, Site
from bot.slack.transport.token_seal import TokenSeal
from bot.slack.transport.web_api import WebApi
from bot.slack.transport.workspaces import NOT_INSTALLED
from bot.workspace.delivery.request_urls import signature
from storage.database import Database, sqlite_url
from storage.installations import BegunInstallations, InstallationRecords, InstalledWorkspace
from tests.slack_doubles import DANA, ROOM, SETTINGS, TEAM, FakeFront, RecordedWeb

SECRET = "0123456789abcdef"
KEY = Fernet.generate_key().decode()
FORM = "application/x-www-form-urlencoded"
NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)


@dataclass
class SetClock:
    """Stands still until it is moved."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


MENTION = {
    "type": "app_mention",
    "user": DANA,
    "channel": ROOM,
    "ts": "5.1",
    "text": "<@U0RIDEBOT> sql select 1",
}


@dataclass
class HeardFront(FakeFront):
    """Says when it is asked."""

    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def _note(self, *call: object) -> None:
        self.heard.set()
        super()._note(*call)


@dataclass
class Stage:
    """Ride's site, and a browser without cookies of its own."""

    door: Site
    intake: RequestUrls
    slack: SlackApp
    front: HeardFront
    web: RecordedWeb
    clock: SetClock
    records: InstallationRecords
    installed: InstalledWorkspaces
    browser: aiohttp.ClientSession
    left: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://{self.door.address}{path}"

    async def post(
        self,
        body: str,
        *,
        kind: str = FORM,
        secret: str = SECRET,
        at: datetime | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Send what Slack would, signed; status and text of the answer."""
        timestamp = str(int((at or self.clock.now()).timestamp()))
        signed = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret, timestamp, body),
            **(headers or {}),
        }
        async with self.browser.post(self.url("/slack/events"), data=body.encode(), headers=signed) as answer:
            return answer.status, await answer.text()

    async def event(self, event: Mapping[str, object], *, team: str = TEAM, at: datetime = NOW) -> int:
        """Send an event; the status of the answer."""
        body = {
            "type": "event_callback",
            "team_id": team,
            "event_id": f"Ev{event['type']}",
            "event_time": int(at.timestamp()),
            "event": event,
        }
        status, _ = await self.post(json.dumps(body), kind="application/json")
        return status


def command(text: str = "stop", team: str = TEAM) -> str:
    """A slash command's form."""
    return urlencode({"command": "/ride", "text": text, "team_id": team, "user_id": DANA, "channel_id": ROOM})


def sealed(workspace: str, token: str, at: datetime = NOW, key: str = KEY) -> InstalledWorkspace:
    return InstalledWorkspace(
        workspace=workspace,
        name="Harbor",
        app="A1",
        bot="B1",
        bot_user="U0RIDEBOT",
        scopes=(),
        sealed_token=TokenSeal([key]).seal(workspace, token),
        installed_by=DANA,
        installed_at=at,
    )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(sqlite_url(tmp_path / "ride.sqlite3")) as database:
        yield database


@pytest.fixture
def body_within() -> float:
    return BODY_WITHIN


@pytest.fixture
async def site(database: Database, body_within: float) -> AsyncIterator[Stage]:
    clock, front = SetClock(), HeardFront()
    http = HttpSettings(
        address=Address(host="127.0.0.1", port=0),
        public_url="https://ride.example.com",
        client_id="1.1",
        client_secret="client-secret",
        signing_secret=SECRET,
    )
    settings, web = replace(SETTINGS, bot_token="xoxb-1"), RecordedWeb()
    web.token = "xoxb-1"
    records = InstallationRecords(database)
    await records.put(sealed(TEAM, "xoxb-1"))
    await records.put(sealed("T0QUAY0001", "xoxb-2"))

    def client(token: str | None) -> WebApi:
        return web

    installed = InstalledWorkspaces(InstallationStore(records, TokenSeal([KEY])), client)
    states = StateStore(BegunInstallations(database), clock)
    pages = InstallPages(installed, states, clock, client=client, settings=settings, http=http)
    door = Site(http.address, app_name="Ride")
    intake = RequestUrls(door, pages, clock, signing_secret=SECRET, body_within=body_within)
    slack = SlackApp(settings, workspaces=installed, intake=intake)
    await door.listen()
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        site = Stage(door, intake, slack, front, web, clock, records, installed, browser)
        installed.watch(site.left.append)
        yield site
    await slack.close()
    await door.close()


@pytest.fixture
async def open_site(site: Stage) -> Stage:
    await site.slack.serve(site.front)
    return site


async def asked(site: Stage) -> list[tuple[object, ...]]:
    """What reached the engine, once all that came in is worked on."""
    await site.slack.background.close(grace=5)
    return site.front.asked


class TestRequests:
    async def test_one_that_slack_signed_is_worked_on(self, open_site: Stage) -> None:
        assert await open_site.post(command()) == (200, "")
        assert await asked(open_site) == [("stop", TEAM, DANA, ROOM)]

    @pytest.mark.parametrize("minutes", [-6, 6])
    async def test_one_that_is_old_is_refused(self, open_site: Stage, minutes: int) -> None:
        status, _ = await open_site.post(command(), at=NOW + timedelta(minutes=minutes))
        assert status == 401
        assert await open_site.post(command(), at=NOW - timedelta(minutes=4)) == (200, "")
        assert len(await asked(open_site)) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Slack-Signature": "v0=" + "0" * 64},
            {"X-Slack-Signature": ""},
            {"X-Slack-Signature": "v0=é"},
            {"X-Slack-Request-Timestamp": "soon"},
            {"X-Slack-Request-Timestamp": str(int(NOW.timestamp()) + 1)},
        ],
    )
    async def test_one_that_slack_did_not_sign_is_refused(
        self, open_site: Stage, headers: Mapping[str, str], caplog: pytest.LogCaptureFixture
    ) -> None:
        secret = SECRET if headers else "guessed"
        status, text = await open_site.post(command("sql secret-row"), secret=secret, headers=headers)
        assert (status, text) == (401, "")
        assert not await asked(open_site)
        assert "not signed by Slack" in caplog.text
        assert "secret-row" not in caplog.text

    async def test_one_without_any_signature_is_refused(self, open_site: Stage) -> None:
        async with open_site.browser.post(open_site.url("/slack/events"), data=command()) as answer:
            assert answer.status == 401

    async def test_one_that_is_too_large_is_refused(self, open_site: Stage) -> None:
        large = io.BytesIO(b"text=" + b"x" * MAX_REQUEST)
        async with open_site.browser.post(open_site.url("/slack/events"), data=large) as answer:
            assert answer.status == 413

    @pytest.mark.parametrize(("body", "kind"), [("{", "application/json"), ("{", FORM)])
    async def test_one_that_is_no_request_is_refused(self, open_site: Stage, body: str, kind: str) -> None:
        status, _ = await open_site.post(body, kind=kind)
        assert status == 400

    async def test_the_address_is_verified(self, open_site: Stage) -> None:
        body = json.dumps({"type": "url_verification", "challenge": "c1", "token": "t"})
        status, text = await open_site.post(body, kind="application/json")
        assert status == 200
        assert json.loads(text) == {"challenge": "c1"}

    async def test_a_look_at_the_certificate_does_nothing(self, open_site: Stage) -> None:
        where = open_site.url("/slack/events")
        async with open_site.browser.get(f"{where}?ssl_check=1") as answer:
            assert answer.status == 200
        async with open_site.browser.post(where, data=f"ssl_check=1&{command()}") as answer:
            assert answer.status == 200
        async with open_site.browser.get(where) as answer:
            assert answer.status == 405
        assert not await asked(open_site)

    async def test_one_from_where_ride_is_not_reaches_nobody(self, open_site: Stage) -> None:
        status, text = await open_site.post(command(team="T0OTHER01"))
        assert status == 200
        assert "not installed" in text
        assert not await asked(open_site)

    async def test_an_event_that_comes_again_counts_once(self, open_site: Stage) -> None:
        for _ in range(2):
            assert await open_site.event(MENTION) == 200
        await open_site.front.heard.wait()
        assert len(await asked(open_site)) == 1

    async def test_nothing_is_taken_before_it_leads_and_after_it_ends(self, site: Stage) -> None:
        answers = [await site.post(command())]
        async with site.browser.get(site.url("/slack/install")) as page:
            assert page.status == 503
            assert "come back in a minute" in await page.text()
        await site.slack.serve(site.front)
        answers.append(await site.post(command()))
        await site.intake.close()
        answers.append(await site.post(command()))
        assert [status for status, _ in answers] == [503, 200, 503]
        assert len(await asked(site)) == 1

    async def test_an_address_that_is_taken(self, open_site: Stage) -> None:
        second = Site(open_site.door.address, app_name="Ride")
        with pytest.raises(AddressTakenError, match="RIDE_HTTP_ADDRESS"):
            await second.listen()


class TestSlowRequests:
    @pytest.fixture
    def body_within(self) -> float:
        return 0.2

    async def test_one_whose_body_does_not_come_is_not_waited_for(self, open_site: Stage) -> None:
        address = open_site.door.address
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: ride\r\nContent-Length: 100\r\n\r\ncommand=")
        said = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in said.lower()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "request_line_and_headers",
    [
        b"GET /slack/oauth_redirect?state=x HTTP/1.1\r\nCookie: ride-install=\xff\r\n",
        b"GET /slack/oauth_redirect?state=%FF HTTP/1.1\r\nCookie: ride-install=\xff\r\n",
        b"POST /slack/events HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n",
    ],
    ids=["a cookie that is no text", "a state that is none either", "compressed, it says"],
)
async def test_what_no_browser_and_no_slack_would_send(
    open_site: Stage, request_line_and_headers: bytes
) -> None:
    address = open_site.door.address
    reader, writer = await asyncio.open_connection(address.host, address.port)
    body = b"abc" if request_line_and_headers.startswith(b"POST") else b""
    writer.write(request_line_and_headers + b"Host: ride\r\nConnection: close\r\n\r\n" + body)
    said = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert said.startswith(b"HTTP/1.1 400 ")
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


class TestInstalling:
    async def begin(self, site: Stage) -> tuple[str, str]:
        """Open the first page; the state that goes to Slack, and the cookie."""
        async with site.browser.get(site.url("/slack/install")) as page:
            text, cookie = await page.text(), page.cookies[COOKIE]
            assert page.headers["Cache-Control"] == "no-store"
            assert page.headers["Referrer-Policy"] == "no-referrer"
        assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
        link = re.search(r'href="([^"]+)"', text)
        assert link is not None
        where = urlsplit(link[1].replace("&amp;", "&"))
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        assert (where.path, query["client_id"]) == ("/oauth/v2/authorize", "1.1")
        assert query["redirect_uri"] == "https://ride.example.com/slack/oauth_redirect"
        assert "client-secret" not in text
        return query["state"], cookie.value

    async def come_back(self, site: Stage, cookie: str | None, **query: str) -> tuple[int, str]:
        headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie is not None else {}
        url = site.url("/slack/oauth_redirect")
        async with site.browser.get(url, params=query, headers=headers) as page:
            return page.status, await page.text()

    async def test_only_the_browser_that_began_comes_back(self, open_site: Stage) -> None:
        state, cookie = await self.begin(open_site)
        for wrong in (None, "", "another"):
            status, text = await self.come_back(open_site, wrong, state=state, code="c")
            assert (status, "another browser" in text) == (400, True)
        other, _ = await self.begin(open_site)
        assert (await self.come_back(open_site, cookie, state=other, code="c"))[0] == 400
        assert (await self.come_back(open_site, cookie, code="c"))[0] == 400
        open_site.web.refuse["oauth.v2.access"] = ["invalid_code"]
        assert (await self.come_back(open_site, cookie, state=state, code="c"))[0] == 502
        assert (await self.come_back(open_site, cookie, state=state, code="c"))[0] == 400, "once"

    async def test_who_takes_too_long_begins_again(self, open_site: Stage) -> None:
        state, cookie = await self.begin(open_site)
        open_site.clock.time += timedelta(minutes=10)
        assert (await self.come_back(open_site, cookie, state=state, code="c"))[0] == 400

    async def test_a_state_that_nobody_was_given(self, open_site: Stage) -> None:
        assert (await self.come_back(open_site, "made-up", state="made-up", code="c"))[0] == 400

    async def test_who_cancels(self, open_site: Stage, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        state, cookie = await self.begin(open_site)
        status, text = await self.come_back(open_site, cookie, state=state, error="access_denied")
        assert (status, "nothing has changed" in text) == (200, True)
        assert state not in caplog.text


class TestDepartures:
    @pytest.mark.parametrize(
        "event",
        [
            {"type": "app_uninstalled"},
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0RIDEBOT"]}},
        ],
        ids=lambda event: str(event["type"]),
    )
    async def test_a_workspace_that_removes_it_is_forgotten(
        self, open_site: Stage, event: dict[str, object]
    ) -> None:
        assert await open_site.event(event) == 200
        await self.settled(open_site)
        assert open_site.left == [TEAM]
        assert [one.workspace for one in await open_site.records.all()] == ["T0QUAY0001"]
        assert await open_site.event(event) == 200
        assert open_site.left == [TEAM]

    async def test_it_may_have_come_back_since(self, open_site: Stage) -> None:
        await open_site.event({"type": "app_uninstalled"}, at=NOW - timedelta(seconds=30))
        await self.settled(open_site)
        assert open_site.left == []
        assert await open_site.installed.bot(TEAM) is not None

    async def test_a_token_of_a_person_is_none_of_ours(self, open_site: Stage) -> None:
        await open_site.event({"type": "tokens_revoked", "tokens": {"oauth": [DANA], "bot": []}})
        await self.settled(open_site)
        assert open_site.left == []

    async def settled(self, site: Stage) -> None:
        """Bolt works on events after it has answered, one after the other: this one is the last."""
        await site.event(MENTION, team="T0QUAY0001")
        await site.front.heard.wait()
        await site.slack.background.close(grace=5)

    async def test_a_call_that_slack_refuses_tells_it_too(self, open_site: Stage) -> None:
        dead = "account_inactive"
        open_site.web.refuse = {"chat.postMessage": [dead, dead], "auth.test": [None, dead]}
        for left in ([], [TEAM]):
            with pytest.raises(ChatRefusedError, match=dead):
                await open_site.slack.outbox.post(TEAM, ROOM, views.acknowledged())
            assert open_site.left == left, "only when it is asked again and says the same"
        with pytest.raises(ChatRefusedError, match=NOT_INSTALLED):
            await open_site.slack.outbox.post(TEAM, ROOM, views.acknowledged())
        assert await open_site.records.get(TEAM) is None

    async def test_a_token_of_before_is_nobodys_end(self, open_site: Stage) -> None:
        open_site.web.refuse = {"auth.test": ["token_revoked"]}
        await open_site.installed.refused(TEAM, "xoxb-0")
        assert open_site.left == []


class TestKeys:
    async def test_a_token_that_no_key_opens_stops_the_start(self, site: Stage) -> None:
        await site.records.put(sealed("T0LOST0001", "xoxb-3", key=Fernet.generate_key().decode()))
        with pytest.raises(UnreadableTokensError, match="T0LOST0001") as caught:
            await site.slack.check()
        assert "ride tokens forget" in str(caught.value)

    async def test_a_start_encrypts_with_the_newest_key(self, site: Stage) -> None:
        newest = Fernet.generate_key().decode()
        store = InstallationStore(site.records, TokenSeal([newest, KEY]))
        await InstalledWorkspaces(store, lambda _: WebApi(SlackSettings(), bot_token=None)).check()
        found = await site.records.get(TEAM)
        assert found is not None
        assert TokenSeal([newest]).open(TEAM, found.sealed_token) == "xoxb-1"


class HeldRecords(InstallationRecords):
    """Is slow where it is told to be: what was read, and what is to be removed, waits."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.reached, self.free = asyncio.Event(), asyncio.Event()

    async def get(self, workspace: str) -> InstalledWorkspace | None:
        found = await super().get(workspace)
        await self._wait()
        return found

    async def remove(self, workspace: str, *, sealed_token: str | None = None) -> bool:
        await self._wait()
        return await super().remove(workspace, sealed_token=sealed_token)

    async def _wait(self) -> None:
        self.reached.set()
        await self.free.wait()


class TestInstallingAnewAtTheSameMoment:
    @pytest.fixture
    async def records(self, database: Database) -> HeldRecords:
        records = HeldRecords(database)
        await records.put(sealed(TEAM, "xoxb-old"))
        return records

    @pytest.fixture
    def installed(self, records: HeldRecords) -> InstalledWorkspaces:
        store = InstallationStore(records, TokenSeal([KEY]))
        return InstalledWorkspaces(store, lambda token: WebApi(SlackSettings(), bot_token=token))

    def anew(self) -> Installation:
        return Installation(
            team_id=TEAM, bot_token="xoxb-new", user_id=DANA, installed_at=NOW.timestamp() + 60
        )

    async def test_a_token_that_was_just_being_read_is_not_remembered(
        self, records: HeldRecords, installed: InstalledWorkspaces
    ) -> None:
        reading = asyncio.create_task(installed.bot(TEAM))
        await records.reached.wait()
        await installed.install(self.anew())
        records.free.set()
        bot = await reading
        assert bot is not None
        assert bot.bot_token == "xoxb-new"
        assert (await installed.web(TEAM)).token == "xoxb-new"

    async def test_a_late_removal_leaves_it(
        self, records: HeldRecords, installed: InstalledWorkspaces
    ) -> None:
        records.free.set()
        assert await installed.bot(TEAM) is not None
        records.free.clear()
        records.reached.clear()
        removing = asyncio.create_task(installed.removed(TEAM, NOW + timedelta(seconds=1)))
        await records.reached.wait()
        installing = asyncio.create_task(installed.install(self.anew()))
        await asyncio.wait({installing}, timeout=0.3)  # it may be done, or have to wait for the removal
        records.free.set()
        await asyncio.gather(removing, installing)
        assert (await installed.web(TEAM)).token == "xoxb-new"
