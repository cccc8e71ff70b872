"""An area of Ride in Slack: commands, buttons and forms that belong together, such as teams or game days.

The listeners acknowledge and guard; an area only says what is to be done. What a handler raises is put into
words for the one who asked.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.slack.areas.asker import Asker
from bot.slack.forms.fields import FormValues
from bot.slack.lines.command_line import SubCommand
from bot.slack.messages.message import Message

CommandHandler = Callable[[Asker, str], Awaitable[None]]
"""Takes who asked and what they typed after the sub-command."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """A button was clicked, or something picked from a menu, in a message, a modal or the App Home."""

    asker: Asker
    action: str
    value: str
    """The button's value, or that of the option picked; empty for none."""
    message_ts: str | None = None
    """The message it stands in; None in a view."""
    view: str | None = None
    """The id of the view it stands in; None in a message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A modal was submitted. Its asker has no channel: answer in their direct messages."""

    asker: Asker
    form: str
    """The view's callback_id."""
    metadata: str
    """The view's private_metadata."""
    view: str
    values: FormValues


ClickHandler = Callable[[Click], Awaitable[None]]
HomeHandler = Callable[[Asker], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What becomes of a modal.

    `check` says what is wrong, by block_id, before Slack is answered: from what was typed, the clock and the
    database alone, for a call of Slack may take longer than Slack waits. All else is for `submit`, which
    raises FormWrongError for what it finds wrong. What it gives is told to the one who submitted.
    """

    check: Callable[[Submission], Awaitable[Mapping[str, str]]]
    submit: Callable[[Submission], Awaitable[Message | None]]
    meanwhile: str = ""
    """What the modal says while `submit` is at it, and then shows what came of it; empty: it just closes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """What an area answers to. Action ids may carry a suffix after a colon, to be unique in their block."""

    commands: Mapping[SubCommand, CommandHandler] = field(default_factory=dict)
    actions: Mapping[str, ClickHandler] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    home: HomeHandler | None = None
    """What to do when somebody opens the App Home."""
