"""Operators see by Prometheus what a unit served, called and left out."""

import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from maestri.runtime import RunningUnit, bind_unit
from maestri.runtime.metrics import PATH, metrics_route
from maestri.runtime.unit_collector import exposition
from maestri.server import ServerOptions, application, running_server
from maestri.testing import free_ports
from maestri.topology import load_topology
from tests.kernel.runtime.processes import get, started, until

Write = Callable[..., Path]

TOKEN = "operators-only"
TOPOLOGY = """
title = "A front and what it needs"
[unit.front]
components = ["town.front"]
address = "127.0.0.1:8320"
exposes = ["town.front"]
[unit.town]
components = ["town.greetings", "town.phrases", "town.names"]
address = "127.0.0.1:8321"
[setting."town.names"]
title = "Citizen"
"""
METRIC = r"\b(?:maestri|process)_[a-z_]+"


@asynccontextmanager
async def serving(project: Path, unit: str, **environment: str) -> AsyncGenerator["Served"]:
    """Serve one unit in this process, as its own process would."""
    state = {"MAESTRI_STATE": str(project / unit), **environment}
    running = bind_unit(load_topology("one", project, state), unit)
    await running.start()
    options = ServerOptions(recorder=running.recorder, operator_token=TOKEN)
    app = application(running.exposed or running.internal, options)
    app.litestar.register(metrics_route([app], running, TOKEN))
    try:
        async with running_server(app, "127.0.0.1", 0) as url:
            yield Served(url, running, lambda: exposition([app], running).decode())
    finally:
        await running.aclose()


class Served:
    """A unit that is served, and its metrics."""

    def __init__(self, url: str, running: RunningUnit, text: Callable[[], str]) -> None:
        self.url = url
        self.running = running
        self.text = text

    def value(self, sample: str, **labels: str) -> float | None:
        """Return the only sample of a name that has these labels; None without one."""
        found = [
            one.value
            for family in text_string_to_metric_families(self.text())
            for one in family.samples
            if one.name == sample and labels.items() <= one.labels.items()
        ]
        assert len(found) <= 1, f"{sample} {labels} is not only one: {found}"
        return found[0] if found else None


async def status_of(url: str, token: str = "") -> httpx.Response:
    """Return the response to a GET."""
    headers = {"authorization": token} if token else {}
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(url, headers=headers)


async def test_a_scrape_tells_who_served_and_called_what(write: Write) -> None:
    """Requests, calls, bulkheads, connections and lag are told by component, operation, callee."""
    project = write(one=TOPOLOGY)
    async with serving(project, "town") as town:
        listening = town.url.removeprefix("http://")
        async with serving(project, "front", MAESTRI_UNIT_TOWN=listening) as front:
            response = await status_of(f"{front.url}/hello/anna")
            served = {"component": "town.front", "operation": "front.hello"}
            called = {"component": "town.front", "operation": "greetings.greet", "link": "http"}
            edge = {"component": "town.front", "callee": "town.greetings"}

            assert 200 == response.status_code
            assert 1 == front.value("maestri_requests_total", **served, outcome="ok")
            assert 0 == front.value("maestri_requests_total", **served, outcome="faulted")
            assert 1 == front.value("maestri_request_duration_seconds_count", **served)
            assert 1 == front.value("maestri_request_duration_seconds_bucket", **served, le="+Inf")
            assert 1 == front.value("maestri_calls_total", **called, outcome="ok")
            assert 1 == front.value("maestri_call_duration_seconds_count", **called)
            assert 0 == front.value("maestri_bulkhead_in_use", **edge)
            assert 100 == front.value("maestri_bulkhead_limit", **edge)
            assert 0 == front.value("maestri_bulkhead_refused_total", **edge)
            assert 1 == front.value("maestri_connections", address=town.url, state="idle")
            assert 0 == front.value("maestri_connections", address=town.url, state="in_use")
            assert 0 == front.value("maestri_requests_in_flight", source="client")
            assert 1 == front.value("maestri_unit_info", unit="front")
            inner = {"component": "town.greetings", "operation": "greetings.greet"}
            assert 1 == town.value("maestri_requests_total", **inner, outcome="ok")
            assert 1 == town.value("maestri_operations_served_total", operation="phrases.phrase")


async def test_a_scrape_tells_what_failed(write: Write) -> None:
    """What nobody answers is counted under its outcome, by its caller and by its server."""
    async with serving(write(one=TOPOLOGY), "front", MAESTRI_UNIT_TOWN="127.0.0.1:1") as front:
        response = await status_of(f"{front.url}/hello/anna")

        assert 503 == response.status_code
        assert 1 == front.value("maestri_requests_total", outcome="connect_failed")
        assert 1 == front.value("maestri_calls_total", outcome="connect_failed")


@pytest.mark.parametrize("token", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer"])
async def test_only_operators_scrape(write: Write, token: str) -> None:
    """Without the token there is no such address."""
    async with serving(write(one=TOPOLOGY), "front") as front:
        unknown = await status_of(f"{front.url}/maestri/nothing", token)
        refused = await status_of(f"{front.url}/maestri/metrics", token)

    assert (404, unknown.json()["type"]) == (refused.status_code, refused.json()["type"])


async def test_a_scrape_is_of_the_text_format(write: Write) -> None:
    """Operators get text of version 0.0.4, which Prometheus' parser reads."""
    async with serving(write(one=TOPOLOGY), "front") as front:
        response = await status_of(f"{front.url}/maestri/metrics", f"Bearer {TOKEN}")

    assert "text/plain; version=0.0.4; charset=utf-8" == response.headers["content-type"]
    assert "maestri_requests" in {one.name for one in text_string_to_metric_families(response.text)}


def test_a_process_has_the_address(write: Write) -> None:
    """A unit answers Prometheus where clients are not, of its own processor time, too."""
    port, inside = free_ports(2)
    project = write(one=TOPOLOGY.replace("8320", str(port)))
    arguments = ("-m", "maestri.runtime.process", "front", "--topology", "one")
    given = {
        "MAESTRI_OPERATOR_TOKEN": TOKEN,
        "MAESTRI_INTERNAL_FRONT": f"127.0.0.1:{inside}",
    }
    with started(project, arguments, given) as unit:
        until(lambda: get(port, "/health/ready")[0] == 200, lambda: unit.output)
        headers = {"authorization": f"Bearer {TOKEN}"}
        text, of_clients = (
            httpx.get(f"http://127.0.0.1:{one}{PATH}", headers=headers, trust_env=False)
            for one in (inside, port)
        )

    names = {one.name for one in text_string_to_metric_families(text.text)}
    assert {"maestri_unit_info", "process_cpu_seconds"} <= names
    assert 404 == of_clients.status_code
    assert "Traceback" not in unit.output


async def test_the_dashboard_asks_for_what_is_exported(write: Write) -> None:
    """Every metric in the queries of the default dashboard is one that units have."""
    async with serving(write(one=TOPOLOGY), "front") as front:
        exported = {
            one.name + ending
            for one in text_string_to_metric_families(front.text())
            for ending in endings_of(one)
        }

    asked = set(chain.from_iterable(re.findall(METRIC, query) for query in queries(dashboard())))
    assert len(asked) > 15
    assert asked <= exported, f"not exported: {sorted(asked - exported)}"
    assert {name for name in exported if name.startswith("maestri_")} - asked <= {
        f"{name}{ending}" for name in ("maestri_loop_lag_seconds",) for ending in ("_sum", "_count")
    }, "the dashboard shows all that units tell"


def test_the_dashboard_is_one_of_grafana() -> None:
    """Panels have ids and places of their own, and ask the data source that was chosen."""
    panels = dashboard()["panels"]
    cells = [
        (place["x"] + x, place["y"] + y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["w"])
        for y in range(place["h"])
    ]

    assert len(panels) == len({panel["id"] for panel in panels})
    assert len(cells) == len(set(cells)), "panels lie upon each other"
    assert 24 == 1 + max(x for x, _ in cells)
    assert {"${datasource}"} == {
        panel["datasource"]["uid"] for panel in panels if panel["type"] != "row"
    }


def dashboard() -> dict[str, Any]:
    """Return the dashboard as it is shipped."""
    text = resources.files("maestri.runtime").joinpath("grafana_dashboard.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def queries(board: dict[str, Any]) -> Iterator[str]:
    """Yield what the panels and variables of a dashboard ask."""
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (one["definition"] for one in board["templating"]["list"] if "definition" in one)


def endings_of(family: Metric) -> tuple[str, ...]:
    """Return how the names of a family's samples end."""
    endings = {
        "counter": ("_total",),
        "histogram": ("_bucket", "_sum", "_count"),
        "summary": ("_sum", "_count"),
    }
    return endings.get(family.type, ("",))
