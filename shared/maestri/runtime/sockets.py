"""Sockets at the addresses of a topology."""

import socket

from maestri.server import listening_file, listening_socket
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
