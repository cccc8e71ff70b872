"""Modals, menus and the app's Home, with Slack's own Bolt at the other end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.errors import ControlError
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import bolt_app, connected, manifest, web_client

SOON = 5.0


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.upper()), "value": value}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def text_field(block_id: str = "name", **more: Any) -> dict[str, Any]:
    return field(block_id, {"type": "plain_text_input", "action_id": "it", **more})


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    shown = list(blocks) or [text_field()]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": shown,
        **more,
    }


def home(text: str, *blocks: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": [{"type": "section", "text": plain(text)}, *blocks]}


BUTTON = {"type": "button", "action_id": "go", "value": "1", "text": plain("Go")}
MENU = {"type": "static_select", "action_id": "level", "options": [option("l1"), option("l2")]}
TEXT = {"name": {"it": {"value": "Friday"}}}


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(ControlError) as refused:
        await call
    return refused.value.code


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(acknowledge_within=1.0, retry_events_after=(0.0,)) as workspace:
        workspace.install(manifest(events=("app_home_opened",)))
        yield workspace


@pytest.fixture
async def web(workspace: Workspace) -> AsyncWebClient:
    return web_client(workspace)


@pytest.fixture
async def client(workspace: Workspace) -> AsyncIterator[WorkspaceClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield client


@pytest.fixture
async def dana(client: WorkspaceClient) -> UserClient:
    return await client.as_user("dana")


@pytest.fixture
async def sam(client: WorkspaceClient) -> UserClient:
    return await client.as_user("sam")


class Opener:
    """An app whose command /raw opens a view, and which keeps what it hears."""

    def __init__(self, workspace: Workspace, dana: UserClient) -> None:
        self.app: AsyncApp = bolt_app(workspace)
        self.dana = dana
        self.view: dict[str, Any] = modal()
        self.triggers: list[str] = []
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}

        @self.app.command("/raw")
        async def command(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            self.triggers.append(body["trigger_id"])
            if self.view:
                await client.views_open(trigger_id=body["trigger_id"], view=self.view)

        @self.app.view("form")
        async def submitted(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack(**self.answer)

        @self.app.action({"type": "block_actions"})
        async def acted(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack()

        @self.app.action("go")
        async def go(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack()

        @self.app.action("level")
        async def level(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack()

    async def open(self, view: dict[str, Any]) -> Any:
        """Have Dana open a view; gives it as she sees it."""
        self.view = view
        general = await self.dana.channel("general")
        await self.dana.command(general.id, "/raw")
        return await self.dana.wait_for_view(lambda one: True, SOON)

    async def trigger(self) -> str:
        """A fresh trigger id of Dana's."""
        self.view = {}
        general = await self.dana.channel("general")
        await self.dana.command(general.id, "/raw")
        return self.triggers[-1]


@pytest.fixture
async def opener(workspace: Workspace, dana: UserClient) -> AsyncIterator[Opener]:
    opener = Opener(workspace, dana)
    async with connected(workspace, opener.app):
        yield opener


async def test_a_form_from_command_to_submission(opener: Opener, dana: UserClient, sam: UserClient) -> None:
    view = await opener.open(modal(text_field(), private_metadata="m"))
    assert view.callback_id == "form"
    assert view.values == {"name": {"it": {"type": "plain_text_input", "value": None}}}
    assert await sam.views() == []
    done = await dana.submit(view.id, TEXT)
    assert (done.closed, done.errors) == (True, {})
    [body] = opener.heard
    assert body["type"] == "view_submission"
    assert body["user"]["id"] == dana.id
    assert body["view"]["private_metadata"] == "m"
    assert body["view"]["state"]["values"] == {
        "name": {"it": {"type": "plain_text_input", "value": "Friday"}}
    }
    assert await dana.views() == []
    assert await refusal(dana.submit(view.id, TEXT)) == "view_not_found"


async def test_the_home(opener: Opener, web: AsyncWebClient, dana: UserClient, sam: UserClient) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @opener.app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        heard.put_nowait(event)

    async with asyncio.timeout(SOON):
        await dana.open_home()
        event = await heard.get()
        assert (event["tab"], event["user"], "view" in event) == ("home", dana.id, False)
        actions = {"type": "actions", "block_id": "acts", "elements": [BUTTON, MENU]}
        published = (await web.views_publish(user_id=dana.id, view=home("Hello", actions)))["view"]
        await dana.open_home()
        assert (await heard.get())["view"]["id"] == published["id"]
    shown = await dana.wait_for_home(lambda one: "Hello" in one.words, SOON)
    assert shown.buttons == ("go",)
    assert await sam.home() is None
    await dana.click_in(shown.id, "go")
    await dana.click_in(shown.id, "level", value="l2")
    click, pick = opener.heard
    assert click["container"] == {"type": "view", "view_id": shown.id}
    assert "channel" not in click
    assert "response_url" not in click
    assert pick["actions"][0]["selected_option"] == option("l2")
    assert pick["view"]["state"]["values"]["acts"]["level"]["selected_option"] == option("l2")
    again = (await web.views_publish(user_id=dana.id, view=home("Bye"), hash=published["hash"]))["view"]
    assert again["id"] == published["id"]
    assert await code(web.views_publish(user_id=dana.id, view=home("x"), hash="1.2")) == "hash_conflict"


async def test_what_a_person_has_to_fill_in_first(opener: Opener, dana: UserClient) -> None:
    long = field("long", {"type": "plain_text_input", "action_id": "it", "min_length": 3}, optional=True)
    people = field("people", {"type": "multi_users_select", "action_id": "it"}, optional=True)
    view = await opener.open(modal(text_field(), long, people))
    wrong: dict[str, dict[str, dict[str, Any]]] = {
        "long": {"it": {"value": "ab"}},
        "people": {"it": {"selected_users": ["U404"]}},
    }
    done = await dana.submit(view.id, wrong)
    assert not done.closed
    assert done.errors == {
        "name": "Please complete this required field.",
        "long": "This entry should be at least 3 characters long.",
        "people": "This person can't be chosen any more.",
    }
    assert opener.heard == [], "the app never hears of it"
    [again] = await dana.views()
    assert again.values["long"]["it"]["value"] == "ab", "what was typed stays"


async def test_the_apps_own_complaints(opener: Opener, dana: UserClient) -> None:
    view = await opener.open(modal())
    opener.answer = {"response_action": "errors", "errors": {"name": "Taken."}}
    done = await dana.submit(view.id, TEXT)
    assert (done.closed, done.errors) == (False, {"name": "Taken."})
    opener.answer = {"response_action": "errors", "errors": {"elsewhere": "Taken."}}
    assert await refusal(dana.submit(view.id)) == "invalid_response"
    opener.answer = {}
    assert (await dana.submit(view.id)).closed, "it still holds what was typed"


async def test_answers_that_change_the_stack(opener: Opener, dana: UserClient) -> None:
    view = await opener.open(modal())
    opener.answer = {"response_action": "update", "view": modal(text_field("other"))}
    assert not (await dana.submit(view.id, TEXT)).closed
    [updated] = await dana.views()
    assert (updated.id, list(updated.values)) == (view.id, ["other"])
    assert updated.hash != view.hash
    opener.answer = {"response_action": "push", "view": modal()}
    assert not (await dana.submit(view.id, {"other": {"it": {"value": "x"}}})).closed
    [below, top] = await dana.views()
    assert (top.view["root_view_id"], top.view["previous_view_id"]) == (below.id, below.id)
    assert await refusal(dana.submit(below.id)) == "view_not_found", "another one is on top"
    opener.answer = {}
    assert (await dana.submit(top.id, TEXT)).closed
    assert [one.id for one in await dana.views()] == [below.id]
    opener.answer = {"response_action": "clear"}
    assert (await dana.submit(below.id)).closed
    assert await dana.views() == []
    assert await refusal(dana.close_view(below.id)) == "view_not_found"


async def test_a_bad_view_in_an_answer(opener: Opener, dana: UserClient) -> None:
    view = await opener.open(modal())
    opener.answer = {"response_action": "update", "view": modal(title=plain("x" * 25))}
    with pytest.raises(ControlError, match="less than 25 characters"):
        await dana.submit(view.id, TEXT)
    assert [one.id for one in await dana.views()] == [view.id]


async def test_an_app_that_does_not_answer(workspace: Workspace, dana: UserClient) -> None:
    app = bolt_app(workspace)
    hold = asyncio.Event()

    @app.command("/raw")
    async def opened(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.view("form")
    async def never(ack: Any) -> None:
        await hold.wait()
        await ack()

    general = await dana.channel("general")
    async with connected(workspace, app):
        await dana.command(general.id, "/raw")
        view = await dana.wait_for_view(lambda one: one.callback_id == "form", SOON)
        assert await refusal(dana.submit(view.id, TEXT)) == "operation_timeout"
        hold.set()
    assert await refusal(dana.submit(view.id)) == "dispatch_failed"
    assert [one.id for one in await dana.views()] == [view.id], "it can be tried again"


async def test_triggers_and_the_stacks_height(opener: Opener, web: AsyncWebClient, dana: UserClient) -> None:
    acts = {"type": "actions", "elements": [BUTTON]}
    trigger = await opener.trigger()
    assert await code(web.views_push(trigger_id=trigger, view=modal())) == "not_found", "no modal is open"
    assert await code(web.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    assert await code(web.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"
    view = await opener.open(modal(acts))
    for _ in range(2):
        await dana.click_in(view.id, "go")
        pushed = await web.views_push(trigger_id=opener.heard[-1]["trigger_id"], view=modal(acts))
        view = (await dana.views())[-1]
        assert view.id == pushed["view"]["id"]
    await dana.click_in(view.id, "go")
    trigger = opener.heard[-1]["trigger_id"]
    assert await code(web.views_push(trigger_id=trigger, view=modal())) == "push_limit_reached"
    new = await web.views_open(trigger_id=await opener.trigger(), view=modal())
    assert [one.id for one in await dana.views()] == [new["view"]["id"]], "a new stack takes the place"


async def test_a_trigger_lasts_three_seconds() -> None:
    now = 1_764_000_000.0
    async with Workspace(clock=lambda: now) as workspace, WorkspaceClient(workspace.url) as client:
        workspace.install(manifest())
        opener = Opener(workspace, await client.as_user("dana"))
        async with connected(workspace, opener.app):
            early, late = await opener.trigger(), await opener.trigger()
        web = web_client(workspace)
        now += 2.9
        await web.views_open(trigger_id=early, view=modal())
        now += 0.1
        assert await code(web.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"


async def test_updates(opener: Opener, web: AsyncWebClient, dana: UserClient) -> None:
    view = await opener.open(modal(external_id="e"))
    renamed = modal(text_field(), text_field("more", optional=True), external_id="e")
    async with dana.changes() as changes:
        done = await web.views_update(external_id="e", hash=view.hash, view=renamed)
        async with asyncio.timeout(SOON):
            change = await anext(changes)
    assert (change.type, change.view, change.channel) == ("view_updated", view.id, None)
    stale = web.views_update(view_id=view.id, hash=view.hash, view=renamed)
    assert await code(stale) == "hash_conflict"
    await web.views_update(view_id=view.id, hash=done["view"]["hash"], view=modal())
    assert await code(web.views_update(external_id="e", view=modal())) == "not_found", "it was given up"
    assert await code(web.api_call("views.update", json={"view": modal()})) == "invalid_arguments"
    assert await code(web.views_update(view_id=view.id, view=home("x"))) == "invalid_arguments"
    await dana.close_view(view.id)
    assert await code(web.views_update(view_id=view.id, view=modal())) == "not_found"


async def test_external_ids_are_nobody_elses(opener: Opener, web: AsyncWebClient, sam: UserClient) -> None:
    await opener.open(modal(external_id="e"))
    trigger = await opener.trigger()
    taken = web.views_publish(user_id=sam.id, view={**home("x"), "external_id": "e"})
    assert await code(taken) == "duplicate_external_id"
    await web.views_open(trigger_id=trigger, view=modal(external_id="e2"))
    await web.views_publish(user_id=sam.id, view={**home("x"), "external_id": "e"})


async def test_what_is_wrong_with_a_view(web: AsyncWebClient, opener: Opener, dana: UserClient) -> None:
    trigger = await opener.trigger()
    with pytest.raises(SlackApiError) as refused:
        await web.views_open(trigger_id=trigger, view=modal(title=plain("x" * 25)))
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    # A refused view uses up no trigger.
    await web.views_open(trigger_id=trigger, view=modal())
    for nobody in ("U404", "USLACKBOT"):
        assert await code(web.views_publish(user_id=nobody, view=home("x"))) == "invalid_arguments"


async def test_an_app_without_a_home(workspace: Workspace, web: AsyncWebClient, dana: UserClient) -> None:
    without = manifest()
    without["features"]["app_home"] = {"messages_tab_enabled": True}
    workspace.install(without)
    assert await code(web.views_publish(user_id=dana.id, view=home("x"))) == "not_enabled"
    assert await refusal(dana.open_home()) == "not_enabled"


async def test_the_messages_tab_is_told_too(
    opener: Opener, dana: UserClient, client: WorkspaceClient
) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @opener.app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        heard.put_nowait(event)

    direct = await dana.open_direct((await client.as_user("echo")).id)
    async with asyncio.timeout(SOON):
        event = await heard.get()
    assert (event["tab"], event["channel"]) == ("messages", direct)


@pytest.mark.parametrize("cleared", [False, True])
async def test_closing(opener: Opener, web: AsyncWebClient, dana: UserClient, cleared: bool) -> None:
    closed: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @opener.app.view_closed("form")
    async def told(ack: Any, body: dict[str, Any]) -> None:
        closed.put_nowait(body)
        await ack()

    acts = {"type": "actions", "elements": [BUTTON]}
    first = await opener.open(modal(acts, text_field(), notify_on_close=True))
    await dana.click_in(first.id, "go", values=TEXT)
    trigger = opener.heard[-1]["trigger_id"]
    assert opener.heard[-1]["view"]["state"]["values"]["name"]["it"]["value"] == "Friday"
    await web.views_push(trigger_id=trigger, view=modal(notify_on_close=True, clear_on_close=cleared))
    second = (await dana.views())[-1]
    assert await refusal(dana.close_view(first.id)) == "view_not_found", "the other one is on top"
    await dana.close_view(second.id)
    async with asyncio.timeout(SOON):
        bodies = [await closed.get() for _ in range(2 if cleared else 1)]
    assert {body["view"]["id"] for body in bodies} == ({first.id, second.id} if cleared else {second.id})
    assert {body["is_cleared"] for body in bodies} == {cleared}
    left = await dana.views()
    assert [one.id for one in left] == ([] if cleared else [first.id])
    if left:
        assert left[0].values["name"]["it"]["value"] == "Friday"


async def test_inputs_speak_up_only_where_they_are_asked_to(opener: Opener, dana: UserClient) -> None:
    menu = {**MENU, "action_id": "level"}
    view = await opener.open(modal(field("quiet", menu), field("loud", menu, dispatch_action=True)))
    assert await refusal(dana.click_in(view.id, "level", block_id="quiet", value="l1")) == "not_dispatched"
    await dana.click_in(view.id, "level", block_id="loud", value="l1")
    [body] = opener.heard
    assert (body["type"], body["actions"][0]["block_id"]) == ("block_actions", "loud")
    assert body["view"]["state"]["values"]["quiet"]["level"]["selected_option"] is None


PICKERS = [
    ({"type": "static_select", "options": [option("a")]}, {"value": "a"}, "selected_option", option("a")),
    (
        {"type": "static_select", "option_groups": [{"label": plain("g"), "options": [option("b")]}]},
        {"state": {"selected_option": {"value": "b"}}},
        "selected_option",
        option("b"),
    ),
    ({"type": "overflow", "options": [option("a")]}, {"value": "a"}, "selected_option", option("a")),
    ({"type": "radio_buttons", "options": [option("a")]}, {"value": "a"}, "selected_option", option("a")),
    ({"type": "checkboxes", "options": [option("a")]}, {"value": "a"}, "selected_options", [option("a")]),
    ({"type": "datepicker"}, {"value": "2026-11-27"}, "selected_date", "2026-11-27"),
    ({"type": "timepicker"}, {"state": {"selected_time": "15:00"}}, "selected_time", "15:00"),
    ({"type": "datetimepicker"}, {"value": "1764000000"}, "selected_date_time", 1764000000),
    ({"type": "users_select"}, {"value": "UX"}, "selected_user", "UX"),
]


@pytest.mark.parametrize(("element", "act", "key", "picked"), PICKERS)
async def test_menus_and_pickers_in_messages(
    opener: Opener,
    web: AsyncWebClient,
    dana: UserClient,
    element: dict[str, Any],
    act: dict[str, Any],
    key: str,
    picked: object,
) -> None:
    channel = (await dana.channel("ride-club")).id
    card = [{"type": "actions", "block_id": "card", "elements": [{**element, "action_id": "go"}]}]
    ts = (await web.chat_postMessage(channel=channel, text="?", blocks=card))["ts"]
    await dana.click(channel, ts, "go", **act)
    [body] = opener.heard
    assert body["actions"][0][key] == picked
    assert body["actions"][0]["type"] == element["type"]
    assert body["response_url"]
    held = {} if element["type"] == "overflow" else {"card": {"go": {"type": element["type"], key: picked}}}
    assert body["state"]["values"] == held


async def test_a_pick_that_is_none(web: AsyncWebClient, opener: Opener, dana: UserClient) -> None:
    channel = (await dana.channel("ride-club")).id
    card = [{"type": "actions", "elements": [MENU, BUTTON]}]
    ts = (await web.chat_postMessage(channel=channel, text="?", blocks=card))["ts"]
    assert await refusal(dana.click(channel, ts, "level", value="l9")) == "invalid_value"
    assert await refusal(dana.click(channel, ts, "go", value="2")) == "invalid_value"
    assert await refusal(dana.click(channel, ts, "gone")) == "action_not_found"
    assert opener.heard == []


async def test_the_right_one_of_several_buttons(
    web: AsyncWebClient, opener: Opener, dana: UserClient
) -> None:
    channel = (await dana.channel("ride-club")).id
    rows = [
        {"type": "section", "text": plain(value), "accessory": {**BUTTON, "value": value}}
        for value in ("a", "b")
    ]
    ts = (await web.chat_postMessage(channel=channel, text="?", blocks=rows))["ts"]
    await dana.click(channel, ts, "go", value="b")
    assert opener.heard[0]["actions"][0]["value"] == "b"


async def test_views_are_their_persons_alone(opener: Opener, dana: UserClient, sam: UserClient) -> None:
    async with sam.changes() as theirs, dana.changes() as mine:
        view = await opener.open(modal())
        await dana.close_view(view.id)
        general = await dana.channel("general")
        await dana.say(general.id, "done")
        async with asyncio.timeout(SOON):
            kinds = [(await anext(mine)).type for _ in range(2)]
            assert kinds == ["view_opened", "view_closed"]
            assert (await anext(theirs)).type == "message"
    assert await refusal(sam.submit(view.id)) == "view_not_found"
