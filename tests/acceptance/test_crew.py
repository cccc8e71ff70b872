"""Riding together, as people of the workspace do it: a role for each, by click, and updates in a form."""

from bot.slack.messages.crew import ETA, KNOWN, NEXT, ROLE, UPDATE_FORM, WRITE_UPDATE
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, private, result_of
from tests.acceptance.test_ride import END_IT


async def test_two_people_of_whom_one_was_not_named_each_do_their_part(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        lee, dana, ines = stage.people["lee"], stage.dana, stage.people["ines"]
        # Lee administers the workspace: only so may somebody start for others.
        home = (await lee.channel("incidents")).id
        await lee.command(home, "/ride", "start alter-table-locks @dana")
        opened = await dana.wait_for_conversation(lambda one: one.name.startswith("inc-"), PATIENCE)
        channel = opened.id
        board = await dana.wait_for(channel, lambda m: f"{ROLE}:commander" in m.buttons, PATIENCE)

        whoami = "select session_user as me"
        one = await ask(dana, channel, "/sql", whoami, result_of(dana))
        other = await ask(lee, channel, "/sql", whoami, result_of(lee))
        assert (" dana" in one.text, " lee" in other.text) == (True, True)
        refused = await ask(ines, home, "/ride", "start alter-table-locks @sam", private)
        assert "facilitator" in refused.words

        await lee.click(channel, board.ts, f"{ROLE}:commander")
        await dana.wait_for(
            channel, lambda m: m.ts == board.ts and f"commander*: <@{lee.id}>" in m.words, PATIENCE
        )
        await dana.click(channel, board.ts, f"{ROLE}:commander")
        await lee.wait_for(
            channel, lambda m: m.ts == board.ts and f"commander*: <@{dana.id}>" in m.words, PATIENCE
        )

        await lee.command(channel, "/ride", "update")
        form = await lee.wait_for_view(lambda view: view.callback_id == UPDATE_FORM, PATIENCE)
        wrong = await lee.submit(
            form.id, {KNOWN: {"typed": {"value": "Orders"}}, ETA: {"typed": {"value": "soon"}}}
        )
        assert "minutes" in wrong.errors[ETA]
        filled = {
            KNOWN: {"typed": {"value": "Orders hang behind a migration."}},
            ETA: {"typed": {"value": "10"}},
            NEXT: {"typed": {"value": "5"}},
        }
        assert (await lee.submit(form.id, filled)).closed
        posted = await dana.wait_for(channel, lambda m: "Status update" in m.words, PATIENCE)
        assert "in about 10 min" in posted.words

        await ask(dana, channel, "/sql", END_IT, result_of(dana))
        told = await dana.wait_for(channel, lambda m: "Postmortem" in m.text, PATIENCE)
        assert f"<@{dana.id}>: incident commander, 2 statements" in told.words
        assert f"<@{lee.id}>: incident commander, 1 statement, 1 status update" in told.words


async def test_a_manager_who_asks_is_answered_in_a_modal(open_stage: OpenStage) -> None:
    async with open_stage(speed=60) as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        channel = incident.channel
        asked = await dana.wait_for(channel, lambda m: WRITE_UPDATE in m.buttons, PATIENCE)
        assert "Kim" in asked.words
        await dana.click(channel, asked.ts, WRITE_UPDATE)
        form = await dana.wait_for_view(lambda view: view.callback_id == UPDATE_FORM, PATIENCE)
        assert (await dana.submit(form.id, {KNOWN: {"typed": {"value": "A lock. <!channel>"}}})).closed
        posted = await dana.wait_for(channel, lambda m: "Status update" in m.words, PATIENCE)
        assert "don't know yet" in posted.words
        assert "<!channel>" not in posted.words
        await dana.wait_for(
            channel, lambda m: m.ts == asked.ts and f"Answered by <@{dana.id}>" in m.words, PATIENCE
        )


async def test_a_team_is_paged_until_somebody_of_it_is_there(open_stage: OpenStage) -> None:
    async with open_stage(speed=30) as stage:
        dana, sam = stage.dana, stage.sam
        home = (await dana.channel("incidents")).id
        await ask(dana, home, "/ride", "team create payments @dana @sam", private)
        said = await ask(dana, home, "/ride", "start alter-table-locks for paymnts", private)
        assert "payments" in said.words
        started = await ask(dana, home, "/ride", "start alter-table-locks for payments", private)
        assert f"payments, <@{dana.id}> first" in started.words
        # The other one of the team is in the channel from the start, and paged when nobody answers.
        opened = await sam.wait_for_conversation(lambda one: one.name.startswith("inc-"), PATIENCE)
        page = await sam.wait_for(opened.id, lambda m: "nobody has acknowledged" in m.words, PATIENCE)
        assert f"<@{sam.id}>" in page.words
        direct = await sam.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)
        await sam.wait_for(direct.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        await sam.click(opened.id, page.ts, "acknowledge")
        await sam.wait_for(
            opened.id, lambda m: m.ts == page.ts and f"Acknowledged by <@{sam.id}>" in m.words, PATIENCE
        )
        answer = await ask(sam, opened.id, "/sql", "select session_user as me", result_of(sam))
        assert " sam" in answer.text
        await ask(sam, opened.id, "/sql", END_IT, result_of(sam))
        told = await dana.wait_for(opened.id, lambda m: "Postmortem" in m.text, PATIENCE)
        story = await dana.wait_for(
            opened.id, lambda m: "Nobody had acknowledged" in m.words, PATIENCE, thread_ts=told.ts
        )
        assert story is not None
