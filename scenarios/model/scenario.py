"""What a scenario is, as data. The catalogue loader reads one from `catalogue/<slug>/scenario.yaml`.

The models are the vocabulary: a name that is not here is an error with file and line. Durations in the files
are written `m:ss` (ride time) or `2 s`/`500 ms` (real time) and become timedeltas.
"""

from typing import Annotated, Literal

from pydantic import Field

from scenarios.journal.events import Value
from scenarios.model.durations import RealDuration, RideTime
from scenarios.model.rules import Rule

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Identifier = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]


class Database(Value):
    """A database of the sandbox; `setup` is run once, when the template is built, as the tables' owner."""

    name: Identifier
    setup: str
    """A path below the scenario's folder: plain SQL, no meta-commands. The actors' roles exist by then."""
    about: str


class Group(Value):
    """Sessions that belong together for the score. The first group that matches a session is its group."""

    name: Identifier
    about: str
    """As it reads in a sentence: 'the migration', 'an app_writer', 'a session in analytics_db'."""
    role: str | None = None
    database: str | None = None
    application: str | None = None
    """A shell-style pattern, such as `migration_runner_*`."""


class Actor(Value):
    """A pgbench client beside the server that plays a part of the application."""

    name: Identifier
    role: Identifier
    database: Identifier
    application: str
    script: str
    """A path below the scenario's folder: plain SQL, as pgbench reads it."""
    sessions: int = 1
    rate: float | None = None
    """Transactions a second for each session; None: as fast as they come (for a script that sleeps)."""
    stage: Literal["before", "incident"] = "before"
    """`before`: runs from the start. `incident`: is what breaks production, started when writes flow."""
    owns_tables: bool = False
    """Its role is a member of the tables' owner: it may ALTER them."""
    reconnects: bool = False
    """Comes back after it is killed, like a pool, with a pause of 0.2 to 1 s."""


class Check(Value):
    """Something Ride tries itself, in real time, once the blocker is gone."""

    name: Identifier
    kind: Literal["drained", "workload"]
    group: Identifier | None = None
    """drained: the sessions whose queued writes must commit."""
    actor: Identifier | None = None
    """workload: the actor whose script is run once more, in its role."""
    within: RealDuration
    """drained: how long the queue may take. workload: its lock_timeout."""


class Step(Value):
    """One step of the timeline: a message in the incident channel."""

    id: Identifier
    at: RideTime
    """Ride time from 0:00."""
    speaker: str
    """Who says it: a name in the story, such as 'Checkout alerts' or 'Robin (support)'."""
    emoji: str
    asks: Literal["status"] | None = None
    """`status`: its message has a button to write a status update, and the postmortem says who answered."""
    text: str
    """Slack mrkdwn with {writers_waiting}, {oldest_wait}, {writes_now}, {writes_before}, {elapsed}."""


class Reaction(Value):
    """A message said once, when a rule first holds (somebody killed a writer)."""

    id: Identifier
    when: Rule
    speaker: str
    emoji: str
    text: str


class Hint(Value):
    title: str
    text: str


class Award(Value):
    """A line of Detect or Fix: points when the rule holds."""

    id: Identifier
    points: Annotated[int, Field(gt=0, le=100)]
    when: Rule
    earned: str
    missed: str


class Trap(Value):
    """A wrong move: costs its points once when the rule holds."""

    id: Identifier
    cost: Annotated[int, Field(gt=0, le=100)]
    when: Rule
    why: str
    unless: tuple[Identifier, ...] = ()
    """Ids of traps that take this one's place when they hold."""


class TrapScore(Value):
    points: int
    needs: Identifier
    """The award without which there are no trap points: doing nothing scores 0."""
    kept: str
    """Said when no trap was sprung."""
    lost: str
    """Said above the traps that were sprung."""
    none: str
    """Said without the award that this needs."""
    traps: tuple[Trap, ...]


class Scoring(Value):
    detect: tuple[Award, ...]
    fix: tuple[Award, ...]
    trap: TrapScore


class Postmortem(Value):
    """Slack mrkdwn, a paragraph or a short list each."""

    root_cause: str
    found: str
    fix: str
    lesson: str
    notes: tuple["Note", ...] = ()


class Note(Value):
    """A paragraph shown only if the rule holds (they cancelled first: why that did nothing)."""

    when: Rule
    text: str


class Scenario(Value):
    """A scenario, whole and validated."""

    slug: Slug
    title: str
    """Names the cause: for the list and the postmortem, not for the incident channel."""
    alert: str
    """What the pager says in one line: what is seen, nothing of the cause."""
    kind: str
    topic: str
    level: Literal["L1", "L2", "L3", "L4", "L5"]
    minutes: tuple[int, int]
    """About how long a ride takes."""
    summary: str
    """One or two sentences for the list and the incident card; says nothing of the cause."""
    production: Identifier
    """The database that is production."""
    databases: tuple[Database, ...]
    groups: tuple[Group, ...]
    actors: tuple[Actor, ...]
    blocker: Identifier
    """The group whose session is the incident."""
    waiters: Identifier
    """The group that must be waiting before the ride is live."""
    time_limit: RideTime
    page: str
    """The page's text, templated like a step's."""
    timeline: tuple[Step, ...]
    reactions: tuple[Reaction, ...] = ()
    hints: tuple[Hint, ...]
    checks: tuple[Check, ...]
    scoring: Scoring
    postmortem: Postmortem
    version: str = ""
    """Digest of the folder's files (not the proofs), set by the loader."""
    folder: str = ""
    """Where the files are; set by the loader."""
