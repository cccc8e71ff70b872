"""What admins do to the workspace, from Python: the part of WorkspaceClient that is about it."""

from bot.workspace.people.client_connection import Connection
from bot.workspace.people.control_admin import GuestKind, InviteRefusal


class Admin(Connection):
    """Every call raises ControlError, with a code, when the workspace says no. People go by id or name."""

    async def add_person(
        self,
        name: str,
        real_name: str,
        *,
        title: str | None = None,
        zone: str | None = None,
        is_admin: bool | None = None,
        guest: GuestKind | None = None,
    ) -> str:
        """Somebody joins the workspace, and unless they are a guest its channel for all; gives the id."""
        body = {"name": name, "real_name": real_name, "title": title, "zone": zone}
        return str((await self.post("/control/users", {**body, "is_admin": is_admin, "guest": guest}))["id"])

    async def change_person(
        self,
        user: str,
        *,
        name: str | None = None,
        real_name: str | None = None,
        title: str | None = None,
        zone: str | None = None,
        is_admin: bool | None = None,
        guest: GuestKind | None = None,
        invite_refusal: InviteRefusal | None = None,
    ) -> None:
        """Change what is given. `invite_refusal` is how Slack refuses to invite them from now on."""
        profile = {"name": name, "real_name": real_name, "title": title, "zone": zone}
        more = {"is_admin": is_admin, "guest": guest, "invite_refusal": invite_refusal}
        await self.post(f"/control/users/{user}/change", {**profile, **more})

    async def deactivate(self, user: str) -> None:
        """Close somebody's account: they have left."""
        await self.post(f"/control/users/{user}/deactivate", {})

    async def reactivate(self, user: str) -> None:
        """Open it again."""
        await self.post(f"/control/users/{user}/reactivate", {})

    async def set_group(self, group: str, *users: str) -> None:
        """Give a user group, by id or handle, these members and no others."""
        await self.post(f"/control/groups/{group}/members", {"users": users})

    async def restrict(self, *methods: str) -> None:
        """Let apps call all methods but these, which give `restricted_action`."""
        await self.post("/control/preferences", {"restricted": methods})
