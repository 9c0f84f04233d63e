"""A contract's face at the caller's side: typed methods that send over a link."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import msgspec

from maestri.context import Context, child_key, current
from maestri.contracts import Contract, Operation
from maestri.links.calling import send_call
from maestri.links.eager_task import StarterPool
from maestri.links.in_time import in_time
from maestri.links.invoker import Invoker
from maestri.links.link import Link
from maestri.links.local import LocalLink

C = TypeVar("C", bound=Contract)
LINK = "__maestri_link__"


def stub(contract: type[C], link: Link) -> C:
    """Return an object with the methods of *contract* that sends each call over *link*."""
    starters = StarterPool()
    methods = {
        operation.name: _method(operation, link, starters)
        for operation in contract.operations.values()
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


def _method(
    operation: Operation, link: Link, starters: StarterPool
) -> Callable[..., Awaitable[Any]]:
    within = getattr(link, "kind", "") == LocalLink.kind

    async def method(_: Contract, *positional: Any, **named: Any) -> Any:
        context = current()
        arguments = operation.bind(positional, named)
        context = _of_read(context) if operation.safe else _of_command(context, operation)
        sent = send_call(link, operation, arguments, context)
        if within:
            # Whatever travels ends at its deadline by itself.
            return await in_time(starters, sent, context, operation.id)
        return await sent

    method.__name__ = operation.name
    method.__doc__ = operation.doc
    return method


def _of_read(context: Context) -> Context:
    if context.selection is None and context.key is None:
        return context
    # What our caller needs of our result says nothing about what we need here.
    return msgspec.structs.replace(context, selection=None, key=None)


def _of_command(context: Context, operation: Operation) -> Context:
    path = f"call {operation.id}"
    if context.commands is not None:
        context.commands.claim(path, context.run_name)
    return msgspec.structs.replace(context, selection=None, key=child_key(context, path))
