"""Send recorded spans to OpenTelemetry, in the background and only where it is configured."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from maestri import clock
from maestri.context.ids import span_number, trace_id
from maestri.context.rate_limited_log import RateLimitedLog
from maestri.context.recorder import Recorder, Span
from maestri.errors import MaestriError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

log = logging.getLogger("maestri.otlp")

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
INTERVAL_S = 1.0
BATCH_MAX = 512
EXPORT_S_MAX = 5.0
LAST_EXPORTS_S_MAX = 1.0
"""Time for what is left at the end; a unit that is told to stop has little more."""

SUCCESSFUL = frozenset({"ok", "pruned", "skipped"})

Send = Callable[[Sequence[Span]], bool]


@asynccontextmanager
async def exporting(
    recorder: Recorder,
    *,
    endpoint: str = "",
    service: str = "maestri",
    interval_s: float = INTERVAL_S,
) -> AsyncGenerator["Exporter | None"]:
    """
    Export what *recorder* records while the body runs; the rest of it at the end, for 1 s at most.

    Without an *endpoint*, here or in ``OTEL_EXPORTER_OTLP_ENDPOINT``, nothing is exported, and
    OpenTelemetry is not imported.

    Args:
        recorder: Whose spans are sent.
        endpoint: Base URL of an OTLP/HTTP receiver, such as ``http://localhost:4318``.
        service: Name under which the receiver shows this process.
        interval_s: Seconds between two exports.

    Raises:
        MaestriError: OpenTelemetry is not installed.
    """
    if not endpoint and not os.environ.get(ENDPOINT) and not os.environ.get(TRACES_ENDPOINT):
        yield None
        return
    send, stop = _sender(endpoint, service)
    exporter, ended = Exporter(recorder, send), asyncio.Event()
    task = asyncio.create_task(exporter.run(interval_s, ended))
    try:
        yield exporter
    finally:
        ended.set()
        try:
            with suppress(TimeoutError):
                async with clock.timeout_at(clock.now_s() + LAST_EXPORTS_S_MAX):
                    await task
        finally:
            stop()


class Exporter:
    """
    Forward spans in batches of 512, on another thread.

    Nothing waits here: spans wait in the recorder, which keeps its last 20,000. What leaves it
    before it was sent, or cannot be sent, is lost and counted.

    Attributes:
        sent: Spans that the receiver took.
        lost: Spans that it did not get, as far as is known.
    """

    def __init__(self, recorder: Recorder, send: Send) -> None:
        self.sent = 0
        self.lost = 0
        self._recorder = recorder
        self._send = send
        self._seen = recorder.recorded
        self._log = RateLimitedLog(log)

    async def run(self, interval_s: float, ended: asyncio.Event) -> None:
        """Export every *interval_s*, and once more when it has *ended*; what is left is lost."""
        try:
            while not ended.is_set():
                with suppress(TimeoutError):
                    async with clock.timeout_at(clock.now_s() + interval_s):
                        await ended.wait()
                await self.flush()
            await self.flush()
        finally:
            left = self._recorder.recorded - self._seen
            self._seen += left
            self.lost += left

    async def flush(self) -> None:
        """Export what was recorded since the last time."""
        spans = tuple(self._recorder.since(self._seen))
        forgotten = self._recorder.recorded - self._seen - len(spans)
        self._seen += forgotten
        self.lost += forgotten
        for start in range(0, len(spans), BATCH_MAX):
            batch = spans[start : start + BATCH_MAX]
            self._seen += len(batch)
            await self._export(batch)

    async def _export(self, batch: Sequence[Span]) -> None:
        accepted = False
        try:
            accepted = await asyncio.to_thread(self._send, batch)
        except Exception as failure:  # noqa: BLE001 - whatever it is, what is observed goes on
            self._log.warning("export", "spans could not be exported", exc_info=failure)
        finally:
            if accepted:
                self.sent += len(batch)
            else:
                self.lost += len(batch)


def _sender(endpoint: str, service: str) -> tuple[Send, Callable[[], None]]:
    """Return what sends spans, and what ends its waiting for a receiver that does not respond."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import SpanExportResult
    except ImportError as error:
        raise MaestriError(
            f"{ENDPOINT} is set, but OpenTelemetry is missing ({error}): "
            "pip install 'maestri[otlp]', or unset it"
        ) from error

    url = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
    exporter = OTLPSpanExporter(endpoint=url, timeout=EXPORT_S_MAX)
    resource = Resource.create({"service.name": service})

    def send(batch: Sequence[Span]) -> bool:
        exported = exporter.export([_readable(span, resource) for span in batch])
        return exported is SpanExportResult.SUCCESS

    return send, exporter.shutdown


def _readable(span: Span, resource: object) -> "ReadableSpan":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    assert isinstance(resource, Resource), "the sender made it"
    trace, flags = int(trace_id(span.request_id), 16), TraceFlags(TraceFlags.SAMPLED)
    kinds = {"serve": SpanKind.SERVER, "call": SpanKind.CLIENT}
    kind = SpanKind.INTERNAL if span.detail == "local" else kinds.get(span.kind, SpanKind.INTERNAL)
    parent = None
    if span.parent_id:
        parent = SpanContext(trace, span_number(span.parent_id), is_remote=False, trace_flags=flags)
    failed = span.outcome not in SUCCESSFUL
    return ReadableSpan(
        name=span.name,
        context=SpanContext(trace, span_number(span.span_id), is_remote=False, trace_flags=flags),
        parent=parent,
        resource=resource,
        attributes={
            "maestri.component": span.component,
            "maestri.outcome": span.outcome,
            "maestri.kind": span.kind,
            "maestri.detail": span.detail,
            "maestri.request": span.request_id,
        },
        kind=kind,
        status=Status(StatusCode.ERROR, span.outcome) if failed else Status(StatusCode.UNSET),
        start_time=span.start_ns,
        end_time=span.start_ns + span.duration_ns,
    )
