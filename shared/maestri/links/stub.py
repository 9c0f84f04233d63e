"""A contract's face at the caller's side: typed methods that send over a link."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import msgspec

from maestri.context import child_key, current
from maestri.contracts import Contract, Operation
from maestri.links.calling import send_call
from maestri.links.invoker import Invoker
from maestri.links.link import Link
from maestri.links.local import LocalLink

C = TypeVar("C", bound=Contract)
LINK = "__maestri_link__"


def stub(contract: type[C], link: Link) -> C:
    """Return an object with the methods of *contract* that sends each call over *link*."""
    methods = {
        operation.name: _method(operation, link) for operation in contract.operations.values()
    }
    made = type(
        f"{contract.__name__}Stub",
        (contract,),
        {**methods, LINK: link, "__doc__": contract.__doc__},
    )
    return cast("C", made())


def link_of(instance: Contract) -> Link:
    """Return the link of a stub; an implementation itself gets a local one."""
    link = getattr(instance, LINK, None)
    return LocalLink(Invoker(instance)) if link is None else link


def _method(operation: Operation, link: Link) -> Callable[..., Awaitable[Any]]:
    async def method(_: Contract, *positional: Any, **named: Any) -> Any:
        context = current()
        arguments = operation.bind(positional, named)
        if operation.safe:
            if context.selection is not None or context.key is not None:
                # What our caller needs of our result says nothing about what we need here.
                context = msgspec.structs.replace(context, selection=None, key=None)
            return await send_call(link, operation, arguments, context)
        path = f"call {operation.id}"
        if context.commands is not None:
            context.commands.claim(path, context.run_name)
        context = msgspec.structs.replace(context, selection=None, key=child_key(context, path))
        return await send_call(link, operation, arguments, context)

    method.__name__ = operation.name
    method.__doc__ = operation.doc
    return method
