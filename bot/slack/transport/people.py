"""The people and user groups of the workspaces: asked for often, and of Slack rarely."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Clock, Person
from bot.slack.transport.background import Background
from bot.slack.transport.kept import PATIENCE, Kept
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.plan import Plan
from bot.slack.transport.user_objects import GroupObject, UserObject, members_of, person_of

PAGE = 200
"""People a page, as https://docs.slack.dev/reference/methods/users.list recommends."""
MANY_PEOPLE = 20
"""Slack takes 100 users.info a minute, and 20 users.list."""
MANY_GROUPS = 5
"""Slack takes 20 usergroups.users.list a minute, and 20 usergroups.list, which has them all in one."""
MOST_PEOPLE = 5_000
"""Of a workspace, in memory: some 3 MB."""
MOST_GROUPS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class _Workspace:
    people: Kept[Person]
    groups: Kept[tuple[str, ...]]


class People:
    """Who everybody is, in every workspace: each asked for once, and kept.

    An answer is at most ten minutes old (kept.FRESH), and from five minutes on renewed beside; who is asked
    about all the time never waits. Events tell of changes at once, so that ten minutes are for an app whose
    manifest has no such events yet, and for events that got lost. They bound what matters most: somebody who
    lost their admin rights acts as an admin for ten minutes at worst; or longer while Slack answers no
    question about them, for then what was known last holds (kept.LAST_KNOWN at most): no ride fails for it.

    One users.info costs least for a few. For many at once the whole workspace is read in pages, up to
    kept.MOST_PAGES of them: of a larger one everybody is asked for singly again.
    """

    def __init__(
        self, outbox: Outbox, clock: Clock, background: Background, *, patience: float = PATIENCE
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._background = background
        self._patience = patience
        self._workspaces: dict[str, _Workspace] = {}

    async def person(self, workspace: str, person: str) -> Person:
        """Somebody by id. Raises ChatRefusedError, such as `user_not_found` for nobody."""
        return await self._of(workspace).people.get(person)

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group. Raises ChatRefusedError, such as `no_such_subteam`."""
        return await self._of(workspace).groups.get(group)

    def user_changed(self, workspace: str, user: UserObject) -> None:
        """Slack tells of somebody who is new, has changed or has left."""
        person = str(user.get("id") or "")
        if person and workspace in self._workspaces:
            self._workspaces[workspace].people.tell(person, person_of(user, person))

    def group_changed(self, workspace: str, group: GroupObject) -> None:
        """Slack tells of a user group that has changed, with its people or without."""
        name = str(group.get("id") or "")
        if name and workspace in self._workspaces:
            self._workspaces[workspace].groups.tell(name, members_of(group))

    def forget(self, workspace: str) -> None:
        """The workspace has removed Ride: nothing is known of anybody there."""
        self._workspaces.pop(workspace, None)

    def _of(self, workspace: str) -> _Workspace:
        if workspace not in self._workspaces:
            self._workspaces[workspace] = _Workspace(
                people=Kept(
                    _Users(self._outbox, workspace),
                    self._clock,
                    self._background,
                    most=MOST_PEOPLE,
                    patience=self._patience,
                ),
                groups=Kept(
                    _Groups(self._outbox, workspace),
                    self._clock,
                    self._background,
                    most=MOST_GROUPS,
                    patience=self._patience,
                ),
            )
        return self._workspaces[workspace]


class _Users:
    """The people of a workspace, as Slack tells them."""

    many = MANY_PEOPLE

    def __init__(self, outbox: Outbox, workspace: str) -> None:
        self._outbox = outbox
        self._workspace = workspace

    def is_absent(self, refusal: ChatRefusedError) -> bool:
        return refusal.is_nobody

    async def one(self, key: str) -> Person:
        async with self._outbox.calling(self._workspace, "users.info", Plan(fields=("user",))) as web:
            response = await web.users_info(user=key)
        user: UserObject = response["user"]
        return person_of(user, key)

    async def pages(self) -> AsyncGenerator[Mapping[str, Person], None]:
        cursor: str | None = None
        while cursor != "":
            async with self._outbox.calling(self._workspace, "users.list", Plan(fields=("members",))) as web:
                response = await web.users_list(cursor=cursor, limit=PAGE)
            users = _objects(response["members"])
            cursor = str((response.get("response_metadata") or {}).get("next_cursor") or "")
            yield {person: person_of(user, person) for person, user in users.items()}


class _Groups:
    """The user groups of a workspace, each as its people."""

    many = MANY_GROUPS

    def __init__(self, outbox: Outbox, workspace: str) -> None:
        self._outbox = outbox
        self._workspace = workspace

    def is_absent(self, refusal: ChatRefusedError) -> bool:
        return refusal.code == "no_such_subteam"

    async def one(self, key: str) -> tuple[str, ...]:
        async with self._outbox.calling(
            self._workspace, "usergroups.users.list", Plan(fields=("users",))
        ) as web:
            response = await web.usergroups_users_list(usergroup=key)
        users: list[str] = response["users"]
        return tuple(str(user) for user in users)

    async def pages(self) -> AsyncGenerator[Mapping[str, tuple[str, ...]], None]:
        async with self._outbox.calling(
            self._workspace, "usergroups.list", Plan(fields=("usergroups",))
        ) as web:
            response = await web.usergroups_list(include_users=True)
        groups = _objects(response["usergroups"])
        told = {name: members_of(group) for name, group in groups.items()}
        yield {name: members for name, members in told.items() if members is not None}


def _objects(listed: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """A list's objects by their ids."""
    return {str(one["id"]): one for one in listed if one.get("id")}
