"""The control API's part for what people and admins do to the workspace itself.

    POST /control/users                           {name, real_name, title?, zone?, is_admin?, guest?} → {id}
    POST /control/users/{uid}/change              {name?, real_name?, title?, zone?, is_admin?, guest?,
                                                  invite_refusal?}; the app hears user_change
    POST /control/users/{uid}/deactivate          this person has left; the app hears user_change
    POST /control/users/{uid}/reactivate          and has come back
    POST /control/groups/{gid}/members            {users}; {gid} is a user group's id or handle
    POST /control/conversations/{cid}/archive     {uid}, who does it; likewise /unarchive
    POST /control/conversations/{cid}/remove      {uid, user}: uid takes user out, or leaves
    POST /control/preferences                     {restricted}: methods that apps may not call

`guest` is `multi` (several channels), `single` (one, so that an invitation to a second is `ura_max_channels`)
or `none`. `invite_refusal` is the code with which every invitation of this person is refused from now on, or
`none`. A method in `restricted` gives `restricted_action`, as where a preference of the workspace keeps it
from apps; the list replaces the one before.

Each answers `{"ok": true}`, or as the other routes refuse.
"""

from dataclasses import replace
from typing import Literal

from aiohttp import web

from bot.workspace.company import people
from bot.workspace.company.state import SLACKBOT, Conversation, Guest, Kind, User
from bot.workspace.errors import ControlError
from bot.workspace.parts import Parts
from bot.workspace.people.control_requests import Body, person, read_body, refusing
from bot.workspace.web_api.method_table import METHODS

GuestKind = Literal["multi", "single", "none"]
InviteRefusal = Literal["cant_invite", "user_is_restricted", "ura_max_channels", "none"]


class NewPerson(Body):
    name: str
    real_name: str
    title: str = ""
    zone: str = "Europe/London"
    is_admin: bool = False
    guest: GuestKind = "none"


class ChangePerson(Body):
    name: str | None = None
    real_name: str | None = None
    title: str | None = None
    zone: str | None = None
    is_admin: bool | None = None
    guest: GuestKind | None = None
    invite_refusal: InviteRefusal | None = None


class SetMembers(Body):
    users: tuple[str, ...]


class Doer(Body):
    uid: str


class Remove(Body):
    uid: str
    user: str


class Preferences(Body):
    restricted: tuple[str, ...]


class ControlAdmin:
    """Serves that part."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state

    def add_routes(self, app: web.Application) -> None:
        one, channel = "/control/users/{uid}", "/control/conversations/{cid}"
        for path, handler in (
            ("/control/users", self._join),
            (f"{one}/change", self._change),
            (f"{one}/deactivate", self._deactivate),
            (f"{one}/reactivate", self._reactivate),
            ("/control/groups/{gid}/members", self._set_members),
            (f"{channel}/archive", self._archive),
            (f"{channel}/unarchive", self._unarchive),
            (f"{channel}/remove", self._remove),
            ("/control/preferences", self._restrict),
        ):
            app.router.add_post(path, refusing(handler))

    async def _join(self, request: web.Request) -> web.Response:
        body = await read_body(request, NewPerson)
        user = User(
            id=self._state.ids.new("U"),
            name=body.name,
            real_name=body.real_name,
            title=body.title,
            color=people.NEW_COLOR,
            is_admin=body.is_admin,
            zone=body.zone,
            guest=_guest(body.guest),
        )
        people.join(self._parts, user)
        return web.json_response({"ok": True, "id": user.id})

    async def _change(self, request: web.Request) -> web.Response:
        user, body = self._person(request), await read_body(request, ChangePerson)
        given = body.model_dump(exclude_none=True)
        if "guest" in given:
            given["guest"] = _guest(given["guest"])
        if given.get("invite_refusal") == "none":
            given["invite_refusal"] = None
        people.change(self._parts, replace(user, **given))
        return _done()

    async def _deactivate(self, request: web.Request) -> web.Response:
        people.deactivate(self._parts, self._person(request))
        return _done()

    async def _reactivate(self, request: web.Request) -> web.Response:
        name = request.match_info["uid"]
        user = self._state.users.get(name) or self._state.user_named(name)
        if user is None or not user.deleted or user.is_app:
            raise ControlError("user_not_found", f"No deactivated person is called {name}.", status=404)
        people.reactivate(self._parts, user)
        return _done()

    async def _set_members(self, request: web.Request) -> web.Response:
        body, name = await read_body(request, SetMembers), request.match_info["gid"]
        group = self._state.group_named(name)
        if group is None:
            raise ControlError("no_such_subteam", f"There is no user group {name}.", status=404)
        members = [person(self._state, one).id for one in body.users]
        people.set_members(self._parts, group, members)
        return _done()

    async def _archive(self, request: web.Request) -> web.Response:
        conversation, user = await self._channel(request)
        if conversation.is_general:
            raise ControlError("cant_archive_general", "The channel for everyone can't be archived.")
        if conversation.is_archived:
            raise ControlError("already_archived", "This channel is archived.")
        self._parts.channels.archive(conversation, user.id)
        return _done()

    async def _unarchive(self, request: web.Request) -> web.Response:
        conversation, user = await self._channel(request)
        if not conversation.is_archived:
            raise ControlError("not_archived", "This channel is not archived.")
        self._parts.channels.unarchive(conversation, user.id)
        return _done()

    async def _remove(self, request: web.Request) -> web.Response:
        body = await read_body(request, Remove)
        conversation, _ = self._seen(request, body.uid)
        user = person(self._state, body.user)
        if conversation.is_general and not user.is_app:
            raise ControlError(
                "cant_kick_from_general", "Nobody can be removed from the channel for everyone."
            )
        if not conversation.has(user.id):
            raise ControlError("not_in_channel", f"{user.real_name} is not in this channel.")
        self._parts.channels.remove(conversation, user.id)
        return _done()

    async def _restrict(self, request: web.Request) -> web.Response:
        body = await read_body(request, Preferences)
        for name in body.restricted:
            if name not in METHODS or "restricted_action" not in METHODS[name].errors:
                raise ControlError("invalid_arguments", f"Slack documents no restricted_action of {name}.")
        self._state.restricted = frozenset(body.restricted)
        return _done()

    async def _channel(self, request: web.Request) -> tuple[Conversation, User]:
        return self._seen(request, (await read_body(request, Doer)).uid)

    def _seen(self, request: web.Request, uid: str) -> tuple[Conversation, User]:
        """A channel and who does something to it. Raises ControlError unless they see it."""
        user = person(self._state, uid)
        conversation = self._state.conversations.get(request.match_info["cid"])
        if conversation is None or conversation.kind is Kind.IM or not conversation.visible_to(user.id):
            raise ControlError("channel_not_found", "There is no such channel.", status=404)
        return conversation, user

    def _person(self, request: web.Request) -> User:
        user = person(self._state, request.match_info["uid"])
        if user.is_app or user.id == SLACKBOT:
            raise ControlError("cannot_deactivate", "This works for people, not for apps.")
        return user


def _guest(kind: GuestKind) -> Guest | None:
    return None if kind == "none" else Guest(kind)


def _done() -> web.Response:
    return web.json_response({"ok": True})
