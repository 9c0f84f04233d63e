"""The sockets at which servers listen: bound once, and shared by processes that hand over."""

import os
import socket

from maestri.errors import TopologyError

BACKLOG = 1_024
"""Connections that wait until somebody takes them; Linux has its own bound, 4,096 by default."""


def listening_socket(host: str, port: int) -> socket.socket:
    """
    Return a socket that listens at *host* and *port*; port 0 takes a free one.

    Connections wait in its queue from now on, whether or not a server takes them yet.

    Raises:
        TopologyError: The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # For what is left of connections that were closed; no second socket can listen there.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OSError as failure:
        bound.close()
        raise TopologyError(
            f"{host}:{port} cannot be listened on ({failure.strerror}); "
            "stop what uses it or give the unit another address"
        ) from failure
    bound.setblocking(False)
    return bound


def url_of(bound: socket.socket) -> str:
    """Return the address of a listening socket as the start of a URL."""
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def deafen(descriptor: int) -> None:
    """
    Let whoever accepts at *descriptor* accept no more; connections stay in the queue of the socket.

    The descriptor becomes that of a socket which nobody calls. Other processes, and other
    descriptors of the same socket, go on.
    """
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        # Whoever is woken for a connection of before would otherwise wait here for good.
        deaf.setblocking(False)
        os.dup2(deaf.fileno(), descriptor, inheritable=False)
