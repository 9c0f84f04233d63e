"""Load: so many clients, each asking again as soon as it is answered, for a product at random."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from maestri import clock

SEED = 7
WRK_SCRIPT = """
local paths = {}
for line in io.lines("PATHS") do paths[#paths + 1] = line end
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
done = function(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("MEASURED %d %d %d %d %d\\n", summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(99)))
end
"""


class LoadFailed(Exception):
    """Not every request was answered 200, so the numbers mean nothing."""


class LoadTarget(NamedTuple):
    """What clients ask for: *paths* below *url* at random, with *headers*."""

    url: str
    paths: Sequence[str]
    headers: Mapping[str, str] = {}


class Load(NamedTuple):
    """What one run of load has seen."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float


class Generator(Protocol):
    """Drives load from outside the processes under test; its own processor time is not counted."""

    name: str

    async def drive(self, target: LoadTarget, clients: int, seconds: float) -> Load:
        """Ask by so many clients at once."""
        ...


def generator() -> Generator:
    """Return wrk (Debian: ``apt-get install wrk``) if it is there, else one written here."""
    return Wrk() if shutil.which("wrk") else OwnGenerator()


class Wrk:
    """The load generator of Will Glozer, with one thread."""

    name = "wrk"

    async def drive(self, target: LoadTarget, clients: int, seconds: float) -> Load:
        """Return what wrk reports."""
        with tempfile.TemporaryDirectory() as folder:
            listed, script = Path(folder) / "paths", Path(folder) / "script.lua"
            listed.write_text("\n".join(target.paths))
            script.write_text(WRK_SCRIPT.replace("PATHS", str(listed)))
            command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", str(script)]
            command += [f"-H{name}: {value}" for name, value in target.headers.items()]
            command.append(target.url)
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            try:
                text = (await process.communicate())[0].decode()
            finally:
                if process.returncode is None:
                    process.kill()
        line = next((line for line in text.splitlines() if line.startswith("MEASURED ")), "")
        if not line:
            raise LoadFailed(text)
        requests, duration_us, failed, p50_us, p99_us = map(int, line.split()[1:])
        if failed or not requests:
            raise LoadFailed(f"{failed} of {requests} requests at {target.url} failed")
        return Load(requests, duration_us / 1e6, p50_us / 1e3, p99_us / 1e3)


class OwnGenerator:
    """As little HTTP as load needs; used where wrk is not there."""

    name = "own generator"

    async def drive(self, target: LoadTarget, clients: int, seconds: float) -> Load:
        """Return what the clients have seen together."""
        host, _, port = target.url.removeprefix("http://").partition(":")
        began_s = clock.now_s()
        fields = {"host": host, **target.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        random_paths = random.Random(SEED)
        taken_s: list[float] = []

        async def client() -> None:
            reader, writer = await asyncio.open_connection(host, int(port))
            while clock.now_s() < began_s + seconds:
                asked_s = clock.now_s()
                path = random_paths.choice(target.paths)
                writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
                await _answered(reader)
                taken_s.append(clock.now_s() - asked_s)
            writer.close()

        await asyncio.gather(*(client() for _ in range(clients)))
        taken_s.sort()
        count = len(taken_s)
        return Load(
            count,
            clock.now_s() - began_s,
            taken_s[count // 2] * 1e3,
            taken_s[count * 99 // 100] * 1e3,
        )


async def _answered(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if not head.startswith("http/1.1 200"):
        raise LoadFailed(head)
    _, found, rest = head.partition("content-length:")
    if not found:
        raise LoadFailed(f"a response without its length: {head}")
    await reader.readexactly(int(rest.partition("\r\n")[0]))
