"""Bounds of servers and of calls: set in the file, in a part, for one unit, by the environment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.links import HttpOptions, RemoteOptions
from maestri.server import ServerOptions
from maestri.topology import load_topology

Write = Callable[..., Path]

FILE = "shared/topologies/one.toml"
TWO = """
title = "Two units"
{top}
[unit.town]
components = ["town.phrases"]
address = "127.0.0.1:7000"
[unit.other]
components = ["town.names"]
address = "127.0.0.1:7001"
{bottom}
"""


def two(top: str = "", bottom: str = "") -> str:
    """Return a topology of two units, with lines before and behind them."""
    return TWO.format(top=top, bottom=bottom)


def test_what_nobody_sets_is_as_in_the_kernel(write: Write) -> None:
    """A file that says nothing has the bounds that the classes of the kernel have."""
    bounds = load_topology("one", write(one=two()), {}).units["town"].bounds

    assert (ServerOptions(), RemoteOptions(), HttpOptions()) == (
        bounds.server_options(),
        bounds.remote_options(),
        bounds.http_options(),
    )


def test_the_nearer_line_wins(write: Write) -> None:
    """A unit's own bounds win over those of all units, the environment over both."""
    project = write(
        one=two(
            "[server]\nrequests_max = 10\nedge_requests_max = 5\ntimeout_s = 3\n"
            "[links]\ncalls_max = 7\nresponse_bytes_max = 1000",
            "[unit.other.server]\nrequests_max = 20\n[unit.other.links]\nwait_s_max = 0.5",
        )
    )
    topology = load_topology("one", project, {"MAESTRI_SERVER_EDGE_REQUESTS_MAX": "9"})
    town, other = (topology.units[name].bounds for name in ("town", "other"))

    assert ServerOptions(requests_max=10, edge_requests_max=9, timeout_s=3.0) == (
        town.server_options()
    )
    assert 20 == other.server_options().requests_max
    assert (RemoteOptions(calls_max=7), HttpOptions(response_bytes_max=1000)) == (
        town.remote_options(),
        town.http_options(),
    )
    assert RemoteOptions(calls_max=7, wait_s_max=0.5) == other.remote_options()


def test_a_part_sets_bounds_of_all_that_extend_it(write: Write) -> None:
    """What several shapes have in common is written once; a file's own line wins."""
    project = write(one=two('extends = "parts/all.toml"\n[links]\ncalls_max = 8'))
    parts = project / "shared" / "topologies" / "parts"
    parts.mkdir()
    (parts / "all.toml").write_text("[links]\ncalls_max = 7\nwaiting_max = 6\n", encoding="utf-8")

    bounds = load_topology("one", project, {}).units["town"].bounds

    assert RemoteOptions(calls_max=8, waiting_max=6) == bounds.remote_options()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("requests_max = 0", "requests_max: is 0. Write a whole number, more than 0."),
        ("requests_max = 1.5", "requests_max: is 1.5. Write a whole number, more than 0."),
        ("requests_max = true", "requests_max: is True. Write a whole number, more than 0."),
        ('timeout_s = "2"', "timeout_s: is '2'. Write a number of seconds, more than 0."),
        ("timeout_s = inf", "timeout_s: is inf. Write a number of seconds, more than 0."),
        ("grace_s = -1", "grace_s: is -1. Write a number of seconds, 0 or more."),
    ],
)
def test_a_wrong_bound_is_told_with_what_to_write(write: Write, line: str, told: str) -> None:
    """Whatever is no bound is refused, by line and key."""
    with pytest.raises(TopologyError) as caught:
        load_topology("one", write(one=two(f"[server]\n{line}")), {})

    assert f"{FILE}:4: server.{told}" == str(caught.value)


def test_all_that_is_wrong_with_bounds_is_told_at_once(write: Write) -> None:
    """Unknown names, tables that are none, and variables: each by its own name."""
    project = write(one=two("[server]\nrequest_max = 5", "[unit.other]\nlinks = 5"))
    text = (project / FILE).read_text(encoding="utf-8").replace("[unit.other]\nlinks", "links")
    (project / FILE).write_text(text, encoding="utf-8")
    given = {"MAESTRI_LINKS_CALLS_MAX": "many", "MAESTRI_SERVER_CALLS_MAX": "5"}

    with pytest.raises(TopologyError) as caught:
        load_topology("one", project, given)

    known = ", ".join(
        name for name in ServerOptions.__struct_fields__ if name.endswith(("_max", "_s"))
    )
    unknown = f"{FILE}:4: server.request_max: is unknown. Known here: {known}."
    assert str(caught.value).splitlines() == [
        f"{unknown} Is 'requests_max' meant?",
        "MAESTRI_LINKS_CALLS_MAX: is 'many'. Write a whole number, more than 0.",
        f"{FILE}:11: unit.other.links: is no table but 5. Write [unit.other.links].",
    ]
