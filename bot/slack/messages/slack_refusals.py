"""What Slack refused, in sentences: what Ride could not do, why, and what to do about it."""

from collections.abc import Iterable, Mapping

from bot.slack.messages.mrkdwn import code, plain
from bot.slack.messages.slack_codes import meaning

_DOING: Mapping[str, str] = {
    "apps.connections.open": "connect to Slack",
    "auth.test": "ask Slack who it is",
    "authorization": "speak in this workspace",
    "chat.postEphemeral": "answer you privately",
    "chat.postMessage": "post a message",
    "chat.update": "update a message",
    "conversations.archive": "archive the channel",
    "conversations.create": "create the channel",
    "conversations.history": "read the channel",
    "conversations.invite": "invite people",
    "conversations.members": "see who is in the channel",
    "conversations.open": "open direct messages",
    "conversations.replies": "read the thread",
    "conversations.setPurpose": "set the channel's description",
    "conversations.setTopic": "set the channel's topic",
    "files.completeUploadExternal": "put a file in the channel",
    "files.getUploadURLExternal": "send a file to Slack",
    "oauth.v2.access": "finish the installation",
    "pins.add": "pin a message",
    "usergroups.list": "see the user groups",
    "usergroups.users.list": "see who is in the user group",
    "users.conversations": "see which channels it is in",
    "users.info": "look a person up",
    "users.list": "look people up",
    "views.open": "open the form",
    "views.publish": "show the App Home",
    "views.update": "update the form",
}
"""What Ride wants of each method that it calls."""


def known_methods() -> frozenset[str]:
    """The methods that have words."""
    return frozenset(_DOING)


def told(step: str, refused: str, *, needed: str | None = None) -> str:
    """A refusal in sentences: what Ride could not do, why, the method with its code, and what to do."""
    what = meaning(refused, step=step, needed=needed)
    doing = _DOING.get(step, plain(step))
    sentence = f"Ride could not {doing}: {what.why} ({code(step)} gave {code(refused)})."
    return f"{sentence} {what.then}".rstrip()


def because(refused: str) -> str:
    """A refusal after a colon, in a list or in brackets: why, with the code; no full stop."""
    return f"{meaning(refused).why} ({code(refused)})"


def line(refused: str) -> str:
    """A refusal in a line of its own, after a colon: why, with the code, and what to do."""
    return f"{because(refused)}. {meaning(refused).then}".rstrip()


def lines(steps: Iterable[tuple[str, str]]) -> str:
    """A list of refusals: (mrkdwn for what was refused, code). What to do is said once."""
    rows, said = [], set()
    for what, refused in steps:
        then = meaning(refused).then
        rows.append(f"• {what}: {because(refused) if then in said else line(refused)}")
        said.add(then)
    return "\n".join(rows)
