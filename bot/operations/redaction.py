"""What must not stand in a log: tokens, passwords, keys, addresses that are secrets, learners' rows.

By what the settings hold, which is known exactly, and by what such things look like, for those that come from
elsewhere. Rows come with the errors of PostgreSQL, which quotes them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, unquote

import psycopg
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.base.config import Settings

HIDDEN = "…"
SHORTEST = 8
"""Characters. A shorter secret is a word that may stand anywhere; it is found by its place only."""

LONGEST = 32_768
"""Characters of a message, or of a traceback, that are looked at and kept."""

_QUOTED_OR_WORD = r"""(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|['"]\S+|[^\s,;&)'"\]}]+)"""
_NAMES = r"(?<![\w-])[\w-]{0,40}?(?:password|passwd|secret|token|api[_-]?key|token_keys)"
# Every repetition is bounded, or can't be tried from many places: a log line must not hold the program up.
_LOOKS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern, flags), instead)
    for pattern, instead, flags in (
        # https://docs.slack.dev/authentication/tokens
        (r"\b(x(?:ox[a-z]|app))(?:\.xox[a-z])?-[A-Za-z0-9-]+", rf"\1-{HIDDEN}", 0),
        # Any URL with a login in it.
        (r"((?<![\w+.-])[a-z][\w+.-]{0,40}://[^\s:/@]{0,200}):\S{1,500}@", rf"\1:{HIDDEN}@", re.IGNORECASE),
        # Addresses that answer whoever knows them: response_url, webhooks, uploads.
        (
            r"(https?://[^\s/\"']{1,300}/(?:commands|actions|services|workflows|triggers|upload/v1)/)[^\s\"'<>]+",
            rf"\1{HIDDEN}",
            0,
        ),
        # OAuth's and Socket Mode's parameters.
        (r"([?&](?:code|state|ticket|sig|signature)=)[^&\s\"'<>]+", rf"\1{HIDDEN}", re.IGNORECASE),
        (rf"({_NAMES}['\"]?\s{{0,3}}=\s{{0,3}}){_QUOTED_OR_WORD}", rf"\1{HIDDEN}", re.IGNORECASE),
        (rf"(['\"]{_NAMES}['\"]\s{{0,3}}:\s{{0,3}}){_QUOTED_OR_WORD}", rf"\1{HIDDEN}", re.IGNORECASE),
        (r"(\bPASSWORD\s{1,3})'(?:[^']|'')*'", rf"\1{HIDDEN}", re.IGNORECASE),
        (
            r"\b(Authorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:Bearer|Basic)?\s{0,3})[^\s'\",}]+",
            rf"\1{HIDDEN}",
            re.IGNORECASE,
        ),
        (r"\b(SCRAM-SHA-256)\$[^\s'\"]+", rf"\1{HIDDEN}", 0),
        # Fernet's tokens and keys: https://github.com/fernet/spec
        (r"\bgAAAA[A-Za-z0-9_-]{20,}=*", HIDDEN, 0),
        (r"(?<![A-Za-z0-9_=-])[A-Za-z0-9_-]{43}=(?![A-Za-z0-9_=-])", HIDDEN, 0),
        # PostgreSQL quotes rows: https://www.postgresql.org/docs/current/error-message-reporting.html
        (
            r"(\bKey \([^)\n]{0,500}\)=)\(.*?"
            r"(?:\)(?= (?:already exists|is not present|is still|conflicts)|$)|\Z)",
            rf"\1({HIDDEN})",
            re.M | re.S,
        ),
        (r"(Failing row contains )\(.*?(?:\)\.|\Z)", rf"\1({HIDDEN}).", re.DOTALL),
        (r"^([ \t|]*(?:DETAIL|CONTEXT|STATEMENT|QUERY|LINE \d+): ).*$", rf"\1{HIDDEN}", re.MULTILINE),
        # SQLAlchemy's parameters and pydantic's input.
        (r"(\[parameters: ).*?(\](?:\n|$)|\Z)", rf"\1{HIDDEN}\2", re.DOTALL),
        (r"(input_value=).*?(, input_type=|\Z)", rf"\1{HIDDEN}\2", re.DOTALL),
    )
)

_NO_ROWS = frozenset({"08", "0A", "25", "28", "3D", "40", "42", "53", "54", "55", "57", "58", "XX"})
"""SQLSTATE classes whose first line is PostgreSQL's own words: no data of a table stands in them."""
_SYNTAX_ERROR = "42601"
"""The exception: it quotes where the statement went wrong."""


def secrets_of(settings: Settings) -> frozenset[str]:
    """Every secret that the settings hold, in each way in which it may be written."""
    whole = {value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)}
    try:
        password = make_url(settings.storage_url()).password
    except ArgumentError:
        password = None
    if password is not None:
        whole.add(str(password))
    parted = whole | {part for secret in whole for part in re.split(r"[,\s]+", secret)}
    return frozenset(form for secret in parted for form in (secret, quote(secret, safe=""), unquote(secret)))


class Redactor:
    """Takes out of a text what must not be read."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str, *errors: BaseException) -> str:
        """The text without secrets, and without the rows that these errors quote in it."""
        for error in _chain(errors):
            text = _without_rows(text, error)
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        if len(text) > LONGEST:
            # Where a word ends: half of a secret doesn't look like one.
            kept = text[:LONGEST].rpartition(" ")[0]
            text = f"{kept} {HIDDEN} ({len(text) - len(kept)} more characters)"
        for look, instead in _LOOKS:
            text = look.sub(instead, text)
        return text


def _chain(errors: Iterable[BaseException]) -> Iterator[BaseException]:
    """These errors, and all that they came from."""
    seen: set[int] = set()
    waiting = list(errors)
    while waiting:
        error = waiting.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += [cause for cause in (error.__cause__, error.__context__) if cause is not None]
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions
        if isinstance(error, DBAPIError) and error.orig is not None:
            waiting.append(error.orig)


def _without_rows(text: str, error: BaseException) -> str:
    if not isinstance(error, psycopg.Error):
        return text
    said = str(error)
    if not said.strip():
        return text
    sqlstate = error.sqlstate or error.diag.sqlstate
    if sqlstate is None:
        return text  # it did not come from a server: a connection that failed, say
    instead = f"SQLSTATE {sqlstate}"
    if sqlstate[:2] in _NO_ROWS and sqlstate != _SYNTAX_ERROR and error.diag.message_primary:
        instead = f"{error.diag.message_primary} ({instead})"
    # As it is, as in a repr, and as indented in the traceback of a group.
    for form in (said, repr(said)[1:-1]):
        text = text.replace(form, instead)
    first, *rest = said.splitlines()
    for line in [first, *rest]:
        if len(line.strip()) >= SHORTEST:
            text = text.replace(line, instead if line is first else HIDDEN)
    return text
