"""What those who ride together see: the roles with their buttons, status updates and the form for one."""

from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.rides.announcements import RoleBoard, StatusAsked, StatusPosted
from bot.rides.views import StatusQuestion
from bot.slack.messages.message import Message, context, section
from bot.slack.messages.mrkdwn import mention, minutes, people, plain
from scenarios.journal.events import IncidentRole
from scenarios.model.incident_roles import ROLE_NAMES

ROLE = "role"
WRITE_UPDATE = "write_update"
UPDATE_FORM = "status_update"
KNOWN, IMPACT, ETA, NEXT = "known", "impact", "eta", "next"
"""The form's blocks."""
MAX_WORDS = 1_000
MAX_MINUTES = 7 * 24 * 60
_EMOJI: dict[IncidentRole, str] = {
    "commander": "🚨",
    "investigator": "🔎",
    "scribe": "📝",
    "communications": "📣",
}


class RoleValue(BaseModel):
    """What a role's button carries."""

    model_config = ConfigDict(frozen=True)

    ride: str
    role: IncidentRole


class UpdateValue(BaseModel):
    """What the button for an update and its form carry: which ride, and which symptom asked."""

    model_config = ConfigDict(frozen=True)

    ride: str
    step: str | None = None


def read_role(value: str) -> RoleValue | None:
    """What a role's button put in; None for anything else, such as a button of an older version."""
    try:
        return RoleValue.model_validate_json(value)
    except ValidationError:
        return None


def read_update(value: str) -> UpdateValue | None:
    """What an update's button or form put in; None for anything else."""
    try:
        return UpdateValue.model_validate_json(value)
    except ValidationError:
        return None


def role_board(said: RoleBoard) -> Message:
    """Who has which role, and a button for each."""
    lines = [
        f"{_EMOJI[role]} *{_named(role)}*: {people(holders) if holders else '_nobody yet_'}"
        for role, holders in said.holders
    ]
    return Message(
        text="Who does what in this incident.",
        blocks=(
            section("*Who does what*\n" + "\n".join(lines)),
            ActionsBlock(elements=[_role_button(said.ride, role) for role, _ in said.holders]),
            context("Click to take a role, click again to give it back. There can be several investigators."),
        ),
    )


def _named(role: IncidentRole) -> str:
    name = ROLE_NAMES[role]
    return name[:1].upper() + name[1:]


def _role_button(ride: str, role: IncidentRole) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=_named(role), emoji=True),
        action_id=f"{ROLE}:{role}",
        value=RoleValue(ride=ride, role=role).model_dump_json(),
    )


def asked(said: StatusAsked) -> Block:
    """Below a symptom that wants a status update: the button, or the answer's author and time."""
    if said.answered_by is not None and said.after is not None:
        return context(f"✅ Answered by {mention(said.answered_by)} after {minutes(said.after)}")
    return ActionsBlock(
        elements=[
            ButtonElement(
                text=PlainTextObject(text="Write the update", emoji=True),
                action_id=WRITE_UPDATE,
                value=UpdateValue(ride=said.ride, step=said.step).model_dump_json(),
                style="primary",
            )
        ]
    )


def status_posted(said: StatusPosted) -> Message:
    """A status update, for everybody in the channel."""
    update = said.update
    eta = "_don't know yet_" if update.eta_minutes is None else f"in about {update.eta_minutes} min"
    head = f"📣 *Status update* by {mention(said.person)}  `{minutes(said.elapsed)}`"
    # A section each: what is long must not push out when it is over.
    blocks: list[Block] = [section(f"{head}\n*What we know:* {_typed(update.known)}")]
    if update.impact:
        blocks.append(section(f"*Impact:* {_typed(update.impact)}"))
    later = f"\n*Next update:* in {update.next_minutes} min" if update.next_minutes is not None else ""
    blocks.append(section(f"*Back:* {eta}{later}"))
    if said.asked_by is not None and said.after is not None:
        blocks.append(context(f"Asked for by {plain(said.asked_by)}, answered after {minutes(said.after)}"))
    return Message(
        text=f"📣 Status update by {mention(said.person)}: {_typed(update.known)}", blocks=tuple(blocks)
    )


def _typed(text: str) -> str:
    return "\n".join(map(plain, text.splitlines()))


def update_form(question: StatusQuestion) -> View:
    """The modal in which a status update is written."""
    who = "the people waiting outside" if question.speaker is None else plain(question.speaker)
    return View(
        type="modal",
        callback_id=UPDATE_FORM,
        private_metadata=UpdateValue(ride=question.ride, step=question.step).model_dump_json(),
        title=PlainTextObject(text="Status update"),
        submit=PlainTextObject(text="Post it"),
        close=PlainTextObject(text="Cancel"),
        blocks=[
            section(f"*{plain(question.alert)}*\nFor {who}: keep it short, and say only what you know."),
            _input(KNOWN, "What we know", multiline=True),
            _input(IMPACT, "Impact", hint="Who notices what?", multiline=True, optional=True),
            _input(ETA, "Back in … minutes", hint="Leave it empty if you don't know yet.", optional=True),
            _input(NEXT, "Next update in … minutes", optional=True),
        ],
    )


def _input(
    block: str, label: str, *, hint: str | None = None, multiline: bool = False, optional: bool = False
) -> InputBlock:
    return InputBlock(
        block_id=block,
        label=PlainTextObject(text=label),
        hint=PlainTextObject(text=hint) if hint is not None else None,
        optional=optional,
        element=PlainTextInputElement(
            action_id="typed", multiline=multiline, max_length=MAX_WORDS if multiline else 5
        ),
    )


def number_wanted() -> str:
    """Beside an input that is no number of minutes."""
    return f"Enter a number of minutes, such as 10; at most {MAX_MINUTES}."


def words_wanted() -> str:
    """Beside an empty input for what is known."""
    return "One sentence is enough: what do you know for sure?"


def needs_slash(ride_command: str) -> Message:
    """A form opens from a slash command or a button, not from a mention."""
    words = f"📣 Slack opens forms only for slash commands: type `{ride_command} update` in the channel."
    return Message(text=words, blocks=(section(words),))


def old_button() -> Message:
    """A button that an older version of Ride made."""
    words = "This button is from an older version of Ride and no longer works."
    return Message(text=words, blocks=(section(words),))
