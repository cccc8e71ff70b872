"""The licences of all pinned packages go with Ride's own, MIT."""

import re
from importlib import metadata
from pathlib import Path

import pytest

LOCK_FILE = Path(__file__).parents[2] / "requirements.lock"

# SPDX names, https://spdx.org/licenses/. The Lesser GPL and the Mozilla licence are fine for libraries
# that are used as they are, such as psycopg and pathspec; the GPL and the Affero GPL are not.
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PostgreSQL",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    }
)

# How packages without an SPDX expression say it: a trove classifier, or a word of their own.
SPDX_NAMES = {
    "OSI Approved :: Apache Software License": "Apache-2.0",
    "OSI Approved :: BSD License": "BSD-3-Clause",
    "OSI Approved :: ISC License (ISCL)": "ISC",
    "OSI Approved :: MIT License": "MIT",
    "OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
}

HOW_TO_JUDGE = (
    "Read the licence in the package's own repository. If it goes with MIT, add its SPDX name to ALLOWED "
    "(or the package's wording to SPDX_NAMES); if it is GPL, AGPL or not a free licence, use another package."
)


def locked() -> dict[str, str]:
    """The pinned packages of this platform: their names with their versions."""
    pins = re.findall(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", LOCK_FILE.read_text(), re.MULTILINE)
    return {name: version for name, version, marker in pins if "sys_platform == 'win32'" not in marker}


def licence(package: metadata.PackageMetadata) -> str:
    """What the package says of itself as an SPDX expression, or its own words if they are not known here."""
    if "License-Expression" in package:
        return package["License-Expression"]
    classifiers = [
        line.removeprefix("License :: ")
        for line in package.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    said = classifiers or package.get_all("License") or ["nothing"]
    return " AND ".join(SPDX_NAMES.get(words, words) for words in said)


def allowed(expression: str) -> bool:
    """Whether an SPDX expression can be had on allowed terms: `OR` is a choice, `AND` asks for both."""
    choices = expression.replace("(", "").replace(")", "").split(" OR ")
    if "(" in expression and " AND " in expression:
        return False  # Mixed: for a person to judge.
    return any(all(part in ALLOWED for part in choice.split(" AND ")) for choice in choices)


@pytest.mark.parametrize("name", sorted(locked()))
def test_its_licence_goes_with_ours(name: str) -> None:
    try:
        package = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        pytest.fail(f"{name} is pinned but not installed; `make install` brings .venv up to date.")
    said = licence(package)
    assert allowed(said), f"{name} {package['Version']} says its licence is {said!r}. {HOW_TO_JUDGE}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("MIT AND (GPL-2.0-only OR BSD-3-Clause)", False),
        ("nothing", False),
    ],
)
def test_a_choice_is_enough_and_a_sum_needs_all(expression: str, expected: bool) -> None:
    assert allowed(expression) is expected
