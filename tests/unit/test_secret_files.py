"""Settings whose secrets stand in files."""

from pathlib import Path

import pytest

from bot.base.config import Settings, load_settings
from bot.base.errors import SettingsError
from bot.base.secret_files import LONGEST


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env`, and no secret from the environment of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "RIDE_DATABASE_URL", "RIDE_DATABASE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def bot_token(settings: Settings) -> str | None:
    token = settings.slack_bot_token
    return None if token is None else token.get_secret_value()


def problems() -> str:
    with pytest.raises(SettingsError) as raised:
        load_settings()
    return str(raised.value)


def test_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1-2\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    assert bot_token(load_settings()) == "xoxb-1-2"


def test_the_file_is_named_in_dot_env(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1-2")
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN_FILE=token\n")
    assert bot_token(load_settings()) == "xoxb-1-2"


def test_the_environment_names_another_file_than_dot_env(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "one").write_text("xoxb-one")
    (tmp_path / "two").write_text("xoxb-two")
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN_FILE=one\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "two")
    assert bot_token(load_settings()) == "xoxb-two"


def test_the_databases_url_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://ride:secret@storage/ride\n")
    monkeypatch.setenv("RIDE_DATABASE_URL_FILE", str(tmp_path / "url"))
    assert load_settings().storage_url() == "postgresql://ride:secret@storage/ride"


def test_an_empty_file_is_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose mounts /dev/null where no file is named."""
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "/dev/null")
    assert bot_token(load_settings()) is None
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-2")
    assert bot_token(load_settings()) == "xoxb-1-2"


def test_both_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-in-the-file")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-in-the-environment")
    said = problems()
    assert "SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE" in said
    assert "xoxb" not in said


def test_every_file_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * (LONGEST + 1))
    (tmp_path / "picture").write_bytes(b"\x89PNG")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("SLACK_APP_TOKEN_FILE", str(tmp_path / "long"))
    monkeypatch.setenv("RIDE_DATABASE_PASSWORD_FILE", str(tmp_path / "picture"))
    said = problems()
    assert f"SLACK_BOT_TOKEN_FILE={tmp_path / 'absent'}: No such file" in said
    assert "too long" in said
    assert "not UTF-8 text" in said


def test_no_file_for_what_is_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIDE_LOG_LEVEL_FILE", str(tmp_path / "absent"))
    assert load_settings().log_level == "INFO"


def test_a_password_beside_the_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Any characters: the URL has them escaped."""
    (tmp_path / "password").write_text("p@ss/w:rd %\n")
    monkeypatch.setenv("RIDE_DATABASE_URL", "postgresql://ride@storage/ride")
    monkeypatch.setenv("RIDE_DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    expected = "postgresql+psycopg://ride:p%40ss%2Fw%3Ard %25@storage/ride"
    assert load_settings().storage_url() == expected


def test_sqlite_takes_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIDE_DATABASE_URL", "sqlite:////var/lib/ride.sqlite3")
    monkeypatch.setenv("RIDE_DATABASE_PASSWORD", "secret")
    assert load_settings().storage_url() == "sqlite:////var/lib/ride.sqlite3"
