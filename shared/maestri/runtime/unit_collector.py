"""
The metrics of a unit: their names, their labels, and where each number comes from.

Labels have values that were written by somebody: components, operations, plans, parts, addresses of
a topology; never what a client sent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TypeVar

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from maestri import __version__
from maestri.context import Recorder
from maestri.links import SocketClient
from maestri.runtime.running_unit import RunningUnit
from maestri.server import BOUNDS_S, Application, Durations

Family = TypeVar("Family", CounterMetricFamily, GaugeMetricFamily)


def exposition(apps: Sequence[Application], running: RunningUnit) -> bytes:
    """Return what *running* has counted so far, in Prometheus' text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(UnitCollector(apps, running))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class UnitCollector(Collector):
    """
    Read the counters of one unit.

    Args:
        apps: What it serves: for clients, and for other units.
        running: Its components and their links.
    """

    def __init__(self, apps: Sequence[Application], running: RunningUnit) -> None:
        self._apps = apps
        self._running = running

    def collect(self) -> Iterator[Metric]:
        """Yield every metric with its present values."""
        yield _filled(
            GaugeMetricFamily(
                "maestri_unit_info",
                "The unit that runs here; always 1.",
                labels=["unit", "version"],
            ),
            [((self._running.unit.name, __version__), 1)],
        )
        yield from _of_requests(self._apps)
        yield from _of_calls(self._running.recorder)
        yield from _of_plans(self._running.recorder)
        yield from _of_bulkheads(self._running)
        yield from _of_connections(self._running)
        lags = HistogramMetricFamily(
            "maestri_loop_lag_seconds", "How late the event loop got to what was due."
        )
        _add_histogram(lags, (), self._apps[0].in_flight.lag.lags)
        yield lags


def _of_requests(apps: Sequence[Application]) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "maestri_requests",
        "Requests over HTTP, of clients and of other units.",
        labels=["component", "operation", "outcome"],
    )
    durations = HistogramMetricFamily(
        "maestri_request_duration_seconds",
        "From a request's head to its response's end.",
        labels=["component", "operation"],
    )
    for handler in (handler for app in apps for handler in app.handlers):
        labels = (handler.invoker.component, handler.operation.id)
        # A counter that begins with 0 shows its first failure as an increase.
        for outcome, count in {"ok": 0, "faulted": 0, **handler.counts.outcomes}.items():
            requests.add_metric((*labels, outcome), count)
        if handler.counts.outcomes:
            _add_histogram(durations, labels, handler.counts.durations)
    yield requests
    yield durations
    all_of = sum(len(app.in_flight) for app in apps)
    of_clients = sum(app.in_flight.edge_count for app in apps)
    yield _filled(
        GaugeMetricFamily(
            "maestri_requests_in_flight",
            "Requests in work, by who sent them: a client or a unit.",
            labels=["source"],
        ),
        [(("client",), of_clients), (("unit",), all_of - of_clients)],
    )
    yield _filled(
        GaugeMetricFamily(
            "maestri_requests_in_flight_limit",
            "So many requests may be in work: those of clients, and all of them.",
            labels=["source"],
        ),
        [
            (("client",), apps[0].in_flight.edge_requests_max),
            (("all",), sum(app.in_flight.requests_max for app in apps)),
        ],
    )


def _of_calls(recorder: Recorder) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        "maestri_calls",
        "Calls that a component made, by operation, kind of link and outcome.",
        labels=["component", "operation", "link", "outcome"],
    )
    counts: Counter[tuple[str, ...]] = Counter()
    spent_ns: Counter[tuple[str, ...]] = Counter()
    for kind, total in recorder.calls().items():
        calls.add_metric(kind, total.count)
        counts[kind[:3]] += total.count
        spent_ns[kind[:3]] += total.duration_ns
    yield calls
    durations = SummaryMetricFamily(
        "maestri_call_duration_seconds",
        "From a call's begin to its result, as its caller saw it.",
        labels=["component", "operation", "link"],
    )
    for labels, count in counts.items():
        durations.add_metric(labels, count, spent_ns[labels] / 1e9)
    yield durations


def _of_plans(recorder: Recorder) -> Iterator[Metric]:
    yield _filled(
        CounterMetricFamily(
            "maestri_operations_served",
            "How often each operation was begun, however it was called.",
            labels=["operation"],
        ),
        [((operation,), count) for operation, count in recorder.served.items()],
    )
    yield _filled(
        CounterMetricFamily(
            "maestri_parts_left_out",
            "Optional parts that were missing from a result, by their public names.",
            labels=["component", "plan", "part"],
        ),
        recorder.left_out.items(),
    )
    yield _filled(
        CounterMetricFamily(
            "maestri_orphans",
            "Work that went on although it was cancelled.",
            labels=["operation"],
        ),
        [((operation,), count) for operation, count in recorder.orphans.items()],
    )


def _of_bulkheads(running: RunningUnit) -> Iterator[Metric]:
    limits: Counter[tuple[str, ...]] = Counter()
    in_use: Counter[tuple[str, ...]] = Counter()
    waiting: Counter[tuple[str, ...]] = Counter()
    refused: Counter[tuple[str, ...]] = Counter()
    for caller, link in running.remote_links:
        edge, bulkhead = (caller, link.callee), link.bulkhead
        limits[edge] += bulkhead.calls_max
        in_use[edge] += bulkhead.in_use
        waiting[edge] += bulkhead.waiting
        refused[edge] += bulkhead.refused
    labels = ["component", "callee"]
    for name, help_text, found in (
        ("limit", "So many calls to a callee may be under way.", limits),
        ("in_use", "Calls to a callee that are under way.", in_use),
        ("waiting", "Calls to a callee that wait for their turn.", waiting),
    ):
        yield _filled(
            GaugeMetricFamily(f"maestri_bulkhead_{name}", help_text, labels=labels), found.items()
        )
    yield _filled(
        CounterMetricFamily(
            "maestri_bulkhead_refused", "Calls to a callee that got no turn.", labels=labels
        ),
        refused.items(),
    )


def _of_connections(running: RunningUnit) -> Iterator[Metric]:
    found: list[tuple[tuple[str, ...], float]] = []
    if isinstance(running.client, SocketClient):
        for address, counts in running.client.connections().items():
            found.append(((address, "in_use"), counts.in_use))
            found.append(((address, "idle"), counts.idle))
    yield _filled(
        GaugeMetricFamily(
            "maestri_connections",
            "Connections to other units and services that carry a request, or wait for one.",
            labels=["address", "state"],
        ),
        found,
    )


def _filled(family: Family, values: Iterable[tuple[tuple[str, ...], float]]) -> Family:
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _add_histogram(
    family: HistogramMetricFamily, labels: tuple[str, ...], durations: Durations
) -> None:
    bounds = [*map(floatToGoString, BOUNDS_S), "+Inf"]
    cumulative = accumulate(durations.counts)
    family.add_metric(labels, list(zip(bounds, cumulative, strict=True)), durations.sum_s)
