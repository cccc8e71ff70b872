"""What a person meant to type, from the text that the chat sends.

Undone everywhere, because the chat did it: `&lt;` `&gt;` `&amp;` (once), links that it made itself
(`<mailto:a@b.c|a@b.c>` is `a@b.c` again), code fences or back-ticks around the whole. Of words with code
blocks among them, the blocks are taken, all of them, in order. Mentions such as
`<@U…>` and `<#C…|name>` stay as they are: PostgreSQL answers them with a syntax error.

Undone only outside of literals and comments, because inside they may be somebody's data (an apostrophe in
'It’s', the joiner in an emoji): typographic quotes, dashes and spaces, and characters without a width.
Where a literal is opened by a typographic quote, the next quote of that sort closes it. If a literal opened
by a plain quote is never closed, the chat has probably changed the closing one, and every typographic quote
becomes plain.
"""

import re

from sandbox.sql_session.sql_lexer import (
    DOUBLE_QUOTES,
    LONG_DASHES,
    SHORT_DASHES,
    SINGLE_QUOTES,
    Kind,
    Lexeme,
    split,
)

_ENTITY = re.compile(r"&(lt|gt|amp);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^|<>\s]*)(?:\|([^<>]*))?>")
_FENCE = re.compile(
    r"```(?:[ \t]*(?:sql|postgres|postgresql|pgsql|psql)(?=\s))?(.*?)```", re.DOTALL | re.IGNORECASE
)
_STATEMENT = re.compile(
    r"(?:select|with|insert|update|delete|merge|values|copy|do|create|alter|comment|execute|call)\b",
    re.IGNORECASE,
)
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_BACKTICKS = re.compile(r"\A`([^`]+)`\Z")

_PLAIN_QUOTES = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\u0085\u2028\u2029"
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_PLAIN_CODE = str.maketrans(
    dict.fromkeys(_SPACES, " ") | dict.fromkeys(_LINE_ENDS, "\n") | dict.fromkeys(_INVISIBLE, "") | {"−": "-"}
)
_PLAIN_DASHES = str.maketrans(dict.fromkeys(SHORT_DASHES, "-"))
_EDGES = " \t\r\n\f\v" + _SPACES + _LINE_ENDS + "\u200b\u2060\ufeff"


def read_typed(text: str) -> str:
    """The statement or meta-command that was typed, without what the chat or the keyboard did to it."""
    return _plain(as_seen(text)).strip()


def as_seen(text: str) -> str:
    """What its author sees in the chat, as far as it is to be run: of words and a code block, the block."""
    text = _LINK.sub(lambda link: link[2] or link[1].removeprefix("mailto:").removeprefix("tel:"), text)
    text = _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)
    return _unwrapped(text.replace("\r\n", "\n").strip(_EDGES))


def _unwrapped(text: str) -> str:
    blocks = _blocks(text)
    if blocks is not None:
        return blocks
    backticks = _BACKTICKS.match(text)
    return backticks[1].strip(_EDGES) if backticks is not None else text


def _blocks(text: str) -> str | None:
    """What stands in the code blocks; None where there are none, or they are part of a literal."""
    first = text.find("```")
    before = _APOSTROPHE.sub("", text[:first]) if first >= 0 else ""
    if first < 0 or text.count("```") % 2:
        return None
    # Three back-ticks are nothing in SQL, but in a literal they may be somebody's data.
    if _STATEMENT.match(before) and not all(lexeme.closed for lexeme in split(before)):
        return None
    blocks = [block[1].strip(_EDGES) for block in _FENCE.finditer(text)]
    *others, last = [block for block in blocks if block] or [""]
    return "".join(f"{other.rstrip(';')};\n" for other in others) + last


def _plain(text: str) -> str:
    straight = _straightened(text)
    if all(lexeme.closed for lexeme in split(straight)):
        return straight
    everywhere = _straightened(text.translate(_PLAIN_QUOTES))
    return everywhere if all(lexeme.closed for lexeme in split(everywhere)) else straight


def _straightened(text: str) -> str:
    return "".join(_straight(lexeme) for lexeme in split(text, typographic=True))


def _straight(lexeme: Lexeme, *, inside: bool = False) -> str:
    match lexeme.kind:
        case Kind.CODE:
            text = lexeme.text.translate(_PLAIN_CODE)
            return text if inside else text.translate(_PLAIN_DASHES)
        case Kind.TYPOGRAPHIC:
            first, last = lexeme.text[0].translate(_PLAIN_QUOTES), lexeme.text[-1].translate(_PLAIN_QUOTES)
            return first + lexeme.text[1:-1] + last if lexeme.closed else first
        case Kind.DASHED if inside and lexeme.text[0] != "—":
            return lexeme.text
        case Kind.DASHED:
            return "--" + lexeme.text.lstrip("-" + SHORT_DASHES + LONG_DASHES)
        case Kind.BODY:
            return lexeme.text if inside else _body(lexeme)
        case _:
            return lexeme.text


def _body(lexeme: Lexeme) -> str:
    """A dollar-quoted body is mostly code, but its dashes may be somebody's text, as far as they are no "—".

    One in another stays as it is, as does one left unclosed.
    """
    tag = lexeme.text[: lexeme.text.index("$", 1) + 1]
    inside = lexeme.text[len(tag) : -len(tag)] if lexeme.closed else ""
    if not inside or tag in inside:
        return lexeme.text
    straight = "".join(_straight(part, inside=True) for part in split(inside, typographic=True))
    return tag + straight + tag if all(part.closed for part in split(straight)) else lexeme.text
