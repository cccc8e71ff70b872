"""Trigger ids: what an interaction gives an app to open or push a modal with, once and at once.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses.
"""

import secrets
from dataclasses import dataclass

from bot.workspace.company.state import State
from bot.workspace.errors import SlackError

SECONDS = 3.0
REMEMBERED = 600.0
"""Seconds for which a used or expired id is told from one that never was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """Whose interaction it was, and in which modal."""

    user: str
    view: str | None
    """The view's id; None outside of modals."""
    expires: float


class Triggers:
    """Gives trigger ids and takes them back."""

    def __init__(self, state: State, *, seconds: float = SECONDS) -> None:
        self._state = state
        self._seconds = seconds
        self._given: dict[str, Trigger] = {}
        self._exchanged: set[str] = set()

    def new(self, user: str, *, view: str | None = None) -> str:
        """An id for one interaction."""
        now = self._state.clock()
        self._given = {name: one for name, one in self._given.items() if one.expires > now - REMEMBERED}
        self._exchanged &= self._given.keys()
        name = f"{self._state.timestamps.new()}.{secrets.token_hex(16)}"
        self._given[name] = Trigger(user=user, view=view, expires=now + self._seconds)
        return name

    def exchange(self, name: str) -> Trigger:
        """Use an id. Raises SlackError: `invalid_…`, `exchanged_…`, `expired_trigger_id`."""
        trigger = self._given.get(name)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if name in self._exchanged:
            raise SlackError("exchanged_trigger_id")
        if self._state.clock() >= trigger.expires:
            raise SlackError("expired_trigger_id")
        self._exchanged.add(name)
        return trigger
