"""Ride's own database is held by another program in the middle of a ride, as by a back-up: in the demo."""

from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, result_of
from tests.acceptance.test_ride import END_IT
from tests.integration.lock_holder import held


async def test_a_ride_goes_on_while_the_database_is_held(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        channel = incident.channel
        async with held(stage.demo.settings.storage_url()):
            # What people do in PostgreSQL is answered at once; that it is over can't be written down yet.
            await ask(dana, channel, "/sql", END_IT, result_of(dana))
            told = await dana.wait_for(
                channel, lambda m: "can't write to its own database" in m.text, PATIENCE
            )
            assert "another program holds a lock" in told.text
            assert not any("Postmortem" in m.text for m in await dana.messages(channel))
        await dana.wait_for(channel, lambda m: "Ride can write again" in m.text, PATIENCE)
        postmortem = await dana.wait_for(channel, lambda m: "Postmortem" in m.text, PATIENCE)
        assert "Root cause" in postmortem.words
        said = [m.text for m in await dana.messages(channel)]
        assert (
            sum("can't write" in text for text in said)
            == sum("Ride can write again" in text for text in said)
            == 1
        )
