r"""The allowlist: what may reach pgspecial, and that nothing else does."""

import re
import subprocess

import pytest
from pgspecial.main import PGSpecial

from sandbox import meta_commands
from sandbox.meta_commands import (
    DESCRIBING,
    HELP,
    OWN,
    Forbidden,
    MetaCommand,
    Nothing,
    Statement,
    describe,
    read_input,
    sql_syntax,
)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        (r"\d", MetaCommand(name=r"\d")),
        (r"\d orders", MetaCommand(name=r"\d", argument="orders")),
        (r"\d+ public.orders;", MetaCommand(name=r"\d", verbose=True, argument="public.orders")),
        (r"\d;", MetaCommand(name=r"\d")),
        ("\\dt\tord*", MetaCommand(name=r"\dt", argument="ord*")),
        (r'\d "Odd Name"', MetaCommand(name=r"\d", argument='"Odd Name"')),
        (r"\c analytics_db", MetaCommand(name=r"\c", argument="analytics_db")),
        (r"\?", MetaCommand(name=r"\?")),
        (r"\x auto", MetaCommand(name=r"\x", argument="auto")),
        (r"\h create index", MetaCommand(name=r"\h", argument="create index")),
    ],
)
def test_allowed(typed: str, command: MetaCommand) -> None:
    assert read_input(typed) == (command,)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (r"\! id", r"\!"),
        (r"\!id", r"\!"),
        (r"\!", r"\!"),
        (r"\d; \! id", r"\!"),
        ("\\d\n\\! id", r"\!"),
        ("\\d orders\n\\! id", r"\!"),
        ("\\x\n\\! id", r"\!"),
        ("\\x\n\\x\n\\! id", r"\!"),
        ("\\x \\! id\nselect 1", r"\!"),
        ("\\timing\r\n\\! id", r"\!"),
        ("\\d\v\\! id", r"\!"),
        (r"select 1 \! id", r"\!"),
        ("select 1;\n\\! id", r"\!"),
        ("select 1 -- \n\\! id", r"\!"),
        (r"select 'a' \! id", r"\!"),
        (r"select E'\'' \! id", r"\!"),
        (r"select $$x$$ \! id", r"\!"),
        (r"/* /* */ */ \! id", r"\!"),
        (r"select 1 \g /tmp/x", r"\g"),
        (r"select 1 \g |id", r"\g"),
        (r"select 'select 1' \gexec", r"\gexec"),
        (r"select 1 as a \gset", r"\gset"),
        (r"select 1 \watch 1", r"\watch"),
        (r"\copy orders to '/tmp/x'", r"\copy"),
        (r"\copy orders to program 'id'", r"\copy"),
        (r"\e", r"\e"),
        (r"\ef one", r"\ef"),
        (r"\i /etc/passwd", r"\i"),
        (r"\ir x", r"\ir"),
        (r"\o /tmp/x", r"\o"),
        (r"\o |id", r"\o"),
        (r"\w /tmp/x", r"\w"),
        (r"\set x `id`", r"\set"),
        (r"\setenv PAGER id", r"\setenv"),
        (r"\pager id", r"\pager"),
        (r"\pset pager always", r"\pset"),
        (r"\n", r"\n"),
        (r"\ns name select 1", r"\ns"),
        (r"\D", r"\D"),
        (r"\dtS", r"\dtS"),
        (r"\ d", "\\"),
        ("\\", "\\"),
        ("\\\\", "\\\\"),
        (r"\d \d", r"\d"),
        ("\\d orders\nselect 1", r"\d"),
        (r"\d orders; drop table orders", r"\d"),
        (r"select 1 \d orders", r"\d"),
        (r"\é", r"\é"),
    ],
)
def test_refused_and_named(typed: str, name: str) -> None:
    (answer,) = read_input(typed)
    assert isinstance(answer, Forbidden), answer
    assert answer.meta_command == name
    assert answer.text


@pytest.mark.parametrize(
    "typed",
    [
        r"select '\! id'",
        r"select E'\\! id'",
        r"select $$ \! id $$",
        "select 1 -- \\! id",
        r"select /* \! id */ 1",
        r'select 1 as "\! id"',
    ],
)
def test_a_backslash_in_a_literal_is_only_that(typed: str) -> None:
    assert read_input(typed) == (Statement(sql=typed),)


@pytest.mark.parametrize(
    ("typed", "statement"),
    [
        ("select 1;", Statement(sql="select 1;")),
        (r"select 1 \gx", Statement(sql="select 1", expanded=True)),
        (r"select 1\gx;", Statement(sql="select 1", expanded=True)),
        (r"select 1; \x", Statement(sql="select 1;", expanded=True)),
        (r"select 1 \g", Statement(sql="select 1")),
        (r"select ' \gx", Statement(sql=r"select ' \gx")),
    ],
)
def test_statements_and_their_endings(typed: str, statement: Statement) -> None:
    assert read_input(typed) == (statement,)


def test_switches_before_a_statement() -> None:
    assert read_input("\\x on\n\\timing\nselect 1;") == (
        MetaCommand(name=r"\x", argument="on"),
        MetaCommand(name=r"\timing"),
        Statement(sql="select 1;"),
    )


def test_very_many_switches_are_refused() -> None:
    assert isinstance(read_input("\\x\n" * 50_000 + "select 1")[0], Forbidden)


@pytest.mark.parametrize("typed", ["", ";", "-- a", "/* a */;", r"\gx", r" ; \g"])
def test_nothing(typed: str) -> None:
    (answer,) = read_input(typed)
    assert isinstance(answer, Nothing | Forbidden)


class Recorder:
    def __init__(self) -> None:
        self.queries: list[object] = []

    def execute(self, query: object, params: object = None) -> object:
        self.queries.append(query)
        raise AssertionError("not reached")


@pytest.mark.parametrize("name", sorted(set(PGSpecial().commands) - set(DESCRIBING)))
def test_what_pgspecial_knows_beyond_the_list_is_out_of_reach(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "call", lambda *args, **more: pytest.fail("a shell was reached"))
    cursor = Recorder()
    with pytest.raises(ValueError, match=re.escape(name)):
        describe(MetaCommand(name=name, argument="id"), cursor)
    assert cursor.queries == []


def test_the_list_is_what_pgspecial_has() -> None:
    assert set(DESCRIBING) <= set(PGSpecial().commands)
    assert not set(DESCRIBING) & {r"\!", r"\copy", r"\e", r"\pager", r"\watch"}


def test_help_names_every_command() -> None:
    for name in (*DESCRIBING, *OWN):
        if name not in {r"\list", r"\connect", r"\?"}:
            assert name in HELP
    assert len(HELP) < 2900


def test_refusals_say_what_to_do() -> None:
    for name, text in meta_commands._REFUSALS.items():
        assert text.endswith((".", ")", ";")), name
        assert not name.startswith(r"\d")
    assert r"\dt" in read_input(r"\dtS")[0].text  # type: ignore[union-attr]


def test_syntax_help() -> None:
    assert "CONCURRENTLY" in sql_syntax("create index")
    assert "No help available" in sql_syntax("nonsense")
