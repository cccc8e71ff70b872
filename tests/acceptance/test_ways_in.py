"""A refused invite and an archived channel, as people of the workspace meet them: each has a way on."""

from bot.slack.messages.buttons import LET_IN, OPEN_ANEW
from bot.workspace.people.client import WorkspaceClient
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, private, result_of
from tests.acceptance.test_ride import END_IT


async def test_who_could_not_be_invited_gets_in_and_a_ride_whose_channel_is_archived_goes_on(
    open_stage: OpenStage,
) -> None:
    async with open_stage() as stage, WorkspaceClient(stage.demo.workspace.url) as admin:
        dana, home = stage.dana, (await stage.dana.channel("incidents")).id
        await admin.change_person("dana", invite_refusal="user_is_restricted")
        await dana.command(home, "/ride", "start alter-table-locks")
        direct = (await dana.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)).id
        page = await dana.wait_for(direct, lambda m: LET_IN in m.buttons, PATIENCE)
        refused = await ask(dana, home, "/ride", "invite", private)
        assert "user_is_restricted" in refused.words
        await admin.change_person("dana", invite_refusal="none")
        await dana.click(direct, page.ts, LET_IN)
        assert f"<@{dana.id}>: they are a guest" in page.words
        first = await dana.wait_for_conversation(lambda one: one.name.startswith("inc-"), PATIENCE)
        await dana.wait_for(direct, lambda m: m.ts == page.ts and LET_IN not in m.buttons, PATIENCE)

        await dana.archive(first.id)
        await dana.command(home, "/ride", "hint")
        gone = await dana.wait_for(direct, lambda m: OPEN_ANEW in m.buttons, PATIENCE)
        assert "this channel is archived" in gone.words
        await dana.click(direct, gone.ts, OPEN_ANEW)
        second = await dana.wait_for_conversation(
            lambda one: one.name.startswith("inc-") and one.id != first.id, PATIENCE
        )
        assert second.name == f"{first.name}-2"
        await dana.wait_for(second.id, lambda m: "Hint 1 of" in m.words, PATIENCE)
        await ask(dana, second.id, "/sql", END_IT, result_of(dana))
        told = await dana.wait_for(second.id, lambda m: "Postmortem" in m.text, PATIENCE)
        assert "Fix 40/40" in told.words
        await stage.demo.program.rides.wait_idle()
