"""The processes under test: started on free ports, measured through ``/proc``, stopped by id."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from maestri import clock
from maestri.runtime import free_ports

ROOT = Path(__file__).resolve().parents[1]
START_S_MAX = 30.0
STOP_S_MAX = 5.0
PROBE_S = 0.02
LOG_LINES_SHOWN = 15
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

PORTS_MAX = 500


class DidNotStart(Exception):
    """A process ended early, or did not get ready. Its last lines say why."""


class Memory(NamedTuple):
    """Resident memory in MB; of *pss*, shared pages count only in part."""

    rss_mb: float
    pss_mb: float


class Processes:
    """
    The processes of one row of a table; stopped at the end of its ``async with``.

    Args:
        folder: Where their output goes.
        environment: Beside this process's own.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        path = os.pathsep.join((str(ROOT), str(ROOT / "shared"), os.environ.get("PYTHONPATH", "")))
        # A variable such as MAESTRI_STRICT would change what is measured.
        own = {name: value for name, value in os.environ.items() if not name.startswith("MAESTRI")}
        self._environment = {**own, "PYTHONPATH": path.rstrip(os.pathsep), **(environment or {})}
        self._started: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of those that were started, not of what these start."""
        return tuple(process.pid for process in self._started)

    async def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        ready: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """
        Run ``python *arguments*`` and wait until it is ready.

        Args:
            name: For its log.
            arguments: Of Python.
            ready: The URL that it will answer with 200, or a text that it will write.
            environment: Beside what all have.

        Raises:
            DidNotStart: It does not get ready.
        """
        log = self._folder / f"{name.replace(' ', '_')}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                cwd=ROOT,
                env={**self._environment, **(environment or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
            )
        self._started.append(process)
        until_s = clock.now_s() + START_S_MAX
        while not (await _answers(ready) if ready.startswith("http:") else _says(log, ready)):
            if process.returncode is not None or clock.now_s() > until_s:
                lines = log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
                raise DidNotStart("\n".join((f"{name} is not ready: {ready}", *lines)))
            await clock.sleep(PROBE_S)

    async def stop(self) -> None:
        """End all, callers first; what does not listen is killed."""
        while self._started:
            process = self._started.pop()
            if process.returncode is not None:
                continue
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_S_MAX)
            except TimeoutError:
                process.kill()
                await process.wait()


def _says(log: Path, text: str) -> bool:
    return text in log.read_text(errors="replace")


async def _answers(url: str) -> bool:
    try:
        status, _ = await fetched(url)
    except OSError:
        return False
    return status == 200  # noqa: PLR2004 - HTTP's own number


async def fetched(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Return status and body of GET *url*, over a connection of its own."""
    address, _, target = url.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        fields = {"host": address, "connection": "close", **(headers or {})}
        lines = [f"GET /{target} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
        writer.write("\r\n".join((*lines, "", "")).encode())
        head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    finally:
        writer.close()
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if any(line.lower() == "transfer-encoding: chunked" for line in lines):
        body = _joined(body)
    return (int(words[1]) if len(words) > 1 else 0), body


def _joined(chunked: bytes) -> bytes:
    whole = b""
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        count = int(size, 16)
        whole += rest[:count]
        chunked = rest[count + 2 :] if count else b""
    return whole


def free_port() -> int:
    """Return a port that nobody listens at, and that this run of the benchmarks never gave out."""
    return next(_ports())


@cache
def _ports() -> Iterator[int]:
    return iter(free_ports(PORTS_MAX))


def cpu_s(pids: Sequence[int]) -> float:
    """Return the processor time that processes have used so far, with all their threads."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime
    return ticks / TICKS_PER_S


def memory(pid: int) -> Memory:
    """Return what a process holds."""
    sizes_kb: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, size = line.partition(":")
        sizes_kb[name] = int(size.split()[0])
    return Memory(sizes_kb["Rss"] / 1024, sizes_kb["Pss"] / 1024)


def descendants(pid: int) -> tuple[int, ...]:
    """Return the ids of all processes that *pid* has started, and these in turn."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += (int(child), *descendants(int(child)))
    return tuple(found)
