"""One HTTP request by hand, so that asking for a unit's health needs no HTTP library."""

import asyncio
from collections.abc import Mapping

from maestri.topology import InternalAddress, SocketFile

RESPONSE_BYTES_MAX = 16 * 1024 * 1024
OK = 200


async def probe(
    address: InternalAddress,
    path: str,
    *,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """
    Return status and body of ``GET path``; status 0 if nobody responds in time, or not in HTTP.

    The response is read to the end of the connection, which is asked for; bodies in chunks are put
    together.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await _get(address, path, headers or {})
    except (OSError, TimeoutError, ValueError, IndexError, asyncio.IncompleteReadError):
        return 0, b""


async def healthy(address: InternalAddress, path: str, *, timeout_s: float) -> bool:
    """Tell whether ``GET path`` gets 200."""
    status, _ = await probe(address, path, timeout_s=timeout_s)
    return status == OK


async def _get(
    address: InternalAddress, path: str, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    if isinstance(address, SocketFile):
        reader, writer = await asyncio.open_unix_connection(address.file)
        target, host = path, "localhost"
    else:
        # A unit that listens everywhere is asked here.
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104
        reader, writer = await asyncio.open_connection(near, address.port)
        target, host = f"{address.path}{path}", f"{address.host}:{address.port}"
    try:
        lines = [f"GET {target} HTTP/1.1", f"host: {host}"]
        lines += ["connection: close", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        body = bytearray()
        while len(body) < RESPONSE_BYTES_MAX and (part := await reader.read(LENGTH)):
            body += part
    finally:
        writer.close()
    whole = _joined(bytes(body)) if "transfer-encoding: chunked" in head else bytes(body)
    return int(head.split(" ", 2)[1]), whole


LENGTH = 64 * 1024


def _joined(body: bytes) -> bytes:
    parts: list[bytes] = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        parts.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(parts)
