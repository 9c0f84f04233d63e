"""Spans reach an OpenTelemetry receiver, and a receiver that fails disturbs nobody."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from maestri import clock
from maestri.context import (
    Exporter,
    Recorder,
    Span,
    SpanRecord,
    exporting,
    id_text,
    new_id,
    new_span_id,
    otlp,
    trace_id,
)
from maestri.context.otlp import BATCH_MAX
from maestri.errors import MaestriError

WAIT_S_MAX = 20.0


class Receiver:
    """An OTLP receiver that keeps what it gets."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.endpoint = ""
        self.came = asyncio.Event()
        self.may_respond = asyncio.Event()
        self.may_respond.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one export."""
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(line for line in lines if line.startswith(b"content-length:"))
        body = await reader.readexactly(int(length.partition(b":")[2]))
        assert head.startswith(b"POST /v1/traces ")
        self.requests.append(ExportTraceServiceRequest.FromString(body))
        self.came.set()
        await self.may_respond.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    @property
    def spans(self) -> list[SentSpan]:
        """All spans that came."""
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    """Return a receiver at a free port."""
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


def span(request: str, name: str, outcome: str = "ok", parent: int = 0) -> SpanRecord:
    """Return the record of a span of 5 ms."""
    began_ns = clock.perf_ns()
    ended_ns = began_ns + 5_000_000
    span_id = new_span_id()
    return (request, span_id, parent, "call", name, "web", began_ns, ended_ns, outcome, "http")


async def test_a_span_arrives_with_all_it_says(receiver: Receiver) -> None:
    """Trace, parent, times, outcome and component are what was recorded."""
    recorder, request = Recorder(), new_id()
    parent = span(request, "shop.card")
    child = span(request, "catalog.product", "catalog.unknown_product", parent[1])

    async with exporting(recorder, endpoint=receiver.endpoint, service="unit web"):
        recorder.add(parent)
        recorder.add(child)

    first, second = receiver.spans
    parent_id = id_text(parent[1])
    assert (trace_id(request), parent_id) == (first.trace_id.hex(), first.span_id.hex())
    assert (parent_id, "catalog.product") == (second.parent_span_id.hex(), second.name)
    assert 5_000_000 == second.end_time_unix_nano - second.start_time_unix_nano
    assert abs(second.start_time_unix_nano - clock.unix_ns()) < 60_000_000_000
    assert "catalog.unknown_product" == second.status.message
    attributes = {pair.key: pair.value.string_value for pair in second.attributes}
    assert "web" == attributes["maestri.component"]
    (resource,) = receiver.requests[0].resource_spans
    assert ("service.name", "unit web") in [
        (pair.key, pair.value.string_value) for pair in resource.resource.attributes
    ]


async def test_spans_leave_in_the_background(receiver: Receiver) -> None:
    """Nobody asks for the export; it happens every interval."""
    recorder = Recorder()

    async with exporting(recorder, endpoint=receiver.endpoint, interval_s=0.01):
        recorder.add(span(new_id(), "early"))
        async with asyncio.timeout(WAIT_S_MAX):
            await receiver.came.wait()
        sent_meanwhile = [sent.name for sent in receiver.spans]

    assert ["early"] == sent_meanwhile
    assert ["early"] == [sent.name for sent in receiver.spans]


async def test_what_is_on_its_way_at_the_end_is_not_lost(receiver: Receiver) -> None:
    """A body that ends in the middle of an export waits for it, and for what came after it."""
    recorder = Recorder()
    receiver.may_respond.clear()

    async with exporting(recorder, endpoint=receiver.endpoint, interval_s=0.001) as exporter:
        for _ in range(BATCH_MAX + 1):
            recorder.add(span(new_id(), "early"))
        async with asyncio.timeout(WAIT_S_MAX):
            await receiver.came.wait()
        recorder.add(span(new_id(), "late"))
        receiver.may_respond.set()

    assert exporter is not None
    assert (BATCH_MAX + 2, 0, "late") == (exporter.sent, exporter.lost, receiver.spans[-1].name)


async def test_a_receiver_that_does_not_respond_delays_no_end(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has not taken in time is lost and counted, whether it was on its way or not."""
    monkeypatch.setattr(otlp, "LAST_EXPORTS_S_MAX", 0.05)
    recorder = Recorder()
    receiver.may_respond.clear()

    async with exporting(recorder, endpoint=receiver.endpoint) as exporter:
        for _ in range(BATCH_MAX + 1):
            recorder.add(span(new_id(), "early"))
    receiver.may_respond.set()

    assert exporter is not None
    assert (0, BATCH_MAX + 1) == (exporter.sent, exporter.lost)


async def test_without_opentelemetry_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever sets the variable wants spans."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    with pytest.raises(MaestriError, match=r"pip install 'maestri\[otlp\]', or unset it"):
        async with exporting(Recorder(), endpoint="http://127.0.0.1:1"):
            pass


async def test_the_environment_turns_it_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that OpenTelemetry reads everywhere is enough."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint)
    recorder = Recorder()

    async with exporting(recorder):
        recorder.add(span(new_id(), "one"))

    assert 1 == len(receiver.spans)


async def test_nothing_is_exported_without_a_receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without configuration there is no exporter."""
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", raising=False)

    async with exporting(Recorder()) as exporter:
        assert exporter is None


def test_opentelemetry_is_imported_only_where_it_is_used() -> None:
    """The room costs nobody OpenTelemetry who does not export."""
    script = "import sys, maestri.context; sys.exit('opentelemetry' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": "shared"}, check=False)

    assert 0 == done.returncode


async def test_a_batch_is_bounded() -> None:
    """Many spans leave in several batches."""
    recorder, sizes = Recorder(), list[int]()

    def send(batch: Sequence[Span]) -> bool:
        sizes.append(len(batch))
        return True

    exporter = Exporter(recorder, send)
    for _ in range(1_100):
        recorder.add(span("r", "many"))
    await exporter.flush()
    await exporter.flush()

    assert ([512, 512, 76], 1_100) == (sizes, exporter.sent)


async def test_what_nobody_takes_is_counted() -> None:
    """Spans that the recorder forgot, or the receiver refused, are lost and counted."""

    def broken(_: object) -> bool:
        raise OSError("no route")

    recorder = Recorder(spans_max=3)
    refusing, failing = Exporter(recorder, lambda _: False), Exporter(recorder, broken)
    for _ in range(5):
        recorder.add(span("r", "many"))
    await refusing.flush()
    await failing.flush()

    assert [(5, 0), (5, 0)] == [(one.lost, one.sent) for one in (refusing, failing)]
