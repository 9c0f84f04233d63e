"""Addresses are judged when they are read: what no server takes is told, with what to write."""

import ipaddress
import re
from typing import NamedTuple

from maestri.links import UNIX
from maestri.topology.placement import PORT_MAX, SOCKET_BYTES_MAX, Address, SocketFile

NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?")
LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})
SUCH_AS = "Write host:port, such as 127.0.0.1:8001"


class WrongAddress(NamedTuple):
    """What is wrong with the text of an address, and what to write."""

    problem: str
    remedy: str


def read_address(text: str) -> Address | WrongAddress:
    """
    Return the address in ``host:port[/path]``, ``http://`` or not before it.

    The host is an IP address or a name; an IPv6 address stands in brackets.
    """
    text = text.strip()
    if not text:
        return WrongAddress("is missing", SUCH_AS)
    scheme, found, rest = text.partition("://")
    if found and scheme != "http":
        return WrongAddress(f"{text!r} is not for http", SUCH_AS)
    rest, slash, path = (rest if found else text).partition("/")
    host, _, port = rest.rpartition(":")
    if not host:
        return WrongAddress(f"{text!r} is no address", SUCH_AS)
    if not (port.isascii() and port.isdigit()):
        return WrongAddress(f"{text!r} has no port: {port!r} is no number", SUCH_AS)
    if not 0 < int(port) <= PORT_MAX:
        return WrongAddress(f"{text!r} has the port {port}", f"Write a port from 1 to {PORT_MAX}")
    wrong = _wrong_host(host, port)
    return wrong or Address(host.strip("[]"), int(port), (slash + path).rstrip("/"))


def read_internal_address(text: str) -> Address | SocketFile | WrongAddress:
    """Return the address in ``host:port``, or in ``unix:/file`` the Unix socket."""
    if not text.strip().startswith(UNIX):
        return read_address(text)
    file = text.strip().removeprefix(UNIX)
    if not file.startswith("/"):
        return WrongAddress(f"{text!r} names no file", "Write unix:/path/to/file.sock")
    if len(file.encode()) > SOCKET_BYTES_MAX:
        return WrongAddress(
            f"{text!r} is longer than the {SOCKET_BYTES_MAX} bytes that a socket's name may have",
            "Write a shorter one, or host:port",
        )
    return SocketFile(file)


def _wrong_host(host: str, port: str) -> WrongAddress | None:
    if host.startswith("[") and host.endswith("]"):
        if _version(host[1:-1]) == 6:  # noqa: PLR2004 - the version of IP
            return None
        return WrongAddress(f"{host} is no IPv6 address", f"Write such as [::1]:{port}")
    if ":" in host:
        return WrongAddress(
            f"{host!r} is no host", f"Write an IPv6 address in brackets: [::1]:{port}"
        )
    if re.fullmatch(r"[0-9.]+", host):
        if _version(host) is None:
            return WrongAddress(f"{host!r} is no IP address", f"Write such as 127.0.0.1:{port}")
    elif not NAME.fullmatch(host):
        return WrongAddress(f"{host!r} is no host", SUCH_AS)
    return None


def cannot_listen(address: Address | SocketFile) -> WrongAddress | None:
    """Return why no unit of this machine could listen there; None if it could, or is elsewhere."""
    if isinstance(address, SocketFile):
        return None
    if address.path:
        return WrongAddress(
            f"{address} has the path {address.path}, and a unit serves all paths",
            f"Write {address._replace(path='')}",
        )
    if address.host.rstrip(".").lower() in LOOPBACK_NAMES:
        return WrongAddress(
            f"{address} has a name, and a server listens at an IP address",
            f"Write 127.0.0.1:{address.port}",
        )
    return None


def needs_listen(address: Address | SocketFile) -> bool:
    """Tell whether *address* is a name: others may call it, but no server can listen there."""
    return not isinstance(address, SocketFile) and _version(address.host) is None


def _version(host: str) -> int | None:
    try:
        # A scope (fe80::1%eth0) is one machine's own, and no server takes it.
        return None if "%" in host else ipaddress.ip_address(host).version
    except ValueError:
        return None
