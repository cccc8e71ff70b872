"""The metrics, by Prometheus's names. No label holds anything that a person typed or who they are."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.operations.readiness import Readiness, Role
from bot.rides.counts import Census

_STARTS = (0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60)
_STATEMENTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_TURNS = (0.001, 0.1, 0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300)
_LAGS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300)

LEADER = "ride_leader"
OTHER_CONNECTIONS = "ride_slack_other_connections"

TakeCensus = Callable[[], Census]


class Metrics:
    """Fulfils the engine's Meter and the Slack room's SlackMeter; the registry is this object's own."""

    def __init__(self, readiness: Readiness) -> None:
        self.registry = CollectorRegistry()
        self._readiness = readiness
        self._count_rides(self.registry)
        self._count_slack(self.registry)
        build = Gauge("ride_build_info", "Always 1; the version.", ["version"], registry=self.registry)
        build.labels(version=version("ride")).set(1)
        leader = Gauge(LEADER, "1 while this program leads, else 0.", registry=self.registry)
        leader.set_function(lambda: float(self._readiness.role is Role.LEADING))
        self._ready = Gauge(
            "ride_ready",
            "1 while /readyz would answer 200: it leads, and its parts work.",
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self._rides = _Rides()
        self.registry.register(self._rides)

    def _count_rides(self, registry: CollectorRegistry) -> None:
        self._starts = Histogram(
            "ride_start_seconds",
            "From an accepted start to a live incident; without game days, which wait for the hour.",
            ["scenario"],
            buckets=_STARTS,
            registry=registry,
        )
        self._ended = Counter(
            "ride_rides_ended", "Rides that have ended.", ["scenario", "outcome"], registry=registry
        )
        self._statements = Histogram(
            "ride_statement_seconds",
            "From a statement to its final answer.",
            ["outcome"],
            buckets=_STATEMENTS,
            registry=registry,
        )
        self._timeline = Histogram(
            "ride_timeline_lag_seconds",
            "From when a step of a ride's timeline fell due until it was done.",
            ["kind"],
            buckets=_LAGS,
            registry=registry,
        )
        self._evidence = Histogram(
            "ride_evidence_lag_seconds",
            "From PostgreSQL's log line until it was in the journal.",
            buckets=_LAGS,
            registry=registry,
        )

    def _count_slack(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "ride_slack_calls",
            "Calls of Slack's Web API, by method and by `ok` or Slack's error code.",
            ["method", "code"],
            registry=registry,
        )
        self._limited = Counter(
            "ride_slack_rate_limited",
            "Slack's 429 answers; each call is made again after the wait that Slack asks for.",
            ["method"],
            registry=registry,
        )
        self._others = Gauge(
            OTHER_CONNECTIONS,
            "The app's Socket Mode connections from other programs, when Ride last looked; should be 0.",
            registry=registry,
        )

        self._turns = Histogram(
            "ride_slack_turn_seconds",
            "How long calls waited for their turn within Slack's rate limits, by importance.",
            ["importance"],
            buckets=_TURNS,
            registry=registry,
        )

    def watch(self, census: TakeCensus | None) -> None:
        """Count the rides and sandboxes of this program at each scrape; None: it has none any more."""
        self._rides.census = census

    async def text(self) -> bytes:
        """All metrics as they are now, in Prometheus's text format."""
        self._ready.set(float((await self._readiness.report()).ready))
        return await asyncio.to_thread(generate_latest, self.registry)

    # -- bot.rides.ports.Meter

    def went_live(self, scenario: str, after: timedelta) -> None:
        self._starts.labels(scenario=scenario).observe(_seconds(after))

    def ended(self, scenario: str, outcome: str) -> None:
        self._ended.labels(scenario=scenario, outcome=outcome).inc()

    def statement(self, outcome: str, took: timedelta) -> None:
        self._statements.labels(outcome=outcome).observe(_seconds(took))

    def step_done(self, kind: str, lag: timedelta) -> None:
        self._timeline.labels(kind=kind).observe(_seconds(lag))

    def evidence_noted(self, lag: timedelta) -> None:
        self._evidence.observe(_seconds(lag))

    # -- bot.slack.transport.metering.SlackMeter

    def called(self, method: str, code: str) -> None:
        self._calls.labels(method=method, code=code).inc()

    def rate_limited(self, method: str) -> None:
        self._limited.labels(method=method).inc()

    def waited(self, importance: str, seconds: float) -> None:
        self._turns.labels(importance=importance).observe(seconds)

    def other_connections(self, number: int) -> None:
        self._others.set(number)


class _Rides(Collector):
    """The rides as they are at the moment of the scrape."""

    def __init__(self) -> None:
        self.census: TakeCensus | None = None

    def collect(self) -> Iterable[Metric]:
        census = self.census() if self.census is not None else Census(rides={}, sandboxes=0)
        rides = GaugeMetricFamily(
            "ride_rides", "Rides under way, by state and scenario.", labels=["state", "scenario"]
        )
        for (state, scenario), number in census.rides.items():
            rides.add_metric([state, scenario], number)
        sandboxes = GaugeMetricFamily("ride_sandboxes", "Sandboxes running for rides.", census.sandboxes)
        return rides, sandboxes


def _seconds(span: timedelta) -> float:
    """Never negative: two machines' clocks may differ a little."""
    return max(span.total_seconds(), 0.0)
