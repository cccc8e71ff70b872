"""Messages: posted, shown to one person, changed and deleted. Who may do so is checked by the callers."""

from bot.workspace.company.feed import Change, ChangeType, Feed
from bot.workspace.company.state import SLACKBOT, Conversation, Kind, Message, State
from bot.workspace.delivery.events import Events
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.shapes import message_object


class Messages:
    """Puts messages where they belong, and tells the people and the app who see them."""

    def __init__(self, state: State, feed: Feed, events: Events) -> None:
        self._state = state
        self._feed = feed
        self._events = events

    def post(self, conversation: Conversation, message: Message) -> Message:
        """Add a message, which has its ts from `State.timestamps`, and tell of it."""
        conversation.messages.append(message)
        if message.in_channel:
            conversation.last_read[message.user] = message.ts
        if conversation.kind is Kind.IM:
            conversation.opened_by.update(conversation.members)
        self._tell(conversation, "message", message)
        if message.is_reply and (parent := conversation.message(message.thread_ts or "")):
            # Its reply_count is another now.
            self._tell(conversation, "message_changed", parent)
        self._events.posted(conversation, message)
        return message

    def system(
        self,
        conversation: Conversation,
        user: str,
        subtype: str,
        text: str,
        *,
        inviter: str | None = None,
        topic: str | None = None,
        purpose: str | None = None,
        old_name: str | None = None,
        name: str | None = None,
    ) -> None:
        """A line such as `channel_join`, with the fields that go with the subtype."""
        message = Message(
            ts=self._state.timestamps.new(),
            user=user,
            text=text,
            subtype=subtype,
            inviter=inviter,
            topic=topic,
            purpose=purpose,
            old_name=old_name,
            name=name,
        )
        self.post(conversation, message)

    def whisper(self, conversation: Conversation, message: Message) -> Message:
        """Show a message to the one person in `only_for`."""
        conversation.ephemerals.append(message)
        self._feed.tell_one(message.only_for or "", self._change(conversation, "ephemeral", message))
        return message

    def from_slackbot(
        self, conversation: Conversation, person: str, text: str, thread_ts: str | None
    ) -> None:
        """What Slack itself says to one person."""
        self.whisper(
            conversation,
            Message(
                ts=self._state.timestamps.new(),
                user=SLACKBOT,
                text=text,
                thread_ts=thread_ts,
                only_for=person,
            ),
        )

    def change(
        self,
        conversation: Conversation,
        message: Message,
        *,
        text: str,
        blocks: list[JsonObject] | None,
        by: str,
        metadata: JsonObject | None = None,
    ) -> None:
        """Replace what a message says. Ephemeral messages carry no mark of it."""
        before = message_object(self._state, conversation, message, self._events.url)
        message.text, message.blocks = text, blocks
        if metadata is not None:
            message.metadata = metadata
        if message.only_for is not None:
            self._feed.tell_one(message.only_for, self._change(conversation, "message_changed", message))
            return
        message.edited = {"user": by, "ts": self._state.timestamps.new()}
        self._tell(conversation, "message_changed", message)
        self._events.changed(conversation, before, message)

    def delete(self, conversation: Conversation, message: Message) -> None:
        """Take a message away, with its pin."""
        change = self._change(conversation, "message_deleted", message)
        if message.only_for is not None:
            conversation.ephemerals.remove(message)
            self._feed.tell_one(message.only_for, change)
            return
        before = message_object(self._state, conversation, message, self._events.url)
        conversation.messages.remove(message)
        conversation.pins = [pin for pin in conversation.pins if pin.ts != message.ts]
        self._feed.tell(conversation, change)
        self._events.deleted(conversation, before)

    def _tell(self, conversation: Conversation, kind: ChangeType, message: Message) -> None:
        self._feed.tell(conversation, self._change(conversation, kind, message))

    @staticmethod
    def _change(conversation: Conversation, kind: ChangeType, message: Message) -> Change:
        thread = message.thread_ts if message.is_reply else None
        return Change(type=kind, channel=conversation.id, ts=message.ts, thread_ts=thread)
