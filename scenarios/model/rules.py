"""The vocabulary of the scoring rules. A rule is a mapping in the scenario file with the words below.

A rule holds at the first statement (or event) of the journal that satisfies it. `all` holds at the last of
its parts, `any` at the first. The words about statements read PostgreSQL's own syntax tree (see signals);
plain EXPLAIN of anything is no act at all.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from scenarios.journal.events import Value


def _listed(value: object) -> object:
    """One name may be written without the list around it."""
    return (value,) if isinstance(value, str) else value


Run = Literal["alter system", "copy program", "server file"]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class Rule(Value):
    """Every word given must hold, of the same statement (or, for events, of the same event).

    A rule is either made of words, or composed of other rules with one of `any`, `all`, `in_order`; `before`
    goes with both. The loader says so where it doesn't hold.
    """

    # -- what a statement does
    reads: Names | None = None
    """Reads one of these relations (`pg_stat_activity`), in any part of the statement."""
    shows: str | None = None
    """With `reads`: its rows about this database are not filtered out by a condition on datname."""
    calls: Names | None = None
    """Calls one of these functions."""
    creates: Names | None = None
    """Creates one of: index, table, view, function, …"""
    drops: Names | None = None
    """Drops one of these kinds or objects: `index`, `table orders`."""
    reindexes: bool | None = None
    truncates: Names | None = None
    """Truncates one of these relations; `*` for any."""
    writes: Names | None = None
    """INSERT, UPDATE, DELETE, MERGE, COPY FROM or TRUNCATE on one of these relations; `*` for any."""
    writes_all_rows: Names | None = None
    """DELETE or UPDATE without WHERE on one of these relations."""
    alters: Names | None = None
    """ALTER of, or other DDL on, one of these kinds or objects; `*` for any that lives in a database."""
    runs: Annotated[tuple[Run, ...], BeforeValidator(_listed), Field(min_length=1)] | None = None
    """One of: alter system, copy program, server file (COPY to or from a file, pg_read_file and its kin)."""
    tries_meta: Names | None = None
    r"""Types one of these refused psql meta-commands (`\!`)."""
    in_database: Names | None = None
    """The statement ran in one of these databases."""

    # -- what a person did to sessions (DO blocks, functions and prepared statements included)
    attempts: Names | None = None
    """Tried to terminate or cancel a live session of one of these groups; `*` for any group."""
    cancels: Names | None = None
    """The same, cancel only."""
    ends: Names | None = None
    """Terminated a session of one of these groups, and it did end (its own 57P01)."""
    attempts_groups: Annotated[int, Field(ge=2)] | None = None
    """Reached this many groups or more in one statement."""
    first_attempts_only: Names | None = None
    """The first statement with an attempt reached these groups and no other."""

    # -- what Ride's own checks found
    passed: str | None = None
    """This check of the scenario passed."""

    # -- composition
    any: tuple["Rule", ...] | None = None
    all: tuple["Rule", ...] | None = None
    in_order: tuple["Rule", ...] | None = None
    """Each holds at the same statement as the one before it, or later."""
    before: Literal["first attempt"] | None = None
    """Holds before the first attempt on any group or in the same statement; without any attempt: any time."""
