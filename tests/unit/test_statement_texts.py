"""Where psql would end a statement."""

import time

import pytest

from sandbox.sql_session.statement_texts import statement_texts


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1", ["select 1"]),
        ("select 1;", ["select 1;"]),
        ("select 1; select 2", ["select 1;", "select 2"]),
        ("begin;insert into t values (1);commit", ["begin;", "insert into t values (1);", "commit"]),
        ("select ';'; select $$;$$; select \";\"", ["select ';';", "select $$;$$;", 'select ";"']),
        ("select E'\\';'; select 2", ["select E'\\';';", "select 2"]),
        ("-- first;\nselect 1; /* ; */ select 2", ["-- first;\nselect 1;", "/* ; */ select 2"]),
        ("select 1; -- done", ["select 1;"]),
        ("select 1 -- why; not\n; select 2", ["select 1 -- why; not\n;", "select 2"]),
        ("slect 1; select 2", ["slect 1;", "select 2"]),
        ("select 'never closed; select 2", ["select 'never closed; select 2"]),
        (";; select 1;;", ["select 1;"]),
        (
            "create rule r as on insert to t do also (notify a; notify b); select 1",
            ["create rule r as on insert to t do also (notify a; notify b);", "select 1"],
        ),
        ("select (1; select 2", ["select (1; select 2"]),
        ("select 1); select 2", ["select 1);", "select 2"]),
        (
            "create or replace function f() returns int begin atomic select 1; select case when true "
            "then 2 end; end; select 3",
            [
                "create or replace function f() returns int begin atomic select 1; select case when true "
                "then 2 end; end;",
                "select 3",
            ],
        ),
        ("create table function_log (); begin; end", ["create table function_log ();", "begin;", "end"]),
        ("do $$ begin perform 1; end $$; select 1", ["do $$ begin perform 1; end $$;", "select 1"]),
        ("  ", ["  "]),
        ("-- nothing", ["-- nothing"]),
    ],
)  # fmt: skip
def test_the_statements_of_a_text(text: str, statements: list[str]) -> None:
    assert list(statement_texts(text)) == statements


def test_a_long_text_takes_no_time() -> None:
    start = time.perf_counter()
    assert len(statement_texts("select 1;" * 25_000)) == 25_000
    assert time.perf_counter() - start < 5
