"""
An external service: daily exchange rates over HTTP, as somebody else would serve them.

It knows nothing of the store or its toolkit, and has habits of its own: camel-case names, numbers
as strings, and errors with status 200. A topology starts it like a third party's server:
``python domain_services/pricing/rates_provider.py --port 8090``.
"""

import argparse
import json
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit

EUROS_BUY: Mapping[str, float] = {"EUR": 1.0, "USD": 1.0842, "GBP": 0.8571, "CHF": 0.9423}
SWING = 0.01
"""A day's rate is at most so far, as a share, from the usual one."""

NOT_FOUND, BASE_UNKNOWN, SYMBOLS_UNKNOWN = 103, 201, 202
IDLE_S_MAX = 75


class ProviderError(Exception):
    """A refusal in this service's own words."""

    def __init__(self, code: int, info: str) -> None:
        super().__init__(info)
        self.code = code
        self.info = info


def rate(base: str, symbol: str, day: date) -> float:
    """Return what one *base* buys of *symbol* on *day*; the same on every machine."""
    return _euros_buy(symbol, day) / _euros_buy(base, day)


def response(target: str, day: date) -> dict[str, Any]:
    """Answer a GET of *target*, a path with its query."""
    parts = urlsplit(target)
    if parts.path == "/status":
        return {"success": True, "serviceName": "daily exchange rates"}
    if parts.path == "/v1/latest":
        return latest(parse_qs(parts.query), day)
    raise ProviderError(NOT_FOUND, "The requested API endpoint does not exist.")


def latest(query: Mapping[str, list[str]], day: date) -> dict[str, Any]:
    """Answer ``GET /v1/latest?base=EUR&symbols=USD,GBP``."""
    base = query.get("base", ["EUR"])[0]
    symbols = query.get("symbols", [",".join(EUROS_BUY)])[0].split(",")
    if base not in EUROS_BUY:
        raise ProviderError(BASE_UNKNOWN, "You have entered an invalid base currency.")
    if not set(symbols) <= EUROS_BUY.keys():
        raise ProviderError(
            SYMBOLS_UNKNOWN, "You have provided one or more invalid currency codes."
        )
    rates = {symbol: f"{rate(base, symbol, day):.6f}" for symbol in symbols}
    return {
        "success": True,
        "baseCurrency": base,
        "asOfDate": day.isoformat(),
        "rates": rates,
    }


class Handler(BaseHTTPRequestHandler):
    """Answers GET with JSON over connections that stay open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_S_MAX

    def do_GET(self) -> None:
        """Answer one request."""
        today = datetime.now(UTC).date()  # noqa: TID251 - an external server has its own clock
        try:
            self._send(response(self.path, today))
        except ProviderError as error:
            self._send({"success": False, "error": {"code": error.code, "info": error.info}})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server has it
        """Stay silent; whoever runs the store wants to read about the store."""

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(host: str, port: int) -> None:
    """Serve until the process is asked to end."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with ThreadingHTTPServer((host, port), Handler) as server:
        server.serve_forever(poll_interval=0.2)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Daily exchange rates, served by somebody else.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    serve(arguments.host, arguments.port)


def _euros_buy(symbol: str, day: date) -> float:
    if symbol == "EUR":
        return 1.0
    drawn = int.from_bytes(blake2b(f"{symbol}{day}".encode(), digest_size=4).digest()) / 2**32
    return EUROS_BUY[symbol] * (1 + SWING * (2 * drawn - 1))


if __name__ == "__main__":
    main()
