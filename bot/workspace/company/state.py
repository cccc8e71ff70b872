"""What the workspace holds, in memory: people, conversations, messages, files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.workspace.company.identifiers import Clock, Identifiers, Timestamps
from bot.workspace.json_values import JsonObject

SLACKBOT = "USLACKBOT"


class Kind(StrEnum):
    """The kinds of conversation that this workspace has."""

    PUBLIC = "public"
    PRIVATE = "private"
    IM = "im"


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    id: str
    name: str
    domain: str


class Guest(StrEnum):
    """Guests, as Slack calls them: https://slack.com/help/articles/202518103."""

    MULTI_CHANNEL = "multi"
    SINGLE_CHANNEL = "single"


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    id: str
    name: str
    """The handle, as typed after @."""
    real_name: str
    title: str = ""
    color: str
    """Six hex digits."""
    bot_id: str | None = None
    """The B… id of an app's bot user."""
    app_id: str | None = None
    is_admin: bool = False
    zone: str = "Europe/London"
    """As in the IANA database."""
    deleted: bool = False
    """Whether the account is deactivated: they left."""
    guest: Guest | None = None
    """None: a full member."""
    invite_refusal: str | None = None
    """Slack's code with which every invitation of this person is refused; None: they can be invited."""
    updated: int = 0
    """When something of this was changed, in seconds since 1970; 0: never."""

    @property
    def is_app(self) -> bool:
        return self.bot_id is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...]
    created: int
    changed: int | None = None
    """Like `created` in seconds since 1970; None: never."""

    @property
    def updated(self) -> int:
        """When it became what it is."""
        return self.created if self.changed is None else self.changed


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A topic or purpose: who set it, and when (seconds since 1970)."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass(kw_only=True, slots=True)
class File:
    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    user: str
    created: int
    length: int
    """Bytes, as announced."""
    content: bytes | None = None
    """None until the bytes came."""
    alt_text: str = ""
    """What an image shows, in words."""
    width: int | None = None
    """Pixels of an image; None for other files."""
    height: int | None = None
    shared_in: list[str] = field(default_factory=list)

    @property
    def is_image(self) -> bool:
        """Whether it can be shown as one."""
        return self.mimetype in ("image/png", "image/jpeg", "image/gif") and self.width is not None


@dataclass(kw_only=True, slots=True)
class Message:
    ts: str
    user: str
    text: str
    blocks: list[JsonObject] | None = None
    thread_ts: str | None = None
    """The parent's ts; on a parent that has replies, its own."""
    subtype: str | None = None
    username: str | None = None
    icon_emoji: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    client_msg_id: str | None = None
    metadata: JsonObject | None = None
    edited: JsonObject | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Who reacted, by emoji name."""
    inviter: str | None = None
    topic: str | None = None
    purpose: str | None = None
    old_name: str | None = None
    name: str | None = None
    only_for: str | None = None
    """The one who may see an ephemeral message."""
    picked: dict[str, dict[str, dict[str, JsonObject]]] = field(default_factory=dict)
    """What each person has picked in its menus: a `state.values` each."""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_system(self) -> bool:
        """Whether the workspace wrote it, such as "has joined the channel"."""
        return self.subtype is not None and self.subtype.startswith("channel_")

    @property
    def in_channel(self) -> bool:
        """Whether it shows in the conversation itself, not only in a thread."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    ts: str
    user: str
    created: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bookmark:
    id: str
    title: str
    link: str
    emoji: str
    created: int
    user: str


@dataclass(kw_only=True, slots=True)
class Conversation:
    id: str
    kind: Kind
    name: str
    """Empty for an IM."""
    creator: str
    created: int
    is_general: bool = False
    is_archived: bool = False
    members: list[str] = field(default_factory=list)
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    previous_names: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    """In the order of their ts."""
    ephemerals: list[Message] = field(default_factory=list)
    """Kept beside the history, never in it."""
    pins: list[Pin] = field(default_factory=list)
    bookmarks: list[Bookmark] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)
    opened_by: set[str] = field(default_factory=set)
    """Who has an IM open; others see it from the first message on."""

    def has(self, user: str) -> bool:
        return user in self.members

    def visible_to(self, user: str) -> bool:
        """Public channels to everyone, the others to their members."""
        return self.kind is Kind.PUBLIC or user in self.members

    def message(self, ts: str) -> Message | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def ephemeral(self, ts: str) -> Message | None:
        return next((message for message in self.ephemerals if message.ts == ts), None)

    def replies(self, ts: str) -> list[Message]:
        return [message for message in self.messages if message.is_reply and message.thread_ts == ts]

    def partner(self, user: str) -> str:
        """The other one of an IM (with oneself: oneself)."""
        return next((member for member in self.members if member != user), user)


class State:
    """All of a workspace, with the look-ups that more than one part needs."""

    def __init__(self, team: Team, *, clock: Clock, ids: Identifiers) -> None:
        self.team = team
        self.clock = clock
        self.ids = ids
        self.timestamps = Timestamps(clock)
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.conversations: dict[str, Conversation] = {}
        self.files: dict[str, File] = {}
        self.restricted: frozenset[str] = frozenset()
        """Methods that a preference of the workspace keeps from apps."""

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self.clock())

    def user_named(self, name: str) -> User | None:
        """A person or app by handle, whatever the case."""
        return next((user for user in self.users.values() if user.name == name.lower()), None)

    def group_named(self, name: str) -> UserGroup | None:
        """A user group by id or handle."""
        return next((group for group in self.groups.values() if name in (group.id, group.handle)), None)

    def channel_named(self, name: str) -> Conversation | None:
        """A channel by name, archived ones too: their names stay taken."""
        return next((one for one in self.channels() if one.name == name), None)

    def channels(self) -> Iterator[Conversation]:
        return (one for one in self.conversations.values() if one.kind is not Kind.IM)

    def im_of(self, one: str, other: str) -> Conversation | None:
        """The direct messages of two people, if they have any."""
        wanted = {one, other}
        return next(
            (im for im in self.conversations.values() if im.kind is Kind.IM and set(im.members) == wanted),
            None,
        )
