"""The views that people have before them: a stack of modals each, and the app's Home.

Source: https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/surfaces/app-home.
"""

import secrets
from dataclasses import dataclass

from bot.workspace.company.feed import Change, ChangeType, Feed
from bot.workspace.company.state import State
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.input_values import Values, carried, initial

MAX_STACK = 3


@dataclass(kw_only=True, slots=True)
class View:
    id: str
    user: str
    """Who sees it: nobody else does."""
    content: JsonObject
    """As it was checked, with every id."""
    hash: str
    """Another one with each change, to tell who changed an older one."""
    root: str
    """The id of the first view of its stack; its own for that one."""
    previous: str | None
    """The id of the view beneath it."""
    values: Values

    @property
    def blocks(self) -> list[JsonObject]:
        found: list[JsonObject] = self.content["blocks"]
        return found

    @property
    def external_id(self) -> str:
        return str(self.content.get("external_id") or "")


class Views:
    """Opens, stacks, changes and closes views, and tells those who look at them."""

    def __init__(self, state: State, feed: Feed) -> None:
        self._state = state
        self._feed = feed
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def of(self, user: str) -> list[View]:
        """A person's modals, the lowest first."""
        return list(self._stacks.get(user, []))

    def top(self, user: str) -> View | None:
        """The modal that a person sees."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """What the app has published for a person."""
        return self._homes.get(user)

    def find(self, *, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """A view that is open, or somebody's Home, by either id."""
        for view in self._all():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        return None

    def open(self, user: str, content: JsonObject) -> View:
        """A new stack. One that was open gives way to it. Raises SlackError `duplicate_external_id`."""
        for view in self._stacks.pop(user, []):
            self._tell(view, "view_closed")
        return self._put(user, content)

    def push(self, user: str, content: JsonObject) -> View:
        """One more view on a person's stack. Raises SlackError `push_limit_reached`, …"""
        if len(self._stacks.get(user, [])) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        return self._put(user, content)

    def replace(self, view: View, content: JsonObject) -> View:
        """Change a view; what people filled in stays where the same input is there again.

        Raises SlackError `duplicate_external_id`.
        """
        self._unused(content, view)
        view.content, view.hash = content, self._hash()
        view.values = carried(view.values, view.blocks)
        self._tell(view, "home" if view is self._homes.get(view.user) else "view_updated")
        return view

    def publish(self, user: str, content: JsonObject) -> View:
        """Show a person the app's Home. Raises SlackError `duplicate_external_id`."""
        if (view := self._homes.get(user)) is not None:
            return self.replace(view, content)
        self._unused(content, None)
        view = self._homes[user] = self._new(user, content, [])
        self._tell(view, "home")
        return view

    def close(self, view: View) -> None:
        """Take a modal away; the one beneath it shows again."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
            self._tell(view, "view_closed")

    def clear(self, user: str) -> list[View]:
        """Take all of a person's modals away; gives them, the uppermost first."""
        closed = self.of(user)[::-1]
        for view in closed:
            self.close(view)
        return closed

    def forget(self, user: str) -> None:
        """Take everything away from somebody who left."""
        self.clear(user)
        self._homes.pop(user, None)

    def _put(self, user: str, content: JsonObject) -> View:
        self._unused(content, None)
        stack = self._stacks.setdefault(user, [])
        view = self._new(user, content, stack)
        stack.append(view)
        self._tell(view, "view_opened")
        return view

    def _new(self, user: str, content: JsonObject, stack: list[View]) -> View:
        name = self._state.ids.new("V")
        return View(
            id=name,
            user=user,
            content=content,
            hash=self._hash(),
            root=stack[0].root if stack else name,
            previous=stack[-1].id if stack else None,
            values=initial(content["blocks"]),
        )

    def _unused(self, content: JsonObject, by: View | None) -> None:
        wanted = content.get("external_id")
        if wanted and any(view.external_id == wanted and view is not by for view in self._all()):
            raise SlackError("duplicate_external_id")

    def _all(self) -> list[View]:
        return [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]

    def _hash(self) -> str:
        return f"{self._state.now()}.{secrets.token_hex(4)}"

    def _tell(self, view: View, kind: ChangeType) -> None:
        self._feed.tell_one(view.user, Change(type=kind, view=None if kind == "home" else view.id))
