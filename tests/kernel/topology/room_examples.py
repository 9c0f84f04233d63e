"""The examples of a room's docstring, run in a project that has what they leave out."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import maestri.topology

CONTRACT = """
from maestri.contracts import Contract, get

class Greeter(Contract, id="greeter", edge=True):
    @get("/hello")
    async def hello(self) -> str: ...
"""
CONTAINER = """
from dependency_injector import containers, providers
from services.greeter.contract import Greeter

class GreeterService(Greeter):
    async def hello(self) -> str:
        return "Hello"

class Container(containers.DeclarativeContainer):
    service = providers.Singleton(GreeterService)
"""


def blocks_of(room: ModuleType) -> list[str]:
    """Return the literal blocks of a room's docstring."""
    blocks = []
    for part in (room.__doc__ or "").split("::\n\n")[1:]:
        lines = part.splitlines()
        length = next(
            (n for n, line in enumerate(lines) if line and not line.startswith(" ")), len(lines)
        )
        blocks.append(textwrap.dedent("\n".join(lines[:length])))
    return blocks


def project_with_a_greeter(folder: Path) -> Path:
    """Write the project of the topology room's example, and what it leaves out."""
    component, topology, _ = blocks_of(maestri.topology)
    files = {
        "pyproject.toml": "",
        "shared/topologies/merged.toml": topology,
        "services/greeter/__init__.py": component,
        "services/greeter/contract.py": CONTRACT,
        "services/greeter/container.py": CONTAINER,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def printed_by(script: str, project: Path) -> str:
    """Return what *script* prints in *project*."""
    path = os.pathsep.join([str(project), *sys.path])
    return subprocess.check_output(
        [sys.executable, "-c", script], cwd=project, text=True, env={"PYTHONPATH": path}
    )
