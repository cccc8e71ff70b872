"""The database roles of those who ride, kept beside the sandbox."""

import json
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import asdict, dataclass

from psycopg import sql

from sandbox.server.housing import Housing

PEOPLE = "people"
LONGEST_NAME = 32
CONNECTIONS = 6
"""At once, for one person."""
RESERVED = frozenset(
    {"app_owner", "ride_people", "ride_signal", "observer", "postgres", "public", "none", "current_user",
     "session_user", "current_role", "user", "all", "replication", "sameuser", "samerole"}
)  # fmt: skip
SETTINGS = (
    # Only a superuser can set this one, so it stays.
    ("log_statement", "all"),
    # Defaults that a person may change. Nothing that waits for a lock should die silently and too early; the
    # watchdog is there for what burns.
    ("statement_timeout", "15min"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("work_mem", "4MB"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person's role in one sandbox."""

    person: str
    role: str
    password: str


class People:
    """Who has a role in a sandbox."""

    def __init__(self, housing: Housing) -> None:
        self._housing = housing
        self._observer = housing.observer
        self._members: dict[str, Member] = {}

    async def recall(self) -> None:
        """Know again whom an earlier life of this program let in."""
        kept = await self._housing.kept(PEOPLE)
        for member in json.loads(kept or "[]"):
            self._members[member["person"]] = Member(**member)

    def get(self, person: str) -> Member | None:
        return self._members.get(person)

    def persons(self) -> dict[str, str]:
        """Roles and whose they are."""
        return {member.role: member.person for member in self._members.values()}

    async def add(self, person: str, hint: str, taken: Collection[str]) -> Member:
        """The person's role, made in the server if it is not there yet."""
        member = self._members.get(person)
        if member is None:
            # What the server knows counts too: we may have died between making a role and keeping it.
            name = role_name(hint, {*taken, *await self._observer.roles(), *RESERVED})
            member = Member(person=person, role=name, password=secrets.token_urlsafe(18))
            await self._make(member)
            self._members[person] = member
            await self._save()
        return member

    async def reset_password(self, member: Member) -> None:
        """Give the person their password again, should they have changed it."""
        verifier = await self._observer.encrypt(member.role, member.password)
        await self._observer.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(member.role), sql.Literal(verifier))
        )

    async def _make(self, member: Member) -> None:
        role = sql.Identifier(member.role)
        verifier = await self._observer.encrypt(member.role, member.password)
        statements = [
            sql.SQL(
                "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
                "CONNECTION LIMIT {} PASSWORD {}"
            ).format(role, sql.Literal(CONNECTIONS), sql.Literal(verifier)),
            sql.SQL("GRANT app_owner, ride_people, pg_read_all_stats TO {}").format(role),
            *(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(name), sql.Literal(value))
                for name, value in SETTINGS
            ),
        ]
        # In one transaction: a role that may log in but leaves no record must not exist.
        await self._observer.execute(sql.SQL("; ").join([sql.SQL("BEGIN"), *statements, sql.SQL("COMMIT")]))

    async def _save(self) -> None:
        members = [asdict(member) for member in self._members.values()]
        await self._housing.keep(PEOPLE, json.dumps(members))


def role_name(hint: str, taken: Collection[str]) -> str:
    """A PostgreSQL identifier that needs no quotes, as near to the hint as can be, and not taken."""
    plain = unicodedata.normalize("NFKD", hint).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME].strip("_")
    if not name:
        name = "rider"
    if not name[0].isalpha() or name.startswith("pg_"):
        name = f"u_{name}"
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
