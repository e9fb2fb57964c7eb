"""Metrics of a server in the text format that Prometheus scrapes (运行指标)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from anning.api.tables import QUERIES

if TYPE_CHECKING:
    from anning.api.house import House

MEDIA: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What is measured while a server runs.

    Attributes:
        decided: decisions given since the start, by outcome, kept by whoever counts them.
    """

    def __init__(self, house: House) -> None:
        self.decided: Counter[str] = Counter()
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "anning_request_seconds",
            "Seconds from a request to its answer, decide paths aside",
            ("route", "method", "status"),
            registry=self._registry,
            buckets=_SECONDS,
        )
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(_OfHouse(house, self))

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request outside the decide paths was answered."""
        self._seconds.labels(route, method, str(status)).observe(seconds)

    def text(self) -> str:
        """All of it."""
        return generate_latest(self._registry).decode()


class _OfHouse(Collector):
    """What is asked of a house when somebody scrapes."""

    def __init__(self, house: House, metrics: Metrics) -> None:
        self._house = house
        self._metrics = metrics

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        house = self._house
        decided = CounterMetricFamily("anning_decisions", "Decisions given since the start", labels=["outcome"])
        for outcome in ("allow", "label", "hold", "refuse"):
            decided.add_metric([outcome], self._metrics.decided[outcome])
        yield decided
        yield GaugeMetricFamily("anning_shadow", "1 while nothing is enforced", int(house.shadow))
        yield GaugeMetricFamily(
            "anning_gate_position", "Journal position the gate judges by", house.judging.gate.position
        )
        with house.state.read() as connection:
            jobs = QUERIES.rows(connection, "jobs_by_state")
            deliveries = QUERIES.rows(connection, "deliveries_by_state")
            held = QUERIES.value(connection, "held")
        yield _by_state("anning_scrub_jobs", "List jobs by state", jobs)
        yield _by_state("anning_webhook_deliveries", "Webhook deliveries by state", deliveries)
        yield GaugeMetricFamily("anning_held", "Communications held still", held)


def _by_state(name: str, told: str, counted: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=["state"])
    for state, many in sorted(counted):
        family.add_metric([state], many)
    return family
