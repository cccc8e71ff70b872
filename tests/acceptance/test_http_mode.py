"""Over HTTP, as people of two workspaces live it: the pages of installing, riding, and removing the app."""

import asyncio

from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.workspace.people.client import UserClient
from tests.acceptance.http_stage import HttpStage, OpenHttpStage, Town
from tests.acceptance.ride_fixtures import PATIENCE, Incident, ask, result_of

END_IT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migration_runner%'"
)


async def ride(town: Town, person: UserClient) -> Incident:
    """From the page to the postmortem."""
    incident = await town.start(person)
    await person.click(incident.channel, incident.page.ts, ACKNOWLEDGE)
    await ask(person, incident.channel, "/sql", END_IT, result_of(person))
    await person.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
    return incident


async def gone(stage: HttpStage, town: Town) -> None:
    """Until nothing of a workspace is under way."""
    changed, store = asyncio.Event(), stage.program.store
    stage.program.rides.watch(lambda _: changed.set())
    async with asyncio.timeout(PATIENCE):
        while any(one.workspace == town.id for one in await store.unfinished()):
            await changed.wait()
            changed.clear()


async def test_two_workspaces_install_it_and_ride_at_once(open_http_stage: OpenHttpStage) -> None:
    async with open_http_stage() as stage:
        harbor, quay = stage.harbor, stage.quay
        pages = [await stage.install(town) for town in (harbor, quay)]
        assert [page.status for page in pages] == [200, 200]
        assert "Ride is now in Harbor" in pages[0].text
        assert "Ride is now in Quay" in pages[1].text
        assert harbor.dana.id == quay.dana.id
        incidents = await asyncio.gather(ride(harbor, harbor.dana), ride(quay, quay.dana))
        for town, incident in zip((harbor, quay), incidents, strict=True):
            record = await stage.program.store.by_channel(town.id, incident.channel)
            assert record is not None
            assert (record.workspace, record.state) == (town.id, "resolved")


async def test_who_declines_has_nothing_installed(open_http_stage: OpenHttpStage) -> None:
    async with open_http_stage() as stage:
        page = await stage.install(stage.harbor, allow=False)
        assert "was not installed" in page.text
        again = await stage.install(stage.harbor)
        assert "Ride is now in Harbor" in again.text


async def test_a_workspace_that_removes_it_has_nothing_going_on(open_http_stage: OpenHttpStage) -> None:
    async with open_http_stage() as stage:
        harbor, quay = stage.harbor, stage.quay
        for town in (harbor, quay):
            await stage.install(town)
        here, there = await asyncio.gather(harbor.start(harbor.dana), quay.start(quay.dana))
        before = [one.ts for one in await harbor.dana.messages(here.channel)]
        await harbor.client.uninstall()
        await gone(stage, harbor)
        record = await stage.program.store.by_channel(harbor.id, here.channel)
        assert record is not None
        assert record.state == "void"
        assert [one.ts for one in await harbor.dana.messages(here.channel)] == before, "nothing is said"
        steps = await stage.program.store.steps(record.id)
        assert all(step.cancelled or step.sent_at is not None for step in steps)

        await ask(quay.dana, there.channel, "/sql", END_IT, result_of(quay.dana))
        await quay.dana.wait_for(there.channel, lambda m: "Postmortem" in m.text, PATIENCE)

        assert "Ride is now in Harbor" in (await stage.install(harbor)).text
        assert (await harbor.start(harbor.dana)).channel != here.channel
