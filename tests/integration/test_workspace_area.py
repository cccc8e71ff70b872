"""An area's App Home, modal and menu, through the bot's own listeners in the strict workspace."""

from collections.abc import AsyncIterator, Mapping

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.rides.errors import UnknownScenarioError
from bot.slack.areas.area import Area, Click, Form, Submission
from bot.slack.areas.asker import Asker
from bot.slack.manifest import manifest
from bot.slack.messages import views
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from bot.slack.transport.outbox import Outbox
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from tests.slack_doubles import FakeFront

SOON = 10.0
HOME = View(
    type="home",
    blocks=[
        ActionsBlock(
            elements=[
                ButtonElement(action_id="plan", text="Plan", value="x"),
                StaticSelectElement(action_id="level", options=[Option(value="l3", text="L3")]),
            ]
        )
    ],
)
FORM = View(
    type="modal",
    callback_id="plan_form",
    private_metadata="x",
    title="Plan",
    submit="Save",
    blocks=[
        InputBlock(block_id="name", label="Name", element=PlainTextInputElement(action_id="name")),
    ],
)


class Plans:
    """A small area: its Home has a button that opens its form."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.picked: list[str] = []
        self.saved: list[str] = []

    def area(self) -> Area:
        return Area(
            actions={"plan": self.plan, "level": self.level},
            forms={"plan_form": Form(check=self.check, submit=self.save)},
            home=self.home,
        )

    async def home(self, asker: Asker) -> None:
        await self._outbox.publish_home(asker.workspace, asker.person, HOME)

    async def plan(self, click: Click) -> None:
        assert (click.value, click.message_ts, click.asker.channel) == ("x", None, "")
        await self._outbox.open_view(click.asker.workspace, click.asker.trigger or "", FORM)

    async def level(self, click: Click) -> None:
        self.picked.append(click.value)
        raise UnknownScenarioError(click.value, (), ())

    async def check(self, submission: Submission) -> Mapping[str, str]:
        return {"name": "Taken."} if submission.values.text("name") == "old" else {}

    async def save(self, submission: Submission) -> None:
        self.saved.append(submission.values.text("name") + submission.metadata)
        await self._outbox.direct(submission.asker.workspace, submission.asker.person, views.acknowledged())


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as workspace:
        workspace.install(manifest(SlackSettings(bot_token="xoxb-1", app_token="xapp-1")))
        yield workspace


@pytest.fixture
async def dana(workspace: Workspace) -> AsyncIterator[UserClient]:
    async with WorkspaceClient(workspace.url) as client:
        yield await client.as_user("dana")


@pytest.fixture
async def plans(workspace: Workspace) -> AsyncIterator[Plans]:
    slack = SlackApp(
        SlackSettings(bot_token=workspace.bot_token, app_token=workspace.app_token, api_url=workspace.api_url)
    )
    plans = Plans(slack.outbox)
    await slack.serve(FakeFront(), [plans.area()])
    await workspace.wait_connected()
    yield plans
    await slack.close()


async def test_from_the_home_to_a_saved_form(plans: Plans, dana: UserClient) -> None:
    await dana.open_home()
    home = await dana.wait_for_home(lambda one: "plan" in one.buttons, SOON)
    await dana.click_in(home.id, "plan")
    form = await dana.wait_for_view(lambda one: one.callback_id == "plan_form", SOON)
    refused = await dana.submit(form.id, {"name": {"name": {"value": " old "}}})
    assert (refused.closed, refused.errors) == (False, {"name": "Taken."})
    assert (await dana.submit(form.id, {"name": {"name": {"value": "new"}}})).closed
    direct = await dana.wait_for_conversation(lambda one: one.kind == "im" and one.unread == 1, SOON)
    assert plans.saved == ["newx"]
    assert len(await dana.messages(direct.id)) == 1


async def test_a_refusal_in_the_home_comes_as_a_direct_message(plans: Plans, dana: UserClient) -> None:
    await dana.open_home()
    home = await dana.wait_for_home(lambda one: True, SOON)
    await dana.click_in(home.id, "level", value="l3")
    direct = await dana.wait_for_conversation(lambda one: one.kind == "im" and one.unread == 1, SOON)
    assert plans.picked == ["l3"]
    [message] = await dana.messages(direct.id)
    assert "l3" in message.words
