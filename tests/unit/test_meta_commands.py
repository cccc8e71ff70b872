r"""The allowlist: what may reach psql, and that nothing else does."""

import pytest

from sandbox.sql_session import meta_commands
from sandbox.sql_session.meta_commands import (
    HELP,
    OWN,
    Forbidden,
    MetaCommand,
    Nothing,
    Statement,
    is_describing,
    read_input,
)
from sandbox.sql_session.psql_arguments import quoted


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        (r"\d", MetaCommand(name=r"\d")),
        (r"\d orders", MetaCommand(name=r"\d", argument="orders", words=("orders",))),
        (
            r"\d+ public.orders;",
            MetaCommand(name=r"\d+", argument="public.orders", words=("public.orders",)),
        ),
        (r"\d;", MetaCommand(name=r"\d")),
        (r"\dtS+ ; ;", MetaCommand(name=r"\dtS+")),
        ("\\dt\tord*", MetaCommand(name=r"\dt", argument="ord*", words=("ord*",))),
        (r'\d "Odd Name"', MetaCommand(name=r"\d", argument='"Odd Name"', words=('"Odd Name"',))),
        (r'\d "a;\!b"', MetaCommand(name=r"\d", argument=r'"a;\!b"', words=(r'"a;\!b"',))),
        (r"\d 'it''s' |less", MetaCommand(name=r"\d", argument="'it''s' |less", words=("it's", "|less"))),
        (r"\sf f(int, text)", MetaCommand(name=r"\sf", argument="f(int, text)", words=("f(int, text)",))),
        ("help", MetaCommand(name=r"\?")),
        ("HELP ;", MetaCommand(name=r"\?")),
        (r"\c analytics_db", MetaCommand(name=r"\c", argument="analytics_db")),
        (r"\?", MetaCommand(name=r"\?")),
        (r"\x auto", MetaCommand(name=r"\x", argument="auto")),
        (r"\h create index", MetaCommand(name=r"\h", argument="create index", words=("create index",))),
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
        (r"\dtq", r"\dtq"),
        (r"\drop", r"\drop"),
        (r"\lo_import /etc/passwd", r"\lo_import"),
        (r"\lo_list", r"\lo_list"),
        (r"\hidden", r"\hidden"),
        (r"\dt `id`", r"\dt"),
        (r"\dt `id", r"\dt"),
        (r"\dt a`id`b", r"\dt"),
        (r"\sf `id`", r"\sf"),
        (r"\sf one \! id", r"\!"),
        (r"\h `id`", r"\h"),
        (r"\d 'a\nb'", r"\d"),
        (r"\d 'it", r"\d"),
        (r'\d "odd', r"\d"),
        (r"\d 'a' \! id", r"\!"),
        (r"\d 'a \! id", r"\!"),
        (r"\d orders \o /tmp/x", r"\o"),
        (r"\d orders \i /etc/passwd", r"\i"),
        (r"\d orders \g |id", r"\g"),
        ('\\d "a\nb"', r"\d"),
        ("\\d orders\r\\! id", r"\!"),
        ("quit", r"\q"),
        ("exit;", r"\q"),
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


@pytest.mark.parametrize(
    "name", [r"\d", r"\d+", r"\dtvS+", r"\dx", r"\dxx", r"\dRp+", r"\lx", r"\list+", r"\zS"]
)
def test_psqls_words_are_known(name: str) -> None:
    assert is_describing(name)


@pytest.mark.parametrize(
    "name", [r"\!", r"\copy", r"\e", r"\ef", r"\watch", r"\i", r"\o", r"\lo_export", r"\html", r"\sfoo", "d"]
)
def test_what_does_more_is_none_of_them(name: str) -> None:
    assert not is_describing(name)
    assert not is_describing(f"{name}+")


def test_an_argument_means_only_itself() -> None:
    assert quoted(r"""it's `id` :HOME \! "x" """) == r"""'it''s `id` :HOME \\! "x" '"""


def test_help_names_what_is_used_often() -> None:
    often = ("d", "dt", "di", "dv", "dm", "ds", "df", "dT", "dn", "dp", "du", "dx", "dRp", "dS", "sf", "sv")
    for name in (*(f"\\{one}" for one in often), r"\l", r"\h", *OWN):
        if name not in {r"\connect", r"\?"}:
            assert name in HELP
    assert len(HELP) < 2900


def test_refusals_say_what_to_do() -> None:
    for name, text in meta_commands._REFUSALS.items():
        assert text.endswith((".", ")", ";")), name
        assert not name.startswith(r"\d")
    assert r"\dt" in read_input(r"\dtq")[0].text  # type: ignore[union-attr]
