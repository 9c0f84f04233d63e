"""explain, diff and compose: compared with golden files, word for word."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.topology import (
    ResolvedTopology,
    TopologyView,
    as_data,
    as_mermaid,
    as_text,
    compose_file,
    difference,
    difference_as_text,
    load_topology,
    resolve,
    view_of,
)

GOLDEN = Path(__file__).parent / "golden"
Write = Callable[..., Path]


def resolved(town: Path, name: str) -> ResolvedTopology:
    """Return a topology of the fixture project."""
    return resolve(load_topology(name, town, {}))


def view(town: Path, name: str) -> TopologyView:
    """Return the picture of a topology of the fixture project."""
    return view_of(resolved(town, name))


def same_as_golden(name: str, text: str) -> None:
    """Compare; with MAESTRI_GOLDEN=write the golden file is written instead."""
    path = GOLDEN / name
    if os.environ.get("MAESTRI_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["merged", "split", "doubled"])
def test_explain_tells_what_runs_where(town: Path, name: str) -> None:
    """Text for a terminal: clients, units, and callees per level."""
    same_as_golden(f"explain_{name}.txt", as_text(view(town, name)) + "\n")


def test_explain_draws_a_flow_chart(town: Path) -> None:
    """Mermaid: units are boxes, dotted arrows stay in the process."""
    same_as_golden("explain_doubled.mmd", as_mermaid(view(town, "doubled")) + "\n")


def test_explain_writes_json(town: Path) -> None:
    """JSON has everything that the text has."""
    same_as_golden("explain_split.json", json.dumps(as_data(view(town, "split")), indent=2) + "\n")


@pytest.mark.parametrize(("before", "after"), [("merged", "split"), ("split", "doubled")])
def test_diff_tells_what_changes(town: Path, before: str, after: str) -> None:
    """Units, links, hops and what each team deploys."""
    text = difference_as_text(difference(view(town, before), view(town, after)))

    same_as_golden(f"diff_{before}_{after}.txt", text + "\n")


def test_diff_of_a_topology_with_itself_is_empty(town: Path) -> None:
    """Every section says that nothing changes."""
    text = difference_as_text(difference(view(town, "split"), view(town, "split")))

    assert text.count("no change") == 5


@pytest.mark.parametrize("name", ["split", "doubled"])
def test_compose_writes_a_service_per_process(town: Path, name: str) -> None:
    """Addresses, databases, health checks and published ports are set."""
    same_as_golden(f"compose_{name}.yaml", compose_file(resolved(town, name)))
