"""Contracts made of the types of their parameters and results."""

from typing import Any

from maestri.contracts import Contract


def method(kinds: dict[str, Any], result: Any = None, **defaults: Any) -> Any:
    """Return an async method with parameters of those *kinds*."""
    parameters = ", ".join(
        f"{name}=defaults[{name!r}]" if name in defaults else name for name in kinds
    )
    namespace: dict[str, Any] = {"defaults": defaults}
    exec(f"async def made(self, {parameters}): ...", namespace)
    made = namespace["made"]
    made.__annotations__ = {**kinds, "return": result}
    return made


def declared(*members: Any, **settings: Any) -> type[Contract]:
    """Return a contract with *members*, declared methods."""
    named = {f"operation_{index}": member for index, member in enumerate(members)}
    for name, member in named.items():
        member.__name__ = name
    return type("Made", (Contract,), named, **{"id": "made", **settings})
