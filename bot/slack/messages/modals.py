"""What modals say beside their forms: that something is looked up, what came of it, what is wrong."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.slack.messages.message import Message, context, said, section
from bot.slack.messages.mrkdwn import plain

WAITING = "ride_waiting"
"""The callback_id of a modal that shows that something is being done. It can't be submitted."""
ANSWERED = "ride_answered"
FORM_AGAIN = "form_again"
"""The button that opens a form as it was filled in."""
TITLE = "Ride"


def one_moment() -> View:
    """Opened at once where a form takes longer than Slack waits; the form replaces it."""
    return _words("⏳ One moment: Ride is looking up what this form needs…", title=TITLE, form=ANSWERED)


def waiting(title: str, words: str) -> View:
    """In the form's place, while its work is being done."""
    view = _words(words, title=title, form=WAITING)
    view.notify_on_close = True
    view.blocks = [
        *(view.blocks or ()),
        context("It comes here. If you close this, Ride tells you in a direct message."),
    ]
    return view


def being_checked() -> str:
    """For `waiting`, where a form has no words of its own."""
    return "⏳ Ride has it, and is checking what you filled in…"


def answered(title: str, message: Message) -> View:
    """What came of it."""
    return View(
        type="modal",
        callback_id=ANSWERED,
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        blocks=list(message.blocks) or [section(message.text)],
    )


def done() -> Message:
    """Of a form whose work has no words of its own."""
    return said("✅ Done.")


def did_not_open() -> Message:
    """In the place of a form that could not be made; what is in the way is told in the chat."""
    return said("⚠️ This form can't be opened now. Ride tells you why outside this window.")


def wrong_above() -> str:
    """At the head of a form that is shown again."""
    return "⚠️ *Not yet:* see the lines with ⚠️ below. Everything you filled in is still there."


def wrong_here(words: str) -> str:
    """Below the field that it is about. Plain text."""
    return f"⚠️ {words}"


def wrong_later(title: str, wrong: Mapping[str, str], key: str) -> Message:
    """To somebody who closed the modal meanwhile: what is wrong by the fields' labels, and the way back."""
    lines = "\n".join(f"• {plain(label)}: {plain(words)}" for label, words in wrong.items())
    words = f"⚠️ *{plain(title)}*: nothing was done yet, because of this:\n{lines}"
    button = ButtonElement(
        text=PlainTextObject(text="Open the form again"), action_id=FORM_AGAIN, value=key, style="primary"
    )
    return Message(
        text=words,
        blocks=(
            section(words),
            ActionsBlock(elements=[button]),
            context("It opens as you filled it in."),
        ),
    )


def no_longer_kept() -> Message:
    """Of a form that was filled in long ago, or before Ride was started anew."""
    return said(
        "🤔 Ride no longer has this form as you filled it in. Please open it again, as you did before."
    )


def interrupted() -> Message:
    """Of a form whose work Ride's own end has cut off."""
    return said(
        "⚠️ Ride is being restarted, and was in the middle of this. Please check in a minute whether "
        "it was done, and if not, fill in the form again."
    )


def too_late() -> Message:
    """Slack gives 3 seconds to open a form."""
    return said(
        "⌛ Slack opens a form only within 3 seconds, and this took longer. Nothing was changed: please "
        "type or click again."
    )


def _words(words: str, *, title: str, form: str) -> View:
    return View(
        type="modal",
        callback_id=form,
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        blocks=[section(words)],
    )
