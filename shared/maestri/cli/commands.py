"""Each command is a few lines over the topology room; an error is one message, no traceback."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from maestri.errors import MaestriError, TopologyError
from maestri.runtime import (
    ControlRequest,
    LaunchOptions,
    collect_trace,
    launch,
    render_trace,
    running_record,
    send_request,
)
from maestri.topology import (
    Components,
    ResolvedTopology,
    StateDirectory,
    as_json,
    as_mermaid,
    as_text,
    compose_file,
    difference,
    find_operations,
    find_project,
    make_importable,
    plans_as_text,
    read_topology,
    resolve,
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

Name = Annotated[
    str, typer.Argument(metavar="TOPOLOGY", help="Name of a file in shared/topologies.")
]
Chosen = Annotated[
    str | None, typer.Option("--topology", "-t", help="Which, if several are running.")
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 if it was done, 2 if it was refused."""
    try:
        app(args=None if arguments is None else list(arguments), standalone_mode=True)
    except MaestriError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


@app.callback()
def _directory(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--directory", "-C", help="The project; the folder here or above, by default."
        ),
    ] = None,
) -> None:
    context.obj = directory


def _project(context: typer.Context) -> Path:
    project = find_project(context.obj)
    make_importable(project)
    return project


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
    strict: Annotated[
        bool, typer.Option("--strict", help="Let local calls copy their messages.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            help="Where the first process listens; the others follow, in the file's order."
        ),
    ] = None,
    free_ports: Annotated[
        bool, typer.Option("--free-ports", help="Listen wherever nobody else does.")
    ] = False,
) -> None:
    """Run a topology on this machine until Ctrl-C."""
    options = LaunchOptions(reload=reload, strict=strict, port=port, free_ports=free_ports)
    raise typer.Exit(launch(topology, _project(context), options))


@app.command()
def run(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="The unit to run.")],
    topology: Annotated[str, typer.Option("--topology", "-t")] = DEFAULT,
    replica: Annotated[int, typer.Option(help="Which of its replicas, counted from 0.")] = 0,
) -> None:
    """Run one unit alone; addresses, secrets and databases come from the environment (README)."""
    command = [sys.executable, "-m", "maestri.runtime.process", unit, "--topology", topology]
    command += ["--replica", str(replica), "--directory", str(_project(context))]
    # The same process goes on without what only people at a terminal need: 20 MB less.
    os.execv(sys.executable, command)  # noqa: S606 - our own module, no shell


@app.command()
def restart(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="The unit to restart.")],
    topology: Chosen = None,
) -> None:
    """Restart one unit of a running topology."""
    _ordered(context, topology, ControlRequest("restart", unit))


@app.command()
def status(context: typer.Context, topology: Chosen = None) -> None:
    """Show the processes of a running topology: name, state, process id."""
    _ordered(context, topology, ControlRequest("status"))


def _ordered(context: typer.Context, topology: str | None, request: ControlRequest) -> None:
    response = send_request(StateDirectory(find_project(context.obj)), topology, request)
    if not response.ok:
        raise TopologyError(response.text)
    typer.echo(response.text)


@app.command()
def explain(
    context: typer.Context,
    topology: Name = DEFAULT,
    *,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid flow chart.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    plans: Annotated[bool, typer.Option("--plans", help="With the steps of every plan.")] = False,
) -> None:
    """
    Show what runs where, what clients reach, who calls whom, and the plans behind it.

    The bound of a plan is that of its own calls; those that its callees make are theirs.
    """
    resolved = _resolved(context, topology)
    view = view_of(resolved)
    if mermaid or json:
        typer.echo(as_mermaid(view) if mermaid else as_json(view))
        return
    typer.echo(as_text(view))
    listed = plans_as_text(resolved, steps=plans)
    if listed:
        typer.echo(f"\n{listed}")


@app.command()
def diff(context: typer.Context, before: Name, after: Name) -> None:
    """Show what changes between topologies: units, links, hops, what each team deploys."""
    project, components = _project(context), Components()
    old, new = (
        view_of(resolve(read_topology(name, project), components)) for name in (before, after)
    )
    typer.echo(difference(old, new))


@app.command()
def check(
    context: typer.Context,
    topologies: Annotated[
        list[str] | None, typer.Argument(help="Which; all of them, by default.")
    ] = None,
) -> None:
    """Find everything that is wrong with topologies, without starting anything."""
    project, components = _project(context), Components()
    wrong: list[str] = []
    for name in topologies or topology_names(project):
        try:
            _, findings = validate(read_topology(name, project), components)
        except TopologyError as error:
            wrong.append(str(error))
            continue
        wrong += [str(finding) for finding in findings]
        if not findings:
            typer.echo(f"{name}: good")
    if wrong:
        # What is wrong in a component is wrong in every topology that runs it.
        raise TopologyError("\n".join(dict.fromkeys(wrong)))


@app.command()
def operations(
    context: typer.Context,
    search: Annotated[
        list[str] | None, typer.Argument(help="Words that must all be found.")
    ] = None,
    topology: Annotated[str, typer.Option("--topology", "-t")] = DEFAULT,
) -> None:
    """Find operations by id, path, error, docstring or component; paths are those on a unit."""
    resolved = _resolved(context, topology)
    found = find_operations(resolved, " ".join(search or ()))
    if not found:
        raise TopologyError(
            f"no operation has {' '.join(search or ())!r}. Try one word, or none for all."
        )
    table = Table(box=None, pad_edge=False)
    for heading in ("operation", "request", "served by", "what it does"):
        table.add_column(heading, overflow="fold")
    for one in found:
        request = f"{one.operation.method} {one.path}"
        table.add_row(one.operation.id, request, one.served_by, one.summary)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@app.command()
def compose(context: typer.Context, topology: Name) -> None:
    """Write a Compose file for a topology to stdout."""
    typer.echo(compose_file(_resolved(context, topology, {})), nl=False)


@app.command()
def trace(
    context: typer.Context,
    request_id: Annotated[str, typer.Argument(help="From a response's x-request-id header.")],
    topology: Chosen = None,
) -> None:
    """Show what one request caused: what ran, was pruned, failed, and how long it took."""
    record = running_record(StateDirectory(find_project(context.obj)), topology)
    typer.echo(render_trace(asyncio.run(collect_trace(record, request_id))))
