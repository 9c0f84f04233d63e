"""How a command is sent, over whatever link: what its caller may conclude is written down here."""

from typing import Any

from maestri.context import Context
from maestri.contracts import Operation
from maestri.errors import Faulted, NotExecuted
from maestri.links.link import Link


async def send_command(
    link: Link, operation: Operation, arguments: tuple[Any, ...], context: Context
) -> Any:
    """
    Send a command over *link*, and note in *context* that it may have acted, unless it cannot have.

    Raises:
        CallError: See Link. Faulted: the operation in progress only reads, so that links repeat it
            and callers share its answer; nothing is sent.
    """
    if context.safe:
        raise Faulted(
            "would be sent by an operation that is declared to only read; declare that as @post "
            "or @put",
            operation=operation.id,
        )
    acted = True
    try:
        return await link.send(operation, arguments, context)
    except NotExecuted:
        acted = False
        raise
    finally:
        if acted and context.commands is not None:
            context.commands.acted.append(operation.id)
