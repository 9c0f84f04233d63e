"""Run an application on a socket, in the loop that is running."""

import asyncio
import gc
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from maestri import clock
from maestri.errors import TopologyError
from maestri.server.application import Application
from maestri.server.listening import BACKLOG, deafen, is_unix, listening_socket, url_of

DRAIN_S = 1.0
STOP_S_MAX = 1.0
COLLECT_S = 0.02
START_TICKS = 10
BEGIN_S_MAX = 0.1
SERVER_THREADS = 3
THREADS = Path("/proc/self/task")


class RunningServer:
    """
    An application that is being served; see ``serving``.

    Attributes:
        url: Where, as the start of a URL.
        threads: Those that it runs.
    """

    def __init__(self, url: str, descriptor: int, threads: set[Path]) -> None:
        self.url = url
        self.threads = threads
        self._descriptor = descriptor

    def stop_accepting(self) -> None:
        """Leave new connections in the queue of the socket, for whoever accepts there as well."""
        deafen(self._descriptor)


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
    server = None
    try:
        async with serving(app, listening_socket(host, port), drain_s=drain_s) as server:
            yield server.url
    finally:
        if server is not None:
            await _ended(server.threads)


@asynccontextmanager
async def serving(
    app: Application, bound: socket.socket, *, drain_s: float = DRAIN_S
) -> AsyncGenerator[RunningServer]:
    """
    Serve *app* at a listening socket while the body runs; see ``running_server``.

    The socket is the server's from now on. A duplicate of it keeps its queue, so that another
    process can go on with the connections that wait there. Threads of the server may outlive the
    body by a moment: whoever uses this ends the process with ``os._exit``.

    Raises:
        TopologyError: The server did not start.
    """
    url, unix, descriptor = url_of(bound), is_unix(bound), bound.detach()
    server = _server(app, url, descriptor, unix=unix)
    loop = asyncio.get_running_loop()
    before = _threads()
    task = loop.create_task(server.serve())
    try:
        await _started(server, task, url)
        with app.in_flight.lag.watching(loop):
            yield RunningServer(url, descriptor, await _begun(before))
    finally:
        server.stop()
        await app.in_flight.drain(drain_s)
        await asyncio.wait([task], timeout=STOP_S_MAX)
        task.cancel()


async def serve(
    app: Application, host: str, port: int, *, shutdown: asyncio.Event, drain_s: float = DRAIN_S
) -> None:
    """Serve *app* until the event *shutdown* is set; see ``running_server``."""
    async with running_server(app, host, port, drain_s=drain_s):
        await shutdown.wait()


def _server(app: Application, url: str, descriptor: int, *, unix: bool) -> Any:
    from granian import net
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    # Its stubs know these classes of another platform, and of another time.
    base: Any = Server
    holder: Any = vars(net)["SocketHolder"]

    class ServerAtSocket(base):  # type: ignore[misc]  # Any, see above
        """A granian that listens at a socket of ours. It would bind one by itself."""

        def _init_shared_socket(self) -> None:
            self._ssp, self._sfd = None, descriptor
            self._shd = holder(descriptor, unix, BACKLOG)

    return ServerAtSocket(
        app,
        url,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        # granian's own bound is 128 and counts idle connections, too.
        backpressure=app.connections_max,
        log_enabled=False,
    )


async def _started(server: Any, task: "asyncio.Task[Any]", url: str) -> None:
    # Its worker is a task that is made by a task, and starts the threads in its first turn.
    for _ in range(START_TICKS):
        await clock.sleep(0)
    if task.done() or not server.wrks:
        failure = task.exception() if task.done() else None
        raise TopologyError(f"the server at {url} did not start") from failure


async def _begun(before: set[Path]) -> set[Path]:
    """Return the threads of the server, whose worker starts another one in its own time."""
    until_s = clock.now_s() + BEGIN_S_MAX
    while len(_threads() - before) < SERVER_THREADS and clock.now_s() < until_s:
        await clock.sleep(0.001)
    return _threads() - before


def _threads() -> set[Path]:
    # Where the system does not tell (it is not Linux), none is waited for.
    return set(THREADS.iterdir()) if THREADS.is_dir() else set()


async def _ended(threads: set[Path]) -> None:
    # granian's task is done before its threads are, and one that asks for an interpreter that is
    # ending aborts ("panic in a function that cannot unwind").
    begun_s, collected = clock.now_s(), False
    while threads & _threads() and clock.now_s() < begun_s + STOP_S_MAX:
        await clock.sleep(0.001)
        if not collected and clock.now_s() > begun_s + COLLECT_S:
            # They go on while a request does that is held by a circle, such as that of an error
            # and of a variable of whoever raised it.
            gc.collect()
            collected = True
