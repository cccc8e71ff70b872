"""Leaderboards and the App Home, as people of the workspace meet them after real rides."""

from bot.slack.messages.home import START
from bot.workspace.people.client import UserClient
from tests.acceptance.ride_fixtures import PATIENCE, Incident, OpenStage, Stage, ask, private, result_of
from tests.acceptance.test_ride import END_IT

WHO_BLOCKS = (
    "select a.pid, a.application_name, pg_blocking_pids(a.pid) from pg_stat_activity a "
    "where cardinality(pg_blocking_pids(a.pid)) > 0"
)


async def fixes(stage: Stage, person: UserClient, *looks: str) -> Incident:
    """Ride an incident to its end: look, then end the blocker."""
    incident = await stage.start(person)
    for statement in (*looks, END_IT):
        await ask(person, incident.channel, "/sql", statement, result_of(person))
    await told_the_result(person, incident)
    return incident


async def told_the_result(person: UserClient, incident: Incident) -> None:
    await person.wait_for(incident.home, lambda m: incident.channel in m.text, PATIENCE)


async def test_two_ride_and_practice_does_not_count(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana, sam = stage.dana, stage.sam
        club = (await dana.channel("ride-club")).id
        assert "first place is free" in (await ask(dana, club, "/ride", "leaderboard", private)).words
        await fixes(stage, dana, "select pid, state from pg_stat_activity", WHO_BLOCKS)
        await fixes(stage, sam)
        board = (await ask(sam, club, "/ride", "leaderboard", private)).words
        first, second = f"🥇 <@{dana.id}>", f"🥈 *<@{sam.id}>* (you)"
        assert board.index(first) < board.index(second)

        # Sam has read the postmortem now: a perfect second ride is practice.
        await fixes(stage, sam, "select pid, state from pg_stat_activity", WHO_BLOCKS)
        again = (await ask(sam, club, "/ride", "leaderboard alter-table-locks", private)).words
        assert again.index(first) < again.index(second)
        lines = [line for line in board.splitlines() if sam.id in line]
        assert lines[0].split(" · ")[1] in again, "the points of the first ride"
        assert "first place is free" in (await ask(sam, club, "/ride", "leaderboard team", private)).words
        seen = await ask(sam, club, "/ride", "leaderboard since yesteryear", private)
        assert "can't read `yesteryear`" in seen.words

        await sam.open_home()
        home = await sam.wait_for_home(lambda view: "(practice)" in view.words, PATIENCE)
        assert "My last 2 scores" in home.words
        assert "🥈 on the leaderboard, of 2 people" in home.words


async def test_from_the_home_into_a_ride_and_back(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        ines = stage.people["ines"]
        await ines.open_home()
        home = await ines.wait_for_home(lambda view: START in view.buttons, PATIENCE)
        assert "you get the page" in home.words
        await ines.click_in(home.id, START)
        direct = await ines.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)
        await ines.wait_for(direct.id, lambda m: "Opening an incident channel" in m.text, PATIENCE)
        opened = await ines.wait_for_conversation(lambda one: one.name.startswith("inc-"), PATIENCE)
        await ines.wait_for_home(lambda view: f"<#{opened.id}>" in view.words, PATIENCE)

        await ines.wait_for(opened.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        await ask(ines, opened.id, "/sql", END_IT, result_of(ines))
        after = await ines.wait_for_home(lambda view: "My rides" in view.words, PATIENCE)
        assert "✅ resolved" in after.words
        await ines.wait_for(direct.id, lambda m: "/100" in m.text, PATIENCE)
        scored = await ines.wait_for_home(lambda view: "/100" in view.words, PATIENCE)
        assert "you know them all" in scored.words


async def test_who_may_do_what(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana, lee, sam = stage.dana, stage.people["lee"], stage.sam
        club = (await dana.channel("ride-club")).id

        async def told(person: UserClient, text: str) -> str:
            return (await ask(person, club, "/ride", text, private)).words

        await told(dana, "team create payments @sam @ines")
        guarded = (
            "start alter-table-locks @sam",
            "start alter-table-locks for payments",
            "drill payments between 09:00 and 17:00 tomorrow",
            "gameday create",
            "quiet everybody from 2036-12-24 to 2036-12-26",
        )
        for command in guarded:
            assert "Only facilitators and admins can" in await told(dana, command), command
        assert "Only admins of this workspace can" in await told(dana, "facilitator add @dana")
        assert "drill payments" not in await told(dana, "help")
        assert "facilitator add" not in await told(dana, "help")

        # Lee administers the workspace, as Slack says.
        assert f"<@{dana.id}> is now a facilitator" in await told(lee, "facilitator add @dana")
        assert "Only admins of this workspace can" in await told(dana, "facilitator add @sam")
        assert "drill payments" in await told(dana, "help")
        assert "facilitator add" not in await told(dana, "help")
        assert "facilitator add" in await told(lee, "help")
        assert f"Facilitators: <@{dana.id}>" in await told(sam, "facilitator list")
        for command in guarded[-1:]:
            assert "Only facilitators and admins can" not in await told(dana, command)
        assert f"<@{dana.id}> is no longer a facilitator" in await told(lee, "facilitator remove @dana")
        assert "Only facilitators and admins can" in await told(dana, guarded[0])
