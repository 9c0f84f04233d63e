"""One operating-system process that the launcher started, and that dies with it."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from maestri.runtime.channel import Channel

LINE_BYTES_MAX = 64 * 1024
PR_SET_PDEATHSIG = 1

WriteLine = Callable[[str], None]


class Child:
    """
    A running process; its output goes to *write_line*, line by line.

    On Linux the kernel kills it when the launcher dies, even by SIGKILL. It has a process group of
    its own, so that Ctrl-C reaches the launcher alone, which then stops everything in order.

    Attributes:
        channel: What is told to it and heard from it; None for what is not ours.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        write_line: WriteLine,
        channel: Channel | None = None,
    ) -> None:
        self._process = process
        self.channel = channel
        self._pump = asyncio.get_running_loop().create_task(self._read(write_line))
        self.pid = process.pid

    @classmethod
    async def spawn(
        cls,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        write_line: WriteLine,
        bound: Sequence[socket.socket] = (),
    ) -> "Child":
        """
        Start *command* in *folder*.

        With *bound*, listening sockets, it is a process of ours: it is given those and the end of a
        channel, as options of its command line.
        """
        if not bound:
            return cls(await _started(command, environment, folder), write_line)
        ours, theirs = socket.socketpair()
        channel = await Channel.open(ours)
        try:
            passed = (*(one.fileno() for one in bound), theirs.fileno())
            arguments = [part for one in passed[:-1] for part in ("--socket", str(one))]
            arguments += ["--channel", str(passed[-1])]
            process = await _started([*command, *arguments], environment, folder, passed)
        except BaseException:
            channel.close()
            raise
        finally:
            theirs.close()
        return cls(process, write_line, channel)

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    async def ended(self) -> int:
        """Wait for its end and its last line; return the exit code, negative for a signal."""
        code = await self._process.wait()
        # A grandchild may hold the pipe open; the last lines are not worth waiting for it.
        await asyncio.wait([self._pump], timeout=0.2)
        self._pump.cancel()
        if self.channel is not None:
            self.channel.close()
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        if self.alive:
            self._process.terminate()

    def kill(self) -> None:
        """End it and what it started."""
        if self.alive:
            os.killpg(self.pid, signal.SIGKILL)

    async def _read(self, write_line: WriteLine) -> None:
        stream = self._process.stdout
        assert stream is not None, "spawn asks for a pipe"
        while True:
            try:
                line = await stream.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                line = end.partial
                if not line:
                    return
            except asyncio.LimitOverrunError as long:
                line = await stream.read(long.consumed or LINE_BYTES_MAX)
            write_line(line.decode(errors="replace").rstrip())


async def _started(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    passed: Sequence[int] = (),
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(environment),
        cwd=folder,
        start_new_session=True,
        preexec_fn=_death_signal(os.getpid()),
        limit=LINE_BYTES_MAX,
        pass_fds=passed,
    )


def exit_description(code: int) -> str:
    """Say in words what an exit code means."""
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was killed by {signal.Signals(-code).name}"


def _death_signal(launcher: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal() -> None:
        # Runs between fork and exec. The launcher may have died before prctl took hold.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != launcher:
            os._exit(1)

    return set_death_signal
