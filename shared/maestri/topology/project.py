"""The project that the topologies belong to, and what a running topology leaves on its disk."""

import contextlib
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from maestri.errors import TopologyError
from maestri.topology.placement import SOCKET_BYTES_MAX

TOPOLOGIES = Path("shared") / "topologies"
SECRET_BYTES = 32


def find_project(start: Path | None = None) -> Path:
    """
    Return the nearest folder, from *start* upwards, that has a pyproject.toml and topologies.

    Raises:
        TopologyError: There is none.
    """
    origin = (start or Path.cwd()).resolve()
    for folder in (origin, *origin.parents):
        if (folder / "pyproject.toml").is_file() and (folder / TOPOLOGIES).is_dir():
            return folder
    raise TopologyError(
        f"{origin}: neither it nor a folder above has a pyproject.toml and {TOPOLOGIES}/. "
        "Change into the project, or name its folder with --directory."
    )


def make_importable(project: Path) -> None:
    """Put the components of *project* on the import path of this process."""
    if str(project) not in sys.path:
        sys.path.insert(0, str(project))


class StateDirectory:
    """
    Where running topologies keep what must outlive a process.

    ``data/`` holds databases and the secret, and is the same for all topologies of a project: what
    visitors left behind survives a change of shape. ``<topology>/`` holds what belongs to one run.

    Args:
        project: The project's folder.
        environment: ``MAESTRI_STATE`` names another place than ``<project>/.maestri``.
    """

    def __init__(self, project: Path, environment: Mapping[str, str] | None = None) -> None:
        chosen = (os.environ if environment is None else environment).get("MAESTRI_STATE")
        self.root = Path(chosen).resolve() if chosen else project / ".maestri"

    @property
    def data(self) -> Path:
        """The folder of databases and secret."""
        return self.root / "data"

    def run(self, topology: str) -> Path:
        """Return the folder of one topology's run."""
        return self.root / topology

    def socket_file(self, topology: str, name: str) -> str:
        """
        Return the file of the Unix socket of one process.

        It lies in the folder of the topology's run. A socket's name may have 108 bytes; where that
        folder's has more, it is one of the user's own in the temporary folder.
        """
        file = str(self.run(topology) / f"{name}.sock")
        if len(os.fsencode(file)) <= SOCKET_BYTES_MAX:
            return file
        digest = hashlib.blake2b(os.fsencode(self.run(topology)), digest_size=6).hexdigest()
        return str(Path(tempfile.gettempdir()) / f"maestri-{os.getuid()}-{digest}" / f"{name}.sock")

    def secret(self, environment: Mapping[str, str] | None = None) -> str:
        """Return ``MAESTRI_SECRET``, or else the secret that was drawn when first asked for."""
        given = (os.environ if environment is None else environment).get("MAESTRI_SECRET")
        if given:
            return given
        path = self.data / "secret"
        if path.is_file():
            return path.read_text(encoding="utf-8")
        make_writable(self.data)
        # Only one of several units that start at once creates it; the others read it.
        draft = path.with_name(f"secret.{os.getpid()}")
        write_private(draft, secrets.token_urlsafe(SECRET_BYTES))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
        return path.read_text(encoding="utf-8")

    def database_url(self, component: str) -> str:
        """Return the URL of the SQLite file that *component* gets unless told otherwise."""
        from urllib.parse import quote

        return f"sqlite://{quote(str(self.data / component))}.db"


def make_writable(folder: Path) -> None:
    """
    Make *folder* if there is none, and try whether files can be written there.

    Raises:
        TopologyError: Neither can be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TopologyError(
            f"{folder}: cannot be written: {error.strerror}. "
            "Let MAESTRI_STATE name a folder that can."
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write *text* to *path*, which only its owner may read, never even for a moment others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
