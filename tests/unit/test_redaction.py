"""No secret and no learner's row stands in a log, whatever it came with."""

import base64
import json
import logging
import time
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from bot.base import log_context
from bot.base.config import Settings
from bot.operations.log_lines import JsonLines, PlainLines
from bot.operations.redaction import Redactor, secrets_of

BOT = "-".join(("xoxb", "123456789012", "abcDEF123ghiJKL456"))
APP = "-".join(("xapp", "1", "A012345", "987654", "0a1b2c3d4e5f"))
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
redact = Redactor()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"token {BOT} refused", BOT.removeprefix("xoxb-")),
        (f"Bearer {APP}", APP.removeprefix("xapp-")),
        ("xoxe.xoxp-1-Mi0yLTEyMzQ rotated", "Mi0yLTEyMzQ"),
        ("postgresql+psycopg://ride:hunter2@db:5432/ride is down", "hunter2"),
        ("postgresql://ride:a/b:c@d@db/ride", "a/b:c@d"),
        ("connection to host=db user=ride password=hunter2 dbname=ride", "hunter2"),
        ("password='hun\\'ter 2' host=db", "ter 2"),
        ("{'password': 'hunter2', 'host': 'db'}", "hunter2"),
        ("cut off: password='hunter2", "hunter2"),
        ('{"client_secret":"0123abcd"}', "0123abcd"),
        ("RIDE_DATABASE_PASSWORD=hunter2", "hunter2"),
        ("ALTER ROLE dana PASSWORD 'hunter2'", "hunter2"),
        ("SCRAM-SHA-256$4096:salt$stored:server", "stored"),
        ("POST https://hooks.slack.com/commands/T01/234/s3cr3tpart", "s3cr3tpart"),
        ("POST http://127.0.0.1:4000/actions/T01/s3cr3tpart?x=1", "s3cr3tpart"),
        ("PUT https://files.slack.com/upload/v1/s3cr3tpart", "s3cr3tpart"),
        ("GET /slack/oauth_redirect?code=12.34.s3cr3t&state=ab-cd HTTP/1.1", "s3cr3t"),
        ("GET /slack/oauth_redirect?code=12.34&state=s3cr3t-cd HTTP/1.1", "s3cr3t"),
        ("wss://wss.slack.com/link/?ticket=s3cr3t&app_id=1", "s3cr3t"),
        (f"RIDE_TOKEN_KEYS={KEY},{KEY}", KEY),
        (f"the key {KEY}.", KEY),
        (f"row gAAAAABn{KEY[:30]}x-y_z==", KEY[:30]),
        ("DETAIL:  Key (email)=(ines@example.org) already exists.", "ines"),
        ("Key (email, name)=(a) b@example.org, x) is not present in table", "example.org"),
        ("DETAIL:  Failing row contains (1, ines@example.org, two\nlines).", "ines"),
        ("ERROR: x\nLINE 1: INSERT INTO t VALUES ('ines')", "ines"),
        ('pgbench: error: x\nCONTEXT:  COPY people, line 1: "ines"', "ines"),
        ("[SQL: INSERT]\n[parameters: ('ines', {'a': [1]})]\n(Background", "ines"),
    ],
)
def test_a_secret_by_its_looks(text: str, secret: str) -> None:
    said = redact(text)
    assert secret not in said
    assert "…" in said


@pytest.mark.parametrize(
    "text",
    [
        "GET http://127.0.0.1:9464/metrics",
        'File "/srv/ride/bot/services/commands/x.py", line 3',
        "the chat refused message page-2: invalid_auth",
        "postgresql://db:5432/ride is there",
        "ride 7k3mxq: resolved (The blocker is gone and writes flow again.)",
        "sqlite:////var/lib/ride/ride.sqlite3",
        'relation "orders" does not exist',
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert redact(text) == text


def test_the_settings_secrets_wherever_they_stand() -> None:
    settings = Settings(
        slack_bot_token=SecretStr("tok-of-another-server"),
        database_url="postgresql://ride:p%40ss-w0rd@db/ride",
        database_password=None,
    )
    found = Redactor(secrets_of(settings))
    for text in ("a tok-of-another-server b", "a p%40ss-w0rd b", "a p@ss-w0rd b"):
        assert found(text) == "a … b"


def test_a_short_secret_leaves_the_words_alone() -> None:
    assert (
        Redactor(["ride"])("Ride: ride 1, postgresql://ride:ride@db")
        == "Ride: ride 1, postgresql://ride:…@db"
    )


def test_what_pydantic_was_given() -> None:
    class Row(BaseModel):
        number: int

    with pytest.raises(ValidationError) as caught:
        Row.model_validate_json('{"number": "ines@example.org"}')
    assert "ines" in str(caught.value)
    assert "ines" not in redact(str(caught.value))


@pytest.fixture(params=["text", "json"])
def logger(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[logging.Logger]:
    """Its lines are in caplog, as the formatter makes them."""
    caplog.handler.setFormatter(JsonLines(redact) if request.param == "json" else PlainLines(redact))
    yield logging.getLogger("tests.redaction")
    log_context.is_about()


def test_messages_arguments_and_tracebacks(logger: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    logger.warning("with %s", BOT)
    logger.warning("with %(dsn)s", {"dsn": "postgresql://ride:hunter2@db/ride"})
    error = RuntimeError(f"no token: {BOT}")
    error.__cause__ = ConnectionError("postgresql://ride:hunter2@db/ride: refused")
    logger.error("Failed with %s", APP, exc_info=error)
    assert "RuntimeError" in caplog.text
    assert "ConnectionError" in caplog.text
    assert "hunter2" not in caplog.text
    assert "abcDEF" not in caplog.text
    assert "0a1b2c3d4e5f" not in caplog.text


def a_line(level: int, message: str, *arguments: object, error: BaseException | None = None) -> str:
    trace = (type(error), error, None) if error is not None else None
    record = logging.LogRecord("bot.x", level, __file__, 1, message, arguments, trace)
    return JsonLines(redact).format(record)


def test_a_line_of_json() -> None:
    log_context.is_about(workspace="T01", ride="7k3mxq")
    error = ValueError("two\nlines \u2028 \ud800")
    lines = [a_line(logging.ERROR, "Broke:\n%s", "“quoted”", error=error)]
    log_context.is_about()
    lines.append(a_line(logging.WARNING, "again"))
    assert not any(line.splitlines()[1:] for line in lines)
    first, second = map(json.loads, lines)
    assert first["time"].endswith("Z")
    assert len(first["time"]) == len("2026-11-25T22:31:33.123Z")
    assert (first["level"], first["logger"], first["message"]) == ("ERROR", "bot.x", "Broke:\n“quoted”")
    assert (first["workspace"], first["ride"]) == ("T01", "7k3mxq")
    assert first["exception"].startswith("ValueError")
    assert set(second) == {"time", "level", "logger", "message"}


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        "abc+",
        "a://b:",
        "-token",
        "password='",
        "Key (a)=(b ",
        "[parameters: ",
        "input_value=x ",
        "\n",
        " ",
    ],
)
def test_a_hostile_line_holds_nobody_up(piece: str) -> None:
    began = time.process_time()
    said = redact(piece * (200_000 // len(piece)))
    assert time.process_time() - began < 2
    assert len(said) < 40_000


def test_a_long_line_is_cut_and_still_has_no_secret() -> None:
    filler = "word " * 6_500
    text = f"{filler} postgresql://ride:hunter2@db/ride Failing row contains (1, ines{' x' * 5_000}"
    said = redact(text)
    assert "more characters" in redact("word " * 10_000)
    assert "hunter2" not in said
    assert "ines" not in said
