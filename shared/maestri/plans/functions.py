"""Plans, bodies and computations are plain functions, called as they are written."""

import functools
import inspect
from types import CodeType, FunctionType, MethodType
from typing import Any

from maestri.contracts import operation_of
from maestri.plans.refusal import refuse
from maestri.plans.symbol import Symbol


def waits(function: Any) -> bool:
    """Tell whether a function, a partial, a method or an object that is called is async."""
    return bool(_flags(function) & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR))


def yields(function: Any) -> bool:
    """Tell whether a function, a partial, a method or an object that is called is a generator."""
    return bool(_flags(function) & inspect.CO_GENERATOR)


def _flags(function: Any) -> int:
    code = code_of(function)
    return 0 if code is None else code.co_flags


def code_of(function: Any) -> CodeType | None:
    """Return the code that runs when *function* is called, if it is written in Python."""
    while isinstance(function, functools.partial):
        function = function.func
    if isinstance(function, MethodType):
        function = function.__func__
    if not isinstance(function, FunctionType | type):
        function = inspect.getattr_static(type(function), "__call__", None)
    return function.__code__ if isinstance(function, FunctionType) else None


def refuse_not_plain(function: Any, what: str, line: str = "") -> None:
    """Refuse a plan or body that is not called once, to return its result."""
    if waits(function):
        refuse(
            f"{what} is an `async def`",
            "write `def`: steps are not awaited, the executor runs them",
            line,
        )
    if yields(function):
        refuse(f"{what} has a `yield`", "return the result; use each(items, step) for many", line)


def refuse_impure(function: Any, where: str) -> None:
    """Refuse a computation that does not return its value at once."""
    if waits(function):
        refuse(
            f"{where} of what is not pure: it waits",
            "make it an operation of a contract, and use call(operation, ...)",
        )
    if yields(function):
        refuse(
            f"{where} of a generator, which has no value of its own",
            "let the function return a tuple",
        )


def refuse_no_body(step: Any, what: str, given: int) -> None:
    """Refuse what is no function of as many values as its word gives it, none or one."""
    if isinstance(step, Symbol) or not callable(step):
        refuse(
            f"{what} is given {step!r} instead of a function",
            "what runs only sometimes is a function: lambda: call(...)",
        )
    if operation_of(step) is not None:
        refuse(
            f"{what} is the operation {step.__qualname__}, which is not called",
            f"write {'lambda item' if given else 'lambda'}: call({step.__qualname__}, ...)",
        )
    refuse_not_plain(step, what)
    code = step.__code__ if isinstance(step, FunctionType) else None
    if code and (code.co_argcount, code.co_kwonlyargcount) == (given, 0):
        return
    mismatch = wrong_arguments(step, (None,) * given, {})
    if mismatch:
        takes = "one argument" if given else "no argument"
        refuse(f"{what} is called with {takes}: {mismatch}", _REMEDIES[given])


_REMEDIES = ("write a function without parameters", "write a function of one parameter")


def wrong_arguments(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return why a function cannot be called with these arguments; nothing if it can."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a built-in that does not tell
        return ""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as mismatch:
        return str(mismatch)
    return ""
