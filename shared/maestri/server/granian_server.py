"""Run an application on a socket, in the loop that is running."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from maestri import clock
from maestri.errors import TopologyError
from maestri.server.application import Application

DRAIN_S = 1.0
STOP_S_MAX = 1.0
START_S_MAX = 5.0
THREADS = Path("/proc/self/task")


@asynccontextmanager
async def running_server(
    app: Application, host: str, port: int, *, drain_s: float = DRAIN_S
) -> AsyncGenerator[str]:
    """
    Serve *app* while the body runs; its value is the base URL.

    HTTP/1.1 by granian, in this process and loop. At the end no new connection is accepted,
    requests in work get *drain_s* to end (1 s), and what is left is cancelled.

    Args:
        app: What is served.
        host: Address to listen on.
        port: 0 takes a free one.
        drain_s: How long requests in work may still take at the end.

    Raises:
        TopologyError: The address cannot be listened on.
    """
    port = _checked(host, port)
    server = _server(app, host, port)
    loop = asyncio.get_running_loop()
    before = _threads()
    task = loop.create_task(server.serve())
    threads: set[Path] = set()
    try:
        await _listening(task, host, port)
        threads = _threads() - before
        with app.in_flight.lag.watching(loop):
            yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        server.stop()
        await app.in_flight.drain(drain_s)
        await asyncio.wait([task], timeout=STOP_S_MAX)
        task.cancel()
        await _ended(threads)


async def serve(
    app: Application, host: str, port: int, *, shutdown: asyncio.Event, drain_s: float = DRAIN_S
) -> None:
    """Serve *app* until the event *shutdown* is set; see ``running_server``."""
    async with running_server(app, host, port, drain_s=drain_s):
        await shutdown.wait()


def _server(app: Application, host: str, port: int) -> Any:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    return Server(
        app,
        host,
        port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        # granian's own bound is 128 and counts idle connections, too.
        backpressure=app.connections_max,
        log_enabled=False,
    )


def _checked(host: str, port: int) -> int:
    # granian shares its port (SO_REUSEPORT): a second server would start and take half the calls.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise TopologyError(
                f"{host}:{port} cannot be listened on ({failure.strerror}); "
                "stop what uses it or give the unit another address"
            ) from failure
        bound: int = probe.getsockname()[1]
        return bound


def _threads() -> set[Path]:
    # Where the system does not tell (it is not Linux), none is waited for.
    return set(THREADS.iterdir()) if THREADS.is_dir() else set()


async def _ended(threads: set[Path]) -> None:
    # granian's task is done before its threads are, and one that asks for an interpreter that is
    # ending aborts ("panic in a function that cannot unwind").
    until_s = clock.now_s() + STOP_S_MAX
    while threads & _threads() and clock.now_s() < until_s:
        await clock.sleep(0.001)


async def _listening(task: "asyncio.Task[Any]", host: str, port: int) -> None:
    until_s = clock.now_s() + START_S_MAX
    while clock.now_s() < until_s:
        if task.done():
            raise TopologyError(f"the server at {host}:{port} did not start") from task.exception()
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await clock.sleep(0.005)
            continue
        writer.close()
        return
    raise TopologyError(f"the server at {host}:{port} did not start within {START_S_MAX} s")
