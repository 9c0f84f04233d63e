"""Real processes of a project: started, asked over HTTP, looked at and always ended."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from maestri import clock

ROOT = Path(__file__).parents[3]
WAIT_S_MAX = 20.0
END_S_MAX = 6.0
"""An end takes at most 2 s: three times that is what it may take on a machine that is busy."""


class Started:
    """A process, its output, and what it did."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self.process.pid

    @property
    def output(self) -> str:
        """What it has written so far, stdout and stderr."""
        return self._output.read_text(encoding="utf-8")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until *text* was written so often."""
        until(lambda: self.output.count(text) >= times, lambda: f"no {text!r} in:\n{self.output}")

    def ended(self, number: signal.Signals | None = None) -> tuple[int, float]:
        """Send a signal, if any; return the exit code and how long the end took in seconds."""
        begun_s = clock.monotonic_s()
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(WAIT_S_MAX)
        return code, clock.monotonic_s() - begun_s


@contextmanager
def started(
    project: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Generator[Started]:
    """Run ``python ARGUMENTS`` in *project*; what is left at the end is killed."""
    output = project / f"output-{clock.perf_ns()}.txt"
    path = os.pathsep.join([str(ROOT / "shared"), str(ROOT)])
    own = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=project,
            env={**os.environ, **own},
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )
    one = Started(process, output)
    try:
        yield one
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(WAIT_S_MAX)


def until(condition: Callable[[], bool], complaint: Callable[[], str]) -> None:
    """Wait until *condition* holds; otherwise fail with *complaint*."""
    end_s = clock.monotonic_s() + WAIT_S_MAX
    while not condition():
        assert clock.monotonic_s() < end_s, complaint()
        clock.pause(0.02)


def get(port: int, path: str) -> tuple[int, str]:
    """Return status and body of a GET; status 0 if nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def alive(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def cpu_s(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Return the largest memory that a process has had, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
