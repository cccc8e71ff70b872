"""Forms: acknowledged in time whatever is slow, worked on once, and shown again with what is wrong."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.models.views import View

from bot.rides.errors import CannotRideError, ChatRefusedError
from bot.slack.areas.area import Area, Form, Submission
from bot.slack.areas.asker import Asker
from bot.slack.forms import submissions
from bot.slack.forms.opening import open_form
from bot.slack.messages import modals
from bot.slack.messages.gameday_form import FACILITATORS, NAME, TEAMS, gameday_form
from bot.slack.messages.message import Message, said
from bot.slack.transport.app import SlackApp
from bot.slack.transport.errors import FormWrongError
from bot.slack.transport.workspaces import OneWorkspace
from tests.slack_doubles import (
    DANA,
    NOW,
    ROOM,
    SAM,
    SCENARIO,
    SETTINGS,
    TEAM,
    FakeFront,
    RecordedOutbox,
    RecordedWeb,
    words,
)

FORM = "a_form"
VIEW = "V0FORM"


@dataclass
class Slow:
    """A form whose steps a test holds up, fails or finds wrong."""

    wrong: dict[str, str] = field(default_factory=dict)
    wrong_later: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None
    check_goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    submit_goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    submitted: list[Submission] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.check_goes_on.set()
        self.submit_goes_on.set()

    async def check(self, submission: Submission) -> Mapping[str, str]:
        await self.check_goes_on.wait()
        return self.wrong

    async def submit(self, submission: Submission) -> Message | None:
        self.submitted.append(submission)
        await self.submit_goes_on.wait()
        if self.error is not None:
            raise self.error
        if self.wrong_later:
            raise FormWrongError(self.wrong_later)
        return said("It is planned.")


def form_view(callback: str = FORM) -> dict[str, Any]:
    """The game days' form, as Slack sends it back."""
    view = gameday_form(
        person=DANA, zone="Europe/Lisbon", now=NOW, teams={"t1": "apes", "t2": "bears"}, scenarios=[SCENARIO]
    ).to_dict()
    return {**view, "id": VIEW, "callback_id": callback, "hash": "1.a"}


FILLED: dict[str, dict[str, Any]] = {
    NAME: {"type": "plain_text_input", "value": "Winter"},
    TEAMS: {"type": "multi_static_select", "selected_options": [{"value": "t2"}, {"value": "t1"}]},
    FACILITATORS: {"type": "multi_users_select", "selected_users": [SAM]},
    "day": {"type": "datepicker", "selected_date": "2026-12-01"},
    "time": {"type": "timepicker", "selected_time": "09:05"},
    "start": {"type": "radio_buttons", "selected_option": {"value": "waves"}},
    "wave_size": {"type": "static_select", "selected_option": {"value": "2"}},
    "level": {"type": "static_select", "selected_option": None},
}


class Room:
    """A Bolt app with one form, and Slack's answers."""

    def __init__(self, meanwhile: str) -> None:
        self.form = Slow()
        self.web = RecordedWeb()
        self.outbox = RecordedOutbox(self.web)
        slack = SlackApp(SETTINGS, workspaces=OneWorkspace(self.web), outbox=self.outbox)
        self.background = slack.background
        form = Form(check=self.form.check, submit=self.form.submit, meanwhile=meanwhile)
        self.app = slack.build(FakeFront(), [Area(forms={FORM: form})])

    async def send(self, **body: Any) -> dict[str, Any] | None:
        """Deliver an interaction; gives what it is acknowledged with."""
        sent = {"team": {"id": TEAM}, "user": {"id": DANA}, "trigger_id": "1.2.3", **body}
        response = await self.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=sent))
        assert response.status == 200
        found: dict[str, Any] | None = json.loads(response.body) if response.body else None
        return found

    async def submit(self) -> dict[str, Any] | None:
        view = {**form_view(), "state": {"values": {block: {block: one} for block, one in FILLED.items()}}}
        return await self.send(type="view_submission", view=view)

    async def settle(self) -> None:
        """Until all work is done."""
        await self.background.close(grace=5)

    def direct_messages(self) -> list[dict[str, Any]]:
        return self.web.of("chat.postMessage")


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twentieth of the real times."""
    monkeypatch.setattr(submissions, "WITHIN", 0.1)
    monkeypatch.setattr(submissions, "SETTLES", 0.025)


@pytest.fixture
async def room() -> Room:
    return Room(meanwhile="⏳ Looking…")


@pytest.fixture
async def plain_room() -> Room:
    return Room(meanwhile="")


def lines(view: Mapping[str, Any]) -> list[str]:
    """What a view's context blocks say."""
    return [block["elements"][0]["text"] for block in view["blocks"] if block["type"] == "context"]


def element(view: Mapping[str, Any], block: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one["element"] for one in view["blocks"] if one.get("block_id") == block)
    return found


def shown(room: Room) -> dict[str, Any]:
    """The view that the modal shows last."""
    (*_, last) = room.web.of("views.update")
    assert last["view_id"] == VIEW
    view: dict[str, Any] = last["view"]
    return view


async def test_what_is_typed_wrong_is_said_beside_the_field(room: Room) -> None:
    room.form.wrong = {NAME: "Give it a name."}
    assert await room.submit() == {"response_action": "errors", "errors": {NAME: "Give it a name."}}
    await room.settle()
    assert room.form.submitted == []


async def test_a_plain_form_closes(plain_room: Room) -> None:
    assert not await plain_room.submit()
    await plain_room.settle()
    assert len(plain_room.form.submitted) == 1
    assert not plain_room.web.of("views.update")


async def test_a_form_says_what_is_being_done_and_then_what_came_of_it(room: Room) -> None:
    room.form.submit_goes_on.clear()
    answer = await room.submit()
    assert answer is not None
    assert answer["response_action"] == "update"
    assert "Looking…" in str(answer["view"])
    assert answer["view"]["notify_on_close"] is True
    assert "submit" not in answer["view"]
    assert not room.web.of("views.update")
    room.form.submit_goes_on.set()
    await room.settle()
    assert "It is planned." in str(shown(room))
    (told,) = room.direct_messages()
    assert "It is planned." in told["text"], "to keep, when the modal is closed"


@pytest.mark.parametrize("meanwhile", ["", "⏳ Looking…"])
async def test_no_check_delays_the_acknowledgement(meanwhile: str) -> None:
    room = Room(meanwhile)
    room.form.check_goes_on.clear()
    async with asyncio.timeout(1):
        answer = await room.submit()
    assert answer is not None
    assert answer["response_action"] == "update"
    assert room.form.submitted == []
    room.form.check_goes_on.set()
    await room.settle()
    assert len(room.form.submitted) == 1
    assert "It is planned." in str(shown(room))


async def test_what_a_slow_check_finds_is_shown_in_the_form(room: Room) -> None:
    room.form.check_goes_on.clear()
    await room.submit()
    room.form.wrong = {NAME: "Give it a name."}
    room.form.check_goes_on.set()
    await room.settle()
    assert "⚠️ Give it a name." in lines(shown(room))
    assert room.form.submitted == []


async def test_a_form_comes_again_as_it_was_filled_in_with_what_is_wrong_below_its_fields(room: Room) -> None:
    room.form.wrong_later = {TEAMS: "Sam is in both.", "elsewhere": "And more."}
    await room.submit()
    await room.settle()
    view = shown(room)
    assert (view["callback_id"], view["private_metadata"]) == (FORM, form_view()["private_metadata"])
    assert view["submit"]["text"] == "Plan it"
    ids = [block.get("block_id") for block in view["blocks"]]
    assert ids[ids.index(TEAMS) + 1] == f"wrong:{TEAMS}"
    assert lines(view)[1:] == ["⚠️ And more.", "⚠️ Sam is in both."]
    assert element(view, NAME)["initial_value"] == "Winter"
    assert [one["value"] for one in element(view, TEAMS)["initial_options"]] == ["t2", "t1"]
    assert element(view, FACILITATORS)["initial_users"] == [SAM]
    assert element(view, "day")["initial_date"] == "2026-12-01"
    assert element(view, "time")["initial_time"] == "09:05"
    assert element(view, "start")["initial_option"]["value"] == "waves"
    assert element(view, "wave_size")["initial_option"]["value"] == "2"
    assert "initial_option" not in element(view, "level")
    View(**view).validate_json()

    room.form.wrong_later = {}
    await room.submit()
    await room.settle()
    assert "It is planned." in str(shown(room))
    assert len(room.form.submitted) == 2


async def test_lines_of_an_earlier_look_do_not_pile_up(room: Room) -> None:
    room.form.wrong_later = {TEAMS: "Sam is in both."}
    await room.submit()
    await room.settle()
    first = shown(room)
    room.form.wrong_later = {NAME: "Taken."}
    view = {**first, "id": VIEW, "state": {"values": {block: {block: one} for block, one in FILLED.items()}}}
    await room.send(type="view_submission", view=view)
    await room.settle()
    assert lines(shown(room))[1:] == ["⚠️ Taken."]


@pytest.mark.parametrize("how", ["told", "refused"])
async def test_who_closed_the_modal_gets_a_message_that_opens_the_form_again(room: Room, how: str) -> None:
    room.form.submit_goes_on.clear()
    room.form.wrong_later = {TEAMS: "Sam is in both."}
    await room.submit()
    if how == "told":
        await room.send(
            type="view_closed", view={"id": VIEW, "callback_id": modals.WAITING}, is_cleared=False
        )
    else:
        room.web.refuse["views.update"] = ["not_found"]
    room.form.submit_goes_on.set()
    await room.settle()
    (told,) = room.direct_messages()
    assert "Teams: Sam is in both." in told["text"]
    button = told["blocks"][1]["elements"][0]
    assert button["action_id"] == modals.FORM_AGAIN

    async def click(person: str) -> None:
        await room.send(
            type="block_actions",
            user={"id": person},
            container={"type": "message", "channel_id": "D0DANA001", "message_ts": "1.1"},
            channel={"id": "D0DANA001"},
            response_url="https://hooks.invalid/1",
            actions=[{"action_id": modals.FORM_AGAIN, "value": button["value"], "block_id": "b"}],
        )
        await room.settle()

    await click(DANA)
    (opened,) = room.web.of("views.open")
    assert opened["trigger_id"] == "1.2.3"
    assert "Winter" in str(opened["view"])
    assert "Sam is in both." in str(opened["view"])
    await click(SAM)
    assert len(room.web.of("views.open")) == 1, "it is not theirs"
    assert "no longer" in words(room.outbox.responses[-1][1])


async def test_a_refusal_is_shown_in_the_modal(room: Room) -> None:
    room.form.error = CannotRideError((SAM,))
    await room.submit()
    await room.settle()
    assert SAM in str(shown(room))
    assert not room.direct_messages()


async def test_an_unexpected_error_of_a_check_is_told_too(room: Room) -> None:
    async def check(_submission: Submission) -> Mapping[str, str]:
        raise ZeroDivisionError

    form = Form(check=check, submit=room.form.submit)
    room.app = SlackApp(SETTINGS, workspaces=OneWorkspace(room.web), outbox=room.outbox).build(
        FakeFront(), [Area(forms={FORM: form})]
    )
    answer = await room.submit()
    assert answer is not None
    assert answer["response_action"] == "update"
    async with asyncio.timeout(5):
        while not room.web.of("views.update"):
            room.web.changed.clear()
            await room.web.changed.wait()
    assert "Something went wrong" in str(shown(room))
    assert room.form.submitted == []


async def test_a_restart_in_the_middle_takes_the_promise_back(room: Room) -> None:
    room.form.submit_goes_on.clear()
    await room.submit()
    await room.background.close(grace=0.05)
    assert "being restarted" in str(shown(room))


async def test_a_double_submit_is_one(room: Room) -> None:
    room.form.submit_goes_on.clear()
    first, second = await asyncio.gather(room.submit(), room.submit())
    third = await room.submit()
    assert first == second == third
    room.form.submit_goes_on.set()
    await room.settle()
    assert len(room.form.submitted) == 1


# -- opening


ASKER = Asker(
    workspace=TEAM, person=DANA, channel=ROOM, response_url="https://hooks.invalid/1", trigger="1.2.3"
)


class Opening:
    """A form to open, and what it needs."""

    def __init__(self) -> None:
        self.web = RecordedWeb()
        self.web.answers["views.open"] = {"view": {"id": VIEW}}
        self.outbox = RecordedOutbox(self.web)
        self.goes_on = asyncio.Event()
        self.gives: View | Message | Exception = View(**form_view())

    async def build(self) -> View | Message:
        await self.goes_on.wait()
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives

    async def open(self, *, slow: bool) -> None:
        if not slow:
            self.goes_on.set()
        opening = asyncio.create_task(open_form(self.outbox, ASKER, "1.2.3", self.build, patience=0.05))
        if slow:
            async with asyncio.timeout(5):
                while not self.web.of("views.open"):
                    self.web.changed.clear()
                    await self.web.changed.wait()
            self.goes_on.set()
        await opening

    def told(self) -> str:
        return "".join(words(message) for _, message, _ in self.outbox.responses)


@pytest.fixture
async def opening() -> Opening:
    return Opening()


async def test_a_quick_form_opens_itself(opening: Opening) -> None:
    await opening.open(slow=False)
    (call,) = opening.web.of("views.open")
    assert "Plan a game day" in str(call["view"])
    assert not opening.web.of("views.update")


async def test_a_slow_form_comes_into_a_modal_that_opened_in_time(opening: Opening) -> None:
    await opening.open(slow=True)
    (call,) = opening.web.of("views.open")
    assert "One moment" in str(call["view"])
    (update,) = opening.web.of("views.update")
    assert update["view_id"] == VIEW
    assert "Plan a game day" in str(update["view"])


async def test_a_slow_form_comes_into_its_modal_though_slacks_word_of_it_was_lost(opening: Opening) -> None:
    opening.web.refuse["views.open"] = ["fatal_error", "exchanged_trigger_id"]
    await opening.open(slow=True)
    first, _ = opening.web.of("views.open")
    (update,) = opening.web.of("views.update")
    assert "view_id" not in update
    name = update["external_id"]
    assert name
    assert name in str(first["view"])
    assert "Plan a game day" in str(update["view"])


@pytest.mark.parametrize("slow", [True, False])
async def test_what_there_is_to_say_instead_of_a_form(opening: Opening, slow: bool) -> None:
    opening.gives = said("There are no teams.")
    await opening.open(slow=slow)
    where = str(opening.web.of("views.update")) if slow else opening.told()
    assert "There are no teams." in where


async def test_a_refusal_after_the_modal_leaves_no_promise(opening: Opening) -> None:
    opening.gives = ChatRefusedError("users.info", "ratelimited")
    with pytest.raises(ChatRefusedError):
        await opening.open(slow=True)
    assert "can't be opened now" in str(opening.web.of("views.update"))


@pytest.mark.parametrize("slow", [True, False])
async def test_a_trigger_that_expired_has_a_next_step(opening: Opening, slow: bool) -> None:
    opening.web.refuse["views.open"] = ["expired_trigger_id"]
    await opening.open(slow=slow)
    assert "type or click again" in opening.told()
    assert not opening.web.of("views.update")
