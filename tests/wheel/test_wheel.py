"""The wheel holds the toolkit alone, and each of its rooms works in an empty environment."""

import subprocess
import sys
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.wheel.examples import ROOMS, example_of

PROJECT = Path(__file__).parents[2]

EXTERNAL = '''
import asyncio
import sys

import httpx

from maestri.contracts import Contract, Message, get
from maestri.errors import CallError, Rejected
from maestri.links import http_link, HttpxClient, stub


class UnknownPlace(Rejected, id="weather.unknown_place", status=404):
    """Nobody knows this place."""

    place: str


class Forecast(Message):
    place: str
    celsius: float


def error_of(status: int, body: bytes) -> CallError | None:
    if b"no such place" in body:
        return UnknownPlace(place="Atlantis")
    return None


class Weather(Contract, id="weather", external=error_of):
    @get("/v1/forecast", raises=[UnknownPlace])
    async def forecast(self, place: str) -> Forecast: ...


async def main() -> None:
    # pyreqwest's thread may still hold on to an interpreter that ends, which aborts then.
    transport = HttpxClient(httpx.AsyncHTTPTransport())
    weather = stub(Weather, http_link(sys.argv[1], transport))
    print(await weather.forecast("Oslo"))
    try:
        await weather.forecast("Atlantis")
    except UnknownPlace as error:
        print(error.place)
    await transport.aclose()


asyncio.run(main())
'''


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(PROJECT)], check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment; return its interpreter."""
    folder = tmp_path_factory.mktemp("empty")
    venv = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(venv, check=True, timeout=120)
    interpreter = folder / "bin" / "python"
    # By the pip of the tests; compiling what no example imports would take half of the time.
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    install = ["--python", str(interpreter), "install", "--no-compile"]
    pins = ["-c", str(PROJECT / "constraints.txt")]
    subprocess.run([*pip, *install, *pins, str(wheel)], check=True, timeout=240)
    return interpreter


def test_the_wheel_holds_the_toolkit_alone(wheel: Path) -> None:
    """Nothing of the store, its topologies or its tests is published."""
    names = {Path(name).parts[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {"maestri"} == {name for name in names if not name.endswith(".dist-info")}


def test_the_wheel_holds_the_dashboard(wheel: Path) -> None:
    """What operators import into Grafana is published with what it shows."""
    assert "maestri/runtime/grafana_dashboard.json" in zipfile.ZipFile(wheel).namelist()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("room", ROOMS)
def test_the_smallest_example_of_each_room_runs_from_the_wheel(
    room: str, python: Path, tmp_path: Path
) -> None:
    """Each room can be used alone; the example of its docstring is the proof."""
    script = tmp_path / "example.py"
    script.write_text(example_of(room))

    run = subprocess.run(
        [str(python), str(script)], capture_output=True, text=True, timeout=30, check=False
    )

    assert (0, "") == (run.returncode, run.stderr)


@pytest.mark.parametrize("room", ROOMS)
def test_the_smallest_example_of_each_room_is_small(room: str) -> None:
    """An example that fills a page explains nothing: at most 30 lines with code."""
    lines = [line for line in example_of(room).splitlines() if line.strip()]

    assert len(lines) <= 30


@pytest.mark.timeout(300)
def test_one_endpoint_of_an_external_server_is_wrapped_in_a_contract(
    python: Path, tmp_path: Path
) -> None:
    """A server that knows nothing of Maestri is called; its error becomes a declared one."""
    script = tmp_path / "external.py"
    script.write_text(EXTERNAL)

    with external_server() as address:
        run = subprocess.run(
            [str(python), str(script), address],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert ("Forecast(place='Oslo', celsius=-3.5)\nAtlantis\n", "") == (run.stdout, run.stderr)


class Provider(BaseHTTPRequestHandler):
    """A weather service with its own habits: an error is told in a body with status 200."""

    def do_GET(self) -> None:
        """Answer a forecast for any place but Atlantis."""
        body = b'{"place": "Oslo", "celsius": -3.5}'
        if "Atlantis" in self.path:
            body = b'{"oops": "no such place"}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""


@contextmanager
def external_server() -> Generator[str]:
    """Serve on a free port of the loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
