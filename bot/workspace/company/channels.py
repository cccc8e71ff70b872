"""Channels and direct messages: made, named, joined, left, archived."""

import re

from bot.workspace.company.feed import Change, Feed
from bot.workspace.company.messages import Messages
from bot.workspace.company.state import Conversation, Kind, Note, State
from bot.workspace.delivery.events import Events
from bot.workspace.errors import SlackError
from bot.workspace.people.typed_text import escaped

MAX_NAME = 80
MAX_TOPIC = 250


def checked_name(name: str) -> str:
    """The name, if Slack takes it. Raises SlackError with the code for what is wrong.

    Source: https://docs.slack.dev/reference/methods/conversations.create. Slack modifies some names to fit
    its rules and refuses others; this workspace refuses all, so that nobody relies on it.
    """
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > MAX_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise SlackError("invalid_name_specials")
    if not re.search(r"[a-z0-9]", name):
        raise SlackError("invalid_name_punctuation")
    return name


class Channels:
    """Changes conversations and their members. Who may do so is checked by the callers."""

    def __init__(self, state: State, feed: Feed, messages: Messages, events: Events) -> None:
        self._state = state
        self._feed = feed
        self._messages = messages
        self._events = events

    def create(self, name: str, creator: str, *, private: bool) -> Conversation:
        """A new channel with one member. Raises SlackError: a bad name, or `name_taken`."""
        checked_name(name)
        self._free(name)
        conversation = Conversation(
            id=self._state.ids.new("C"),
            kind=Kind.PRIVATE if private else Kind.PUBLIC,
            name=name,
            creator=creator,
            created=self._state.now(),
        )
        self._state.conversations[conversation.id] = conversation
        self.add(conversation, creator)
        return conversation

    def _free(self, name: str) -> None:
        if self._state.channel_named(name) is not None:
            raise SlackError("name_taken")

    def rename(self, conversation: Conversation, name: str, by: str) -> None:
        """Give a channel another name. Raises SlackError as `create` does."""
        checked_name(name)
        if name == conversation.name:
            return
        self._free(name)
        old, conversation.name = conversation.name, name
        conversation.previous_names.append(old)
        text = f'has renamed the channel from "{old}" to "{name}"'
        self._messages.system(conversation, by, "channel_name", text, old_name=old, name=name)
        self._tell(conversation)

    def add(self, conversation: Conversation, user: str, *, inviter: str | None = None) -> None:
        """Make somebody a member, who sees the history as read."""
        if conversation.has(user):
            return
        conversation.members.append(user)
        more = {} if inviter is None else {"inviter": inviter}
        self._messages.system(conversation, user, "channel_join", f"<@{user}> has joined the channel", **more)
        conversation.last_read[user] = self._state.timestamps.new()
        self._events.joined(conversation, user, inviter)
        self._tell(conversation)

    def remove(self, conversation: Conversation, user: str) -> None:
        """Take somebody out, who is told while they can still see the channel."""
        self._tell(conversation)
        conversation.members.remove(user)
        self._messages.system(conversation, user, "channel_leave", f"<@{user}> has left the channel")

    def archive(self, conversation: Conversation, by: str) -> None:
        conversation.is_archived = True
        self._messages.system(conversation, by, "channel_archive", f"<@{by}> archived the channel")
        self._tell(conversation)

    def unarchive(self, conversation: Conversation, by: str) -> None:
        conversation.is_archived = False
        self._messages.system(conversation, by, "channel_unarchive", f"<@{by}> un-archived the channel")
        self._tell(conversation)

    def set_topic(self, conversation: Conversation, topic: str, by: str) -> None:
        conversation.topic = Note(value=topic, creator=by, last_set=self._state.now())
        text = f"<@{by}> set the channel topic: {escaped(topic)}"
        self._messages.system(conversation, by, "channel_topic", text, topic=topic)
        self._tell(conversation)

    def set_purpose(self, conversation: Conversation, purpose: str, by: str) -> None:
        conversation.purpose = Note(value=purpose, creator=by, last_set=self._state.now())
        text = f"<@{by}> set the channel purpose: {escaped(purpose)}"
        self._messages.system(conversation, by, "channel_purpose", text, purpose=purpose)
        self._tell(conversation)

    def open_im(self, user: str, other: str) -> tuple[Conversation, bool]:
        """The direct messages of two, and whether they were open already."""
        conversation = self.im(user, other)
        was_open = user in conversation.opened_by
        conversation.opened_by.add(user)
        if not was_open:
            self._tell(conversation)
        return conversation, was_open

    def im(self, user: str, other: str) -> Conversation:
        """The direct messages of two, opened by nobody if they are new."""
        conversation = self._state.im_of(user, other)
        if conversation is None:
            conversation = Conversation(
                id=self._state.ids.new("D"),
                kind=Kind.IM,
                name="",
                creator=user,
                created=self._state.now(),
                members=list(dict.fromkeys((user, other))),
            )
            self._state.conversations[conversation.id] = conversation
        return conversation

    def _tell(self, conversation: Conversation) -> None:
        self._feed.tell(conversation, Change(type="conversation", channel=conversation.id))
