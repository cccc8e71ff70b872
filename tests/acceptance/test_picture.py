"""The postmortem's picture, as the people of the channel see it."""

import struct

from bot.slack.messages.buttons import ACKNOWLEDGE
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, result_of
from tests.acceptance.test_ride import END_IT


async def test_a_ride_ends_with_a_picture(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        await dana.click(incident.channel, incident.page.ts, ACKNOWLEDGE)
        await ask(dana, incident.channel, "/sql", END_IT, result_of(dana))
        postmortem = await dana.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
        shown = await dana.wait_for(incident.channel, lambda m: bool(m.files), PATIENCE)
        assert shown.thread_ts is None, "in the channel, not in a thread"
        assert shown.ts > postmortem.ts
        [file] = shown.files
        assert file.is_image
        assert file.width == 1080
        assert "Writes fell from" in file.alt_text
        assert "dana ends the migration: the fix" in file.alt_text
        assert "Writes were back at" in file.alt_text
        content = await dana.file(file.id)
        assert content.startswith(b"\x89PNG")
        assert struct.unpack(">I", content[16:20]) == (1080,)
