"""Why a container ended, what goes into an image, and the settings of both."""

import io
import tarfile

import pytest
from pydantic import ValidationError

from bot.base.config import Settings
from sandbox.containers import container
from sandbox.containers.image_content import content, content_digest
from sandbox.provider import Login
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Catalogue().load("alter-table-locks")


@pytest.mark.parametrize(
    ("code", "out_of_memory", "said"),
    [
        (container.LEASE_OVER, False, "its lease expired"),
        (container.LEASE_OVER, True, "its lease expired"),
        (container.SERVER_STOPPED, False, "PostgreSQL stopped by itself"),
        (container.SERVER_STOPPED, True, "it ran out of memory"),
        (container.CLIENT_KILLED, False, "a client of the incident was killed from outside"),
        (137, True, "it ran out of memory"),
        (137, False, "its container was killed from outside (signal 9)"),
        (0, False, "its container ended with exit code 0"),
    ],
)
def test_an_exit_code_says_why(code: int, out_of_memory: bool, said: str) -> None:
    assert container.cause_of(code, out_of_memory=out_of_memory) == said


def files(scenario: Scenario) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(content(scenario))) as archive:
        return {
            member.name: (archive.extractfile(member) or io.BytesIO()).read().decode()
            for member in archive
            if member.isfile()
        }


def test_an_image_has_the_actors_scripts_and_how_they_are_played(scenario: Scenario) -> None:
    found = files(scenario)
    for actor in scenario.actors:
        assert f"opt/ride/scripts/{actor.name}.sql" in found
    lines = [line.split() for line in found["opt/ride/actors.sh"].splitlines()]
    played = [line[1] for line in lines if line[0] in {"reconnecting", "once", "carelessly"}]
    assert played == [actor.name for actor in scenario.actors for _ in range(actor.sessions)]
    [migration] = [line for line in lines if line[1:2] == ["migration"]]
    assert migration[0] == "once", "who kills its client from outside is to be told of"


def test_what_an_actor_is_called_is_no_command(scenario: Scenario) -> None:
    actors = tuple(
        actor.model_copy(update={"application": "x; reboot $(id) 'now'"}) for actor in scenario.actors
    )
    text = files(scenario.model_copy(update={"actors": actors}))["opt/ride/actors.sh"]
    assert "'x; reboot $(id) '\"'\"'now'\"'\"''" in text


def test_an_image_is_another_when_anything_of_it_is(scenario: Scenario) -> None:
    first = content_digest(scenario, "sha256:1")
    assert content_digest(scenario, "sha256:1") == first
    assert content_digest(scenario, "sha256:2") != first
    assert content_digest(scenario.model_copy(update={"version": "other"}), "sha256:1") != first


def test_a_dsn_names_a_socket_and_asks_for_encryption() -> None:
    login = Login(role="ada", password="secret", host="/run/ride/x/s", port=5432, database="app_db")
    assert login.dsn() == "postgresql://ada:secret@%2Frun%2Fride%2Fx%2Fs:5432/app_db"
    outside = Login(role="ada", password="secret", host="127.0.0.1", port=15432, database="app_db", tls=True)
    assert outside.dsn("db.example.org") == (
        "postgresql://ada:secret@db.example.org:15432/app_db?sslmode=require"
    )


@pytest.mark.parametrize(
    ("written", "read"), [("15432-15531", (15432, 15531)), ("7000", (7000, 7000)), ("1 - 2", (1, 2))]
)
def test_ports_are_a_range(monkeypatch: pytest.MonkeyPatch, written: str, read: tuple[int, int]) -> None:
    monkeypatch.setenv("RIDE_CONNECT_PORTS", written)
    assert Settings(_env_file=None).connect_ports == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RIDE_CONNECT_PORTS", "2-1"),
        ("RIDE_CONNECT_PORTS", "0-10"),
        ("RIDE_CONNECT_PORTS", "1-65536"),
        ("RIDE_CONNECT_PORTS", "some"),
        ("RIDE_SANDBOX_MEMORY", "1GiB"),
        ("RIDE_SANDBOX_CPUS", "0"),
        ("RIDE_IMAGE_REPOSITORY", "Ride Sandbox"),
        ("RIDE_PROVIDER", "cloud"),
        ("RIDE_CONNECT_TLS_KEY", "/etc/key.pem"),
    ],
)
def test_a_wrong_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings(_env_file=None)
