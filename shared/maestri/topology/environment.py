"""Variables of the environment are judged as the file is: one that nobody reads is told."""

import logging
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from maestri.topology.addresses import (
    WrongAddress,
    cannot_listen,
    needs_listen,
    read_address,
    read_internal_address,
)
from maestri.topology.bounds import bound_variables
from maestri.topology.entries import close_to
from maestri.topology.files import variable_of
from maestri.topology.findings import Finding
from maestri.topology.placement import Address, InternalAddress, Topology
from maestri.topology.project import TOPOLOGIES

LISTEN = "MAESTRI_LISTEN"
LISTEN_INTERNAL = "MAESTRI_LISTEN_INTERNAL"
LOG = "MAESTRI_LOG"
LOG_FORMS = ("text", "json")
LOG_LEVEL = "MAESTRI_LOG_LEVEL"
STRICT = "MAESTRI_STRICT"
VARIABLES = frozenset(
    {
        "MAESTRI_DATABASE_URL",
        LISTEN,
        LISTEN_INTERNAL,
        LOG,
        LOG_LEVEL,
        "MAESTRI_OPERATOR_TOKEN",
        "MAESTRI_SECRET",
        "MAESTRI_STATE",
        STRICT,
        *bound_variables(),
    }
)
"""What is the same for all topologies."""

UNIT, EXTERNAL, DATABASE = "MAESTRI_UNIT", "MAESTRI_EXTERNAL", "MAESTRI_DATABASE_URL"
INTERNAL = "MAESTRI_INTERNAL"


def environment_findings(topology: Topology) -> Iterator[Finding]:
    """Yield what is wrong with the variables that *topology* was read with."""
    environment = topology.environment
    yield from _unknown(topology)
    yield from _equal_variables(topology)
    level = environment.get(LOG_LEVEL)
    levels = logging.getLevelNamesMapping()
    if level is not None and level.upper() not in levels:
        yield Finding(
            "", LOG_LEVEL, f"{level!r} is no level", f"Write one of {', '.join(sorted(levels))}"
        )
    form = environment.get(LOG, "text")
    if form not in LOG_FORMS:
        yield Finding("", LOG, f"{form!r} is no form", f"Write {' or '.join(LOG_FORMS)}")
    strict = environment.get(STRICT, "")
    if strict not in {"", "0", "1"}:
        yield Finding("", STRICT, f"{strict!r} means nothing", "Write 1, or unset it")
    for variable, read in ((LISTEN, read_address), (LISTEN_INTERNAL, read_internal_address)):
        text = environment.get(variable)
        if text:
            yield from _listen(variable, read(text))


def _listen(variable: str, read: InternalAddress | WrongAddress) -> Iterator[Finding]:
    wrong = read if isinstance(read, WrongAddress) else cannot_listen(read)
    if wrong is not None:
        yield Finding("", variable, wrong.problem, wrong.remedy)
    elif isinstance(read, Address) and needs_listen(read):
        yield Finding(
            "",
            variable,
            f"{read.host!r} is a name, and a server listens at an IP address",
            f"Write such as 0.0.0.0:{read.port}",
        )


def _unknown(topology: Topology) -> Iterator[Finding]:
    given = {name for name in topology.environment if name.startswith("MAESTRI_")}
    unknown = sorted(given - VARIABLES - set(_of(topology)))
    # A variable may be set for all shapes, so it is fine if another one knows it.
    known = VARIABLES | set(_of_all(topology.project)) if unknown else VARIABLES
    for name in unknown:
        if name not in known:
            remedy = f"Unset it, or fix its name.{close_to(name, sorted(known))}"
            yield Finding("", name, "is read by nobody", remedy)


def _of(topology: Topology) -> Iterator[str]:
    yield from (variable_of(UNIT, name) for name in topology.units)
    yield from (variable_of(INTERNAL, name) for name in topology.units)
    yield from (variable_of(EXTERNAL, name) for name in topology.external)
    yield from (variable_of(DATABASE, name) for name in topology.components)


def _of_all(project: Path) -> Iterator[str]:
    """Yield the variables of every topology of the project and of every part that they extend."""
    for path in (project / TOPOLOGIES).rglob("*.toml"):
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # told where it is that file's turn
        units, external = (raw.get(table, {}) for table in ("unit", "external"))
        if not (isinstance(units, dict) and isinstance(external, dict)):
            continue
        yield from (variable_of(UNIT, name) for name in units)
        yield from (variable_of(INTERNAL, name) for name in units)
        yield from (variable_of(EXTERNAL, name) for name in external)
        for unit in units.values():
            names = unit.get("components", ()) if isinstance(unit, dict) else ()
            yield from (variable_of(DATABASE, name) for name in names if isinstance(name, str))


def _equal_variables(topology: Topology) -> Iterator[Finding]:
    for prefix, names in ((UNIT, topology.units), (EXTERNAL, topology.external)):
        yield from _equal(topology, prefix, names)


def _equal(topology: Topology, prefix: str, names: Mapping[str, object]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    table = prefix.rpartition("_")[2].lower()
    for name in names:
        other = seen.setdefault(variable_of(prefix, name), name)
        if other != name:
            yield topology.finding(
                f"{table}.{name}",
                f"and {table}.{other} would be told by one variable, {variable_of(prefix, name)}",
                "Give one of them another name",
            )
