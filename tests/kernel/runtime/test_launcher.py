"""``maestri up`` with real processes: started in order, kept alive, and all of them stopped."""

import json
import os
import signal
import socket
import stat
import sys

import msgspec
import pytest

from maestri.runtime import LauncherRecord
from maestri.testing import free_ports
from tests.kernel.runtime.launched import SPLIT, Write, up
from tests.kernel.runtime.processes import END_S_MAX, alive, get, started, until

EXTERNAL = """
[external.elsewhere]
contract = "town.front.contract:Front"
command = ["{{python}}", "elsewhere.py", "{{port}}"]
address = "127.0.0.1:PORT"
health = "/"
"""
ELSEWHERE = """
import os, sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
print("knows", [name for name in os.environ if name.startswith("MAESTRI")])
HTTPServer(("127.0.0.1", int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()
"""


def test_units_start_in_order_and_all_end_at_sigterm(write: Write) -> None:
    """Callees are ready before callers are started; SIGTERM stops everything within 2 s."""
    with up(write) as running:
        pids = running.pids()
        text = running.greeting()
        code, took_s = running.launcher.ended(signal.SIGTERM)
        left = [name for name, pid in pids.items() if alive(pid)]
        ready = [
            line.split()[0] for line in running.launcher.output.splitlines() if "ready" in line
        ]

    assert text == f"Good morning, Citizen Anna. ({pids['services']})"
    assert ready == ["services", "greetings", "front"]
    assert (code, left) == (0, [])
    assert took_s < END_S_MAX


def test_a_unit_that_is_killed_is_started_again(write: Write) -> None:
    """Kill -9 of one unit is repaired without help; the others stay as they are."""
    with up(write) as running:
        before = running.pids()
        os.kill(before["services"], signal.SIGKILL)
        running.launcher.wait_for("services  | was killed by SIGKILL")
        until(lambda: bool(running.greeting()), lambda: running.launcher.output)
        after = running.pids()

    assert before["services"] != after["services"]
    assert (before["front"], before["greetings"]) == (after["front"], after["greetings"])


def test_a_stopped_unit_does_not_hold_up_the_end(write: Write) -> None:
    """A process that hears no signal is killed; everything is gone within 2 s."""
    with up(write) as running:
        pids = running.pids()
        os.kill(pids["greetings"], signal.SIGSTOP)
        code, took_s = running.launcher.ended(signal.SIGINT)

    assert code == 0
    assert took_s < END_S_MAX
    assert [name for name, pid in pids.items() if alive(pid)] == []


def test_units_die_with_their_launcher(write: Write) -> None:
    """Kill -9 of the launcher leaves no process behind."""
    with up(write) as running:
        pids = running.pids()
        running.launcher.ended(signal.SIGKILL)

        until(lambda: not any(map(alive, pids.values())), lambda: f"alive: {pids}")


def test_one_unit_is_restarted_on_request(write: Write) -> None:
    """``maestri restart UNIT`` ends one unit in its own way and starts it again."""
    with up(write) as running:
        before = running.pids()
        response = running.command("restart", "greetings")
        running.launcher.wait_for("greetings | ", times=2)
        until(lambda: bool(running.greeting()), lambda: running.launcher.output)
        after = running.pids()
        refused = running.command("restart", "nobody")

    assert response == "greetings is restarted\n"
    assert before["greetings"] != after["greetings"]
    assert before["front"] == after["front"]
    assert refused == "there is no unit 'nobody'. There are: front, greetings, services.\n"


def test_a_request_can_be_traced_through_all_units(write: Write) -> None:
    """``maestri trace ID`` shows one tree of what every unit recorded, and when each began."""
    with up(write) as running:
        request_id = running.request()
        lines = running.command("trace", request_id).splitlines()
        told = json.loads(running.command("trace", request_id, "--json"))
        unknown = running.command("trace", "nothing")

    assert lines[0] == f"request {request_id}"
    assert [line[20:].partition("  (")[0] for line in lines[2:]] == [
        "+ front.hello",
        "  + greetings.greet",
        "    + phrases.phrase",
        "    + greetings.names.name",
    ]
    begun = [float(line[:8]) for line in lines[2:]]
    assert begun == [round(span["offset_ns"] / 1e6, 1) for span in told["spans"]]
    assert begun == sorted(begun)
    assert unknown.startswith("nothing is known of request nothing.")


def test_without_an_id_a_trace_lists_the_last_requests(write: Write) -> None:
    """Newest first, with the ids that ``maestri trace`` takes; to an operator alone."""
    with up(write) as running:
        nothing = running.command("trace")
        ids = [running.request() for _ in range(2)]
        lines = running.command("trace").splitlines()
        told = json.loads(running.command("trace", "--json"))
        without_token = get(running.port, "/maestri/requests")[0]

    assert nothing == "No client has asked for anything yet.\n"
    assert [line.split()[2] for line in lines[1:]] == ids[::-1]
    assert [line.split()[-1] for line in lines[1:]] == ["front.hello"] * 2
    assert [(one["request_id"], one["unit"]) for one in told["requests"]] == [
        (one, "front") for one in ids[::-1]
    ]
    assert without_token == 404


def test_a_log_can_be_json(write: Write) -> None:
    """With --log json every line is an object with its unit, whoever wrote it."""
    external = EXTERNAL.replace("PORT", str(free_ports(1)[0]))
    with up(
        write, "--log", "json", text=SPLIT + external, files={"elsewhere.py": ELSEWHERE}
    ) as running:
        lines = [
            json.loads(line)
            for line in running.launcher.output.splitlines()
            if not line.startswith("A process per level")
        ]

    assert {"unit": "elsewhere", "message": "knows []"} in lines
    ready = [one for one in lines if one["message"] == "components are ready"]
    assert [(one["unit"], one["level"], one["logger"]) for one in ready] == [
        (name, "INFO", "maestri.unit") for name in ("services", "greetings", "front")
    ]


def test_operations_are_shown_where_they_run(write: Write) -> None:
    """The addresses of a running topology are those that can be called now."""
    with up(write, "--free-ports") as running:
        shown = running.command("operations", "hello", "--topology", "one")

    assert f"GET http://127.0.0.1:{running.port}/hello/{{person}}\n" in shown


def test_a_changed_file_restarts_the_units_that_run_it(write: Write) -> None:
    """With --reload, a component's file concerns its unit alone."""
    with up(write, "--reload") as running:
        running.launcher.wait_for("watches for changes")
        before = running.pids()
        service = running.project / "town" / "greetings" / "service.py"
        changed = service.read_text(encoding="utf-8").replace(
            "phrase.text.format", "'Oh! {name}'.format"
        )
        service.write_text(changed, encoding="utf-8")
        running.launcher.wait_for("maestri   | town/greetings/service.py has changed: greetings")
        until(lambda: running.greeting() == "Oh! Citizen Anna", lambda: running.launcher.output)
        after = running.pids()

    assert before["services"] == after["services"]


def test_what_is_secret_is_for_the_owner_alone(write: Write) -> None:
    """The operator token and the secret are in files that only their owner may read."""
    with up(write) as running:
        state = running.project / ".maestri"
        record = msgspec.json.decode(
            (state / "one" / "running.json").read_bytes(), type=LauncherRecord
        )
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in (state / "one" / "running.json", state / "one" / "control.sock")
        }
        secret = state / "data" / "secret"
        running.launcher.ended(signal.SIGTERM)

        assert len(record.operator_token) >= 32
        assert modes == {"running.json": 0o600, "control.sock": 0o600}
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert len(secret.read_text(encoding="utf-8")) >= 40
        assert list((state / "one").iterdir()) == []


def test_a_port_in_use_is_refused_before_anything_starts(write: Write) -> None:
    """The message names the line, the port and what would help; the exit code is 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        front, greetings = free_ports(2)
        project = write(one=SPLIT.format(front=front, greetings=greetings, services=port))
        with started(project, ("-m", "maestri", "up", "one")) as launcher:
            code, _ = launcher.ended()

    expected = (
        f"shared/topologies/one.toml:12: unit.services.address: 127.0.0.1:{port} cannot be used: "
        "Address already in use. Stop what listens there, or start elsewhere: --port N, "
        "--free-ports, or MAESTRI_UNIT_SERVICES=HOST:PORT.\n"
    )
    assert (code, launcher.output) == (2, expected)


def test_a_unit_that_cannot_start_ends_the_start(write: Write) -> None:
    """What breaks at the first start is not tried again; the exit code is 2."""
    front, greetings, services = free_ports(3)
    text = SPLIT.format(front=front, greetings=greetings, services=services)
    project = write(one=text)
    register = project / "town" / "names" / "register.py"
    broken = register.read_text(encoding="utf-8").replace(
        "self.is_open = True", "raise OSError('no disk')"
    )
    register.write_text(broken, encoding="utf-8")
    with started(project, ("-m", "maestri", "up", "one")) as launcher:
        code, _ = launcher.ended()

    assert code == 2
    assert "no disk" in launcher.output
    assert launcher.output.endswith(
        "shared/topologies/one.toml: unit.services: did not get ready. Its lines above say why.\n"
    )


def test_a_third_party_s_server_is_started_first(write: Write) -> None:
    """An external server gets its own port and none of our secrets."""
    (port,) = free_ports(1)
    external = EXTERNAL.replace("PORT", str(port))
    with up(write, text=SPLIT + external, files={"elsewhere.py": ELSEWHERE}) as running:
        output = running.launcher.output
        served = get(port, "/")[0]
        running.launcher.ended(signal.SIGTERM)

    assert "elsewhere | knows []" in output
    assert served == 200
    assert get(port, "/")[0] == 0


def test_a_third_party_s_server_may_be_away(write: Write) -> None:
    """What is not ours may fail to start; the rest goes on without it."""
    external = EXTERNAL.replace("PORT", str(free_ports(1)[0]))
    with up(write, text=SPLIT + external) as running:
        assert "maestri   | goes on without elsewhere" in running.launcher.output


@pytest.mark.parametrize("program", ["{{python}}", "./python"])
def test_a_third_party_s_server_is_started_when_it_is_fixed(write: Write, program: str) -> None:
    """On request; each start anew is counted, of one that runs, too."""
    external = EXTERNAL.replace("PORT", str(free_ports(1)[0])).replace("{{python}}", program)
    with up(write, text=SPLIT + external) as running:
        told = running.command("status").splitlines()[0]
        (running.project / "elsewhere.py").write_text(ELSEWHERE, encoding="utf-8")
        (running.project / "python").symlink_to(sys.executable)
        done = [running.command("restart", "elsewhere") for _ in range(2)]
        status = json.loads(running.command("status", "--json"))[0]

    assert told.startswith("elsewhere given up - for ")
    assert done == ["elsewhere is restarted\n"] * 2
    assert ("ready", 2) == (status["state"], status["restarts"])
