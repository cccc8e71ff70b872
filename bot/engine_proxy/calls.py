"""Which calls of the engine's API there are for the bot. All others are refused, known to us or not.

The API: https://docs.docker.com/reference/api/engine/. A path is compared piece by piece; what a piece
may hold leaves no room for `..`, an empty piece or an escape, so that the engine reads it as we do.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import parse_qsl

from bot.engine_proxy.errors import RefusedError


class About(Enum):
    """What a call is about: what else of it has to be checked."""

    ENGINE = auto()
    IMAGES = auto()
    """A list of images."""
    IMAGE = auto()
    """The image that the path names."""
    PULL = auto()
    VOLUME = auto()
    CONTAINERS = auto()
    """A list of containers."""
    CREATE = auto()
    CONTAINER = auto()
    """The container that the path names."""
    START = auto()
    FILES = auto()
    """Files for the container that the path names."""
    COMMIT = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call as it may go to the engine, if what it is about may be touched."""

    method: str
    about: About
    path: str
    """Below the version, with `{}` where the name of what it is about belongs."""
    name: str
    """What the path named there; empty if nothing."""
    version: str
    """Such as `v1.41`; empty for the engine's own."""
    query: Mapping[str, str]
    changes: tuple[str, ...] = ()
    """What a commit changes: the one parameter that may come several times."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Allowed:
    methods: frozenset[str]
    path: str
    about: About
    query: Mapping[str, str]
    """Parameter → what its value has to match."""


_FLAG = r"(?:0|1|true|false|True|False)"
_NUMBER = r"\d{1,9}"
_FILTERS = r"\{.{0,4000}\}"
_WORD = r"[\w.:/@-]{1,300}"
_LOGS = {
    "stdout": _FLAG,
    "stderr": _FLAG,
    "follow": _FLAG,
    "timestamps": _FLAG,
    "tail": r"all|\d{1,9}",
    "since": r"[\d.]{1,20}",
    "until": r"[\d.]{1,20}",
}
_COMMIT = {
    "container": r"[A-Za-z0-9][\w.-]{0,127}",
    "repo": _WORD,
    "tag": r"[\w][\w.-]{0,127}",
    "pause": _FLAG,
    "comment": r".{0,300}",
}


def _allow(methods: str, path: str, about: About, /, **query: str) -> _Allowed:
    return _Allowed(methods=frozenset(methods.split()), path=path, about=about, query=query)


_ALLOWED = (
    _allow("GET HEAD", "_ping", About.ENGINE),
    _allow("GET", "version", About.ENGINE),
    _allow("GET", "info", About.ENGINE),
    _allow("GET", "images/json", About.IMAGES, all=_FLAG, filters=_FILTERS, only_ids=_FLAG),
    _allow("GET", "images/{}/json", About.IMAGE),
    _allow("POST", "images/create", About.PULL, fromImage=_WORD, tag=_WORD, platform=_WORD),
    _allow("GET", "volumes/{}", About.VOLUME),
    _allow(
        "GET",
        "containers/json",
        About.CONTAINERS,
        all=_FLAG,
        filters=_FILTERS,
        limit=r"-1|\d{1,9}",
        size=_FLAG,
        trunc_cmd=_FLAG,
    ),
    _allow("POST", "containers/create", About.CREATE, name=r"[A-Za-z0-9][\w.-]{0,127}"),
    _allow("GET", "containers/{}/json", About.CONTAINER, size=_FLAG),
    _allow("GET", "containers/{}/logs", About.CONTAINER, **_LOGS),
    _allow("POST", "containers/{}/start", About.START),
    _allow("POST", "containers/{}/stop", About.CONTAINER, t=_NUMBER),
    _allow("POST", "containers/{}/kill", About.CONTAINER, signal=r"(?:SIG)?[A-Z]{2,8}|\d{1,2}"),
    _allow("POST", "containers/{}/wait", About.CONTAINER, condition=r"[a-z-]{1,20}"),
    _allow("DELETE", "containers/{}", About.CONTAINER, v=_FLAG, force=_FLAG, link=r"0|false|False"),
    _allow("PUT", "containers/{}/archive", About.FILES, path=r"/[\w./-]{0,300}"),
    _allow("POST", "commit", About.COMMIT, **_COMMIT, author=r".{0,300}"),
)

_VERSION = re.compile(r"v1\.(\d{1,3})")
OLDEST = 40
"""The oldest version of the API that passes, v1.40 (Docker 19.03): older ones take more in more places, such
as what a container may do at its start, where it isn't looked for here."""
_PIECE = re.compile(r"[A-Za-z0-9_][\w.:@-]*", re.ASCII)


def read(method: str, target: str) -> Call:
    """The call of a request's target as it came, with all its escapes. Raises RefusedError."""
    path, _, query = target.partition("?")
    pieces = _pieces(path)
    version = ""
    if (match := _VERSION.fullmatch(pieces[0])) is not None:
        if int(match[1]) < OLDEST:
            raise RefusedError(f"version {pieces[0]} of the API is too old: v1.{OLDEST} or later is needed")
        version = pieces.pop(0)
    for allowed in _ALLOWED:
        name = _named(allowed.path, pieces) if method in allowed.methods else None
        if name is not None:
            found, changes = _query(query, allowed)
            return Call(
                method=method,
                about=allowed.about,
                path=allowed.path,
                name=name,
                version=version,
                query=found,
                changes=changes,
            )
    raise RefusedError("Ride never makes this call")


def _pieces(path: str) -> list[str]:
    first, *pieces = path.replace("%40", "@").split(
        "/"
    )  # the one escape in an image's name, before its digest
    if first or not pieces or not all(_PIECE.fullmatch(piece) for piece in pieces):
        raise RefusedError("the path has an empty part, dots, an escape or an unusual character in it")
    return pieces


def _named(pattern: str, pieces: list[str]) -> str | None:
    """What stands where the pattern has `{}`: a piece, or several of an image's name. None: it has none."""
    before, brace, after = pattern.partition("{}")
    path = "/".join(pieces)
    if not brace:
        return "" if path == pattern else None
    name = path.removeprefix(before).removesuffix(after)
    if f"{before}{name}{after}" != path or not name or ("/" in name and before != "images/"):
        return None
    return name


def _query(text: str, call: _Allowed) -> tuple[Mapping[str, str], tuple[str, ...]]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError as error:
        raise RefusedError("the query can't be read") from error
    found: dict[str, str] = {}
    changes = []
    allowed = call.query
    for name, value in pairs:
        if name == "changes" and call.about is About.COMMIT:
            changes.append(value)
            continue
        if name in found:
            raise RefusedError(f"the parameter {name!r} appears twice in the query")
        if name not in allowed:
            raise RefusedError(f"Ride never sends the parameter {name!r}")
        if value and re.fullmatch(allowed[name], value, re.ASCII | re.DOTALL) is None:
            raise RefusedError(f"Ride never sends this value of the parameter {name!r}")
        if value:
            found[name] = value
    return found, tuple(changes)
