"""Slack's mrkdwn as Markdown."""

import pytest

from bot.exporting.conversion import code, escaped, fence, markdown

NAMES = {"U1": "Dana *the* Great"}


@pytest.mark.parametrize(
    ("mrkdwn", "expected"),
    [
        ("*bold* and _italic_ and ~gone~", "**bold** and *italic* and ~~gone~~"),
        ("*_both_*", "***both***"),
        ("2*3*4, snake_case_name and a ~ b", r"2\*3\*4, snake\_case\_name and a \~ b"),
        ("a * b * c", r"a \* b \* c"),
        ("_Robin (support):_ hello", "*Robin (support):* hello"),
        ("`SELECT * FROM a_b` and *b*", "`SELECT * FROM a_b` and **b**"),
        ("`a &lt; b &amp;&amp; c`", "`a < b && c`"),
        ("a &lt;b&gt; &amp; c", r"a \<b\> &amp; c"),
        ("&amp;lt; stays", "&amp;lt; stays"),
        ("<https://example.com/a?b=1&amp;c=2|the *docs*>", r"[the \*docs\*](https://example.com/a?b=1&c=2)"),
        ("<https://example.com/x_(y)>", "<https://example.com/x_(y%29>"),
        ("<@U1> and <@U2|lee> and <@U3>", r"**Dana \*the\* Great** and **lee** and **U3**"),
        ("<#C1|general> and <#C2>", "#general and #C2"),
        ("<!here> <!date^1700000000^{time}|09:00 UTC>", "@here 09:00 UTC"),
        (
            ":warning: look :rotating_light:, :unknown_one: at 10:30:00",
            r"⚠️ look 🚨, :unknown\_one: at 10:30:00",
        ),
        ("• one\n• two *b*\nand more", "- one\n- two **b**\n\nand more"),
        ("first\nsecond\n\nthird", "first  \nsecond\n\nthird"),
        ("1. one\n# two\n- three\n+ four", "\\1. one  \n\\# two  \n\\- three  \n\\+ four"),
        (
            "Ask:\n```SELECT *\nFROM a_b;```\nThen *go*.",
            "Ask:\n\n```\nSELECT *\nFROM a_b;\n```\n\nThen **go**.",
        ),
        ("x ```a``` y", "x \n\n```\na\n```\n\n y"),
        ("a | b", r"a \| b"),
        ("", ""),
        ("\x000\x00", "0"),
    ],
)
def test_what_slack_shows_markdown_shows(mrkdwn: str, expected: str) -> None:
    assert markdown(mrkdwn, NAMES) == expected


def test_what_people_typed_is_text_and_nothing_else() -> None:
    assert escaped("<script> *a*\n| [x](y) & `z`") == r"\<script\> \*a\* \| \[x\](y) &amp; \`z\`"
    assert escaped("# 1") == r"\# 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", "`SELECT 1`"),
        ("a ` b", "``a ` b``"),
        ("`a`", "`` `a` ``"),
        ("a\n  b", "`a b`"),
    ],
)
def test_code_within_a_line(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_fence_is_longer_than_what_is_in_it() -> None:
    assert fence("a\n```\nb", "sql") == "````sql\na\n```\nb\n````"


def test_a_carriage_return_in_a_fence_is_a_line_of_it() -> None:
    assert fence("a\r# b\r\nc") == "```\na\n# b\nc\n```"
