"""What a person of the workspace sees, as the control API gives it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.workspace.json_values import JsonObject


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Team(_Shown):
    id: str
    name: str
    domain: str


class User(_Shown):
    id: str
    name: str
    real_name: str
    title: str
    is_bot: bool
    is_admin: bool
    deleted: bool
    """Whether they have left."""
    tz: str


class Group(_Shown):
    """A user group."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


class Command(_Shown):
    command: str
    description: str
    usage_hint: str


class WorkspaceInfo(_Shown):
    team: Team
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    commands: tuple[Command, ...]


class Conversation(_Shown):
    id: str
    name: str
    """Of an IM: the other one's."""
    kind: Literal["public", "private", "im"]
    topic: str
    purpose: str
    is_archived: bool
    is_member: bool
    unread: int
    mention_count: int
    created: int
    """Seconds since 1970."""
    user: str | None = None
    """The other one of an IM."""


class File(_Shown):
    id: str
    name: str
    title: str
    filetype: str
    size: int
    preview: str | None
    url: str
    alt_text: str
    """What an image shows, in words."""
    is_image: bool
    width: int | None
    """Pixels of an image."""
    height: int | None


class Message(_Shown):
    ts: str
    user: str
    username: str | None = None
    is_bot: bool
    text: str
    blocks: tuple[JsonObject, ...]
    thread_ts: str | None = None
    reply_count: int
    latest_reply: str | None = None
    ephemeral: bool
    edited: bool
    files: tuple[File, ...]
    reactions: tuple[JsonObject, ...]
    subtype: str | None = None

    @property
    def words(self) -> str:
        """Everything to read in the message: its text, and all text in its blocks."""
        return "\n".join([self.text, *_texts(self.blocks)])

    @property
    def buttons(self) -> tuple[str, ...]:
        """The action_ids of its buttons."""
        return tuple(_action_ids(self.blocks))


class View(_Shown):
    """A modal, or the app's Home."""

    id: str
    hash: str
    callback_id: str
    view: JsonObject
    """As the Web API shows it, with every block_id and action_id."""
    values: dict[str, dict[str, JsonObject]]
    """What is filled in, by block_id and action_id: Slack's state.values."""

    @property
    def blocks(self) -> tuple[JsonObject, ...]:
        return tuple(self.view["blocks"])

    @property
    def words(self) -> str:
        """Everything to read in it."""
        return "\n".join(_texts(self.view))

    @property
    def buttons(self) -> tuple[str, ...]:
        """The action_ids of its buttons."""
        return tuple(_action_ids(self.blocks))


class Submitted(_Shown):
    closed: bool
    errors: dict[str, str]
    """What is wrong, by block_id: what Slack's own client says, or the app."""


class Change(_Shown):
    """In a conversation, or of a person's views; those have no channel."""

    type: str
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    view: str | None = None


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []


def _action_ids(blocks: tuple[JsonObject, ...]) -> list[str]:
    found = []
    for block in blocks:
        for element in [*(block.get("elements") or []), block.get("accessory") or {}]:
            if isinstance(element, dict) and element.get("type") == "button":
                found.append(str(element["action_id"]))
    return found
