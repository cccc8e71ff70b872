"""Prints the part of `requirements.lock` that Ride needs to run; what development needs stays out of images.

Further names on the command line are taken in with what they need. The lock says of each package why it is
there ("via …"); a package is needed if Ride names it in its dependencies, or a needed package is its reason.
The standard library alone is used: this runs before anything is installed.
"""

import re
import sys
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A package in the lock: its lines as they are, for all its versions, and the packages that need it."""

    text: str
    reasons: frozenset[str]


def normal(name: str) -> str:
    """A package's name as the lock writes it (PEP 503), without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name.strip())[0]).lower()


def read(lock: str) -> dict[str, Pinned]:
    """The packages of a lock by name."""
    found: dict[str, Pinned] = {}
    for text in re.findall(r"^\S.*\n(?:[ \t].*\n)*", lock, re.MULTILINE):
        name = normal(text)
        reasons = {normal(reason) for reason in re.findall(r"^ +#(?: via)? +(\S+)", text, re.MULTILINE)}
        before = found.get(name, Pinned(text="", reasons=frozenset()))  # one version a version of Python
        found[name] = Pinned(text=before.text + text, reasons=before.reasons | reasons)
    return found


def needed(packages: Mapping[str, Pinned], wanted: Collection[str]) -> list[str]:
    """Names of what is wanted and of all that this needs, in the lock's order. Raises KeyError."""
    taken = {normal(name) for name in wanted}
    for name in taken:
        packages[name]
    while more := {name for name, package in packages.items() if package.reasons & taken} - taken:
        taken |= more
    return [name for name in packages if name in taken]


def main() -> None:
    """Write it to the standard output."""
    packages = read((ROOT / "requirements.lock").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name in needed(packages, [*project["dependencies"], *sys.argv[1:]]):
        sys.stdout.write(packages[name].text)


if __name__ == "__main__":
    main()
