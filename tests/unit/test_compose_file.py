"""The deployment's files as they stand: what nobody may get, and names that the program has."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.base.config import Settings, variable
from bot.base.secret_files import SUFFIX, is_secret
from bot.cli.command import COMMANDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
FILE = yaml.safe_load(TEXT)
SERVICES: Mapping[str, Any] = FILE["services"]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
VARIABLES = {variable(name) for name in Settings.model_fields}
SECRETS = {variable(name) for name, field in Settings.model_fields.items() if is_secret(name, field)}
OWN = re.compile(r"(?:RIDE|SLACK)_[A-Z_]+[A-Z]")


def environments() -> Iterator[tuple[str, str]]:
    """Each variable that a service of ours gets, with the service's name."""
    for name, service in SERVICES.items():
        if name != "storage":
            yield from ((name, one) for one in service["environment"])


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_may_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    for key in ("privileged", "pid", "ipc", "uts", "userns_mode", "devices", "cgroup_parent", "volumes_from"):
        assert key not in service
    assert service.get("network_mode") in (None, "none")
    assert service.get("read_only") is (None if name == "storage" else True)
    rights = {
        "engine": {"DAC_READ_SEARCH"},
        "storage": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
    }
    assert set(service.get("cap_add", [])) == rights.get(name, set())


def test_one_service_has_the_engines_socket() -> None:
    having = [
        name
        for name, service in SERVICES.items()
        if any("docker.sock" in volume for volume in service.get("volumes", []))
    ]
    assert having == ["engine"]
    assert SERVICES["engine"]["network_mode"] == "none"
    assert "ports" not in SERVICES["engine"]


def test_who_is_in_which_network() -> None:
    assert FILE["networks"]["storage"]["internal"] is True
    networks = {name: service.get("networks") for name, service in SERVICES.items()}
    assert networks == {
        "bot": ["outward", "storage"],
        "migrate": ["storage"],
        "engine": None,
        "storage": ["storage"],
    }
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_in_which_order() -> None:
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert waits["bot"]["migrate"] == {"condition": "service_completed_successfully"}
    assert waits["migrate"] == {"storage": {"condition": "service_healthy"}}
    restarts = {name: service["restart"] for name, service in SERVICES.items()}
    assert restarts.pop("migrate") == "no"
    assert set(restarts.values()) == {"unless-stopped"}


@pytest.mark.parametrize("name", ["migrate", "engine"])
def test_the_commands_are_there(name: str) -> None:
    first, *rest = SERVICES[name]["command"].split()
    command: Any = COMMANDS[first].load(first)
    for word in rest:
        command = command.commands[word]


def test_every_variable_is_a_setting() -> None:
    for service, name in environments():
        if name != "DOCKER_HOST":
            assert name.removesuffix(SUFFIX) in VARIABLES, service


def test_every_secret_can_come_from_a_file() -> None:
    """But the database's URL: its password has a file of its own."""
    bot = SERVICES["bot"]
    files = {name: where for name, where in bot["environment"].items() if name.endswith(SUFFIX)}
    assert {name.removesuffix(SUFFIX) for name in files} == SECRETS - {"RIDE_DATABASE_URL"}
    assert set(files.values()) == {f"/run/secrets/{name}" for name in bot["secrets"]}
    assert set(bot["secrets"]) == set(FILE["secrets"])
    for secret in FILE["secrets"].values():
        named = re.fullmatch(r"\$\{([A-Z_]+)_FILE:-\./secrets/none\}", secret["file"])
        assert named is not None
        assert named[1] in SECRETS
    assert (ROOT / "secrets" / "none").read_bytes() == b""


def test_no_secret_has_a_default() -> None:
    for name in SECRETS - {"RIDE_DATABASE_URL"}:
        assert set(re.findall(rf"\$\{{{name}:-([^}}]*)\}}", TEXT)) <= {""}
        assert re.search(rf"^#?{name}=.+", EXAMPLE, re.MULTILINE) is None


def test_the_example_names_what_is_there() -> None:
    """Settings of the bot, or what the compose file puts in."""
    psql = (ROOT / "docker-compose.psql.yml").read_text(encoding="utf-8")
    put_in = set(re.findall(r"\$\{([A-Z_]+)", TEXT + psql))
    for name in re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE):
        assert name in put_in | VARIABLES
    asked_for = {name.removesuffix(SUFFIX) for name in put_in if OWN.fullmatch(name)}
    explained = {name.removesuffix(SUFFIX) for name in re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE)}
    assert asked_for <= explained


def test_what_is_in_dot_env_stays_out_of_images_and_commits() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert not [rule for rule in rules if rule.startswith(("!.env", "!secrets", "!*"))]
    assert {".env", "/secrets/*"} <= set((ROOT / ".gitignore").read_text().splitlines())


def test_the_image() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert set(bases) == {"${PYTHON_IMAGE}", "packages"}
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.\d+-slim-\w+$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*CMD", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    allowed = (ROOT / ".dockerignore").read_text()
    for name in " ".join(copied).split():
        assert f"!{name}\n" in allowed


def test_a_storage_without_a_password_says_where_it_belongs() -> None:
    shell, option, script = SERVICES["storage"]["entrypoint"]
    said = subprocess.run(
        [shell, option, script.replace("$$", "$")],
        env={"PATH": "/usr/bin:/bin", "POSTGRES_PASSWORD": ""},
        capture_output=True,
        check=False,
        text=True,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("RIDE_DATABASE_PASSWORD is not set. Set it in .env")
