"""What would end a start is told before anything is installed."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from maestri.testing import free_ports
from tests.architecture.source_tree import ROOT

TOPOLOGY = """
title = "One unit, and a third party's server"
extends = "parts/bank.toml"
[unit.store]
components = ["store"]
address = "127.0.0.1:{store}"
"""
PART = """
[external.bank]
contract = "a:B"
command = ["bank"]
address = "127.0.0.1:{bank}/v1"
"""


def project_with(folder: Path, store: int, bank: int) -> Path:
    """Write a project that nobody has installed."""
    topologies = folder / "shared" / "topologies"
    (topologies / "parts").mkdir(parents=True)
    (topologies / "merged.toml").write_text(TOPOLOGY.format(store=store), encoding="utf-8")
    (topologies / "parts" / "bank.toml").write_text(PART.format(bank=bank), encoding="utf-8")
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "before_install.py", folder / ".ci")
    return folder


def told(project: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Return exit code and output of the check; nothing but Python is there."""
    command = [sys.executable, "-S", "-I", ".ci/before_install.py", *arguments]
    inherited = {name: text for name, text in os.environ.items() if "MAESTRI" not in name}
    run = subprocess.run(
        command, cwd=project, env={**inherited, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return run.returncode, run.stderr


@pytest.mark.parametrize("taken", ["store", "bank"])
def test_a_port_in_use_is_told(tmp_path: Path, taken: str) -> None:
    """Of a unit, or of a third party's server in a part; PORT, or its own variable, moves it."""
    store, bank = free_ports(2)
    project = project_with(tmp_path, store, bank)
    port = {"store": store, "bank": bank}[taken]
    variable = {"store": "MAESTRI_UNIT_STORE", "bank": "MAESTRI_EXTERNAL_BANK"}[taken]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        refused = told(project)
        placed = told(project, **{variable: "127.0.0.1:1"})

    assert refused == (
        2,
        (
            f"127.0.0.1:{port} cannot be used: Address already in use. "
            "Stop what listens there, or start elsewhere: make up PORT=N.\n"
        ),
    )
    assert (0, "") == placed == told(project)


def test_a_chosen_port_is_the_first_of_all(tmp_path: Path) -> None:
    """The port of the third party's server is then the one behind it."""
    store, bank, taken = free_ports(3)
    project = project_with(tmp_path, store, bank)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", taken))
        code, text = told(project, "merged", str(taken - 1))

    assert 2 == code
    assert f"127.0.0.1:{taken} cannot be used" in text


def test_a_state_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    """With the variable that names another folder."""
    project = project_with(tmp_path, *free_ports(2))
    state = project / ".ci" / "before_install.py" / "state"
    refused = told(project, MAESTRI_STATE=str(state))

    assert refused == (
        2,
        (
            f"{state}: cannot be written: Not a directory. "
            "Let MAESTRI_STATE name a folder that can.\n"
        ),
    )


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("merged", "many"), ("merged", "70000"), ("broken",)]
)
def test_what_else_is_wrong_is_left_to_the_start(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Who installs is not stopped by what the installed tells better."""
    project = project_with(tmp_path, *free_ports(2))
    broken = project / "shared" / "topologies" / "broken.toml"
    broken.write_text("[unit]\nstore = 7\n", encoding="utf-8")

    assert (0, "") == told(project, *arguments)
