"""The storage's own values: times that know their zone, and addresses of databases."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Dialect, make_url

from storage.connecting import arguments
from storage.database import database_url, sqlite_url
from storage.errors import DatabaseUrlError
from storage.utc_time import UtcTime

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
KATHMANDU = timezone(timedelta(hours=5, minutes=45))


def _dialect(url: str) -> Dialect:
    return make_url(url).get_dialect()()


def test_sqlite_keeps_utc_without_a_zone() -> None:
    dialect = _dialect("sqlite://")
    assert UtcTime().process_bind_param(NOON.astimezone(KATHMANDU), dialect) == NOON.replace(tzinfo=None)
    back = UtcTime().process_result_value(NOON.replace(tzinfo=None), dialect)
    assert back == NOON
    assert UtcTime().process_bind_param(None, dialect) is None
    assert UtcTime().process_result_value(None, dialect) is None


def test_postgresql_keeps_the_moment_whatever_the_session_s_zone() -> None:
    back = UtcTime().process_result_value(NOON.astimezone(KATHMANDU), _dialect("postgresql+psycopg://"))
    assert back is not None
    assert (back, back.tzinfo) == (NOON, UTC)


def test_a_naive_time_is_refused() -> None:
    for dialect in (_dialect("sqlite://"), _dialect("postgresql+psycopg://")):
        with pytest.raises(ValueError, match="has no time zone"):
            UtcTime().process_bind_param(NOON.replace(tzinfo=None), dialect)


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:////data/r.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///r.db", "sqlite+aiosqlite"),
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u:p@h/d?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_urls_get_the_driver_that_ride_uses(given: str, driver: str) -> None:
    assert database_url(given).drivername == driver


@pytest.mark.parametrize(
    "given",
    [
        *("", "ride.sqlite3", "mysql://h/d", "postgresql+asyncpg://h/d", "sqlite://", "sqlite:///:memory:"),
        "postgresql://one:5432,two:5432/ride",
    ],
)
def test_other_urls_are_refused_with_an_example(given: str) -> None:
    with pytest.raises(DatabaseUrlError, match="sqlite:////path/to/file"):
        database_url(given)


def test_several_hosts_and_what_the_url_says_of_the_session() -> None:
    url = database_url(
        "postgresql://u@/ride?host=one:5432&host=two:5433&options=-c%20a%3D1&keepalives_idle=9"
    )
    found = arguments(url, options={"lock_timeout": 5})
    assert (found["host"], found["port"]) == ("one,two", "5432,5433")
    assert found["options"] == "-c a=1 -c lock_timeout=5"
    assert found["keepalives_idle"] == "9"


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        database_url("mysql://ada:secret@h/d")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("path", ["/a b/100%.db", "/c%20d?x=1#y/é@h:1/r.db", "relative/r.db"])
def test_a_file_s_url_leads_to_the_file(path: str) -> None:
    assert database_url(sqlite_url(Path(path))).database == path
