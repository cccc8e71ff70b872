"""What a person meant to type, from the text that the chat sends.

Undone everywhere, because the chat did it: `&lt;` `&gt;` `&amp;` (once), links that it made itself
(`<mailto:a@b.c|a@b.c>` is `a@b.c` again), code fences or back-ticks around the whole. Mentions such as
`<@U…>` and `<#C…|name>` stay as they are: PostgreSQL answers them with a syntax error.

Undone only outside of literals and comments, because inside they may be somebody's data (an apostrophe in
'It’s', the joiner in an emoji): typographic quotes, dashes and spaces, and characters without a width.
Where a literal is opened by a typographic quote, the next quote of that sort closes it. If a literal opened
by a plain quote is never closed, the chat has probably changed the closing one, and every typographic quote
becomes plain.
"""

import re

from sandbox.lexemes import DOUBLE_QUOTES, SINGLE_QUOTES, Kind, Lexeme, split

_ENTITY = re.compile(r"&(lt|gt|amp);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^|<>\s]*)(?:\|([^<>]*))?>")
_FENCE = re.compile(
    r"\A```(?:[ \t]*(?:sql|postgres|postgresql|pgsql|psql)(?=\s))?(.*?)```\Z", re.DOTALL | re.IGNORECASE
)
_BACKTICKS = re.compile(r"\A`([^`]+)`\Z")

_PLAIN_QUOTES = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\u0085\u2028\u2029"
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_PLAIN_CODE = str.maketrans(
    dict.fromkeys(_SPACES, " ")
    | dict.fromkeys(_LINE_ENDS, "\n")
    | dict.fromkeys(_INVISIBLE, "")
    | {"—": "--", "−": "-"}
)
_EDGES = " \t\r\n\f\v" + _SPACES + _LINE_ENDS + "\u200b\u2060\ufeff"


def read_typed(text: str) -> str:
    """The statement or meta-command that was typed, without what the chat or the keyboard did to it."""
    text = _LINK.sub(lambda link: link[2] or link[1].removeprefix("mailto:").removeprefix("tel:"), text)
    text = _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)
    text = _unwrapped(text.replace("\r\n", "\n").strip(_EDGES))
    return _plain(text).strip()


def _unwrapped(text: str) -> str:
    fence = _FENCE.match(text)
    if fence is not None and "```" not in fence[1]:
        return fence[1].strip(_EDGES)
    backticks = _BACKTICKS.match(text)
    return backticks[1].strip(_EDGES) if backticks is not None else text


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
            return lexeme.text.translate(_PLAIN_CODE)
        case Kind.TYPOGRAPHIC:
            first, last = lexeme.text[0].translate(_PLAIN_QUOTES), lexeme.text[-1].translate(_PLAIN_QUOTES)
            return first + lexeme.text[1:-1] + last if lexeme.closed else first
        case Kind.BODY:
            return lexeme.text if inside else _body(lexeme)
        case _:
            return lexeme.text


def _body(lexeme: Lexeme) -> str:
    """A dollar-quoted body is mostly code. One in another stays as it is, as does one left unclosed."""
    tag = lexeme.text[: lexeme.text.index("$", 1) + 1]
    inside = lexeme.text[len(tag) : -len(tag)] if lexeme.closed else ""
    if not inside or tag in inside:
        return lexeme.text
    straight = "".join(_straight(part, inside=True) for part in split(inside, typographic=True))
    return tag + straight + tag if all(part.closed for part in split(straight)) else lexeme.text
