"""docs/operations.md names what there is: metrics, their labels, commands, settings."""

import re
from pathlib import Path

import pytest
from prometheus_client import Metric

from bot.base.config import Settings, variable
from bot.operations.operations import Operations
from bot.rides.counts import Census

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ALERTS = TEXT.partition("## What to alert on")[2].partition("\n## ")[0]
TABLE = TEXT.partition("## Metrics")[2].partition("\n## ")[0]


def measured() -> dict[str, tuple[Metric, frozenset[str]]]:
    """Each family of ours by the name that it is asked for by, with its labels."""
    operations = Operations()
    metrics = operations.metrics
    metrics.watch(lambda: Census(rides={("live", "x"): 1}, sandboxes=1))
    for outcome in ("resolved",):
        metrics.ended("x", outcome)
    metrics.called("auth.test", "ok")
    metrics.rate_limited("auth.test")
    metrics.waited("page", 0.1)
    families = {}
    for family in metrics.registry.collect():
        if family.name.startswith("ride_"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = frozenset(label for sample in family.samples for label in sample.labels)
            families[name] = (family, labels)
    return families


MEASURED = measured()


def test_each_metric_is_in_the_table() -> None:
    documented = re.findall(r"^\| `(ride_\w+)` \|", TABLE, re.MULTILINE)
    assert sorted(documented) == sorted(MEASURED)


@pytest.mark.parametrize("name", ["ride_rides", "ride_rides_ended_total", "ride_slack_calls_total"])
def test_a_metrics_labels_are_in_the_table(name: str) -> None:
    row = next(line for line in TABLE.splitlines() if line.startswith(f"| `{name}`"))
    assert MEASURED[name][1]
    assert all(f"`{label}`" in row for label in MEASURED[name][1])


def test_alerts_ask_for_what_there_is() -> None:
    asked = re.findall(r"\b(ride_\w+?)(_bucket)?\b(?:\{(\w+)=)?", ALERTS)
    assert len(asked) >= 8
    for name, bucket, label in asked:
        family, labels = MEASURED[name]
        assert (family.type == "histogram") == bool(bucket), name
        assert not label or label in labels, f"{name} has no {label}"


def test_settings_that_are_named_are_there() -> None:
    known = {variable(name) for name in Settings.model_fields}
    assert set(re.findall(r"\b(?:RIDE|SLACK)_[A-Z_]+\b", TEXT)) <= known
