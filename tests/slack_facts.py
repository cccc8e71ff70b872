"""Slack's published facts, where a copy of them is there: what the workspace is held to."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_DEFAULT = Path(__file__).resolve().parents[1] / ".." / "shared" / "slack"
ANYTHING = "…"


@cache
def _read(name: str) -> dict[str, Any]:
    folder = Path(os.environ.get("RIDE_SLACK_FACTS") or _DEFAULT)
    found: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return found


def facts(name: str) -> dict[str, Any]:
    """The facts in a file; skips the test where the folder isn't there."""
    try:
        return _read(name)
    except FileNotFoundError:
        pytest.skip("no folder with Slack's facts: set RIDE_SLACK_FACTS to it")


def differences(value: object, shape: object, where: str) -> list[str]:
    """Where a value has keys or types that its shape has not. What is missing is no difference."""
    if value is None or shape in (ANYTHING, {}, []):
        return []
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no array"]
        return [line for item in value for line in differences(item, shape[0], f"{where}[]")]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        return [
            line
            for key, inner in value.items()
            for line in (
                differences(inner, shape[key], f"{where}.{key}") if key in shape else [f"{where}.{key}"]
            )
        ]
    types: dict[object, tuple[type, ...]] = {
        "string": (str,), "integer": (int,), "boolean": (bool,), "object": (dict,), "number": (int, float),
    }  # fmt: skip
    fits = isinstance(value, types[shape]) and not (shape == "integer" and isinstance(value, bool))
    return [] if fits else [f"{where} is {type(value).__name__}, not {shape}"]
