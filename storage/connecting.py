"""How sessions of PostgreSQL are opened: what tells a dead connection from a slow one, and what ends it."""

from collections.abc import Mapping

from sqlalchemy import URL

LEADER_KEY = 0x726964656C656164
"""'ridelead' in ASCII: the advisory lock of the leader. Advisory locks are of one database."""
OLDEST_SERVER = 14
"""The first PostgreSQL with idle_session_timeout, which ends a leader that has gone."""
CONNECT_TIMEOUT = 10
"""Seconds for each address of a PostgreSQL server."""

_NETWORK: Mapping[str, int] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's parameters: a server that has gone without a word is noticed in ten seconds, not two hours."""


def arguments(
    url: URL, *, options: Mapping[str, int] | None = None, connect_timeout: int = CONNECT_TIMEOUT
) -> dict[str, object]:
    """The keywords for libpq. `options` are settings of the session, in milliseconds.

    What the URL itself says of the network, or of other settings, holds.
    """
    _, found = url.get_dialect()().create_connect_args(url)
    given: dict[str, object] = dict(found)
    words = [str(given["options"])] if "options" in given else []
    words += [f"-c {name}={value}" for name, value in (options or {}).items()]
    own = {**_NETWORK, "connect_timeout": connect_timeout, "application_name": "ride"}
    return {**own, **given, **({"options": " ".join(words)} if words else {})}
