"""`ride serve --http`: installed in two workspaces by their people, ridden in both, removed from one."""

import json
from collections.abc import AsyncIterator
from signal import SIGTERM
from urllib.parse import urlencode

import pytest

from bot.workspace.errors import ControlError
from bot.workspace.people.client import Message, UserClient, WorkspaceClient
from bot.workspace.people.client_browser import Browser
from tests.acceptance.http_program import HttpStage, over_http
from tests.acceptance.ride_fixtures import ask, private
from tests.acceptance.ride_program import PATIENCE, Launcher, Place
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride


@pytest.fixture
async def stage(ride: Launcher) -> AsyncIterator[HttpStage]:
    async with over_http(ride) as staged:
        yield staged


async def fixed(person: UserClient, channel: str) -> Message:
    """End the incident; gives the postmortem."""
    await person.command(channel, "/sql", BLOCKER)
    return await person.wait_for(channel, lambda one: "Postmortem" in one.text, PATIENCE)


async def said(person: UserClient, channel: str) -> list[str]:
    """What the bot has said, that stays."""
    return [one.ts for one in await person.messages(channel) if one.is_bot and not one.ephemeral]


async def test_two_workspaces_ride_and_one_removes_it(stage: HttpStage, place: Place) -> None:
    await stage.install(stage.harbor)
    await stage.install(stage.quay)
    dana, namesake = await stage.harbor.as_user("dana"), await stage.quay.as_user("dana")
    assert dana.id == namesake.id
    here, there = await start_ride(dana), await start_ride(namesake)
    assert here == there, "both workspaces give their channels the same ids"
    for person in (dana, namesake):
        await paged(person, here)
    assert len(list(place.sandboxes.iterdir())) == 2
    before = await said(namesake, there)

    assert "/100" in (await fixed(dana, here)).words
    assert not any("Postmortem" in one.text for one in await namesake.messages(there))
    still = await ask(namesake, there, "/ride", "status", private)
    assert "over" not in still.words
    assert before == (await said(namesake, there))[: len(before)]

    await stage.quay.uninstall()
    await stage.program.says("nothing goes on in workspace .* any more")
    last = await said(namesake, there)
    await stage.program.says(r"(?s)" + 2 * "sandbox removed.*")
    assert last == await said(namesake, there)
    with pytest.raises(ControlError, match="not a valid command"):
        await namesake.command(there, "/ride", "status")
    board = await ask(dana, (await dana.channel("general")).id, "/ride", "leaderboard", private)
    assert "dana" in board.words.lower() or dana.id in board.words

    await stage.install(stage.quay, "dana")
    again = await start_ride(namesake)
    await paged(namesake, again)
    assert again != there
    await fixed(namesake, again)
    await stage.program.says(r"(?s)" + 3 * "sandbox removed.*")
    assert await stage.program.stopped_by(SIGTERM) == 0
    assert "Traceback" not in stage.program.said, stage.program.said
    assert place.leftovers() == []


async def test_a_removal_while_nobody_is_there(stage: HttpStage, place: Place) -> None:
    """The events are lost: what Slack answers at the next start says it."""
    await stage.install(stage.harbor)
    dana = await stage.harbor.as_user("dana")
    channel = await start_ride(dana)
    await paged(dana, channel)
    assert await stage.program.stopped_by(SIGTERM) == 0
    stage.proxy.backend = ""
    await stage.harbor.uninstall()
    before = await said(dana, channel)
    await stage.begin()
    await stage.program.says("nothing goes on in workspace .* any more")
    await stage.program.says("sandbox removed")
    assert await said(dana, channel) == before
    assert await stage.program.stopped_by(SIGTERM) == 0
    assert "Traceback" not in stage.program.said, stage.program.said
    assert place.leftovers() == []


async def test_no_secret_is_told(stage: HttpStage, place: Place) -> None:
    await stage.install(stage.harbor)
    token = stage.slack.workspaces[0].bot_token
    secrets = [
        token,
        *(stage.settings[name] for name in stage.settings if "SECRET" in name or "KEYS" in name),
    ]
    dana = await stage.harbor.as_user("dana")
    await ask(dana, (await dana.channel("general")).id, "/ride", "help", private)
    assert await stage.program.stopped_by(SIGTERM) == 0
    stored = b"".join(path.read_bytes() for path in place.data.rglob("*") if path.is_file())
    for secret in secrets:
        assert secret not in stage.program.said
        assert secret.encode() not in stored


async def test_a_way_back_from_slack_that_was_not_begun_here(stage: HttpStage) -> None:
    """Somebody else's code, in a browser that didn't begin it, and a state used twice, install nothing."""
    async with Browser(stage.install_url) as one, Browser(stage.install_url) as other:
        asked = await one.asked(stage.install_url)
        person = await _choice(stage.harbor, "lee")
        # The page where it was allowed has the whole address that leads back.
        back = await one.answer(asked, person=person)
        assert back.status == 200
        for browser in (other, one):
            refused = await browser.open(back.url)
            assert (refused.status, "That did not work" in refused.text) == (400, True)
        begun = await one.asked(stage.install_url)
        state = begun.url.partition("state=")[2].partition("&")[0]
        forged = f"{stage.proxy.url}/slack/oauth_redirect?{urlencode({'code': '1.2.3', 'state': state})}"
        refused = await other.open(forged)
        assert refused.status == 400
        refused = await one.open(forged)
        assert (refused.status, "invalid_code" in refused.text) == (502, True)


async def _choice(client: WorkspaceClient, name: str) -> str:
    return f"{(await client.info()).team.id}/{(await client.as_user(name)).id}"


async def test_what_slack_did_not_sign_does_nothing(stage: HttpStage) -> None:
    await stage.install(stage.harbor)
    dana = await stage.harbor.as_user("dana")
    general = (await dana.channel("general")).id
    await ask(dana, general, "/ride", "help", private)
    [body] = [one.decode() for one in stage.proxy.bodies if b"command=" in one]
    started = body.replace("text=help", "text=start+alter-table-locks")
    assert started != body
    assert await stage.post(started, secret="guessed") == 401
    assert await stage.post(started, age=301) == 401
    assert await stage.post(started, age=-301) == 401
    for header in ("X-Slack-Signature", "X-Slack-Request-Timestamp"):
        for value in ("", "v0=ü", "1e400"):
            assert await stage.post(started, headers={header: value}) == 401
    assert await stage.post("x=" + "a" * 2_000_000) == 413
    known = {one.id for one in await dana.conversations()}
    # In order after all that: had one been let in, its channel would be there before this answer.
    await ask(dana, general, "/ride", "list", private)
    assert known == {one.id for one in await dana.conversations()}
    assert await stage.post(started) == 200
    await dana.wait_for_conversation(lambda one: one.id not in known, PATIENCE)


async def test_an_event_whose_answer_was_lost_is_heard_once(stage: HttpStage) -> None:
    await stage.install(stage.harbor)
    dana = await stage.harbor.as_user("dana")
    home = (await dana.channel("incidents")).id
    await dana.join(home, bring="ride")
    lost: list[bytes] = []

    def loses(body: bytes) -> bool:
        if not lost and b'"app_mention"' in body:
            lost.append(body)
            return True
        return False

    stage.proxy.loses = loses
    parent = await dana.say(home, "hello")
    await dana.say(home, "@ride list", thread_ts=parent)
    await dana.wait_for(home, private, PATIENCE, thread_ts=parent)
    await dana.say(home, "@ride status", thread_ts=parent)
    await dana.wait_for(
        home, lambda one: private(one) and "ALTER TABLE" not in one.words, PATIENCE, thread_ts=parent
    )
    mentions = [json.loads(body)["event_id"] for body in stage.proxy.bodies if b'"app_mention"' in body]
    assert mentions.count(json.loads(lost[0])["event_id"]) == 2
    answers = [one for one in await dana.messages(home, thread_ts=parent) if private(one)]
    assert len(answers) == 2
