"""What the doctor makes of what it sees."""

import asyncio
import shutil
from collections import namedtuple
from collections.abc import Sequence
from email.utils import formatdate
from pathlib import Path

import pytest

from bot.base.config import Settings
from bot.doctor import examining, sandbox_checks, slack_checks
from bot.doctor.finding import Check, Finding, Grade, fine
from bot.doctor.network_checks import network_checks
from sandbox.errors import SandboxError
from sandbox.server.survey import Survey

Usage = namedtuple("Usage", "total used free")


async def test_one_that_fails_or_hangs_hinders_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def well() -> Sequence[Finding]:
        return [fine("a", "well")]

    async def unhappy() -> Sequence[Finding]:
        raise SandboxError("It is gone. Start it.")

    async def fails() -> Sequence[Finding]:
        raise KeyError("x")

    async def hangs() -> Sequence[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(examining, "PATIENCE", 0.05)
    looks = {"a": well, "b": unhappy, "c": fails, "d": hangs, "e": well}
    findings = await examining.examine([Check(about=about, look=look) for about, look in looks.items()])
    assert [one.about for one in findings] == ["a", "b", "c", "d", "a"]
    assert [one.grade.value for one in findings] == ["fine", "wrong", "wrong", "wrong", "fine"]
    assert (findings[1].text, findings[1].todo) == ("It is gone.", "Start it.")
    assert "KeyError" in findings[2].text


@pytest.mark.parametrize(
    ("free", "grade"), [(10 << 30, Grade.FINE), (1 << 30, Grade.WARNING), (100 << 20, Grade.WRONG)]
)
def test_room_on_a_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, grade: Grade) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, free))
    not_yet = tmp_path / "not" / "yet"
    findings = sandbox_checks.disks([not_yet, tmp_path])
    assert [(one.about, one.grade) for one in findings] == [("Disk", grade)]
    assert str(not_yet) in findings[0].text


@pytest.mark.parametrize(("memory", "grade"), [(4 << 30, Grade.FINE), (1 << 30, Grade.WRONG)])
def test_room_for_rides(memory: int, grade: Grade) -> None:
    finding = sandbox_checks.look_at_memory(Survey(found="x", memory=memory, each=1536 << 20))
    assert finding.grade is grade
    if grade is Grade.FINE:
        assert "about 2 rides" in finding.text


@pytest.mark.parametrize(
    ("host", "listen", "grade"),
    [
        (None, None, "fine"),
        ("127.0.0.1", None, "fine"),
        ("localhost", None, "fine"),
        ("192.0.2.7", "192.0.2.7", "fine"),
        ("192.0.2.7", None, "wrong"),
        (None, "192.0.2.7", "warning"),
        ("no-such-host.invalid", "192.0.2.7", "wrong"),
    ],
)
async def test_where_learners_are_sent(host: str | None, listen: str | None, grade: str) -> None:
    settings = Settings(connect_host=host, listen_address=listen)
    findings = await examining.examine(network_checks(settings)[1:])
    assert [one.grade.value for one in findings] == [grade]


@pytest.mark.parametrize(("off", "words"), [(0, []), (40, ["ahead of"]), (-40, ["behind"])])
def test_a_clock_that_is_wrong(off: int, words: list[str]) -> None:
    asked = 1_790_000_000.0
    findings = slack_checks.look_at_clock({"date": formatdate(asked - off, usegmt=True)}, asked)
    assert len(findings) == len(words)
    assert all(said in one.text for said, one in zip(words, findings, strict=True))
