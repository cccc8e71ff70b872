"""`ride doctor` on an installation that is well, and on ones where half of it is broken."""

import json
from signal import SIGTERM

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.doctor.examining import examine
from bot.doctor.finding import Grade
from bot.doctor.slack_checks import slack_checks
from bot.slack.manifest import manifest
from bot.slack.settings import SlackSettings
from bot.workspace.server import Workspace
from tests.acceptance.http_stage import OpenHttpStage
from tests.acceptance.ride_program import Launcher, Program
from tests.acceptance.test_cli_serve import READY, settings, workspace

__all__ = ["workspace"]

BROKEN = {
    "SLACK_BOT_TOKEN": "xoxb-not-a-token",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "RIDE_DATABASE_URL": "postgresql://ride:hunter2-secret@127.0.0.1:1/ride",
    "RIDE_POSTGRES_BIN": "/nowhere",
    "RIDE_LISTEN_ADDRESS": "127.0.0.2",
}


def found(doctor: Program) -> dict[str, tuple[str, str, str | None]]:
    """Grade, text and what to do, by what it is about; the last where there are several."""
    findings = json.loads(doctor.out)["findings"]
    return {one["about"]: (one["grade"], one["text"], one["todo"]) for one in findings}


async def test_all_is_well(ride: Launcher, workspace: Workspace) -> None:
    operated = {**settings(workspace), "RIDE_OPERATIONS_ADDRESS": "127.0.0.1:9464"}
    code, doctor = await ride.run("doctor", settings=operated)
    assert code == 0, doctor.said
    assert "✗" not in doctor.out
    assert "the token has all" in doctor.out
    assert "Slack accepts the app-level token" in doctor.out
    assert "doesn't exist yet" in doctor.out
    assert "PostgreSQL 18" in doctor.out
    assert doctor.err == ""


async def test_it_looks_beside_a_ride_that_runs(ride: Launcher, workspace: Workspace) -> None:
    serving = await ride("serve", settings=settings(workspace))
    await serving.says(READY)
    code, doctor = await ride.run("doctor", "--json", settings=settings(workspace))
    assert code == 0, doctor.said
    grade, text, _ = found(doctor)["Database"]
    assert (grade, "tables at" in text) == ("fine", True)
    assert found(doctor)["Scenarios"][:2] == ("fine", "1 scenario, ready to start.")
    assert await serving.stopped_by(SIGTERM) == 0


async def test_scopes_that_are_missing(ride: Launcher, workspace: Workspace) -> None:
    less = manifest(SlackSettings())
    less["oauth_config"]["scopes"]["bot"].remove("pins:write")
    workspace.install(less)
    code, doctor = await ride.run("doctor", "--json", settings=settings(workspace))
    assert code == 1
    grade, text, todo = found(doctor)["Slack"]
    assert (grade, todo is not None and "ride manifest" in todo) == ("wrong", True)
    assert "lacks the scopes pins:write" in text


async def test_half_of_it_is_broken(ride: Launcher) -> None:
    code, doctor = await ride.run("doctor", "--json", settings=BROKEN)
    assert code == 1
    grades = {about: grade for about, (grade, _, _) in found(doctor).items()}
    assert grades == {
        "Settings": "fine",
        "Slack": "wrong",
        "Socket Mode": "wrong",
        "Database": "wrong",
        "Sandboxes": "wrong",
        "Disk": "fine",
        "Operations": "warning",
        "Learners' psql": "warning",
    }
    assert all(todo for grade, _, todo in found(doctor).values() if grade != "fine")
    assert "initdb" in found(doctor)["Sandboxes"][1]
    code, doctor = await ride.run("doctor", settings=BROKEN)
    assert code == 1
    assert "✗ Database" in doctor.out
    for said in (doctor.said,):
        assert "hunter2" not in said
        assert "not-a-token" not in said


async def test_no_engine(ride: Launcher) -> None:
    away = {"RIDE_PROVIDER": "docker", "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    code, doctor = await ride.run("doctor", "--json", settings=away)
    assert code == 1
    grade, text, todo = found(doctor)["Sandboxes"]
    assert (grade, "Docker engine does not answer" in text) == ("wrong", True)
    assert todo is not None
    assert "DOCKER_HOST" in todo


@pytest.mark.parametrize("arguments", [[], ["--json"]])
async def test_settings_that_can_not_be_read(ride: Launcher, arguments: list[str]) -> None:
    code, doctor = await ride.run("doctor", *arguments, settings={"RIDE_LOG_FORMAT": "xml"})
    assert code == 1
    assert "RIDE_LOG_FORMAT=xml" in doctor.out
    assert "Traceback" not in doctor.said


async def test_over_http(open_http_stage: OpenHttpStage) -> None:
    """Every workspace that has installed it is asked, and a key that is lost is told."""
    async with open_http_stage() as stage:
        checks = slack_checks(stage.settings)
        assert [one.grade for one in await examine(checks)] == [Grade.FINE, Grade.WARNING]
        for town in (stage.harbor, stage.quay):
            await stage.install(town)
        findings = await examine(checks)
        assert [(one.about, one.grade.value) for one in findings] == [
            ("Slack", "fine"),
            ("Slack, Harbor", "fine"),
            ("Slack, Quay", "fine"),
        ]
        await stage.quay.client.uninstall()
        other = stage.settings.model_copy(update={"token_keys": SecretStr(Fernet.generate_key().decode())})
        found = {one.about: one for one in await examine(slack_checks(other))}
        assert found["Slack, Harbor"].grade is Grade.WRONG
        assert "No key in RIDE_TOKEN_KEYS can read" in found["Slack, Harbor"].text
        away = stage.settings.model_copy(update={"slack_client_secret": None})
        (missing,) = await examine(slack_checks(away))
        assert missing.grade is Grade.WRONG
        assert "SLACK_CLIENT_SECRET" in missing.text
