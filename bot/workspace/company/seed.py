"""The workspace that a newcomer finds: a small company with the people an incident needs."""

import re
from dataclasses import dataclass

from bot.workspace.company.crowd import crowd as more_people
from bot.workspace.company.identifiers import Clock, Identifiers
from bot.workspace.company.state import SLACKBOT, Conversation, Kind, Note, State, Team, User, UserGroup

NAME = "Harbor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    name: str
    real_name: str
    title: str
    color: str
    is_admin: bool = False
    zone: str = "Europe/London"


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    name: str
    purpose: str
    is_general: bool = False


PEOPLE = (
    Person(name="dana", real_name="Dana Osei", title="Backend engineer", color="9f5f3f"),
    Person(name="sam", real_name="Sam Ruiz", title="SRE", color="4b7f52"),
    Person(name="ines", real_name="Inês Prado", title="DBA", color="5b4b8a"),
    Person(name="lee", real_name="Lee Park", title="Engineering manager", color="2f6f8f", is_admin=True),
    Person(
        name="noor",
        real_name="Noor Haddad",
        title="Backend engineer",
        color="a8554e",
        zone="Europe/Amsterdam",
    ),
    Person(name="kofi", real_name="Kofi Mensah", title="SRE", color="3f7d6e", zone="Africa/Accra"),
    Person(name="mei", real_name="Mei Tan", title="Data engineer", color="7a5c99", zone="Asia/Singapore"),
    Person(
        name="tomas",
        real_name="Tomás Vidal",
        title="Platform engineer",
        color="8a6d1f",
        zone="America/Sao_Paulo",
    ),
    Person(
        name="aoife", real_name="Aoife Byrne", title="Support lead", color="3c6e9e", zone="America/New_York"
    ),
    Person(name="ravi", real_name="Ravi Menon", title="DBA", color="566f3a", zone="Asia/Kolkata"),
)

CHANNELS = (
    Channel(name="general", purpose="Company-wide announcements", is_general=True),
    Channel(name="incidents", purpose="Production incidents are announced here"),
    Channel(name="ride-club", purpose="Incident practice: start a ride, compare scorecards"),
)

APP_HOME = "ride-club"
"""The channel into which the installed app's bot has been invited already."""

ON_CALL = ("oncall", "On call", ("sam", "ines"))


def seeded(seed: str, clock: Clock, *, name: str = NAME, repeating: bool = False, crowd: int = 0) -> State:
    """A new workspace: the same ids for the same seed, but for the workspace's own, which goes by the name.

    `crowd` people more are in every channel. `repeating`: channels that come later have the same ids too, in
    the order in which they are made.
    """
    ids = Identifiers(seed, repeating=("C", "D") if repeating else ())
    own = ids.seeded("T")
    team = Team(
        id=own if name == NAME else Identifiers(f"workspace/{name}").seeded("T"),
        name=name,
        domain=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
    )
    state = State(team, clock=clock, ids=ids)
    now = state.now()
    state.users[SLACKBOT] = User(id=SLACKBOT, name="slackbot", real_name="Slackbot", color="757575")
    people = []
    for person in PEOPLE:
        user = User(
            id=ids.seeded("U"),
            name=person.name,
            real_name=person.real_name,
            title=person.title,
            color=person.color,
            is_admin=person.is_admin,
            zone=person.zone,
        )
        state.users[user.id] = user
        people.append(user.id)
    for user in more_people(seed, crowd):
        state.users[user.id] = user
        people.append(user.id)
    founder = next(user.id for user in state.users.values() if user.is_admin)
    for channel in CHANNELS:
        conversation = Conversation(
            id=ids.seeded("C"),
            kind=Kind.PUBLIC,
            name=channel.name,
            creator=founder,
            created=now,
            is_general=channel.is_general,
            members=list(people),
            purpose=Note(value=channel.purpose, creator=founder, last_set=now),
        )
        state.conversations[conversation.id] = conversation
    handle, name, members = ON_CALL
    users = tuple(user.id for user in state.users.values() if user.name in members)
    group = UserGroup(id=ids.seeded("S"), handle=handle, name=name, users=users, created=now)
    state.groups[group.id] = group
    return state
