"""
What a launcher must know of a topology's components, found by a process that ends afterwards.

Checking imports every component; a launcher that did so itself would keep all of it for as long as
the system runs.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from maestri.errors import MaestriError, TopologyError
from maestri.topology.checks import ResolvedTopology, resolve
from maestri.topology.files import load_topology
from maestri.topology.placement import Topology
from maestri.topology.project import make_importable

SUMMARY_S_MAX = 60.0


class TopologySummary(msgspec.Struct, frozen=True):
    """
    A sound topology in short.

    Attributes:
        levels: Level of each unit: that of its highest component.
        prefixes: Of each exposed component, where its contracts begin.
    """

    levels: dict[str, int]
    prefixes: dict[str, tuple[str, ...]]


class SummaryResult(msgspec.Struct, frozen=True):
    """What the summarizing process writes: a summary, or what is wrong."""

    summary: TopologySummary | None = None
    error: str = ""


def summarize(topology: Topology, environment: Mapping[str, str]) -> TopologySummary:
    """
    Return the summary of *topology*, made in a process of its own.

    Raises:
        TopologyError: The topology is wrong, or could not be looked at.
    """
    # -c rather than -m: the package imports this module, which -m would load a second time.
    script = f"import sys; from {__name__} import main; sys.exit(main())"
    command = [sys.executable, "-c", script, topology.name, "--directory", str(topology.project)]
    done = subprocess.run(  # noqa: S603 - our own module
        command,
        env=dict(environment),
        stdout=subprocess.PIPE,
        timeout=SUMMARY_S_MAX,
        check=False,
        start_new_session=True,  # Ctrl-C is for the launcher alone
    )
    try:
        outcome = msgspec.json.decode(done.stdout, type=SummaryResult)
    except msgspec.MsgspecError as error:
        raise TopologyError(
            f"{topology.file}: its components could not be looked at; the lines above say why."
        ) from error
    if outcome.summary is None:
        raise TopologyError(outcome.error)
    return outcome.summary


def summary_of(resolved: ResolvedTopology) -> TopologySummary:
    """Return the summary of a sound topology."""
    units = resolved.topology.units.values()
    levels = {
        unit.name: max(resolved.components[name].component.level for name in unit.components)
        for unit in units
    }
    prefixes = {
        name: tuple(dict.fromkeys(contract.prefix for contract in resolved.components[name].edge))
        for unit in units
        for name in unit.exposes
    }
    return TopologySummary(levels, prefixes)


def main() -> int:
    """Write the outcome for one topology to stdout."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("topology")
    parser.add_argument("--directory", type=Path, required=True)
    chosen = parser.parse_args()
    make_importable(chosen.directory)
    try:
        outcome = SummaryResult(
            summary_of(resolve(load_topology(chosen.topology, chosen.directory)))
        )
    except MaestriError as error:
        outcome = SummaryResult(error=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    return 0
