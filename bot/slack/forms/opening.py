"""Opening a form in time: Slack takes a trigger for 3 seconds, whatever the form has to look up first."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.rides.errors import ChatRefusedError
from bot.slack.areas.asker import Asker, tell
from bot.slack.messages import modals
from bot.slack.messages.message import Message
from bot.slack.transport.outbox import Outbox

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that a form may look things up before a modal opens without it. The rest of Slack's 3 is the way
here and back (https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses)."""
TOO_LATE = frozenset({"expired", "expired_trigger_id", "invalid_trigger_id"})
"""https://docs.slack.dev/reference/methods/views.open"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opened:
    """A modal that asks to wait."""

    view_id: str
    """Empty if Slack's answer was lost."""
    name: str
    """Our own, by which it is found then."""


Build = Callable[[], Awaitable[View | Message]]
"""Makes the form; or finds that there is none, and says why."""


async def open_form(
    outbox: Outbox, asker: Asker, trigger: str, build: Build, *, patience: float = PATIENCE
) -> None:
    """Open what `build` makes: at once where it is quick, else in the place of a modal that asks to wait.

    Raises what `build` raises, and ChatRefusedError.
    """
    building = asyncio.ensure_future(build())
    try:
        await asyncio.wait({building}, timeout=patience)
        if building.done():
            await _open_at_once(outbox, asker, trigger, building.result())
        else:
            await _open_later(outbox, asker, trigger, building)
    finally:
        building.cancel()


async def open_view(outbox: Outbox, asker: Asker, trigger: str, view: View) -> str | None:
    """Open a modal; gives its id. None: it was too late, and the asker was told what to do."""
    try:
        return await outbox.open_view(asker.workspace, trigger, view)
    except ChatRefusedError as refusal:
        if refusal.code not in TOO_LATE:
            raise
        await tell(outbox, asker, modals.too_late())
        return None


async def _open_at_once(outbox: Outbox, asker: Asker, trigger: str, found: View | Message) -> None:
    if isinstance(found, Message):
        await tell(outbox, asker, found)
    else:
        await open_view(outbox, asker, trigger, found)


async def _open_later(
    outbox: Outbox, asker: Asker, trigger: str, building: asyncio.Future[View | Message]
) -> None:
    moment = modals.one_moment()
    moment.external_id = name = f"moment-{secrets.token_hex(8)}"
    view_id = await open_view(outbox, asker, trigger, moment)
    if view_id is None:
        return
    opened = _Opened(view_id=view_id, name=name)
    try:
        found = await building
    except Exception:
        # Whoever called us says what it is; the modal would promise a form for ever.
        await _fill(outbox, asker, opened, modals.answered(modals.TITLE, modals.did_not_open()))
        raise
    if isinstance(found, Message):
        found = modals.answered(modals.TITLE, found)
    await _fill(outbox, asker, opened, found)


async def _fill(outbox: Outbox, asker: Asker, opened: _Opened, view: View) -> None:
    try:
        await outbox.update_view(asker.workspace, opened.view_id, view, external_id=opened.name)
    except ChatRefusedError as refusal:
        # They closed it: they don't want it any more.
        log.info("a form for %s did not come into its modal: %s", asker.person, refusal.code)
