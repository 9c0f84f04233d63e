"""
What a running launcher can be asked, over a Unix socket that only its owner may open.

One JSON object per connection and direction.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path

import msgspec

from maestri.errors import TopologyError
from maestri.topology import (
    SOCKET_BYTES_MAX,
    InternalAddress,
    StateDirectory,
    WrongAddress,
    make_writable,
    read_internal_address,
    write_private,
)

RESTART = "restart"
STATUS = "status"
SOCKET = "control.sock"
RECORD = "running.json"
REQUEST_S_MAX = 5.0
RESTART_S_MAX = 600.0
LINE_BYTES_MAX = 4096


class ControlRequest(msgspec.Struct, frozen=True):
    """What is asked: to ``restart`` a unit, or for the ``status``."""

    command: str
    unit: str = ""


class ProcessStatus(msgspec.Struct, frozen=True):
    """
    What a supervisor says of its process; no *pid* while there is none.

    Attributes:
        for_s: How long it has been in this state, in seconds.
        up_s: How long the process has been there, in seconds.
        restarts: How often it was started anew.
    """

    name: str
    state: str
    pid: int | None = None
    for_s: float = 0.0
    up_s: float = 0.0
    restarts: int = 0


class ControlResponse(msgspec.Struct, frozen=True):
    """
    The response to a request.

    Attributes:
        ok: Whether it was done.
        text: Lines for a person.
        processes: If they were asked for.
        exit_code: Of a command that was not done: 2 if it was refused, 1 if it failed.
    """

    ok: bool
    text: str
    processes: tuple[ProcessStatus, ...] = ()
    exit_code: int = 2


class LauncherRecord(msgspec.Struct, frozen=True):
    """
    What tools on this machine may know of a running topology; a file of mode 0600.

    Attributes:
        operator_token: Opens the operator endpoints of its units.
        units: Addresses by unit: for clients, if it has any.
        internal: Addresses by unit for other units and operators.
    """

    topology: str
    pid: int
    operator_token: str
    units: dict[str, tuple[str, ...]]
    internal: dict[str, tuple[str, ...]]


Handle = Callable[[ControlRequest], Awaitable[ControlResponse]]


@contextlib.asynccontextmanager
async def serve_control(
    folder: Path, record: LauncherRecord, handle: Handle
) -> AsyncGenerator[None]:
    """
    Serve requests, and keep the record, while the body runs.

    Raises:
        TopologyError: Another launcher serves requests there.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = msgspec.json.decode(await reader.readline(), type=ControlRequest)
            response = await handle(request)
        except (msgspec.MsgspecError, ValueError) as error:
            response = ControlResponse(ok=False, text=f"not understood: {error}")
        writer.write(msgspec.json.encode(response) + b"\n")
        writer.close()

    server = await asyncio.start_unix_server(serve, sock=_bound(folder), limit=LINE_BYTES_MAX)
    write_private(folder / RECORD, msgspec.json.encode(record).decode())
    try:
        yield
    finally:
        server.close()
        _remove(folder)


def refuse_second(folder: Path) -> None:
    """
    Return if no launcher serves requests in *folder*.

    Raises:
        TopologyError: One does.
    """
    if not folder.is_dir():
        return
    with _short(folder) as short, socket.socket(socket.AF_UNIX) as trial:
        if trial.connect_ex(f"{short}/{SOCKET}") == 0:
            raise TopologyError(
                f"{folder}: {folder.name} runs here already. Stop it, or start this one beside it: "
                f"MAESTRI_STATE=FOLDER maestri up {folder.name} --free-ports"
            )


def send_request(
    state: StateDirectory, topology: str | None, request: ControlRequest
) -> ControlResponse:
    """
    Return a running launcher's response.

    Raises:
        TopologyError: No such topology runs here, or several do and none is named.
    """
    record = running_record(state, topology)
    with _short(state.run(record.topology)) as short, socket.socket(socket.AF_UNIX) as connection:
        # A restart waits for each replica in turn.
        connection.settimeout(RESTART_S_MAX if request.command == RESTART else REQUEST_S_MAX)
        try:
            connection.connect(f"{short}/{SOCKET}")
            connection.sendall(msgspec.json.encode(request) + b"\n")
            with connection.makefile("rb") as lines:
                return msgspec.json.decode(lines.readline(), type=ControlResponse)
        except (OSError, msgspec.MsgspecError) as error:
            raise TopologyError(
                f"the launcher of {record.topology} does not respond: {error}. "
                f"Stop it (process {record.pid}) and start it again."
            ) from error


def running_record(state: StateDirectory, topology: str | None = None) -> LauncherRecord:
    """
    Return the record of the topology that runs here.

    Raises:
        TopologyError: None does, or several do and none is named.
    """
    records = [record for record in _records(state) if topology in {None, record.topology}]
    if not records:
        what = "no topology runs" if topology is None else f"{topology} does not run"
        raise TopologyError(
            f"{state.root}: {what} here. Start one: maestri up {topology or ''}".rstrip()
        )
    if len(records) > 1:
        names = ", ".join(record.topology for record in records)
        raise TopologyError(f"{state.root}: {names} run here. Name one with --topology.")
    return records[0]


def replica_addresses(record: LauncherRecord) -> tuple[tuple[str, InternalAddress], ...]:
    """Return name and address of every replica of a running topology, as operators reach it."""
    return tuple(
        (name if len(texts) == 1 else f"{name}.{number}", address)
        for name, texts in record.internal.items()
        for number, text in enumerate(texts)
        if not isinstance(address := read_internal_address(text), WrongAddress)
    )


def _bound(folder: Path) -> socket.socket:
    make_writable(folder)
    refuse_second(folder)
    path = folder / SOCKET
    with _short(folder) as short:
        # What a killed launcher left behind is in nobody's use.
        path.unlink(missing_ok=True)
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(f"{short}/{SOCKET}")
    path.chmod(0o600)
    return bound


def _remove(folder: Path) -> None:
    (folder / SOCKET).unlink(missing_ok=True)
    (folder / RECORD).unlink(missing_ok=True)


def _records(state: StateDirectory) -> list[LauncherRecord]:
    found = []
    for path in sorted(state.root.glob(f"*/{RECORD}")):
        try:
            record = msgspec.json.decode(path.read_bytes(), type=LauncherRecord)
            os.kill(record.pid, 0)
        except (OSError, msgspec.MsgspecError):
            continue  # left behind by a launcher that was killed
        found.append(record)
    return found


@contextlib.contextmanager
def _short(folder: Path) -> Generator[str]:
    # A socket's path may have 108 bytes, a folder's many more; through its descriptor it is short.
    if (
        len(os.fsencode(folder)) + len(SOCKET) < SOCKET_BYTES_MAX
        or not Path("/proc/self/fd").is_dir()
    ):
        yield str(folder)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
