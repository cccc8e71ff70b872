"""What people do in modals and in the app's Home, and what the app answers.

Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from bot.workspace.block_kit.types import Surface
from bot.workspace.block_kit.view_check import validated
from bot.workspace.company.state import User
from bot.workspace.delivery.payloads import deliver, interaction, interactive
from bot.workspace.errors import ControlError, SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.people.actions import Act, action
from bot.workspace.people.input_values import filled, mistakes
from bot.workspace.people.views import View
from bot.workspace.web_api.shapes import view_object

log = logging.getLogger(__name__)

Given = Mapping[str, Mapping[str, JsonObject]]
"""What a person filled in, by block_id and action_id: `state.values` without the types."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    closed: bool
    errors: Mapping[str, str]
    """What is wrong, by block_id: Slack's own complaints, or the app's."""


class ViewInteractions:
    """Sends what people do in views to the app."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state

    async def click(self, user: User, view_id: str, act: Act, given: Given) -> None:
        """Use an element of a view; `given` is what was filled in besides.

        Raises ControlError: `view_not_found`, `action_not_found`, …, `dispatch_failed`, `operation_timeout`.
        """
        view = self._seen(user, view_id)
        app = interactive(self._parts)
        values = filled(self._state, view.blocks, view.values, given)
        entry = action(self._state, view.blocks, values, act)
        view.values = values
        payload = interaction(self._parts, app, "block_actions", user)
        modal = view.content["type"] == Surface.MODAL
        payload |= {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._parts.triggers.new(user.id, view=view.id if modal else None),
            "view": view_object(self._state, app, view),
            "actions": [entry],
        }
        await deliver(self._parts, payload)

    async def submit(self, user: User, view_id: str, given: Given) -> Submitted:
        """Send a form off, once Slack's own client would let it go.

        Raises ControlError: `view_not_found`, `no_submit`, `invalid_arguments`, `dispatch_failed`,
        `operation_timeout`, and `invalid_response` when the app answers with what Slack doesn't take.
        """
        view = self._seen(user, view_id)
        if view.content.get("submit") is None:
            raise ControlError("no_submit", "This view can't be submitted.")
        app = interactive(self._parts)
        view.values = filled(self._state, view.blocks, view.values, given)
        if wrong := mistakes(self._state, view.blocks, view.values):
            return Submitted(closed=False, errors=wrong)
        payload = interaction(self._parts, app, "view_submission", user)
        payload |= {
            "trigger_id": self._parts.triggers.new(user.id, view=view.id),
            "view": view_object(self._state, app, view),
            "response_urls": [],
        }
        answer = await deliver(self._parts, payload, accepts_response=True)
        try:
            errors = self._answered(view, answer)
        except SlackError as error:
            why = "; ".join(error.messages) or error.code
            log.warning("the app's answer to a submission can't be used: %s", why)
            raise ControlError(
                "invalid_response", f"We had some trouble connecting. Try again? ({why})", status=200
            ) from error
        return Submitted(closed=view not in self._parts.views.of(user.id), errors=errors)

    def _answered(self, view: View, answer: JsonObject) -> Mapping[str, str]:
        """Do as the app says; gives its complaints. Raises SlackError for an answer that Slack refuses."""
        views = self._parts.views
        match answer.get("response_action"):
            case None if not answer:
                views.close(view)
            case None:
                raise SlackError(
                    "invalid_arguments", messages=["[ERROR] missing required field: response_action"]
                )
            case "clear":
                views.clear(view.user)
            case "errors":
                return _errors(view, answer.get("errors"))
            case "update":
                views.replace(view, validated(answer.get("view"), Surface.MODAL))
            case "push":
                views.push(view.user, validated(answer.get("view"), Surface.MODAL))
            case other:
                raise SlackError("invalid_arguments", messages=[f"[ERROR] unknown response_action: {other}"])
        return {}

    def close(self, user: User, view_id: str) -> None:
        """Dismiss a modal; the app is told if it wants to know. Raises ControlError `view_not_found`."""
        view = self._seen(user, view_id)
        if view.content["type"] != Surface.MODAL:
            raise ControlError("view_not_found", "The Home can't be closed.", status=404)
        cleared = bool(view.content.get("clear_on_close"))
        closed = self._parts.views.clear(user.id) if cleared else [view]
        self._parts.views.close(view)
        for one in closed:
            if one.content.get("notify_on_close"):
                self._parts.background.start(self._closed(user, one, cleared))

    async def _closed(self, user: User, view: View, cleared: bool) -> None:
        app = self._parts.app
        payload = interaction(self._parts, app, "view_closed", user)
        payload |= {"view": view_object(self._state, app, view), "is_cleared": cleared}
        try:
            await deliver(self._parts, payload)
        except ControlError as error:
            # Slack tells it once; nobody waits for it.
            log.info("the app did not hear of a closed view: %s", error.code)

    def _seen(self, user: User, view_id: str) -> View:
        """The modal on top, or the person's Home. Raises ControlError `view_not_found`."""
        home, top = self._parts.views.home(user.id), self._parts.views.top(user.id)
        for view in (home, top):
            if view is not None and view.id == view_id:
                return view
        if any(view.id == view_id for view in self._parts.views.of(user.id)):
            raise ControlError("view_not_found", "Another view is on top of this one.", status=404)
        raise ControlError("view_not_found", "That view is gone.", status=404)


def _errors(view: View, given: object) -> Mapping[str, str]:
    """The app's complaints, each at an input of the view. Raises SlackError."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(given, dict) or not given:
        raise SlackError("invalid_arguments", messages=["[ERROR] errors must be an object with entries"])
    for block_id, text in given.items():
        if block_id not in inputs:
            raise SlackError("invalid_arguments", messages=[f"[ERROR] no input block is called {block_id}"])
        if not isinstance(text, str) or not text:
            raise SlackError("invalid_arguments", messages=[f"[ERROR] {block_id}: must provide a string"])
    return {str(block_id): text for block_id, text in given.items()}
