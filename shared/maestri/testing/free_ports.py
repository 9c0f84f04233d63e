"""Ports for servers of a test, outside the range from which the system takes its own."""

import random
import socket
from collections.abc import Iterator

PORT_FIRST, PORT_LAST = 20_000, 32_000
"""Below what Linux gives to outgoing connections, which could take a port before its server."""


def free_ports(count: int, host: str = "127.0.0.1") -> tuple[int, ...]:
    """
    Return *count* ports that nobody listens on, drawn at random so that test runs keep apart.

    Raises:
        OSError: There are not enough.
    """
    found = tuple(port for port, _ in zip(_free(host), range(count), strict=False))
    if len(found) < count:
        raise OSError(f"{host} has no {count} free ports from {PORT_FIRST} to {PORT_LAST}")
    return found


def _free(host: str) -> Iterator[int]:
    for port in random.sample(range(PORT_FIRST, PORT_LAST), PORT_LAST - PORT_FIRST):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
        yield port
