"""Several workspaces behind one Web API: OAuth, whose token sees what, and an app that is removed."""

from collections.abc import AsyncIterator, Awaitable
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.errors import ControlError, InvalidManifestError
from bot.workspace.people.client_browser import Browser, NotOfferedError
from bot.workspace.server import Workspace
from bot.workspace.slack import Slack
from tests.integration.slack_stage import Stage, staged
from tests.integration.workspace_fixtures import manifest


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        yield stage


async def code_of(call: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_two_workspaces_install_it(stage: Stage) -> None:
    harbor = await stage.install(stage.harbor)
    quay = await stage.install(stage.quay, "dana")
    one, other = await harbor.auth_test(), await quay.auth_test()
    assert (one["team"], other["team"]) == ("Harbor", "Quay & Sons")
    assert one["team_id"] != other["team_id"]
    assert one["user_id"] == other["user_id"], "they have the same seed"
    assert harbor.token != quay.token


async def test_what_comes_with_a_token(stage: Stage) -> None:
    info = await stage.quay.info()
    dana = await stage.quay.as_user("dana")
    await stage.quay.install(stage.app.install_url, "dana")
    assert stage.app.came_back[-1]["state"] == "s1"
    got = await stage.app.token()
    registration = stage.app.registration
    assert got.pop("access_token").startswith("xoxb-")
    assert got.pop("bot_user_id") in {user.id for user in (await stage.quay.info()).users if user.is_bot}
    assert got == {
        "ok": True,
        "token_type": "bot",
        "scope": stage.app.scope,
        "app_id": registration.app_id,
        "team": {"id": info.team.id, "name": "Quay & Sons"},
        "enterprise": None,
        "authed_user": {"id": dana.id},
        "is_enterprise_install": False,
    }


async def test_ids_that_are_the_same_lead_nowhere_else(stage: Stage) -> None:
    harbor, quay = await stage.install(stage.harbor), await stage.install(stage.quay)
    dana, namesake = await stage.harbor.as_user("dana"), await stage.quay.as_user("dana")
    assert dana.id == namesake.id
    here, there = await dana.create_channel("inc-1"), await namesake.create_channel("inc-1")
    assert here == there
    only = await dana.create_channel("inc-2")
    await dana.join(only, bring="echo")
    await harbor.chat_postMessage(channel=only, text="ours")
    assert await code_of(quay.chat_postMessage(channel=only, text="theirs?")) == "channel_not_found"
    await dana.join(here, bring="echo")
    await harbor.chat_postMessage(channel=here, text="ours")
    assert [one.text for one in await namesake.messages(there) if one.is_bot] == []


async def test_commands_name_their_workspace(stage: Stage) -> None:
    teams = []
    for client in (stage.harbor, stage.quay):
        await stage.install(client)
        dana = await client.as_user("dana")
        await dana.command((await dana.channel("general")).id, "/raw")
        teams.append((await client.info()).team.id)
    assert stage.app.commands == teams


async def test_a_code_is_good_once(stage: Stage) -> None:
    await stage.install(stage.quay)
    assert await code_of(stage.app.token()) == "invalid_code"


async def test_a_code_is_good_for_ten_minutes() -> None:
    now = 1_764_000_000.0
    async with staged(clock=lambda: now) as stage:
        await stage.harbor.install(stage.app.install_url, "lee")
        now += 599
        await stage.app.token()
        await stage.harbor.install(stage.app.install_url, "lee")
        now += 601
        assert await code_of(stage.app.token()) == "invalid_code"


async def test_wrong_credentials_get_no_token(stage: Stage) -> None:
    await stage.harbor.install(stage.app.install_url, "lee")
    assert await code_of(stage.app.token(client_secret="guessed")) == "bad_client_secret"
    assert await code_of(stage.app.token(client_id="1.1")) == "invalid_client_id"
    assert await code_of(stage.app.token(grant_type="password")) == "invalid_grant_type"
    assert await code_of(stage.app.token(code="1.1.1")) == "invalid_code"
    await stage.app.token()


async def test_credentials_in_the_header(stage: Stage) -> None:
    await stage.harbor.install(stage.app.install_url, "lee")
    registration, form = stage.app.registration, {"code": stage.app.came_back[-1]["code"]}
    answers = []
    async with aiohttp.ClientSession() as session:
        for secret in ("guessed", registration.client_secret):
            header = aiohttp.encode_basic_auth(registration.client_id, secret)
            async with session.post(
                f"{stage.slack.api_url}oauth.v2.access", data=form, headers={"Authorization": header}
            ) as response:
                answers.append((await response.json()).get("error"))
    assert answers == ["bad_client_secret", None]


async def test_the_address_has_to_be_the_same_again(stage: Stage) -> None:
    stage.app.redirect_uri = f"{stage.app.url}/done"
    await stage.harbor.install(stage.app.install_url, "lee")
    assert await code_of(stage.app.token(redirect_uri=f"{stage.app.url}/else")) == "bad_redirect_uri"
    await stage.harbor.install(stage.app.install_url, "lee")
    await stage.app.token()


async def test_an_address_beneath_the_configured_one_will_do(stage: Stage) -> None:
    stage.app.redirect_uri = f"{stage.app.url}/done/done?from=x"
    await stage.install(stage.harbor)
    assert stage.app.came_back[-1]["from"] == "x"


async def test_who_cancels_installs_nothing(stage: Stage) -> None:
    page = await stage.harbor.install(stage.app.install_url, "lee", allow=False)
    assert page.text == "Thank you"
    assert stage.app.came_back == [{"error": "access_denied", "state": "s1"}]
    with pytest.raises(ControlError, match="No app"):
        await stage.harbor.uninstall()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"redirect_uri": "http://127.0.0.1:1/slack/done"}, "bad_redirect_uri"),
        ({"redirect_uri": "{url}/else"}, "bad_redirect_uri"),
        ({"redirect_uri": "{url}/done-else"}, "bad_redirect_uri"),
        ({"redirect_uri": "{url}/done/%2e%2e/else"}, "bad_redirect_uri"),
        ({"redirect_uri": "{url}/done#else"}, "bad_redirect_uri"),
        ({"scope": "chat:write,admin"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
async def test_what_can_not_be_allowed(stage: Stage, changed: dict[str, str | None], code: str) -> None:
    for name, value in changed.items():
        setattr(stage.app, name, value and value.replace("{url}", stage.app.url))
    with pytest.raises(NotOfferedError, match=code):
        await stage.harbor.install(stage.app.install_url, "lee")


async def test_only_people_of_the_workspace_can_allow_it(stage: Stage) -> None:
    team, other = (await stage.harbor.info()).team.id, (await stage.quay.info()).team.id
    async with Browser(stage.app.install_url) as browser:
        page = await browser.asked(stage.app.install_url)
        for nobody in (f"{team}/U404", f"{team}/USLACKBOT", "/"):
            with pytest.raises(NotOfferedError):
                await browser.answer(page, person=nobody)
        query = {**parse_qs(urlsplit(page.url).query), "team": [other]}
        only = await browser.open(f"{stage.slack.authorize_url}?{urlencode(query, doseq=True)}")
    assert (f'"{team}/' in only.text, f'"{other}/' in only.text) == (False, True)


async def test_only_allowed_scopes_are_there(stage: Stage) -> None:
    stage.app.scope = "chat:write"
    harbor = await stage.install(stage.harbor)
    assert await code_of(harbor.users_list()) == "missing_scope"
    dana = await stage.harbor.as_user("dana")
    general = (await dana.channel("general")).id
    with pytest.raises(ControlError, match="not a valid command"):
        await dana.command(general, "/raw")
    stage.app.scope = "users:read,commands"
    again = await stage.install(stage.harbor)
    assert again.token == harbor.token, "the token stays, and has more scopes"
    await harbor.users_list()
    await dana.command(general, "/raw")
    assert await code_of(harbor.chat_postMessage(channel=general, text="t")) == "not_in_channel"


async def test_an_app_that_is_removed(stage: Stage) -> None:
    harbor, quay = await stage.install(stage.harbor), await stage.install(stage.quay)
    bot = (await harbor.auth_test())["user_id"]
    dana = await stage.harbor.as_user("dana")
    home = (await dana.channel("ride-club")).id
    await dana.join(home, bring="echo")
    await stage.harbor.uninstall()
    events = [await stage.app.next() for _ in range(2)]
    team = (await stage.harbor.info()).team.id
    assert {one["team_id"] for one in events} == {team}
    told = {one["event"]["type"]: one["event"] for one in events}
    assert set(told) == {"app_uninstalled", "tokens_revoked"}
    assert told["tokens_revoked"]["tokens"] == {"oauth": [], "bot": [bot]}
    assert await code_of(harbor.auth_test()) == "account_inactive"
    assert [one.deleted for one in (await stage.harbor.info()).users if one.id == bot] == [True]
    with pytest.raises(ControlError, match="not a valid command"):
        await dana.command(home, "/raw")
    await quay.auth_test()
    again = await stage.install(stage.harbor)
    assert again.token != harbor.token
    assert (await again.auth_test())["user_id"] == bot
    assert await code_of(harbor.auth_test()) == "account_inactive"
    await dana.command(home, "/raw")


async def test_a_token_that_is_given_up(stage: Stage) -> None:
    harbor = await stage.install(stage.harbor)
    assert (await harbor.auth_revoke(test=True))["revoked"] is False
    await harbor.auth_test()
    assert (await harbor.auth_revoke())["revoked"] is True
    assert (await stage.app.next())["event"]["type"] == "tokens_revoked"
    assert await code_of(harbor.auth_test()) == "account_inactive"
    assert stage.app.heard.empty(), "the app itself is not gone"


async def test_a_token_of_nobody(stage: Stage) -> None:
    assert await code_of(stage.app.client("xoxb-1").auth_test()) == "invalid_auth"
    assert await code_of(AsyncWebClient(base_url=stage.slack.api_url).auth_test()) == "not_authed"
    async with aiohttp.ClientSession() as session:
        url = f"{stage.slack.api_url}auth.test"
        async with session.post(url, data="{", headers={"Content-Type": "application/json"}) as response:
            assert (await response.json())["error"] == "invalid_json"


async def test_socket_mode_is_for_one_workspace() -> None:
    async with Slack([Workspace(), Workspace(name="Quay")]) as slack:
        with pytest.raises(InvalidManifestError, match="Request URLs"):
            slack.register(manifest())


async def test_other_sites_can_not_allow_an_app(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(
            stage.slack.authorize_url, data={}, headers={"Origin": "https://evil.example"}
        ) as response:
            assert response.status == 403
        async with session.get(f"{stage.slack.authorize_url}.css") as response:
            assert response.content_type == "text/css"
