import re
import sqlite3
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from maestri import clock
from maestri.testing import RunningTopology
from tests.kernel.runtime.processes import until
from tests.scenarios.store_under_test import Store

TIMEOUT_S = 2.0
LATE_S_MAX = 0.05
SKU = "BOK-0001"
PRODUCT = f"/api/products/{SKU}"
ESTABLISHED = "01"
SIDE_BY_SIDE = 16
QUICK_IN_A_ROW = 12
"""By chance alone, a silent one of two replicas would be missed so often once in 4,096 times."""

hierarchy = pytest.mark.topologies("hierarchy")


@contextmanager
def _paused(topology: RunningTopology, unit: str) -> Generator[None]:
    topology.pause(unit)
    try:
        yield
    finally:
        topology.resume(unit)


def _recovered(store: Store, target: str = PRODUCT, timeout_s: float = 10.0) -> float:
    """Return how long it took until *target* came with all its parts."""
    web, start_s, last = store.web(), clock.monotonic_s(), ""
    while clock.monotonic_s() < start_s + timeout_s:
        response = web.client.get(target)
        if response.status_code == 200 and not response.json().get("left_out"):
            return clock.monotonic_s() - start_s
        last = response.text
        clock.pause(0.05)
    pytest.fail(f"{target} did not come back: {last[:300]}")


@hierarchy
def test_a_silent_catalog_costs_a_deadline_and_no_more(store: Store) -> None:
    """A required part that does not answer is a 504 within the deadline and 50 ms."""
    web, took_s = store.web(), list[float]()
    with _paused(store.topology, "catalog"):
        # The faster of two: what other processes of the machine take is not ours to promise.
        for _ in range(2):
            start_s = clock.monotonic_s()
            problem = web.refused(504, web.client.get(PRODUCT))
            took_s.append(clock.monotonic_s() - start_s)
            assert "urn:maestri:deadline_exceeded" == problem["type"]

    assert TIMEOUT_S - LATE_S_MAX < min(took_s) < TIMEOUT_S + LATE_S_MAX
    assert _recovered(store) < 5


@hierarchy
def test_a_killed_catalog_fails_at_once_and_comes_back(store: Store) -> None:
    """While nobody listens a page is refused without waiting; it comes back without help."""
    web, before = store.web(), store.topology.pid("catalog")
    whole = web.client.get(PRODUCT).json()
    store.topology.kill("catalog")

    start_s = clock.monotonic_s()
    response = web.client.get(PRODUCT)

    assert response.status_code in {502, 503}
    web.refused(response.status_code, response)
    assert clock.monotonic_s() - start_s < 1
    _recovered(store)
    assert before != store.topology.pid("catalog")
    assert whole == web.client.get(PRODUCT).json()


@hierarchy
def test_a_page_comes_without_its_ratings(store: Store) -> None:
    """Ratings and reviews that do not come in time are left out, named, and the rest is whole."""
    web = store.web()
    whole = web.client.get(PRODUCT).json()

    with _paused(store.topology, "reviews"):
        start_s = clock.monotonic_s()
        response = web.client.get(PRODUCT)
        took_s = clock.monotonic_s() - start_s

    assert 200 == response.status_code, response.text
    product = response.json()
    assert took_s < TIMEOUT_S
    assert {"product.rating", "reviews"} <= set(product["left_out"])
    assert (None, []) == (product["rating"], product["reviews"])
    assert "etag" not in response.headers
    for part in ("title", "description", "offer", "availability", "attributes"):
        assert whole[part] == product[part]
    _recovered(store)


@hierarchy
@pytest.mark.parametrize("target", [f"/products/{SKU}", "/", "/categories/books", "/search?q=oak"])
def test_people_get_their_pages_without_ratings(store: Store, target: str) -> None:
    """A page for people comes although ratings are missing."""
    web = store.web()
    with _paused(store.topology, "reviews"):
        page = web.client.get(target)

    assert 200 == page.status_code
    assert page.headers["content-type"].startswith("text/html")
    _recovered(store)


@hierarchy
def test_a_page_comes_without_stock(store: Store) -> None:
    """With the inventory down, a product shows no availability, and everything else at once."""
    web = store.web()
    store.topology.kill("inventory")

    start_s = clock.monotonic_s()
    product = web.client.get(PRODUCT).json()

    assert clock.monotonic_s() - start_s < 1
    assert product["availability"] is None
    assert "availability" in product["left_out"]
    assert product["offer"]
    _recovered(store)


@hierarchy
def test_a_search_goes_on_without_one_group(store: Store) -> None:
    """A search child that is silent is left out; the others' products are found."""
    web = store.web()
    with _paused(store.topology, "search_living"):
        response = web.client.get("/api/search?query=black")

    found = response.json()
    assert 200 == response.status_code
    assert found["cards"]
    assert ["search.living"] == found["left_out"]
    _recovered(store, "/api/search?query=black")


@hierarchy
def test_a_silent_gateway_takes_its_cell_with_it_only(store: Store) -> None:
    """Without the gateway of shopping, products are shown without prices."""
    web = store.web()
    with _paused(store.topology, "shopping"):
        product = web.client.get(PRODUCT).json()

    assert "offer" in product["left_out"]
    assert product["rating"]
    _recovered(store)


@hierarchy
def test_commands_are_not_lost_silently(store: Store) -> None:
    """A command whose callee keeps silent is answered 504, never as done."""
    web = store.web()
    with _paused(store.topology, "carts"):
        response = web.client.put(f"/api/cart/lines/{SKU}", json={"quantity": 1})

    web.refused(504, response)
    _recovered(store)


@pytest.mark.topologies("merged", "hierarchy")
def test_prices_go_on_without_fresh_exchange_rates(store: Store) -> None:
    """With the rates' provider down, the last rates are used, and said to be stale."""
    topology, web = store.topology, store.web()
    assert not web.json(f"{PRODUCT}?currency=USD")["offer"]["rates_stale"]
    _age_rates(topology.data / "domain_services.pricing.db")
    topology.kill("exchange_rates")
    unit = "pricing" if "pricing" in topology.topology.units else "store"
    before = topology.pid(unit)
    topology.kill(unit)
    until(lambda: topology.processes()[unit].pid not in {before, None}, lambda: f"no new {unit}")
    topology.wait_until_ready()
    try:
        offer = web.json(f"{PRODUCT}?currency=USD")["offer"]
        euros = web.json(PRODUCT)["offer"]
    finally:
        topology.start_external("exchange_rates")

    assert "USD" == offer["price"]["currency"]
    assert offer["rates_stale"]
    assert not euros["rates_stale"]


def _age_rates(database: Path) -> None:
    with sqlite3.connect(database, timeout=5) as connection:
        connection.execute("UPDATE exchange_rate SET fetched_at = fetched_at - 3600")
    connection.close()


@pytest.mark.topologies("scaled")
def test_a_dead_replica_is_ejected(store: Store) -> None:
    """While one replica is down its work goes to the other: no client notices."""
    web = store.web()
    store.topology.kill("browsing.0")
    store.topology.kill("storefront.1")

    responses = [web.client.get(f"/api/products/BOK-{number:04}") for number in range(1, 31)]

    assert {200} == {response.status_code for response in responses} - {410}
    _recovered(store)


@pytest.mark.topologies("scaled")
def test_a_replica_that_times_out_is_ejected(store: Store) -> None:
    """A replica that timed out three times in a row gets no more calls for a while."""
    web, quick = store.web(), 0
    with _paused(store.topology, "shopping.0"), ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        start_s = clock.monotonic_s()
        # Both storefronts have to notice; side by side, the calls that show it cost one timeout.
        list(pool.map(web.client.get, [PRODUCT] * SIDE_BY_SIDE))
        while quick < QUICK_IN_A_ROW and clock.monotonic_s() < start_s + 25:
            one_s = clock.monotonic_s()
            web.client.get(PRODUCT)
            quick = quick + 1 if clock.monotonic_s() - one_s < TIMEOUT_S / 2 else 0

    assert QUICK_IN_A_ROW == quick
    _recovered(store)


@pytest.mark.topologies("merged")
def test_one_process_opens_no_connection_to_itself(store: Store) -> None:
    """In one process all calls are local: sockets lead to clients and to the rates' provider."""
    web, mobile = store.web(), store.mobile()
    for target in ("/api/home?currency=GBP", "/api/search?query=oak", "/api/cart", "/"):
        web.get(target)
    mobile.get("/mobile/v1/home")
    topology = store.topology
    listening = _port(topology.url("bff_web"))
    rates = _port(topology.topology.external["exchange_rates"].address.url)

    connections = _connections(topology.pid("store"))

    assert any(local == listening for local, _ in connections)
    strange = [
        pair for pair in connections if pair[0] != listening and pair[1] not in {listening, rates}
    ]
    assert not strange
    assert not [pair for pair in connections if listening == pair[1]]


@hierarchy
def test_split_units_are_connected(store: Store) -> None:
    """In a hierarchy the storefront has connections to its cells: what is looked at exists."""
    store.web().json(PRODUCT)
    topology = store.topology
    cells = {
        _port(topology.url(f"sub_orchestrators.{name}"))
        for name in ("browsing", "shopping", "fulfilment")
    }

    assert cells <= {remote for _, remote in _connections(topology.pid("storefront"))}


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


def _connections(pid: int) -> list[tuple[int, int]]:
    """Return local and remote port of each TCP connection that the process *pid* has open."""
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    rows = [
        row.split()
        for name in ("tcp", "tcp6")
        for row in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return [
        (int(row[1].rpartition(":")[2], 16), int(row[2].rpartition(":")[2], 16))
        for row in rows
        if row[3] == ESTABLISHED and row[9] in inodes
    ]
