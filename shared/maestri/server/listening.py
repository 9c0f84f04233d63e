"""The sockets at which servers listen: bound once, and shared by processes that hand over."""

import errno
import os
import socket
import stat
from pathlib import Path

from maestri.errors import TopologyError
from maestri.links import UNIX

ROOT = 0
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


def listening_file(path: str) -> socket.socket:
    """
    Return a Unix socket that listens at the file *path*, for this user alone.

    A file that somebody left behind who has ended is replaced. The file stays when the socket is
    closed: whoever listens there next replaces it.

    Raises:
        TopologyError: Somebody listens there, or the file cannot be made.
    """
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        remove_unused(path)
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_others(Path(path).parent)
        # Nobody else may connect, from its first moment on.
        before = os.umask(0o177)
        try:
            bound.bind(path)
        finally:
            os.umask(before)
        bound.listen(BACKLOG)
    except OSError as failure:
        bound.close()
        raise TopologyError(
            f"{path} cannot be listened on ({failure.strerror}); "
            "stop what uses it or give the unit another address inside"
        ) from failure
    bound.setblocking(False)
    return bound


def remove_unused(path: str) -> None:
    """
    Remove the file of a Unix socket at which nobody listens; fine if there is none.

    Raises:
        OSError: Somebody listens there, it is another kind of file, or it cannot be removed.
    """
    file = Path(path)
    try:
        if not stat.S_ISSOCK(file.lstat().st_mode):
            # Whoever connects to it is refused, too; it may be dear to somebody.
            raise OSError(errno.EEXIST, "it is a file, and no socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        # A listener whose queue is full would be waited for.
        trial.setblocking(False)
        refused = trial.connect_ex(path) in {errno.ECONNREFUSED, errno.ENOENT}
    if not refused:
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    file.unlink(missing_ok=True)


def _refuse_others(folder: Path) -> None:
    """Refuse a folder of somebody else, who could put a socket of theirs in the place of ours."""
    if folder.stat().st_uid not in {os.getuid(), ROOT}:
        raise OSError(errno.EPERM, "its folder belongs to another user")


def is_unix(bound: socket.socket) -> bool:
    """Tell whether a socket is a Unix socket."""
    return bound.family == socket.AF_UNIX


def url_of(bound: socket.socket) -> str:
    """Return the address of a listening socket as the start of a URL."""
    if is_unix(bound):
        return f"{UNIX}{bound.getsockname()}"
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def deafen(descriptor: int) -> None:
    """
    Let whoever accepts at *descriptor* accept no more; connections stay in the queue of the socket.

    The descriptor becomes that of a socket which nobody calls. Other processes, and other
    descriptors of the same socket, go on.
    """
    with socket.socket() as deaf:
        # A Unix socket may be replaced by one of another family: whoever accepts is only told that
        # nobody has come.
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        # Whoever is woken for a connection of before would otherwise wait here for good.
        deaf.setblocking(False)
        os.dup2(deaf.fileno(), descriptor, inheritable=False)
