"""Nothing of one workspace is seen or touched in another, though people and channels have the same ids."""

import re
from datetime import UTC, datetime, timedelta

from bot.cli.demo import Demo
from bot.slack.messages import console, crew
from bot.slack.messages.buttons import ACKNOWLEDGE, CANCEL_SQL, START_AGAIN
from bot.workspace.delivery.payloads import deliver, interaction
from bot.workspace.json_values import JsonObject
from bot.workspace.people.client import UserClient
from tests.acceptance.game_day_stage import DayStage, next_minute, options
from tests.acceptance.http_stage import OpenHttpStage, Town
from tests.acceptance.ride_fixtures import PATIENCE, Stage, ask, result_of
from tests.acceptance.test_http_mode import END_IT, gone


async def forged_click(town: Town, person: UserClient, action: str, value: str) -> str:
    """Click a button that no message there has; what the bot answers to that person alone."""
    parts, channel = town.workspace.parts, town.workspace.state.channel_named("general")
    assert channel is not None
    user = town.workspace.state.users[person.id]
    seen = {message.ts for message in await person.messages(channel.id)}
    payload = interaction(parts, parts.app, "block_actions", user)
    payload |= {
        "channel": {"id": channel.id, "name": channel.name},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": channel.id},
        "trigger_id": parts.triggers.new(user.id),
        "response_url": parts.url + parts.response_urls.new(channel, user.id),
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value}],
    }
    await deliver(parts, payload)
    answer = await person.wait_for(channel.id, lambda m: m.ts not in seen and m.is_bot, PATIENCE)
    assert answer.ephemeral
    return answer.words


async def forged_form(town: Town, person: UserClient, form: str, metadata: str, values: JsonObject) -> str:
    """Submit a form that was never opened there; what the bot tells that person in direct messages."""
    parts = town.workspace.parts
    known = {one.id: one.unread for one in await person.conversations()}
    payload = interaction(parts, parts.app, "view_submission", town.workspace.state.users[person.id])
    payload["view"] = {
        "id": "V0FORGED",
        "type": "modal",
        "callback_id": form,
        "private_metadata": metadata,
        "state": {"values": values},
    }
    assert await deliver(parts, payload, accepts_response=True) == {}
    direct = await person.wait_for_conversation(
        lambda one: one.kind == "im" and one.unread > known.get(one.id, 0), PATIENCE
    )
    return (await person.messages(direct.id))[-1].words


async def test_a_ride_is_its_workspaces_alone(open_http_stage: OpenHttpStage) -> None:
    async with open_http_stage(connect_host="127.0.0.1") as stage:
        harbor, quay = stage.harbor, stage.quay
        for town in (harbor, quay):
            await stage.install(town)
        incident = await harbor.start(harbor.dana)
        namesake, store = quay.dana, stage.program.store
        # A channel of the same id, with the same people in it.
        twin = await namesake.create_channel("elsewhere", private=True)
        assert (twin, namesake.id) == (incident.channel, harbor.dana.id)
        await namesake.join(twin, bring="ride")
        record = await store.by_channel(harbor.id, incident.channel)
        assert record is not None
        assert await store.by_channel(quay.id, twin) is None

        for line in ("status", "hint", "stop", "connect", "update", "sql select 1"):
            answer = await quay.told(namesake, line, twin)
            assert "no ride" in answer.lower(), (line, answer)
            assert record.id not in answer
        assert record.scenario not in await quay.told(namesake, "leaderboard")

        update = crew.UpdateValue(ride=record.id, step=None).model_dump_json()
        role = crew.RoleValue(ride=record.id, role="investigator").model_dump_json()
        cancel = f'{{"ride": "{record.id}", "person": "{namesake.id}"}}'
        for action, value in (
            (ACKNOWLEDGE, record.id),
            (CANCEL_SQL, cancel),
            (START_AGAIN, record.id),
            (crew.ROLE, role),
            (crew.WRITE_UPDATE, update),
        ):
            answer = await forged_click(quay, namesake, action, value)
            assert "over" in answer or "no ride" in answer.lower(), (action, answer)
        known = {crew.KNOWN: {crew.KNOWN: {"type": "plain_text_input", "value": "All is well."}}}
        assert "over" in await forged_form(quay, namesake, crew.UPDATE_FORM, update, known)
        kinds = {event.kind for _, event in await store.journal(record.id)}
        assert kinds <= {
            "ride_started",
            "person_joined",
            "incident_live",
            "lock_waited",
            "paged",
            "symptom_shown",
        }, "nobody did anything in it"

        await ask(harbor.dana, incident.channel, "/sql", END_IT, result_of(harbor.dana))
        await harbor.dana.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
        assert f"<@{harbor.dana.id}>" in await harbor.told(harbor.dana, "leaderboard")
        assert f"<@{namesake.id}>" not in await quay.told(namesake, "leaderboard")
        homes = []
        for person in (harbor.dana, namesake):
            await person.open_home()
            homes.append(str((await person.wait_for_home(lambda one: bool(one.buttons), PATIENCE)).blocks))
        assert [incident.channel in home for home in homes] == [True, False]
        said = [message.words for message in await namesake.messages(twin) if not message.ephemeral]
        assert not [words for words in said if record.id in words or "Postmortem" in words]


async def test_plans_and_rights_are_a_workspaces_alone(open_http_stage: OpenHttpStage) -> None:
    async with open_http_stage() as stage:
        harbor, quay = stage.harbor, stage.quay
        for town in (harbor, quay):
            await stage.install(town)
        lee, twin = await harbor.client.as_user("lee"), await quay.client.as_user("lee")
        await harbor.told(lee, "facilitator add @sam")
        assert "game day" not in await quay.told(quay.sam, "facilitator list")
        assert f"<@{harbor.sam.id}>" in await harbor.told(lee, "facilitator list")
        assert f"<@{quay.sam.id}>" not in await quay.told(twin, "facilitator list")
        assert "facilitator" in (await quay.told(quay.sam, "drill list")).lower()

        await harbor.told(harbor.dana, "team create apes @dana @sam")
        for line in ("team list", "oncall", "team show apes", "team join apes", "team delete apes"):
            assert "2 people" not in await quay.told(quay.dana, line)
        assert "apes" in await quay.told(quay.dana, "team create apes @dana")
        assert "2 people" in await harbor.told(harbor.dana, "team show apes"), "theirs is as it was"

        planned = await harbor.told(lee, "drill apes between 09:00 and 17:00 next week")
        drill = re.search(r"`([a-z0-9]{6})`", planned)
        assert drill is not None
        assert drill[1] not in await quay.told(twin, "drill list")
        assert "no drill" in (await quay.told(twin, f"drill cancel {drill[1]}")).lower()
        assert drill[1] in await harbor.told(lee, "drill list")
        added = await harbor.told(lee, "quiet everybody from tomorrow to tomorrow")
        quiet = re.search(r"quiet remove ([a-z0-9]{6})", added)
        assert quiet is not None
        assert quiet[1] not in await quay.told(twin, "quiet list")
        await quay.told(twin, f"quiet remove {quiet[1]}")
        assert quiet[1] in await harbor.told(lee, "quiet list")


async def test_a_game_day_is_its_workspaces_alone(open_http_stage: OpenHttpStage) -> None:
    async with open_http_stage() as stage:
        harbor, quay = stage.harbor, stage.quay
        for town in (harbor, quay):
            await stage.install(town)
        twin = await quay.client.as_user("lee")
        people = {name: await harbor.client.as_user(name) for name in ("lee", "dana", "sam")}
        demo = Demo(program=stage.program, workspace=harbor.workspace, settings=stage.settings)
        day = DayStage(stage=Stage(demo=demo, people=people), lobby=(await harbor.dana.channel("general")).id)
        await day.make_teams({"apes": ("dana", "sam")})
        view = await day.open_form()
        yesterday = day.filled(view, datetime.now(UTC) - timedelta(days=1))
        refused = await day.lee.submit(view.id, yesterday)
        assert not refused.closed
        assert refused.errors
        submitted = await day.lee.submit(view.id, day.filled(view, next_minute(datetime.now(UTC))))
        assert submitted.errors == {}
        await day.answer_to(view, lambda one: "is planned for" in one.words)
        await day.find_channels()
        listed = await harbor.told(day.lee, "gameday list")
        found = re.search(r"`([a-z0-9]{6})`", listed)
        assert found is not None, listed
        assert found[1] not in await quay.told(twin, "gameday list")
        for wanted in (found[1], "Winter"):
            answer = await quay.told(twin, f"gameday cancel {wanted}")
            assert "cancelled" not in answer, answer
        team = next(iter(options(view, "teams").values()))
        target = console.Target(day=found[1], team=team).model_dump_json()
        for action in (console.PAUSE, console.END, console.AGAIN, console.SPEAK, console.END_DAY):
            answer = await forged_click(quay, twin, action, target)
            assert "Winter" not in answer, (action, answer)
        values: JsonObject = {
            block: {block: {"type": "plain_text_input", "value": "Hello"}}
            for block in (console.SPEAKER_BLOCK, console.TEXT_BLOCK)
        }
        assert "Winter" not in await forged_form(quay, twin, console.SPEAK_FORM, target, values)
        assert found[1] in await harbor.told(day.lee, "gameday list")
        await harbor.client.uninstall()
        await gone(stage, harbor)
