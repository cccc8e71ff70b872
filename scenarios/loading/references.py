"""What the model can't see: names that refer to nothing, missing files, points that don't add up."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import postgast

from scenarios.errors import Problem
from scenarios.judging.scorecard import TRAP_LINE
from scenarios.loading.nearest import nearest
from scenarios.loading.pgbench_script import mistakes, plain_sql
from scenarios.loading.positioned_yaml import Document, Loc
from scenarios.model.rule_shape import rule_problems
from scenarios.model.rules import Rule
from scenarios.model.scenario import Scenario
from scenarios.telling.templating import template_problems

POINTS = {"detect": 40, "fix": 40, "trap": 20}


def find_problems(scenario: Scenario, document: Document, folder: Path) -> list[Problem]:
    """Every problem of a scenario that has the right shape, each with its place; empty when it is sound."""
    check = _Check(scenario, document, folder)
    check.names()
    check.references()
    check.actors()
    check.timeline()
    check.texts()
    check.scoring()
    check.rules()
    return check.problems


class _Check:
    def __init__(self, scenario: Scenario, document: Document, folder: Path) -> None:
        self.scenario = scenario
        self.document = document
        self.folder = folder
        self.problems: list[Problem] = []
        self.databases = [database.name for database in scenario.databases]
        self.groups = [group.name for group in scenario.groups]
        self.actor_names = [actor.name for actor in scenario.actors]
        self.checks = [check.name for check in scenario.checks]

    def report(self, loc: Sequence[str | int], message: str) -> None:
        self.problems.append(self.document.problem(loc, message))

    def refer(self, loc: Sequence[str | int], name: str, known: Iterable[str], what: str) -> None:
        """Report a name that is not among the known ones."""
        names = list(known)
        if name in names:
            return
        near = nearest(name, names)
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"known: {', '.join(names) or 'none'}."
        )
        self.report(loc, f"{name!r} is no {what} of this scenario; {hint}")

    def names(self) -> None:
        scenario = self.scenario
        if scenario.slug != self.folder.name:
            self.report(("slug",), f"is {scenario.slug!r}, but the folder is called {self.folder.name!r}.")
        awards = [*scenario.scoring.detect, *scenario.scoring.fix]
        self._unique("databases", "name", self.databases)
        self._unique("groups", "name", self.groups)
        self._unique("actors", "name", self.actor_names)
        self._unique("checks", "name", self.checks)
        self._unique("timeline", "id", [step.id for step in scenario.timeline])
        self._unique("reactions", "id", [reaction.id for reaction in scenario.reactions])
        lines = Counter([award.id for award in awards] + [trap.id for trap in scenario.scoring.trap.traps])
        if TRAP_LINE in lines:
            self.report(("scoring",), f"no line may have the id {TRAP_LINE!r}; the trap points have it.")
        for name in (name for name, times in lines.items() if times > 1):
            self.report(("scoring",), f"two lines of the scoring have the id {name!r}; give each its own.")
        if not scenario.hints:
            self.report(("hints",), "has no hint; a learner who is stuck needs at least one.")

    def _unique(self, where: str, word: str, names: Sequence[str]) -> None:
        for number, name in enumerate(names):
            if name in names[:number]:
                self.report((where, number, word), f"{name!r} is here twice; give each its own {word}.")

    def references(self) -> None:
        scenario = self.scenario
        self.refer(("production",), scenario.production, self.databases, "database")
        self.refer(("blocker",), scenario.blocker, self.groups, "group")
        self.refer(("waiters",), scenario.waiters, self.groups, "group")
        for number, group in enumerate(scenario.groups):
            if group.database is not None:
                self.refer(("groups", number, "database"), group.database, self.databases, "database")
            if group.role is None and group.database is None and group.application is None:
                self.report(
                    ("groups", number),
                    f"{group.name!r} matches every session; say role, database or application.",
                )
        for number, check in enumerate(scenario.checks):
            loc: Loc = ("checks", number)
            needed, other = ("group", "actor") if check.kind == "drained" else ("actor", "group")
            if getattr(check, needed) is None:
                self.report(
                    loc, f"{check.name!r} needs {needed!r}: a check of kind {check.kind} is about one."
                )
            if getattr(check, other) is not None:
                self.report(
                    (*loc, other), f"{other!r} means nothing for a check of kind {check.kind}; leave it out."
                )
            if check.group is not None:
                self.refer((*loc, "group"), check.group, self.groups, "group")
            if check.actor is not None:
                self.refer((*loc, "actor"), check.actor, self.actor_names, "actor")

    def actors(self) -> None:
        for number, database in enumerate(self.scenario.databases):
            self._sql_file(("databases", number, "setup"), database.setup, pgbench=False)
        for number, actor in enumerate(self.scenario.actors):
            loc: Loc = ("actors", number)
            self.refer((*loc, "database"), actor.database, self.databases, "database")
            self._sql_file((*loc, "script"), actor.script, pgbench=True)
            if not 1 <= actor.sessions <= 20:
                self.report(
                    (*loc, "sessions"), f"{actor.sessions} sessions can't be; 1 to 20 fit into a sandbox."
                )
            if actor.rate is not None and not 0 < actor.rate <= 1000:
                self.report((*loc, "rate"), f"{actor.rate:g} a second can't be; more than 0 and up to 1000.")
        if not any(actor.stage == "incident" for actor in self.scenario.actors):
            self.report(("actors",), "no actor has the stage 'incident': nothing would ever break.")

    def _sql_file(self, loc: Loc, written: str, *, pgbench: bool) -> None:
        path = self.folder / written
        root = self.folder.resolve()
        if Path(written).is_absolute() or not path.resolve().is_relative_to(root):
            self.report(loc, f"{written!r} leads out of the scenario's folder.")
            return
        if not path.is_file():
            files = [found.relative_to(self.folder).as_posix() for found in self.folder.rglob("*.sql")]
            near = nearest(written, files)
            self.report(
                loc, f"there is no file {written!r}" + (f"; did you mean {near[0]!r}?" if near else ".")
            )
            return
        self.problems.extend(sql_problems(path, shown_as=f"{self.folder.name}/{written}", pgbench=pgbench))

    def timeline(self) -> None:
        steps, limit = self.scenario.timeline, self.scenario.time_limit
        for number, step in enumerate(steps):
            if number and step.at <= steps[number - 1].at:
                self.report(("timeline", number, "at"), f"{step.id!r} is not later than the step before it.")
            if step.at >= limit:
                self.report(("timeline", number, "at"), f"{step.id!r} comes when time is up already.")
        if self.scenario.minutes[0] > self.scenario.minutes[1]:
            self.report(("minutes",), "the first number is the shorter time; it is the longer one here.")

    def texts(self) -> None:
        scenario = self.scenario
        texts: list[tuple[Loc, str]] = [(("page",), scenario.page)]
        texts += [(("timeline", n, "text"), step.text) for n, step in enumerate(scenario.timeline)]
        texts += [(("reactions", n, "text"), reaction.text) for n, reaction in enumerate(scenario.reactions)]
        for loc, text in texts:
            for message in template_problems(text):
                self.report(loc, message if message.endswith("?") else message + ".")

    def scoring(self) -> None:
        scoring = self.scenario.scoring
        sums = {
            "detect": sum(award.points for award in scoring.detect),
            "fix": sum(award.points for award in scoring.fix),
            "trap": scoring.trap.points,
        }
        for dimension, given in sums.items():
            if given != POINTS[dimension]:
                loc: Loc = ("scoring", "trap", "points") if dimension == "trap" else ("scoring", dimension)
                self.report(loc, f"the points of {dimension} are {given}; they must be {POINTS[dimension]}.")
        trap = scoring.trap
        awards = [award.id for award in (*scoring.detect, *scoring.fix)]
        self.refer(("scoring", "trap", "needs"), trap.needs, awards, "award")
        traps = [one.id for one in trap.traps]
        for number, one in enumerate(trap.traps):
            loc = ("scoring", "trap", "traps", number)
            if one.cost > trap.points:
                self.report(
                    (*loc, "cost"), f"{one.id!r} costs {one.cost}; there are only {trap.points} to lose."
                )
            for place, name in enumerate(one.unless):
                self.refer(
                    (*loc, "unless", place), name, [other for other in traps if other != one.id], "other trap"
                )

    def rules(self) -> None:
        for loc, rule in _rules(self.scenario):
            for inner, message in rule_problems(rule):
                self.report((*loc, *inner), message)
            for inner, part in _parts(rule):
                self._rule_names((*loc, *inner), part)

    def _rule_names(self, loc: Loc, rule: Rule) -> None:
        for word in ("attempts", "cancels", "ends", "first_attempts_only"):
            for name in getattr(rule, word) or ():
                if name != "*":
                    self.refer((*loc, word), name, self.groups, "group")
        for name in rule.in_database or ():
            self.refer((*loc, "in_database"), name, self.databases, "database")
        if rule.shows is not None:
            self.refer((*loc, "shows"), rule.shows, self.databases, "database")
        if rule.passed is not None:
            self.refer((*loc, "passed"), rule.passed, self.checks, "check")


def _rules(scenario: Scenario) -> Iterator[tuple[Loc, Rule]]:
    """Every rule of a scenario with its path."""
    for number, reaction in enumerate(scenario.reactions):
        yield ("reactions", number, "when"), reaction.when
    for number, award in enumerate(scenario.scoring.detect):
        yield ("scoring", "detect", number, "when"), award.when
    for number, award in enumerate(scenario.scoring.fix):
        yield ("scoring", "fix", number, "when"), award.when
    for number, trap in enumerate(scenario.scoring.trap.traps):
        yield ("scoring", "trap", "traps", number, "when"), trap.when
    for number, note in enumerate(scenario.postmortem.notes):
        yield ("postmortem", "notes", number, "when"), note.when


def _parts(rule: Rule, loc: Loc = ()) -> Iterator[tuple[Loc, Rule]]:
    """A rule and all rules in it."""
    yield loc, rule
    for word in ("any", "all", "in_order"):
        for number, part in enumerate(getattr(rule, word) or ()):
            yield from _parts(part, (*loc, word, number))


def sql_problems(path: Path, *, shown_as: str, pgbench: bool) -> list[Problem]:
    """What PostgreSQL's parser says about a SQL file, one problem at most; of a pgbench script first all that
    pgbench would say of its commands and variables.
    """

    def problem(message: str, line: int = 1, column: int = 1) -> list[Problem]:
        return [Problem(file=shown_as, line=line, column=column, message=message)]

    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return problem("is not UTF-8.")
    if not pgbench and (meta := re.search(r"^\\\w*", text, re.MULTILINE)):
        return problem(
            f"{meta[0]!r} is psql's; only plain SQL can be here.", text.count("\n", 0, meta.start()) + 1
        )
    if pgbench and (runs := _RUNS_A_PROGRAM.search(text)):
        return problem(
            f"{runs[1]!r} runs a program on the machine itself; a scenario is data and SQL alone.",
            text.count("\n", 0, runs.start(1)) + 1,
            runs.start(1) - (text.rfind("\n", 0, runs.start(1)) + 1) + 1,
        )
    if pgbench and (wrong := list(mistakes(text))):
        return [one for mistake in wrong for one in problem(mistake.message, *_place(text, mistake.at))]
    sql = plain_sql(text) if pgbench else text
    try:
        tree = postgast.parse(sql)
    except postgast.PgQueryError as error:
        before = sql.encode()[: max(0, error.cursorpos - 1)].decode(errors="ignore")
        return problem(
            f"is not SQL that PostgreSQL can read: {error.message}.",
            before.count("\n") + 1,
            len(before) - (before.rfind("\n") + 1) + 1,
        )
    return [] if tree.stmts else problem("has no statement in it.")


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


_RUNS_A_PROGRAM = re.compile(r"\\(?:\s|\\\r?\n)*((?:set)?shell)(?!\S)", re.IGNORECASE)
r"""pgbench's `\shell` and `\setshell`: in any case, after blanks and continued lines, anywhere in a line."""
