r"""What Slack and a phone's keyboard do to SQL, and that people's data is not touched."""

import time

import pytest

from sandbox.sql_session.typed_text import read_typed


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("select 1", "select 1"),
        ("  select 1;\n", "select 1;"),
        ("select 1 &lt; 2 and 3 &gt; 2", "select 1 < 2 and 3 > 2"),
        ("select '&amp;lt;'", "select '&lt;'"),
        ("select a &amp;&amp; b", "select a && b"),
        ("```select 1```", "select 1"),
        ("```\nselect 1\n```", "select 1"),
        ("```sql\nselect 1;\nselect 2;\n```", "select 1;\nselect 2;"),
        ("```sql select 1```", "select 1"),
        ("`select 1`", "select 1"),
        ("`\\d orders`", "\\d orders"),
        ("select 'a `b` c'", "select 'a `b` c'"),
        ("select ‘it’", "select 'it'"),
        ("select ‘it’’s’", "select 'it''s'"),
        ("where state = ’active’", "where state = 'active'"),
        ("where state = ‘active'", "where state = 'active'"),
        ("where state = 'active’", "where state = 'active'"),
        ("select ‘say “hi”’", "select 'say “hi”'"),
        ("select “Name” from t", 'select "Name" from t'),
        ("select 'It’s “fine”'", "select 'It’s “fine”'"),
        ('select "It’s"', 'select "It’s"'),
        ("select 1 -- it’s\n", "select 1 -- it’s"),
        ("select\u00a01", "select 1"),
        ("\ufeffselect\u200b 1", "select 1"),
        ("select 'a\u00a0b\u200dc'", "select 'a\u00a0b\u200dc'"),
        ("select '👨‍👩‍👧'", "select '👨‍👩‍👧'"),
        ("select 1 — note", "select 1 -- note"),
        ("select '—'", "select '—'"),
        ("select 5 – 3", "select 5 - 3"),
        ("select 5‐3, 5‑3, 5‒3, 5–3", "select 5-3, 5-3, 5-3, 5-3"),
        ("select 1 –– it's a note\n, 2", "select 1 -- it's a note\n, 2"),
        ("select 1 ―note", "select 1 --note"),
        ("select 1 — it's a note\n, ‘b’", "select 1 -- it's a note\n, 'b'"),
        ("– it's the blocker\nselect 1", "-- it's the blocker\nselect 1"),
        ("select 1; – it's done\nselect ‘2’", "select 1; -- it's done\nselect '2'"),
        ("select '–', \"a‐b\", $$–$$, $a$ 'x–y' $a$", "select '–', \"a‐b\", $$–$$, $a$ 'x–y' $a$"),
        ("select ‘a–b’ /* – */", "select 'a–b' /* – */"),
        ("do $$ begin — why\n end $$, 2 – 1", "do $$ begin -- why\n end $$, 2 - 1"),
        ("please run ```select 1``` thanks", "select 1"),
        ("This one, it's the lock:\n```sql\nselect '&lt;'\n```\nwhat do you think?", "select '<'"),
        ("first ```begin``` then ```select 1;```", "begin;\nselect 1;"),
        ('sam said: "run this:\n```select 1```\n" \'cause', "select 1"),
        ("select '```x```'", "select '```x```'"),
        ("select 1 ```", "select 1 ```"),
        ("do $$ begin raise notice ‘x’; end $$", "do $$ begin raise notice 'x'; end $$"),
        ("select $$it's ‘ok$$", "select $$it's ‘ok$$"),
        ("select $a$ $$ $a$, ‘b’", "select $a$ $$ $a$, 'b'"),
        ("where email = '<mailto:a@b.io|a@b.io>'", "where email = 'a@b.io'"),
        ("select '<http://x.io|x.io>'", "select 'x.io'"),
        ("select '<https://x.io/a>'", "select 'https://x.io/a'"),
        ("select <@U123>", "select <@U123>"),
        ("select <#C1|general>", "select <#C1|general>"),
        ("select a<b and c>d", "select a<b and c>d"),
        ("select 1\r\n, 2", "select 1\n, 2"),
        ("select E'it\\'s', ‘b’", "select E'it\\'s', 'b'"),
        ("select /* it's */ ‘b’", "select /* it's */ 'b'"),
        ("", ""),
        ("```\n```", ""),
        ("``````", ""),
    ],
)
def test_what_was_meant(sent: str, meant: str) -> None:
    assert read_typed(sent) == meant


def test_bodies_in_bodies_are_left_alone() -> None:
    tags = [f"$t{number}$" for number in range(3000)]
    text = "".join(tags) + "‘x’" + "".join(reversed(tags))
    assert read_typed(text) == text


def test_a_long_text_takes_no_time() -> None:
    for piece in ("‘", "'", "“a' ", "$$’", "/*", "<http://"):
        start = time.perf_counter()
        read_typed(piece * (100_000 // len(piece)))
        assert time.perf_counter() - start < 5, piece
