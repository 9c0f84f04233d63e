"""An address for operators: without their token there is none."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

Respond = Callable[[], Awaitable[bytes]]


def operator_route(path: str, media_type: str, token: str, respond: Respond) -> Any:
    """
    Return the route by which an operator asks at *path*; to anyone else it is no address.

    Args:
        path: Of the address.
        media_type: Of the response.
        token: An operator says ``authorization: Bearer <token>``.
        respond: Makes the body of the response.
    """
    from litestar import Request, Response, get
    from litestar.exceptions import NotFoundException

    expected = f"Bearer {token}".encode()

    @get(path)
    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, expected):
            raise NotFoundException
        headers = {"cache-control": "no-store"}
        return Response(await respond(), media_type=media_type, headers=headers)

    return handle
