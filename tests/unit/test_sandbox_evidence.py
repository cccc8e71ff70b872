import json
from datetime import UTC, datetime

import pytest

from sandbox.server.log_reader import CHUNK, EvidenceReader, parse_line
from scenarios.journal.events import LockWaited, SessionEnded, StatementLogged, WriteCommitted
from scenarios.loading.catalogue import Catalogue

PEOPLE = {"ada": "U1"}


@pytest.fixture
def reader() -> EvidenceReader:
    return EvidenceReader(Catalogue().load("alter-table-locks"), "key")


def line(message: str, **fields: object) -> bytes:
    basis = {
        "timestamp": "2026-11-23 21:06:00.123 UTC",
        "user": "app_writer",
        "dbname": "app_db",
        "pid": 42,
        "session_id": "6b04b03c.2a",
        "error_severity": "LOG",
        "message": message,
        "application_name": "app_writer",
    }
    return json.dumps({**basis, **fields}).encode()


def test_a_session_is_named_by_pid_and_whole_second(reader: EvidenceReader) -> None:
    text = "process 42 still waiting for RowExclusiveLock on relation 1 of database 2 after 100.5 ms"
    [event] = reader.events(line(text), PEOPLE)
    assert isinstance(event, LockWaited)
    assert event.backend.started == datetime.fromtimestamp(0x6B04B03C, UTC)
    assert (event.backend.group, event.mode, event.waited_ms) == ("writers", "RowExclusiveLock", 100.5)
    assert event.at == datetime(2026, 11, 23, 21, 6, 0, 123000, tzinfo=UTC)


def test_only_slow_writes_are_commits(reader: EvidenceReader) -> None:
    [event] = reader.events(line("duration: 60.5 ms  statement: UPDATE orders SET x = 1"), PEOPLE)
    assert isinstance(event, WriteCommitted)
    assert event.took_ms == 60.5
    assert reader.events(line("duration: 60.5 ms  statement: SELECT 1"), PEOPLE) == []


def test_an_end_is_told_once_and_a_probe_not_at_all(reader: EvidenceReader) -> None:
    fatal = line("terminating connection", error_severity="FATAL", state_code="57P01")
    gone = line("disconnection: session time: 0:00:10.500 user=app_writer database=app_db host=[local]")
    [event] = reader.events(fatal, PEOPLE)
    assert isinstance(event, SessionEnded)
    assert event.sqlstate == "57P01"
    assert reader.events(gone, PEOPLE) == []
    [left] = reader.events(gone, PEOPLE)
    assert isinstance(left, SessionEnded)
    assert left.sqlstate is None
    assert reader.events(gone.replace(b"0:00:10.500", b"0:00:00.004"), PEOPLE) == []


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("statement: SELECT 1", "SELECT 1"),
        ("execute <unnamed>: SELECT\n1", "SELECT\n1"),
        ("execute _pg3_0/c1: SELECT 1", "SELECT 1"),
        ("execute a name\nof mine/c 1: DROP TABLE orders", "DROP TABLE orders"),
        ("parse tree:", None),
    ],
)
def test_statements(reader: EvidenceReader, message: str, text: str | None) -> None:
    found = reader.events(line(message, user="ada"), PEOPLE)
    assert [event.text for event in found if isinstance(event, StatementLogged)] == ([text] if text else [])


def test_what_has_a_context_is_no_statement(reader: EvidenceReader) -> None:
    assert reader.events(line("statement: SELECT 1", user="ada", context="PL/pgSQL"), PEOPLE) == []


def test_other_lines_and_rubbish_say_nothing(reader: EvidenceReader) -> None:
    for raw in (b"", b"{", b"\xff\xfe", b"[]", b"null", line("hello"), line("hello", user=None)):
        assert reader.events(raw, PEOPLE) == []


def test_a_line_cut_anywhere_keeps_what_is_there() -> None:
    whole = line("statement: SELECT 'é\"\\n'", user="ada")
    for cut in range(whole.index(b"statement"), len(whole)):
        head = parse_line(whole[:cut])
        if head is not None:
            assert head.user == "ada"
    head = parse_line(whole[: whole.index(b"u00e9") + 3])
    assert head is not None
    assert head.message == "statement: SELECT '"


async def test_only_whole_lines_are_read(reader: EvidenceReader) -> None:
    log = line("statement: SELECT 1", user="ada") + b"\n" + line("statement: SELECT 2", user="ada")

    async def read_log(offset: int, length: int) -> bytes:
        return log[offset : offset + length]

    reading = await reader.read(read_log, 0, PEOPLE)
    assert len(reading.events) == 1
    assert reading.offset == log.index(b"\n") + 1
    log += b"\n"
    assert len((await reader.read(read_log, reading.offset, PEOPLE)).events) == 1


async def test_a_line_longer_than_a_chunk_is_read_once_it_is_whole(reader: EvidenceReader) -> None:
    log = line("statement: SELECT " + "x" * (2 * CHUNK + 5), user="ada")

    async def read_log(offset: int, length: int) -> bytes:
        return log[offset : offset + length]

    assert (await reader.read(read_log, 0, PEOPLE)).offset == 0
    log += b"\n" + line("statement: SELECT 2", user="ada") + b"\n"
    reading = await reader.read(read_log, 0, PEOPLE)
    assert len(reading.events) == 2
    assert reading.offset == len(log)
