"""SIGTERM in the middle of something: `ride serve` ends in order, and the next one goes on."""

from signal import SIGTERM

from bot.slack.areas.statements import ABANDONED
from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.workspace.people.client import WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.ride_fixtures import ask, result_of
from tests.acceptance.ride_program import PATIENCE, Launcher, Place
from tests.acceptance.test_cli_serve import READY, settings, stops, workspace
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride

__all__ = ["workspace"]

WAITS = "UPDATE orders SET status = 'paid'"
"""In the incident, this waits for the lock."""


def waiting(place: Place) -> list[str]:
    """The titles of sandboxes' backends that run an UPDATE."""
    titles = [" ".join(process.cmdline()) for process in place.processes()]
    return [title for title in titles if "UPDATE" in title and "app_writer" not in title]


async def test_while_a_statement_waits(ride: Launcher, place: Place, workspace: Workspace) -> None:
    serving = await ride("serve", settings=settings(workspace))
    await serving.says(READY)
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        channel = await start_ride(dana)
        await paged(dana, channel)
        await dana.command(channel, "/sql", WAITS)
        await dana.wait_for(channel, lambda message: "Still running" in message.words, PATIENCE)
        assert waiting(place)
        await stops(serving)
        # Nobody waits for it any more, and its message doesn't promise an answer.
        assert waiting(place) == []
        words = [message.words for message in await dana.messages(channel)]
        assert [text for text in words if ABANDONED in text]
        assert not [text for text in words if "Still running" in text]

        again = await ride("serve", settings=settings(workspace))
        await again.says(READY)
        await ask(dana, channel, "/sql", "SELECT 4711", result_of(dana))
        await stops(again)


async def test_while_a_ride_opens(ride: Launcher, place: Place, workspace: Workspace) -> None:
    serving = await ride("serve", settings=settings(workspace))
    await serving.says(READY)
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        home = (await dana.channel("incidents")).id
        channel = await start_ride(dana)
        assert await serving.stopped_by(SIGTERM) == 0
        assert "Traceback" not in serving.said
        early = [message for message in await dana.messages(channel) if ACKNOWLEDGE in message.buttons]
        assert early == [], "it was stopped too late to show anything"

        again = await ride("serve", settings=settings(workspace))
        await again.says(READY)
        told = await dana.wait_for(
            home, lambda message: message.is_bot and "restarted" in message.words, PATIENCE
        )
        assert "alter-table-locks" in told.words
        await again.says("sandbox removed|Ride is ready")
        second = await start_ride(dana)
        await paged(dana, second)
        assert len(list(place.sandboxes.iterdir())) == 1
        await dana.command(second, "/ride", "stop")
        await again.says("sandbox removed")
        await stops(again)
    assert place.leftovers() == []


async def test_while_the_end_is_told(ride: Launcher, place: Place, workspace: Workspace) -> None:
    serving = await ride("serve", settings=settings(workspace))
    await serving.says(READY)
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        home = (await dana.channel("incidents")).id
        channel = await start_ride(dana)
        await paged(dana, channel)
        await dana.command(channel, "/sql", BLOCKER)
        await serving.says("resolved")
        assert await serving.stopped_by(SIGTERM) == 0
        assert "Traceback" not in serving.said

        again = await ride("serve", settings=settings(workspace))
        await dana.wait_for(home, lambda message: channel in message.text and message.is_bot, PATIENCE)
        await again.says(READY)
        texts = [message.text for message in await dana.messages(channel) if message.is_bot]
        assert sum("Postmortem" in text for text in texts) == 1
        await stops(again)
    assert place.leftovers() == []
