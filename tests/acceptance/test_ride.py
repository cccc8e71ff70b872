"""A ride as people of the workspace live it: real Socket Mode, real engine, real PostgreSQL."""

import asyncio
import re

import psycopg
import pytest

from bot.cli.autopilot import Script, brisk, play
from bot.slack.messages.buttons import ACKNOWLEDGE, CANCEL_SQL, EXPORT, START_AGAIN, STOP_RIDE
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import load_proof, proof_names
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, Stage, ask, private, result_of

CATALOGUE = Catalogue()
PROOFS = [(slug, name) for slug in CATALOGUE.slugs() for name in proof_names(CATALOGUE.load(slug))]
END_IT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migration_runner%'"
)


@pytest.mark.parametrize(("slug", "name"), PROOFS)
async def test_a_proof_gets_its_card(open_stage: OpenStage, slug: str, name: str) -> None:
    scenario = CATALOGUE.load(slug)
    proof = load_proof(scenario, name)
    script = Script(scenario=scenario, proof=proof, speed=brisk(proof))
    heard: list[str] = []
    async with open_stage(speed=script.speed) as stage:
        verdict = await play(stage.demo.workspace.url, script, stage.demo.program.store, heard.append)
    assert verdict.differences == (), "\n".join(heard)


async def test_from_the_page_to_the_postmortem(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        card = next(m for m in await dana.messages(incident.channel) if not m.subtype)
        assert await dana.pinned(incident.channel) == [card.ts]
        assert "migration" not in card.words.lower()
        assert f"<@{dana.id}>" in incident.page.text

        direct = await dana.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)
        await dana.wait_for(direct.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        await dana.click(incident.channel, incident.page.ts, ACKNOWLEDGE)
        await dana.wait_for(
            incident.channel, lambda m: m.ts == incident.page.ts and "Acknowledged by" in m.words, PATIENCE
        )

        looked = await ask(
            dana, incident.channel, "/sql", "select count(*) from pg_stat_activity", result_of(dana)
        )
        assert "(1 row)" in looked.text
        await ask(dana, incident.channel, "/ride", "hint", lambda m: "Hint 1 of 3" in m.text)
        await ask(dana, incident.channel, "/sql", END_IT, result_of(dana))
        postmortem = await dana.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
        for words in ("Root cause", "ACCESS EXCLUSIVE", "lock_timeout", "100"):
            assert words in postmortem.words
        story = await dana.wait_for(
            incident.channel, lambda m: m.ts != postmortem.ts, PATIENCE, thread_ts=postmortem.ts
        )
        assert "hint" in story.words.lower()
        told = await dana.wait_for(incident.home, lambda m: incident.channel in m.text, PATIENCE)
        assert "/100" in told.text
        await the_page_comes_to_who_rode(stage, incident.channel, postmortem.ts)


async def the_page_comes_to_who_rode(stage: Stage, channel: str, postmortem: str) -> None:
    """The button sends it to the one who clicked, and to nobody else."""
    dana = stage.dana
    direct = await dana.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)
    await dana.click(channel, postmortem, EXPORT)
    sent = await dana.wait_for(direct.id, lambda m: bool(m.files), PATIENCE)
    [file] = sent.files
    page = (await dana.file(file.id)).decode()
    assert file.name.endswith(".md")
    assert page.startswith("# Postmortem: ALTER TABLE locks production\n")
    assert f"```sql\n{END_IT}\n```" in page
    assert "## What happened when" in page
    await dana.wait_for(channel, lambda m: private(m) and "in your direct messages" in m.words, PATIENCE)
    assert not [m for m in await dana.messages(channel) if any(f.name.endswith(".md") for f in m.files)]


async def test_a_statement_that_blocks_can_be_cancelled_by_its_author(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana, sam = stage.dana, stage.sam
        incident = await stage.start(dana, "start alter-table-locks @dana @sam")
        channel = incident.channel
        running = await ask(dana, channel, "/sql", r"\d orders", lambda m: CANCEL_SQL in m.buttons)
        assert "Lock/relation" in running.words
        assert "migration_runner" in running.words
        await sam.click(channel, running.ts, CANCEL_SQL)
        await sam.wait_for(channel, lambda m: private(m) and f"<@{dana.id}>" in m.text, PATIENCE)
        await dana.click(channel, running.ts, CANCEL_SQL)
        done = await dana.wait_for(channel, lambda m: m.ts == running.ts and "57014" in m.words, PATIENCE)
        assert CANCEL_SQL not in done.buttons


async def test_in_a_thread_the_bot_is_mentioned(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        thread = incident.page.ts
        await dana.say(incident.channel, "@ride sql\n```\nselect 40 + 2 as answer\n```", thread_ts=thread)
        answer = await dana.wait_for(incident.channel, result_of(dana), PATIENCE, thread_ts=thread)
        assert "42" in answer.text
        await dana.say(incident.channel, "@ride status", thread_ts=thread)
        status = await dana.wait_for(
            incident.channel, lambda m: private(m) and "left" in m.words, PATIENCE, thread_ts=thread
        )
        assert "Acknowledged by" in status.words


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("start alter-tables-lock", "alter-table-locks"),
        ("strat alter-table-locks", "start"),
        ("", "start"),
        ("help", "connect"),
        ("list", "ALTER TABLE locks production"),
        ("status", "ride"),
        ("start alter-table-locks @ride", "ride"),
    ],
)
async def test_a_private_answer_that_helps(open_stage: OpenStage, typed: str, told: str) -> None:
    async with open_stage() as stage:
        home = (await stage.dana.channel("general")).id
        answer = await ask(stage.dana, home, "/ride", typed, private)
        assert told in answer.words
        assert not any(message.is_bot for message in await stage.sam.messages(home) if not message.subtype)


async def test_those_outside_are_refused(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana, sam = stage.dana, stage.sam
        incident = await stage.start(dana)
        assert incident.channel not in {one.id for one in await sam.conversations()}
        refused = await ask(sam, incident.home, "/sql", "select 1", private)
        assert "ran" not in refused.text
        again = await ask(dana, incident.home, "/ride", "start alter-table-locks", private)
        assert incident.channel in again.words
        elsewhere = await ask(dana, incident.home, "/sql", "select 1", private)
        assert incident.channel in elsewhere.words


async def test_the_dsn_is_for_one_person_alone(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana, sam = stage.dana, stage.sam
        incident = await stage.start(dana, "start alter-table-locks @dana @sam")
        dsns = []
        for person in (dana, sam):
            told = await ask(person, incident.channel, "/ride", "connect", private)
            found = re.search(r"postgresql://[^\s`\"]+", told.words)
            assert found is not None
            dsns.append(found[0])
            async with await psycopg.AsyncConnection.connect(found[0]) as connection:
                cursor = await connection.execute("SELECT session_user::text")
                assert await cursor.fetchone() == (person.user.name,)
        passwords = {psycopg.conninfo.conninfo_to_dict(dsn)["password"] for dsn in dsns}
        assert len(passwords) == 2
        for person in (dana, sam):
            seen = " ".join(m.words for m in await person.messages(incident.channel))
            assert sum(str(password) in seen for password in passwords) == 1


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("slect 1", "LINE 1: slect 1\n        ^"),
        ("select repeat('x', 1000000000)", "memory"),
        ("select E'a\\nb', '🎉' as emoji, '<!channel>' as mention", "🎉"),
        ("select 'a\x00b'", ""),
        ("select pg_terminate_backend(pg_backend_pid())", ""),
    ],
)
async def test_bad_input_gets_a_clear_message(open_stage: OpenStage, typed: str, shown: str) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        answer = await ask(dana, incident.channel, "/sql", typed, lambda m: result_of(dana)(m) or private(m))
        assert shown in answer.words
        assert "<!channel>" not in answer.words
        after = await ask(dana, incident.channel, "/sql", "select 6 * 7 as after", result_of(dana))
        assert "42" in after.text


async def test_a_shell_is_out_of_reach_and_costs(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        refused = await ask(dana, incident.channel, "/sql", r"\! id", private)
        assert "uid=" not in refused.words
        await ask(dana, incident.channel, "/sql", END_IT, result_of(dana))
        postmortem = await dana.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
        assert "10/20" in postmortem.words


async def test_a_large_result_comes_as_a_file(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        answer = await ask(
            dana,
            incident.channel,
            "/sql",
            "select g, md5(g::text) from generate_series(1, 150) g",
            result_of(dana),
        )
        told = await dana.wait_for(incident.channel, lambda m: bool(m.files), PATIENCE, thread_ts=answer.ts)
        content = (await dana.file(told.files[0].id)).decode()
        assert "(150 rows)" in content


async def test_stop_ends_the_ride_for_all(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        await dana.command(incident.channel, "/ride", "stop")
        await dana.wait_for(incident.home, lambda m: incident.channel in m.text and m.is_bot, PATIENCE)
        over = await ask(dana, incident.channel, "/sql", "select 1", private)
        assert "over" in over.text.lower() or "ended" in over.text.lower()
        second = await stage.start(dana)
        assert second.channel != incident.channel


async def test_stop_asks_first_where_others_ride_too(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana, sam = stage.dana, stage.sam
        incident = await stage.start(dana, "start alter-table-locks @dana @sam")
        channel = incident.channel
        asked = await ask(dana, channel, "/ride", "stop", lambda m: STOP_RIDE in m.buttons)
        assert private(asked)
        assert f"<@{sam.id}>" in asked.words
        going_on = await ask(sam, channel, "/sql", "select 1", result_of(sam))
        assert "(1 row)" in going_on.text
        await dana.click(channel, asked.ts, STOP_RIDE)
        over = await sam.wait_for(channel, lambda m: START_AGAIN in m.buttons, PATIENCE)
        assert f"Stopped by <@{dana.id}>" in over.text
        told = await dana.wait_for(incident.home, lambda m: "stopped by" in m.text, PATIENCE)
        assert f"<@{dana.id}>" in told.text


async def test_two_rides_at_once_are_apart(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        one, two = await asyncio.gather(stage.start(stage.dana), stage.start(stage.sam))
        await ask(stage.dana, one.channel, "/sql", END_IT, result_of(stage.dana))
        await stage.dana.wait_for(one.channel, lambda m: "Postmortem" in m.text, PATIENCE)
        still = await ask(
            stage.sam,
            two.channel,
            "/sql",
            "select count(*) as waiting from pg_stat_activity where wait_event_type = 'Lock'",
            result_of(stage.sam),
        )
        assert "4" in still.text
