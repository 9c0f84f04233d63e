"""Each command is a few lines over the topology room; an error is one message, no traceback."""

import asyncio
import enum
import os
import sys
from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

import maestri
from maestri.errors import MaestriError, TopologyError
from maestri.runtime import (
    RESTART,
    STATUS,
    ControlRequest,
    ControlResponse,
    LaunchOptions,
    collect_requests,
    collect_trace,
    launch,
    requests_as_text,
    running_record,
    send_request,
    trace_as_data,
    trace_as_text,
)
from maestri.topology import (
    Components,
    ResolvedTopology,
    StateDirectory,
    as_data,
    as_mermaid,
    as_text,
    close_to,
    compose_file,
    difference,
    difference_as_text,
    find_operations,
    find_plan,
    find_project,
    make_importable,
    operations_as_text,
    plan_as_text,
    plans_as_text,
    raise_for_findings,
    read_topology,
    resolve,
    served_plans,
    topology_names,
    validate,
    view_of,
)

REFUSED = 2
INTERRUPTED = 130
DEFAULT = "merged"

app = typer.Typer(
    name="maestri",
    help="Run a system of components in any of its shapes, and look at what a shape means.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class LogForm(enum.Enum):
    """How a log is written: for people, or for programs."""

    TEXT = "text"
    JSON = "json"


Name = Annotated[
    str, typer.Argument(metavar="TOPOLOGY", help="Name of a file in shared/topologies.")
]
Running = Annotated[
    str | None, typer.Option("--topology", "-t", help="Which, if several are running.")
]
Of = Annotated[str, typer.Option("--topology", "-t", help="Of which topology.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Log = Annotated[LogForm, typer.Option(help="How processes write their log.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 if it was done, 2 if it was refused."""
    try:
        app(args=None if arguments is None else list(arguments), standalone_mode=True)
    except MaestriError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"maestri {maestri.__version__}")
        raise typer.Exit


@app.callback()
def _directory(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--directory", "-C", help="The project; the folder here or above, by default."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback has done all of it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which it is.")
    ] = False,
) -> None:
    context.obj = directory


def _project(context: typer.Context) -> Path:
    project = find_project(context.obj)
    make_importable(project)
    return project


def _state(context: typer.Context) -> StateDirectory:
    return StateDirectory(find_project(context.obj))


def _resolved(
    context: typer.Context, name: str, environment: Mapping[str, str] | None = None
) -> ResolvedTopology:
    return resolve(read_topology(name, _project(context), environment))


@app.command()
def up(
    context: typer.Context,
    topology: Name = DEFAULT,
    *,
    reload: Annotated[
        bool, typer.Option("--reload", help="Restart units whose code changes.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(help="Where the first process listens; the others follow it."),
    ] = None,
    free_ports: Annotated[
        bool, typer.Option("--free-ports", help="Listen wherever nobody else does.")
    ] = False,
    log: Log = LogForm.TEXT,
) -> None:
    """Run a topology on this machine until Ctrl-C."""
    options = LaunchOptions(reload=reload, port=port, free_ports=free_ports, log=log.value)
    raise typer.Exit(launch(topology, _project(context), options))


@app.command()
def run(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="The unit to run.")],
    topology: Of = DEFAULT,
    replica: Annotated[int, typer.Option(help="Which of its replicas, counted from 0.")] = 0,
    log: Log = LogForm.TEXT,
) -> None:
    """Run one unit alone; addresses, secrets and databases come from the environment (README)."""
    command = [sys.executable, "-m", "maestri.runtime.process", unit, "--topology", topology]
    command += ["--replica", str(replica), "--directory", str(_project(context))]
    if log is LogForm.JSON:
        os.environ["MAESTRI_LOG"] = log.value
    # The same process goes on without what only people at a terminal need: 20 MB less.
    os.execv(sys.executable, command)  # noqa: S606 - our own module, no shell


@app.command()
def restart(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="The unit to restart.")],
    topology: Running = None,
) -> None:
    """
    Restart one unit of a running topology, without an outage.

    Its replicas are restarted one after the other. Code that cannot start leaves the old process
    serving; the exit code is 1 then.
    """
    response = send_request(_state(context), topology, ControlRequest(RESTART, unit))
    typer.echo(response.text, err=not response.ok)
    if not response.ok:
        raise typer.Exit(response.exit_code)


@app.command()
def status(context: typer.Context, topology: Running = None, *, json: Json = False) -> None:
    """Show the processes of a running topology: name, state, process id."""
    response = _response(context, topology, ControlRequest(STATUS))
    _write(response.text, [_plain(one) for one in response.processes], json=json)


def _response(
    context: typer.Context, topology: str | None, request: ControlRequest
) -> ControlResponse:
    response = send_request(_state(context), topology, request)
    if not response.ok:
        raise TopologyError(response.text)
    return response


@app.command()
def explain(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPOLOGY|PLAN",
            help="A file in shared/topologies, or a plan: by its operation, or as COMPONENT.PLAN.",
        ),
    ] = None,
    topology: Annotated[
        str, typer.Option("--topology", "-t", help="In which topology a plan is looked at.")
    ] = DEFAULT,
    *,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid flow chart.")] = False,
    json: Json = False,
    plans: Annotated[bool, typer.Option("--plans", help="With the steps of every plan.")] = False,
) -> None:
    """
    Show what runs where, who calls whom, and the plans behind it; or one plan, step by step.

    The bound of a plan is that of its own calls; those that its callees make are theirs.
    """
    names = topology_names(_project(context))
    if what is not None and what not in names and topology in names:
        typer.echo(_one_plan(context, what, topology, "mermaid" if mermaid else json and "json"))
        return
    resolved = _resolved(context, what or topology)
    view = view_of(resolved)
    if mermaid:
        typer.echo(as_mermaid(view))
        return
    listed = plans_as_text(resolved, steps=plans)
    text = f"{as_text(view)}\n\n{listed}" if listed else as_text(view)
    _write(text, as_data(view, served_plans(resolved)), json=json)


def _one_plan(context: typer.Context, name: str, topology: str, form: str | bool) -> str:
    resolved = _resolved(context, topology)
    try:
        found = find_plan(resolved, name)
    except TopologyError as error:
        near = close_to(name, topology_names(_project(context)))
        raise TopologyError(f"{error}{near.replace('Is', 'Is the topology')}") from None
    return found.plan.explain(form) if form else plan_as_text(resolved, found)


@app.command()
def diff(context: typer.Context, before: Name, after: Name, *, json: Json = False) -> None:
    """Show what changes between topologies: units, links, hops, what each team deploys."""
    project, components = _project(context), Components()
    old, new = (
        view_of(resolve(read_topology(name, project), components)) for name in (before, after)
    )
    found = difference(old, new)
    _write(difference_as_text(found), _plain(found), json=json)


@app.command()
def check(
    context: typer.Context,
    topologies: Annotated[
        list[str] | None, typer.Argument(help="Which; all of them, by default.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Find everything that is wrong with topologies, without starting anything."""
    project, components = _project(context), Components()
    found = {
        name: validate(read_topology(name, project), components)[1]
        for name in topologies or topology_names(project)
    }
    if json:
        listed = [
            {"topology": name, **one._asdict()} for name, all_of in found.items() for one in all_of
        ]
        _write("", listed, json=True)
        raise typer.Exit(REFUSED if listed else 0)
    for name, findings in found.items():
        if not findings:
            typer.echo(f"{name}: good")
    # What is wrong in a component is wrong in every topology that runs it.
    raise_for_findings(dict.fromkeys(one for findings in found.values() for one in findings))


@app.command()
def operations(
    context: typer.Context,
    search: Annotated[
        list[str] | None, typer.Argument(help="Words that must all be found.")
    ] = None,
    topology: Of = DEFAULT,
    *,
    json: Json = False,
) -> None:
    """Find operations by id, path, error, docstring or component, and where they can be called."""
    words = " ".join(search or ())
    found = find_operations(_resolved(context, topology), words, _addresses(context, topology))
    if not found:
        raise TopologyError(f"no operation has {words!r}. Try one word, or none for all.")
    listed = [
        {
            "operation": one.operation.id,
            "served_by": one.served_by,
            "requests": list(one.requests),
            "summary": one.summary,
        }
        for one in found
    ]
    _write(operations_as_text(found), listed, json=json)


def _addresses(context: typer.Context, topology: str) -> Mapping[str, tuple[str, ...]]:
    """Return where the units of a topology run at the moment, if they do."""
    try:
        return running_record(_state(context), topology).units
    except TopologyError:
        return {}  # then they are where the file says


@app.command()
def compose(context: typer.Context, topology: Name) -> None:
    """Write a Compose file for a topology to stdout."""
    typer.echo(compose_file(_resolved(context, topology, {})), nl=False)


@app.command()
def trace(
    context: typer.Context,
    request_id: Annotated[
        str | None,
        typer.Argument(help="From a response's x-request-id header; none lists the last requests."),
    ] = None,
    topology: Running = None,
    *,
    json: Json = False,
) -> None:
    """Show what one request caused: when each part began, how long it took, what failed."""
    record = running_record(_state(context), topology)
    if request_id is None:
        recent = asyncio.run(collect_requests(record))
        _write(requests_as_text(recent), _plain(recent), json=json)
        return
    found = asyncio.run(collect_trace(record, request_id))
    _write(trace_as_text(found), trace_as_data(found), json=json)


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value)


def _write(text: str, data: object, *, json: bool) -> None:
    typer.echo(dumps(data, indent=2) if json else text)
