"""A game day with four teams and eight people, from the form to the podium."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.workspace.json_values import JsonObject
from bot.workspace.people.client import UserClient
from tests.acceptance.game_day_stage import END_IT, KILL_A_VICTIM, LOOK, DayStage, next_minute, options
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, private

SPEED = 10.0
A_SECOND = timedelta(seconds=1)
LATE = timedelta(seconds=4)
"""How late a busy machine may wake us at the hour; test_game_days.py has the hour to the second."""


async def test_from_the_form_to_the_podium(open_stage: OpenStage) -> None:
    async with open_stage(speed=SPEED) as stage:
        day = await DayStage.on(stage)
        await day.make_teams()
        form = await day.open_form()
        assert list(options(form, "teams")) == ["apes", "bears", "cats", "dogs"]
        hour = next_minute(datetime.now(UTC))
        sent = await day.lee.submit(form.id, day.filled(form, hour))
        assert sent.errors == {}
        await day.find_channels()
        async with day.watching():
            await _at_the_hour(day, hour)
            await _the_console(day)
            await _each_in_its_own_way(day)
            await _the_end(day)
        _edits_keep_their_distance(day)


async def _at_the_hour(day: DayStage, hour: datetime) -> None:
    """All are paged, and all incidents were live in the same second, at the hour."""
    people = [person for team in ("apes", "bears", "cats", "dogs") for person in day.crew(team)]
    for person in people:
        assert day.channel in {one.id for one in await person.conversations()}
        assert day.console not in {one.id for one in await person.conversations()}
    await asyncio.gather(*(day.page_of(day.crew(team)[0]) for team in ("apes", "bears", "cats", "dogs")))
    rides = await day.stage.demo.program.store.recent((await day.info()).team.id, 10)
    lives = [ride.live_at for ride in rides if ride.live_at is not None]
    assert len(lives) == 4
    assert max(lives) - min(lives) <= A_SECOND
    assert -A_SECOND <= min(lives) - hour <= LATE
    channels = {await day.incident(person) for person in people}
    assert len(channels) == 4
    await day.board(lambda m: m.words.count("🚨 live") == 4)


async def _the_console(day: DayStage) -> None:
    """Lee pauses, resumes, extends, sends a symptom, reveals a hint and speaks, in the dogs' ride."""
    tomas, _ = day.crew("dogs")
    channel = await day.incident(tomas)
    await day.click("gameday_pause", "dogs")
    await day.board(lambda m: "⏸️ paused" in m.words)
    await day.click("gameday_resume", "dogs")
    await day.board(lambda m: m.words.count("🚨 live") == 4)
    before = await _time_left(tomas, channel)
    await day.click("gameday_extend", "dogs")
    await day.lee.wait_for(day.console, lambda m: "gave *dogs* 5:00 more" in m.words, PATIENCE)
    assert await _time_left(tomas, channel) > before

    await day.click("gameday_symptom", "dogs")
    form = await day.lee.wait_for_view(lambda view: view.callback_id == "gameday_symptom_form", PATIENCE)
    text, value = next(iter(reversed(options(form, "step").items())))
    assert (await day.lee.submit(form.id, {"step": {"step": {"selected_option": {"value": value}}}})).closed
    await tomas.wait_for(channel, lambda m: text.partition(":")[0] in m.words and m.is_bot, PATIENCE)

    await day.click("gameday_hint", "dogs")
    await tomas.wait_for(channel, lambda m: "Hint 1 of 3" in m.text, PATIENCE)
    await day.click("gameday_speak", "dogs")
    form = await day.lee.wait_for_view(lambda view: view.callback_id == "gameday_speak_form", PATIENCE)
    said = {"speaker": {"speaker": {"value": "Robin"}}, "text": {"text": {"value": "Is <it> back & fine?"}}}
    assert (await day.lee.submit(form.id, said)).closed
    await tomas.wait_for(channel, lambda m: "Robin" in m.words and "&lt;it&gt; back" in m.words, PATIENCE)
    await day.lee.wait_for(
        day.console, lambda m: f"<@{day.lee.id}> spoke to *dogs* as Robin" in m.words, PATIENCE
    )


async def _time_left(person: UserClient, channel: str) -> int:
    """Seconds of ride time that the ride may still take."""
    status = await ask(person, channel, "/ride", "status", lambda m: private(m) and " left" in m.words)
    found = re.search(r"(\d+):(\d\d) left", status.words)
    assert found is not None
    return int(found[1]) * 60 + int(found[2])


async def _each_in_its_own_way(day: DayStage) -> None:
    """The apes look and end it, together; the cats take a hint; the bears kill a victim; the dogs give up."""
    dana, sam = day.crew("apes")
    ines, noor = day.crew("bears")
    kofi, _ = day.crew("cats")

    async def apes() -> None:
        await day.runs(dana, LOOK)
        await day.runs(sam, END_IT)

    async def bears() -> None:
        await day.runs(ines, KILL_A_VICTIM)
        await day.runs(noor, END_IT)

    async def cats() -> None:
        channel = await day.incident(kofi)
        await ask(kofi, channel, "/ride", "hint", lambda m: "Hint 1 of 3" in m.text)
        await day.runs(kofi, "SELECT count(*) FROM pg_stat_activity", END_IT)

    await asyncio.gather(apes(), bears(), cats())
    await day.board(lambda m: m.words.count("✅ fixed") == 3, patience=60)
    await day.click("gameday_end", "dogs")
    await day.board(lambda m: "🛑 ended early" in m.words)


async def _the_end(day: DayStage) -> None:
    podium = await day.lee.wait_for(day.channel, lambda m: "the result" in m.words, PATIENCE)
    assert "🥇 *apes* · *100* points · fixed in" in podium.words
    assert "🥈 *cats*" in podium.words
    assert "🥉 *bears*" in podium.words
    assert "▫️ *dogs*: no score" in podium.words
    assert "Medians of 3 rides" in podium.words
    assert "What each team found hard" in podium.words
    assert "*apes*\n✨ Nothing" in podium.words
    for person in day.crew("dogs"):
        await person.wait_for(day.channel, lambda m: "the result" in m.words, PATIENCE)
    await day.lee.wait_for(day.console, lambda m: "is over" in m.text and "postmortem" in m.text, PATIENCE)
    over = await ask(day.lee, day.lobby, "/ride", "gameday", private)
    assert "No game day is planned" in over.words


def _edits_keep_their_distance(day: DayStage) -> None:
    """The scoreboard was one message, and never edited twice within three seconds."""
    by_message: dict[str, list[float]] = {}
    for edit in day.edits:
        by_message.setdefault(edit.ts, []).append(edit.at)
    often = max(by_message.values(), key=len)
    assert len(often) >= 3
    # What is seen here has come a way on which one may have been held up a little.
    assert all(later - earlier > 2.7 for earlier, later in pairwise(often))


async def test_what_is_wrong_is_said_in_the_form(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        day = await DayStage.on(stage)
        no_teams = await ask(day.lee, day.lobby, "/ride", "gameday create", private)
        assert "team create" in no_teams.words
        await day.make_teams({"apes": ("dana", "sam"), "bears": ("sam", "ines"), "cats": ("kofi",)})
        refused = await ask(stage.dana, day.lobby, "/ride", "gameday create", private)
        assert "facilitator" in refused.words
        assert await stage.dana.views() == []

        form = await day.open_form()
        hour = next_minute(datetime.now(UTC)) + timedelta(hours=1)
        teams = options(form, "teams")

        def picked(*names: str) -> JsonObject:
            return {"selected_options": [{"value": teams[name]} for name in names]}

        async def wrong(moment: datetime = hour, **changes: JsonObject) -> dict[str, str]:
            values = day.filled(form, moment, **({"teams": picked("apes")} | changes))
            return (await day.lee.submit(form.id, values)).errors

        assert "passed" in (await wrong(datetime.now(UTC) - timedelta(hours=1)))["time"]
        assert "at least one incident" in (await wrong(scenarios={"selected_options": []}))["scenarios"]
        at_random = {"selected_option": {"value": "random"}}
        found = await wrong(pick=at_random, level={"selected_option": {"value": "L1"}})
        assert "no incident of level L1" in found["level"]

        async def wrong_later(what: str, **changes: JsonObject) -> None:
            """What only Slack knows is looked up after the answer, and shown in the form."""
            assert await wrong(hour, **changes) == {}
            again = await day.answer_to(form, lambda view: what in view.words)
            assert again.callback_id == "gameday_create"
            assert "filled in is still there" in again.words

        dana = stage.dana.id
        await wrong_later("in more than one", teams=picked("apes", "bears"))
        await wrong_later("facilitators can't ride", facilitators={"selected_users": [day.lee.id, dana]})
        bot = next(user.id for user in (await day.info()).users if user.is_bot)
        await wrong_later("bots and people who left", facilitators={"selected_users": [bot]})
        await day.deactivate("kofi")
        await wrong_later("Nobody in cats", teams=picked("cats"))

        # Whoever closes it meanwhile hears it in a direct message, and gets the form back from there.
        assert await wrong(teams=picked("apes", "bears")) == {}
        await day.lee.close_view(form.id)
        direct = await day.lee.wait_for_conversation(
            lambda one: one.kind == "im" and one.unread > 0, PATIENCE
        )
        told = await day.lee.wait_for(direct.id, lambda m: "in more than one" in m.words, PATIENCE)
        await day.lee.click(direct.id, told.ts, "form_again")
        form = await day.lee.wait_for_view(lambda view: view.callback_id == "gameday_create", PATIENCE)

        assert await wrong() == {}
        await day.answer_to(form, lambda view: "is planned for" in view.words)
        await day.lee.close_view(form.id)
        await day.find_channels()
        again = await day.open_form()
        values = day.filled(again, hour, name={"value": "Other"}, teams=picked("apes"))
        assert "game day Winter at that time" in (await day.lee.submit(again.id, values)).errors["teams"]

        unknown = await ask(day.lee, day.lobby, "/ride", "gameday cancel nonsense", private)
        assert "Winter" in unknown.words
        not_dana = await ask(stage.dana, day.lobby, "/ride", "gameday cancel winter", private)
        assert "facilitator" in not_dana.words
        done = await ask(day.lee, day.lobby, "/ride", "gameday cancel winter", private)
        assert "cancelled" in done.words
        await stage.dana.wait_for(day.channel, lambda m: "was cancelled" in m.text, PATIENCE)
