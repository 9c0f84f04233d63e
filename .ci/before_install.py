"""
Tell before an installation what would end the start after it; needs Python alone.

That is a port in use, or a state directory that cannot be written. Everything else is told by
``maestri up`` itself, in the same words.
"""

import os
import socket
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
REFUSED = 2


def main(topology: str = "merged", port: str = "") -> int:
    """Write what is in the way of a start to stderr; return the exit code."""
    try:
        addresses = list(_addresses(PROJECT / "shared" / "topologies" / f"{topology}.toml"))
        if port:
            moved = enumerate(addresses, start=int(port))
            addresses = [f"{one.rpartition(':')[0]}:{number}" for number, one in moved]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        addresses = []  # what is wrong with a file, or with a number, is told by maestri up
    wrong = [*_unwritable(), *(text for one in addresses for text in _in_use(one))]
    sys.stderr.writelines(f"{text}\n" for text in wrong)
    return REFUSED if wrong else 0


def _addresses(path: Path) -> Iterator[str]:
    """Yield where the processes of a topology listen, unless the environment moves them."""
    own = tomllib.loads(path.read_text("utf-8"))
    part = path.parent / own.get("extends", "")
    shared = tomllib.loads(part.read_text("utf-8")) if part.is_file() else {}
    tables: dict[str, dict[str, Any]] = {
        "unit": own["unit"],
        "external": {**shared.get("external", {}), **own.get("external", {})},
    }
    for kind, table in tables.items():
        for name, entry in table.items():
            moved = f"MAESTRI_{kind}_{name}".replace(".", "_").replace("-", "_").upper()
            if moved in os.environ or (kind == "external" and not entry.get("command")):
                continue
            host, _, port = entry["address"].partition("/")[0].rpartition(":")
            yield from (f"{host}:{int(port) + k}" for k in range(entry.get("replicas", 1)))


def _in_use(address: str) -> Iterator[str]:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(port)))
        except OverflowError:
            return  # no port at all: told by maestri up
        except OSError as error:
            yield (
                f"{address} cannot be used: {error.strerror}. Stop what listens there, "
                "or start elsewhere: make up PORT=N."
            )


def _unwritable() -> Iterator[str]:
    state = Path(os.environ.get("MAESTRI_STATE") or PROJECT / ".maestri")
    try:
        state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=state):
            pass
    except OSError as error:
        yield (
            f"{state}: cannot be written: {error.strerror}. "
            "Let MAESTRI_STATE name a folder that can."
        )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
