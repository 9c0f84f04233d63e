"""Ports for servers of a test, outside the range from which the system takes its own."""

import os
import random
import socket
from collections.abc import Iterator

PORT_FIRST, PORT_LAST = 20_000, 32_000
"""Below what Linux gives to outgoing connections, which could take a port before its server."""


def free_ports(count: int, host: str = "127.0.0.1") -> tuple[int, ...]:
    """
    Return *count* ports that nobody listens on, drawn at random so that test runs keep apart.

    Processes of one run by pytest-xdist draw from different ports, so none is ever given to two.

    Raises:
        OSError: There are not enough.
    """
    found = tuple(port for port, _ in zip(_free(host), range(count), strict=False))
    if len(found) < count:
        raise OSError(f"{host} has no {count} free ports from {PORT_FIRST} to {PORT_LAST}")
    return found


def _free(host: str) -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    own = range(PORT_FIRST + worker, PORT_LAST, workers)
    for port in random.sample(own, len(own)):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
        yield port
