"""A process that a test started, and that ends with it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_S_MAX = 5.0
TAIL_CHARACTERS = 4_000


class BackgroundProcess:
    """
    Run *command* until ``stop``; its output goes to the file *log*.

    On Linux it gets SIGTERM when the tests die, even by SIGKILL.
    """

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - a command of the project's own files
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_death_signal(os.getpid()),  # noqa: PLW1509 - two calls into libc
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.alive:
            self._process.send_signal(number)

    def stop(self) -> None:
        """Ask it to end, kill it after 5 s, and return when it has ended."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def tail(self) -> str:
        """Return the end of its output."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-TAIL_CHARACTERS:]


def _death_signal(tests: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal() -> None:
        # Runs between fork and exec. The tests may have died before prctl took hold.
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != tests:
            os._exit(1)

    return set_death_signal
