"""The buttons, and what travels in them."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, PlainTextObject

ACKNOWLEDGE = "acknowledge"
CANCEL_SQL = "cancel_sql"
START_AGAIN = "start_again"
STOP_RIDE = "stop_ride"
EXPORT = "export_ride"
LET_IN = "let_in"
OPEN_ANEW = "open_anew"


class CancelValue(BaseModel):
    """What the Cancel button carries: whose statement of which ride it is about."""

    model_config = ConfigDict(frozen=True)

    ride: str
    person: str
    session: int = 1
    """Which of the person's sessions; older buttons name none."""


class ChannelValue(BaseModel):
    """What the button for a new channel carries: the ride, and the channel that is gone."""

    model_config = ConfigDict(frozen=True)

    ride: str
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningStatement:
    """The statement that a Cancel button is about."""

    ride: str
    person: str
    session: int = 1


def acknowledge(ride: str) -> ActionsBlock:
    """The page's one button."""
    return _button("Acknowledge", ACKNOWLEDGE, ride, style="primary")


def start_again(ride: str) -> ActionsBlock:
    """Starts the incident of a ride that was void or stopped again, for the same people."""
    return _button("Start again", START_AGAIN, ride, style="primary")


def stop_ride(ride: str) -> ActionsBlock:
    """Ends a ride of several people, of one who was asked whether to."""
    return _button("Stop the ride", STOP_RIDE, ride, style="danger")


def export(ride: str) -> ActionsBlock:
    """Sends the ride's page to the one who clicks, if they rode."""
    return _button("📝 As a page for the wiki", EXPORT, ride, style=None)


def let_in(ride: str) -> ActionsBlock:
    """Invites the one who clicks to the channel of their ride, once more."""
    return _button("Let me in", LET_IN, ride, style="primary")


def open_anew(ride: str, gone: str) -> ActionsBlock:
    """Opens another channel for a ride in place of the one that is gone."""
    value = ChannelValue(ride=ride, channel=gone).model_dump_json()
    return _button("Open a new channel", OPEN_ANEW, value, style="primary")


def read_open_anew(value: str) -> ChannelValue | None:
    """What `open_anew` put in; None for anything else."""
    try:
        return ChannelValue.model_validate_json(value)
    except ValidationError:
        return None


def cancel_sql(statement: RunningStatement) -> ActionsBlock:
    """Cancels the statement of this person that still runs."""
    value = CancelValue(
        ride=statement.ride, person=statement.person, session=statement.session
    ).model_dump_json()
    return _button("Cancel the statement", CANCEL_SQL, value, style="danger")


def read_cancel(value: str) -> RunningStatement | None:
    """What `cancel_sql` put in; None for anything else, such as a button of an older version."""
    try:
        read = CancelValue.model_validate_json(value)
    except ValidationError:
        return None
    return RunningStatement(ride=read.ride, person=read.person, session=read.session)


def _button(text: str, action: str, value: str, *, style: str | None) -> ActionsBlock:
    return ActionsBlock(
        elements=[
            ButtonElement(
                text=PlainTextObject(text=text, emoji=True), action_id=action, value=value, style=style
            )
        ]
    )
