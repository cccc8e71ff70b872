"""The stage on which tests spoil Slack's answers: a demo behind the proxy, in a workspace with a crowd."""

from bot.workspace.server import Workspace
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, private
from tests.slack_mishaps import UNKNOWN_CODE
from tests.slack_proxy import SlackProxy


async def test_a_ride_starts_through_the_proxy(open_stage: OpenStage) -> None:
    workspace = Workspace(crowd=4, rate_limits=True, outside_marketplace=True)
    async with SlackProxy() as proxy, open_stage(workspace=workspace, proxy=proxy) as stage:
        rider = stage.people["p04"]
        card = proxy.spoil("pins.add", UNKNOWN_CODE)
        incident = await stage.start(rider)
        assert (await proxy.wait_for(lambda call: call.spoiled is not None, PATIENCE)).method == "pins.add"
        assert card.done == 1
        assert proxy.counts()["conversations.create"] == 1
        posted = [call for call in proxy.calls if call.method == "chat.postMessage"]
        assert incident.channel in {call.arguments["channel"] for call in posted}
        assert not proxy.refusals()
        home = (await rider.channel("ride-club")).id
        assert "alter-table-locks" in (await ask(rider, home, "/ride", "list", private)).words
