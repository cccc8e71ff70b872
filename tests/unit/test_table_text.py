"""Tables as psql prints them, and text without power in a chat."""

import pytest
from wcwidth import wcswidth

from sandbox.sql_session.table_text import CELL_CHARACTERS, expanded, harmless, table


def test_as_psql_prints_it() -> None:
    cells: list[list[str | None]] = [["1", "Ünal", None], ["20", "日本", "a\nb"], ["300", "👩‍👩‍👧", "x"]]
    text = table(["id", "name", "a long header"], [True, False, False], cells, "(3 rows)")
    assert text.split("\n") == [
        " id  | name | a long header",
        "-----+------+---------------",
        "   1 | Ünal |",
        "  20 | 日本 | a+",
        "     |      | b",
        " 300 | 👩‍👩‍👧   | x",
        "(3 rows)",
    ]


def test_columns_stay_aligned() -> None:
    words = ["a", "日本語", "🐘", "é", "e\u0301", "ｆｕｌｌ", "👨‍👩‍👧‍👦", "\x1b[1m", "\t|"]
    lines = table(["w", "x"], [False, True], [[word, "1"] for word in words], "").split("\n")[:-1]
    assert {wcswidth(line) for line in lines[2:]} == {wcswidth(lines[1]) - 1}


def test_without_rows_or_columns() -> None:
    assert table(["a"], [False], [], "(0 rows)") == " a\n---\n(0 rows)"
    assert table([], [], [[], []], "(2 rows)") == "--\n(2 rows)"
    assert expanded(["a"], [], "(0 rows)") == "(0 rows)"


def test_spaces_in_front_are_kept() -> None:
    assert (
        table(["QUERY PLAN"], [False], [["Sort"], ["  ->  Seq Scan"]], "").split("\n")[3] == "   ->  Seq Scan"
    )


def test_numbers_are_not_touched() -> None:
    assert " 0010 | 1e5 | 1.50" in table(["a", "b", "c"], [False, True, False], [["0010", "1e5", "1.50"]], "")


def test_expanded() -> None:
    text = expanded(["id", "place"], [["1", "日\n本"], ["2", None]], "")
    assert text == "-[ RECORD 1 ]\nid    | 1\nplace | 日+\n      | 本\n-[ RECORD 2 ]\nid    | 2\nplace | "


def test_long_values_are_shortened() -> None:
    text = table(["a"], [False], [["x" * 100_000]], "(1 row)")
    assert len(text) < 4 * CELL_CHARACTERS
    assert "… (100,000 characters)" in text


def test_control_characters_are_shown() -> None:
    text = table(["a"], [False], [["\x1b[31m\r\x00\x7f\x9b\u202e"]], "")
    assert r"\x1B[31m\r\x00\x7F\u009B\u202E" in text


@pytest.mark.parametrize(
    "text",
    [
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<!subteam^S1>",
        "<@U012>",
        "<#C01|x>",
        "<https://x.io|y>",
        "@channel",
        "@here",
    ],
)
def test_mentions_are_taken_apart_and_look_the_same(text: str) -> None:
    safe = harmless(f"a {text} b")
    assert text not in safe
    assert safe.replace("\u2060", "") == f"a {text} b"
    assert wcswidth(safe) == wcswidth(f"a {text} b")


def test_fences_are_taken_apart() -> None:
    assert "```" not in harmless("````` ``` ````")
    assert harmless("a `b` < c @ d <@ e") == "a `b` < c @ d <@ e"
