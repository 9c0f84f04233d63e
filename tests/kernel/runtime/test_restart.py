"""``maestri restart``: a new process takes over, and no client notices."""

import http.client
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from maestri import clock
from tests.kernel.runtime.launched import SPLIT, Running, Write, up
from tests.kernel.runtime.processes import alive, started, until

UNITS = ("services", "greetings", "front")
OK = 200
SLEEP = "import asyncio; await asyncio.sleep(2.5)"


class Clients:
    """Clients that ask all the time, one over a connection that it keeps, one over new ones."""

    def __init__(self, port: int) -> None:
        self.statuses: dict[bool, list[int]] = {True: [], False: []}
        self._port = port
        self._stop = Event()
        self._threads = [Thread(target=self._ask, args=[keeps]) for keeps in self.statuses]

    def asked(self) -> int:
        """Return how often the one was answered that was answered less."""
        return min(map(len, self.statuses.values()))

    @contextmanager
    def asking(self) -> Generator[None]:
        """Ask while the body runs."""
        for one in self._threads:
            one.start()
        try:
            yield
        finally:
            self._stop.set()
            for one in self._threads:
                one.join()

    def _ask(self, keeps: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        while not self._stop.is_set():
            try:
                connection.request("GET", "/hello/anna")
                response = connection.getresponse()
                response.read()
                self.statuses[keeps].append(response.status)
            except (OSError, http.client.HTTPException):
                self.statuses[keeps].append(0)
                connection.close()
            if not keeps:
                connection.close()
        connection.close()


def restart(running: Running, unit: str) -> tuple[int, str]:
    """Return exit code and output of the command."""
    with started(running.project, ("-m", "maestri", "restart", unit)) as command:
        code, _ = command.ended()
    return code, command.output


def spoiled(running: Running, *path: str, text: str) -> None:
    """Append *text* to a file of the project."""
    file = running.project.joinpath(*path)
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_nobody_notices_a_restart(write: Write) -> None:
    """Each unit is restarted under load: kept and new connections, with and without resources."""
    with up(write) as running:
        before, clients = running.pids(), Clients(running.port)
        with clients.asking():
            done = []
            for unit in UNITS:
                asked = clients.asked()
                done.append(restart(running, unit))
                until(lambda asked=asked: clients.asked() > asked, lambda: "nobody is answered")  # type: ignore[misc]
        after = running.pids()

    assert done == [(0, f"{unit} is restarted\n") for unit in UNITS]
    assert {unit for unit in UNITS if before[unit] != after[unit]} == set(UNITS)
    assert [{OK}, {OK}] == [set(statuses) for statuses in clients.statuses.values()]


def test_broken_code_leaves_the_old_process_serving(write: Write) -> None:
    """What cannot be imported is found before anything stops; the exit code is 1."""
    with up(write) as running:
        before = running.pids()
        spoiled(running, "town", "greetings", "service.py", text="\nbroken(\n")
        code, output = restart(running, "greetings")
        after, greeting = running.pids(), running.greeting()

    assert (1, before) == (code, after)
    assert "Nothing was restarted." in output
    assert greeting


def test_what_cannot_be_bound_leaves_the_old_process_serving(write: Write) -> None:
    """The new process finds it before the old one stops."""
    with up(write) as running:
        before = running.pids()
        kills = "\nimport os, sys\nif '--channel' in sys.argv: os._exit(3)\n"
        spoiled(running, "town", "greetings", "service.py", text=kills)
        code, output = restart(running, "greetings")
        after, greeting = running.pids(), running.greeting()

    assert (1, before) == (code, after)
    assert output == "greetings: the new process did not get ready, and the old one goes on\n"
    assert greeting


def test_what_hangs_is_replaced_and_killed(write: Write) -> None:
    """A process that hears nothing is no reason to stay with it; its successor serves at once."""
    with up(write) as running:
        before, clients = running.pids(), Clients(running.port)
        os.kill(before["greetings"], signal.SIGSTOP)
        code, _ = restart(running, "greetings")
        with clients.asking():
            until(lambda: clients.asked() > 1, lambda: "nobody is answered")

    assert code == 0
    assert not alive(before["greetings"])
    assert [{OK}, {OK}] == [set(statuses) for statuses in clients.statuses.values()]


@pytest.mark.parametrize("delay_s", [0.0, 0.5, 1.0, 1.5])
def test_a_process_that_dies_while_it_is_replaced_has_one_successor(
    write: Write, delay_s: float
) -> None:
    """Whoever notices it first, the launcher or the restart, one process goes on."""
    with up(write) as running:
        pid = running.pids()["services"]
        with started(running.project, ("-m", "maestri", "restart", "services")) as command:
            clock.pause(delay_s)
            with suppress(ProcessLookupError):  # then it has handed over already
                os.kill(pid, signal.SIGKILL)
            command.ended()
        until(lambda: bool(running.greeting()), lambda: running.launcher.output)
        state = running.command("status").splitlines()[0]
        processes = _children(running.launcher.pid, "services")

    assert state.startswith("services ready ")
    assert [int(state.split()[2])] == processes


def _children(launcher: int, unit: str) -> list[int]:
    """Return the processes of a unit that a launcher has started."""
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text(encoding="utf-8")
    return [
        int(pid)
        for pid in children.split()
        if alive(int(pid))
        and unit.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    ]


def test_the_time_that_a_topology_gives_is_given(write: Write) -> None:
    """A request in work ends, however long it takes, within the drain_s of its unit."""
    text = SPLIT + "[unit.front.server]\ndrain_s = 8\nedge_timeout_s = 8\n"
    with up(write, text=text) as running:
        service = running.project / "town" / "front" / "service.py"
        slow = service.read_text(encoding="utf-8").replace(
            "        return ",
            "        import asyncio; await asyncio.sleep(2.5)\n        return ",
            1,
        )
        service.write_text(slow, encoding="utf-8")
        restart(running, "front")
        greetings: list[str] = []
        asking = Thread(target=lambda: greetings.append(running.greeting()))
        asking.start()
        clock.pause(0.5)
        code, _ = running.launcher.ended(signal.SIGTERM)
        asking.join()

    assert (0, True) == (code, greetings[0].startswith("Good morning"))


def test_what_hangs_is_noticed(write: Write) -> None:
    """``status`` says since when a unit does not answer; the log says it once, and the end."""
    with up(write) as running:
        pid = running.pids()["greetings"]
        os.kill(pid, signal.SIGSTOP)
        running.launcher.wait_for("greetings | does not answer: http://127.0.0.1:")
        stopped = running.command("status").splitlines()[1]
        os.kill(pid, signal.SIGCONT)
        running.launcher.wait_for("greetings | answers again, after ")
        until(
            lambda: running.command("status").splitlines()[1].startswith("greetings ready "),
            lambda: running.launcher.output,
        )
        told = running.launcher.output.count("does not answer")

    assert stopped.startswith(f"greetings not answering {pid} for ")
    assert told == 1


def test_what_died_refuses_its_clients(write: Write) -> None:
    """Who calls a process that is down learns it at once, instead of waiting in a queue."""
    with up(write) as running:
        (running.project / "town" / "front" / "service.py").write_text("broken(", encoding="utf-8")
        os.kill(running.pids()["front"], signal.SIGKILL)
        running.launcher.wait_for("front     | died too often")
        state = running.command("status").splitlines()[-1]
        with pytest.raises(ConnectionRefusedError):
            http.client.HTTPConnection("127.0.0.1", running.port, timeout=5).connect()

    assert state.startswith("front given up - for ")
