"""What is put into a container that is to become an image: scripts, settings, access rules; a tar archive."""

import hashlib
import io
import shlex
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from sandbox.containers.container import IMAGE
from sandbox.server import cluster
from sandbox.server.actors import pace
from scenarios.model.scenario import Actor, Scenario

SCRIPTS = ("entry.sh", "check.sh", "build.sh")
MAJORS = range(15, 19)
RECIPE = (
    "server/kept.sql",
    *(f"containers/{name}" for name in (*SCRIPTS, "image_content.py", "images.py")),
)
"""The files that say what an image is, beside those of every cluster."""


def content_digest(scenario: Scenario, base: str) -> str:
    """Changes with all that an image is made of; `base` is the base image's id."""
    digest = hashlib.sha256(cluster.scenario_digest(scenario).encode())
    digest.update(cluster.recipe_digest(*RECIPE).encode())
    digest.update(base.encode())
    for path, text in _texts(scenario):
        digest.update(f"{path}\0{text}\0".encode())
    return digest.hexdigest()


def content(scenario: Scenario) -> bytes:
    """The archive, to be unpacked in the root folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        top = str(IMAGE).strip("/")
        # In `cluster` the user of the base image makes the data; in a sandbox all of it is read-only.
        for folder, mode in ((top, 0o755), (f"{top}/scripts", 0o755), (f"{top}/cluster", 0o777)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
        for path, text in _texts(scenario):
            body = text.encode()
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size, entry.mode = len(body), 0o644
            archive.addfile(entry, io.BytesIO(body))
    return buffer.getvalue()


def _texts(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for name in SCRIPTS:
        yield name, files(__package__).joinpath(name).read_text(encoding="utf-8")
    yield "actors.sh", _actors(scenario)
    for actor in scenario.actors:
        text = (Path(scenario.folder) / actor.script).read_text(encoding="utf-8")
        yield f"scripts/{actor.name}.sql", text
    for major in MAJORS:
        yield f"postgresql.{major}.conf", cluster.settings(major)
    yield "build_hba.conf", cluster.BUILD_RULES
    yield "pg_hba.conf", cluster.access_rules(scenario, cluster.SOCKET_PEOPLE)
    yield "network_hba.conf", cluster.NETWORK_RULES


def _actors(scenario: Scenario) -> str:
    """The functions by which entry.sh starts a stage."""
    lines = []
    for stage in ("before", "incident"):
        lines.append(f"stage_{stage}() {{")
        lines += [
            f"    {_client(actor)}"
            for actor in scenario.actors
            if actor.stage == stage
            for _ in range(actor.sessions)
        ]
        lines += ["    :", "}"]
    return "\n".join([*lines, ""])


def _client(actor: Actor) -> str:
    how = "reconnecting" if actor.reconnects else ("once" if actor.stage == "incident" else "carelessly")
    return shlex.join([how, actor.name, actor.database, actor.role, actor.application, *pace(actor)])
