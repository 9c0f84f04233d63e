"""Sockets at the addresses of a topology."""

import contextlib
import socket

from maestri.server import listening_file, listening_socket, remove_unused
from maestri.topology import InternalAddress, SocketFile


def listening_at(address: InternalAddress) -> socket.socket:
    """
    Return a socket that listens at *address*.

    Raises:
        TopologyError: The address cannot be listened on.
    """
    if isinstance(address, SocketFile):
        return listening_file(address.file)
    return listening_socket(address.host, address.port)


def remove_file(address: InternalAddress) -> None:
    """Remove the file of a Unix socket, unless somebody listens at it."""
    if isinstance(address, SocketFile):
        with contextlib.suppress(OSError):  # then it is somebody else's
            remove_unused(address.file)
