"""The town, split in three units, as it runs under a launcher."""

import http.client
import json
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from maestri.testing import free_ports
from tests.kernel.runtime.processes import Started, alive, get, started, until

Write = Callable[..., Path]

SPLIT = """
title = "A process per level"
[unit.front]
components = ["town.front"]
address = "127.0.0.1:{front}"
exposes = ["town.front"]
[unit.greetings]
components = ["town.greetings"]
address = "127.0.0.1:{greetings}"
[unit.services]
components = ["town.phrases", "town.names"]
address = "127.0.0.1:{services}"
[setting."town.names"]
title = "Citizen"
"""
OK = 200
OPEN = "A process per level. Open http://127.0.0.1:"


class Running:
    """A topology of three units that is up."""

    def __init__(self, project: Path, launcher: Started, port: int) -> None:
        self.project = project
        self.launcher = launcher
        self.port = port

    def greeting(self) -> str:
        """Return the page's text; empty if there is none."""
        status, body = get(self.port, "/hello/anna")
        return str(json.loads(body)["text"]) if status == OK else ""

    def command(self, *arguments: str) -> str:
        """Return what a maestri command writes."""
        with started(self.project, ("-m", "maestri", *arguments)) as command:
            command.ended()
        return command.output

    def request(self) -> str:
        """Ask for the page; return the request's id."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/hello/anna")
        response = connection.getresponse()
        response.read()
        connection.close()
        return str(response.headers["x-request-id"])

    def pids(self) -> dict[str, int]:
        """Return the process of each unit."""
        rows = json.loads(self.command("status", "--json"))
        return {row["name"]: row["pid"] for row in rows}


@contextmanager
def up(
    write: Write, *options: str, text: str = SPLIT, files: Mapping[str, str] | None = None
) -> Generator[Running]:
    """Run the town split in three, until the body ends."""
    front, greetings, services = free_ports(3)
    project = write(one=text.format(front=front, greetings=greetings, services=services))
    for name, content in (files or {}).items():
        (project / name).write_text(content, encoding="utf-8")
    with started(project, ("-m", "maestri", "up", "one", *options)) as launcher:
        until(lambda: OPEN in launcher.output or not alive(launcher.pid), lambda: launcher.output)
        found = re.search(r"Open (http://127.0.0.1:(\d+))/  \1/schema\n", launcher.output)
        assert found is not None, launcher.output
        assert ("--free-ports" in options) == (int(found[2]) != front)
        yield Running(project, launcher, int(found[2]))
