"""What is wrong with a component's own code: its service, its plans, and how it is built."""

import ast
import contextlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from maestri.context import Context
from maestri.contracts import Contract, Operation, check_implemented, contracts_of
from maestri.errors import ALWAYS_DECLARED, ContractError, MaestriError, NotExecuted, PlanError
from maestri.links import stub
from maestri.topology.building import container_of
from maestri.topology.discovery import ComponentInfo
from maestri.topology.findings import Finding, Place
from maestri.topology.placement import Topology
from maestri.topology.resolved import ResolvedTopology
from maestri.topology.settings import settings_of

T = TypeVar("T")

UNUSED_SECRET = "a" * 43
"""Stands for the project's, which a check must not draw."""


def component_findings(resolved: ResolvedTopology, name: str) -> Iterator[Finding]:
    """Yield what is wrong with the code of the component *name*; nothing of it is opened."""
    topology, info = resolved.topology, resolved.components[name]
    unimplemented = list(_implementation(topology, info))
    yield from unimplemented
    container = _container(topology, info)
    plans = list(dict.fromkeys(_plans(topology, info, container)))
    yield from plans
    # A service with wrong plans cannot be built, for reasons that are told already.
    yield from _building(topology, info, container, skip_service=bool(unimplemented or plans))


class _Nowhere:
    """A link to nobody: what is checked is not called."""

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        raise NotExecuted("is only being checked", operation=operation.id)


def _container(topology: Topology, info: ComponentInfo) -> Any:
    environment = {"MAESTRI_SECRET": UNUSED_SECRET, **topology.environment}
    callees = {role: stub(contract, _Nowhere()) for role, contract in info.dependencies.items()}
    settings = settings_of(topology, info, environment)
    # A setting that nobody reads is told by a rule; there may be nowhere to put it.
    read = {name: value for name, value in settings.items() if name in info.known_settings}
    return container_of(info, callees, read)


def _implementation(topology: Topology, info: ComponentInfo) -> Iterator[Finding]:
    try:
        check_implemented(info.service)
    except ContractError as error:
        problem, _, remedy = str(error).partition("; ")
        place = _place_of_class(topology, info.service)
        yield Finding(place.file, info.name, problem, remedy, place.line)


def _plans(topology: Topology, info: ComponentInfo, container: Any) -> Iterator[Finding]:
    from maestri.composition import Composer, served_operations

    plans = served_operations(info.service)
    operations = {
        operation.id: operation
        for contract in contracts_of(info.service)
        for operation in contract.operations.values()
    }
    composers = list(_built(container, Composer))
    for operation_id, plan in plans.items():
        operation = operations[operation_id]
        alone = _serving_only(info.service, operation)
        for check in (composer.check for composer in composers):
            try:
                check(alone)
            except PlanError as error:
                yield _of_error(topology, str(error), operation_id, plan.line)
        yield from _undeclared(topology, plan, operation)


def _built(container: Any, kind: type[T]) -> Iterator[T]:
    """Yield what the container makes of *kind*; what cannot be built is told where all is built."""
    for provider in container.traverse():
        made = getattr(provider, "cls", None)
        if isinstance(made, type) and issubclass(made, kind):
            with contextlib.suppress(Exception):
                yield provider()


def _serving_only(service: type[Contract], operation: Operation) -> type[Contract]:
    """Return *service* with one operation that is served by a plan, so that it is judged alone."""

    async def by_hand(self: Any) -> None: ...

    others = {
        other.name: by_hand
        for contract in contracts_of(service)
        for other in contract.operations.values()
        if other.name != operation.name
    }
    return type(service.__name__, (service,), others)


def _undeclared(topology: Topology, plan: Any, operation: Operation) -> Iterator[Finding]:
    """Yield every error that may leave *plan* undeclared; its check tells only the first."""
    from maestri.plans import rejections_of

    try:
        rejections = rejections_of(plan)
    except PlanError:
        return  # the plan's own check tells it
    declared = {*operation.raises, *ALWAYS_DECLARED}
    for error, step in rejections.items():
        if error not in declared:
            text = (
                f"{step.line}: {error.__name__} of {step.name!r} can leave plan {plan.name}, but "
                f"{operation.id} does not declare it; add it to raises=[...] of {operation.id}, "
                "or handle it with rescue or translate"
            )
            yield _of_error(topology, text, operation.id, plan.line)


class _Part(NamedTuple):
    name: str
    provider: Any


def _building(
    topology: Topology, info: ComponentInfo, container: Any, *, skip_service: bool
) -> Iterator[Finding]:
    """Build everything that the container holds once, and yield what cannot be built."""
    missing = info.settings - set(settings_of(topology, info, {**_SECRET, **topology.environment}))
    told: set[str] = set()
    for part in _parts(container):
        if skip_service and part.name == "service":
            continue
        try:
            part.provider()
        except Exception as error:  # noqa: BLE001 - whatever it is, a start would end with it
            text = str(error) or type(error).__name__
            if text not in told and not _reads(part.provider, missing - info.defaults):
                told.add(text)
                yield _of_building(topology, info, part.name, error)


_SECRET = {"MAESTRI_SECRET": UNUSED_SECRET}


def _parts(container: Any) -> list[_Part]:
    """Return what the container builds once: what a part is made of comes before it."""
    from dependency_injector import providers

    parts = [
        _Part(name, provider)
        for name, provider in container.providers.items()
        if isinstance(provider, providers.Singleton)
    ]
    # Whatever a part is made of is made of less.
    return sorted(parts, key=lambda part: len(set(part.provider.traverse())))


def _reads(provider: Any, settings: frozenset[str]) -> bool:
    """Tell whether *provider* needs one of *settings*, which are told to be missing."""
    from dependency_injector import providers

    return any(
        isinstance(one, providers.ConfigurationOption)
        and one.get_name().partition(".")[2].partition(".")[0] in settings
        for one in provider.traverse()
    )


def _of_building(topology: Topology, info: ComponentInfo, part: str, error: Exception) -> Finding:
    file = inspect.getsourcefile(info.container)
    assert file is not None, "it was imported from there"
    place = Place(_shown(topology, file), _line_of(Path(file), part))
    known = isinstance(error, MaestriError)
    problem = str(error) if known else f"cannot be built: {type(error).__name__}: {error}"
    text, _, remedy = problem.partition("; ")
    return Finding(
        place.file, f"{info.name}.{part}", text, remedy or "Fix what it is made of", place.line
    )


def _line_of(file: Path, attribute: str) -> int:
    """Return the line at which *attribute* is assigned; 0 if it is not."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == attribute for one in targets):
            return getattr(node, "lineno", 0)
    return 0


def _place_of_class(topology: Topology, kind: type) -> Place:
    file = inspect.getsourcefile(kind) or ""
    return Place(_shown(topology, file), inspect.getsourcelines(kind)[1])


def _of_error(topology: Topology, text: str, key: str, line: str) -> Finding:
    """Return the finding that a message of the form ``file:line: problem; remedy`` tells."""
    found = re.match(r"(?s)(?:(.+?):(\d+): )?(.*)", text)
    assert found is not None, "every text fits"
    file, number, rest = found.groups()
    if file is None:
        file, _, number = line.rpartition(":")
    problem, _, remedy = rest.partition("; ")
    return Finding(_shown(topology, file), key, problem, remedy or "Fix the plan", int(number))


def _shown(topology: Topology, file: str) -> str:
    return topology.path_in_project(Path(file))
