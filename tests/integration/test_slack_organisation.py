"""A bot token of a whole organisation (Enterprise Grid): refused with words, before anybody types."""

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.base.errors import OrganisationTokenError
from bot.doctor.finding import Grade
from bot.doctor.slack_checks import look_at_token
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from tests.integration.socket_mode_server import APP_TOKEN, BOT, BOT_TOKEN, SocketModeServer, serving
from tests.slack_doubles import FakeFront

SHIP: dict[str, object] = {"user_id": BOT, "bot_id": "B0BOT", "team": "Starship", "enterprise_id": "E0SHIP"}
ORGANISATIONS: dict[str, dict[str, object]] = {
    "said": SHIP | {"team_id": "E0SHIP", "is_enterprise_install": True},
    "a workspace named beside it": SHIP | {"team_id": "T0DECK", "is_enterprise_install": True},
    "not said": SHIP | {"team_id": "E0SHIP"},
}


@pytest.fixture
async def server() -> AsyncIterator[SocketModeServer]:
    async with serving() as server:
        yield server


@pytest.fixture
def settings(server: SocketModeServer) -> SlackSettings:
    return SlackSettings(bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=f"{server.url}/api/")


@pytest.mark.parametrize("who", ORGANISATIONS.values(), ids=ORGANISATIONS)
async def test_it_is_refused_at_the_start(
    server: SocketModeServer, settings: SlackSettings, who: Mapping[str, object]
) -> None:
    server.who = dict(who)
    slack = SlackApp(settings)
    with pytest.raises(OrganisationTokenError, match=r"organisation Starship \(E0SHIP\).*one workspace"):
        await slack.serve(FakeFront())
    await slack.close()
    assert not server.of("apps.connections.open")


async def test_the_doctor_says_so(server: SocketModeServer, settings: SlackSettings) -> None:
    server.who = dict(ORGANISATIONS["said"])
    (finding,) = await look_at_token("Slack", settings, BOT_TOKEN)
    assert finding.grade is Grade.WRONG
    assert "Starship (E0SHIP)" in finding.text


async def test_one_workspace_of_an_organisation_is_as_any_other(
    server: SocketModeServer, settings: SlackSettings
) -> None:
    server.who = SHIP | {"team_id": "T0TEST", "is_enterprise_install": False}
    slack = SlackApp(settings)
    await slack.check()
    assert await slack.workspaces.bot("T0TEST") is not None
