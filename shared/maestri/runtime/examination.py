"""
Lets a topology be checked by a process that ends afterwards.

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
from maestri.topology import (
    Topology,
    TopologySummary,
    make_importable,
    read_topology,
    resolve,
    summary_of,
)

EXAMINATION_S_MAX = 60.0


class Examined(msgspec.Struct, frozen=True):
    """What the examining process writes: a summary, or what is wrong."""

    summary: TopologySummary | None = None
    error: str = ""


def examine(topology: Topology, environment: Mapping[str, str]) -> TopologySummary:
    """
    Check *topology* in a process of its own, and return its summary.

    Raises:
        TopologyError: The topology is wrong, or could not be looked at; has all that is wrong.
    """
    # -c rather than -m: the package imports this module, which -m would load a second time.
    script = f"import sys; from {__name__} import main; sys.exit(main())"
    command = [sys.executable, "-c", script, topology.name, "--directory", str(topology.project)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            env=dict(environment),
            stdout=subprocess.PIPE,
            timeout=EXAMINATION_S_MAX,
            check=False,
            start_new_session=True,  # Ctrl-C is for the launcher alone
        )
        outcome = msgspec.json.decode(done.stdout, type=Examined)
    except subprocess.TimeoutExpired as error:
        raise TopologyError(
            f"{topology.file}: its components could not be looked at "
            f"within {EXAMINATION_S_MAX:.0f} s. Find the one whose import waits for something."
        ) from error
    except msgspec.MsgspecError as error:
        raise TopologyError(
            f"{topology.file}: its components could not be looked at; the lines above say why."
        ) from error
    if outcome.summary is None:
        raise TopologyError(outcome.error)
    return outcome.summary


def main() -> int:
    """Write the outcome for one topology to stdout."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("topology")
    parser.add_argument("--directory", type=Path, required=True)
    chosen = parser.parse_args()
    make_importable(chosen.directory)
    try:
        outcome = Examined(summary_of(resolve(read_topology(chosen.topology, chosen.directory))))
    except MaestriError as error:
        outcome = Examined(error=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    return 0
