"""Slack's objects of people and user groups, as calls and events bring them."""

from collections.abc import Mapping
from typing import Any

from bot.rides.ports import Person

SLACKBOT = "USLACKBOT"
"""Slackbot is no bot by its own record."""

UserObject = Mapping[str, Any]
"""https://docs.slack.dev/reference/objects/user-object; of those who left it says little."""
GroupObject = Mapping[str, Any]
"""https://docs.slack.dev/reference/objects/usergroup-object."""


def person_of(user: UserObject, person: str) -> Person:
    """Somebody, by the id that they were asked for by."""
    profile: Mapping[str, Any] = user.get("profile") or {}
    handle = str(user.get("name") or person)
    name = profile.get("display_name") or user.get("real_name") or profile.get("real_name") or handle
    gone = bool(user.get("deleted")) or bool(user.get("is_bot")) or bool(user.get("is_workflow_bot"))
    return Person(
        id=person,
        name=str(name),
        handle=handle,
        can_ride=not gone and person != SLACKBOT,
        zone=str(user.get("tz") or "UTC"),
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )


def members_of(group: GroupObject) -> tuple[str, ...] | None:
    """The people of a user group; None where the object doesn't name them all, or the group is disabled.

    Events name 500 at most, and count them all: https://docs.slack.dev/reference/events/subteam_updated.
    """
    users = group.get("users")
    if not isinstance(users, list) or group.get("date_delete"):
        return None
    # Slack's examples have the count as a number and as text.
    count = group.get("user_count")
    if count is not None and str(count) != str(len(users)):
        return None
    return tuple(str(user) for user in users)
