import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from domain_services.catalog.contract import Catalog
from domain_services.reviews.contract import Reviews
from maestri import clock
from maestri.errors import ConnectFailed, Overloaded
from maestri.runtime import bind_unit
from maestri.server import ServerOptions, application, running_server
from maestri.testing import Faults
from maestri.topology import load_topology
from sub_orchestrators.browsing.spi import ProductSearch

TIMEOUT_S = 0.5
LATE_S_MAX = TIMEOUT_S
"""What other work of the machine may take; two timeouts in a row would take more."""
SKU = "BOK-0001"

Break = Callable[[Faults], None]

REQUIRED: dict[str, tuple[Break, int, str]] = {
    "late": (lambda faults: faults.delay(Catalog.product, 60), 504, "deadline_exceeded"),
    "refused": (
        lambda faults: faults.fail(Catalog.product, ConnectFailed()),
        503,
        "connect_failed",
    ),
    "full": (lambda faults: faults.fail(Catalog.product, Overloaded()), 503, "overloaded"),
    "lost": (lambda faults: faults.drop(Catalog.product, acted=False), 502, "connection_lost"),
    "garbage": (lambda faults: faults.corrupt(Catalog.product), 502, "faulted"),
}
OPTIONAL: dict[str, Break] = {
    "late": lambda faults: faults.delay(Reviews.rating, 60),
    "refused": lambda faults: faults.fail(Reviews.rating, ConnectFailed()),
    "lost": lambda faults: faults.drop(Reviews.rating, acted=True),
    "garbage": lambda faults: faults.corrupt(Reviews.rating, b'{"sku": 1}'),
}


@pytest.fixture
def faults() -> Faults:
    """Return the faults between all components; none yet."""
    return Faults()


@pytest.fixture
async def web(
    faults: Faults, filled_data: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the store in this process, with faults and a short deadline."""
    shutil.copytree(filled_data, tmp_path / "data")
    topology = load_topology("merged", pytestconfig.rootpath, {})
    environment = {"MAESTRI_STATE": str(tmp_path)}
    unit = bind_unit(topology, "store", strict=True, environment=environment, wrap=faults.wrap)
    await unit.start()
    app = application(unit.exposed, ServerOptions(edge_timeout_s=TIMEOUT_S))
    async with (
        running_server(app, "127.0.0.1", 0) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield client
    await unit.aclose()


@pytest.mark.parametrize(("put_in", "status", "kind"), REQUIRED.values(), ids=REQUIRED)
async def test_a_required_part_that_fails_is_told(
    web: httpx.AsyncClient, faults: Faults, put_in: Break, status: int, kind: str
) -> None:
    """The status says whose fault it was, the type what is known, and the text nothing inside."""
    put_in(faults)
    start_s = clock.now_s()

    response = await web.get(f"/api/products/{SKU}")

    assert clock.now_s() - start_s < TIMEOUT_S + LATE_S_MAX
    assert (status, f"urn:maestri:{kind}") == (response.status_code, response.json()["type"])
    assert "catalog" not in response.text
    faults.clear()
    assert 200 == (await web.get(f"/api/products/{SKU}")).status_code


@pytest.mark.parametrize("put_in", OPTIONAL.values(), ids=OPTIONAL)
async def test_an_optional_part_that_fails_is_left_out(
    web: httpx.AsyncClient, faults: Faults, put_in: Break
) -> None:
    """However a rating fails, the page comes in time, without it, and says so."""
    put_in(faults)

    response = await web.get(f"/api/products/{SKU}")

    assert 200 == response.status_code  # After the timeout it would be 504.
    assert "product.rating" in response.json()["left_out"]
    assert response.json()["rating"] is None


async def test_a_search_without_any_group_is_told(web: httpx.AsyncClient, faults: Faults) -> None:
    """One search child must answer; when none does, the search has failed."""
    faults.fail(ProductSearch.search, ConnectFailed())

    response = await web.get("/api/search?query=oak")

    assert response.status_code in {502, 503}
    assert "application/problem+json" == response.headers["content-type"]


async def test_people_see_a_failure_as_a_page(web: httpx.AsyncClient, faults: Faults) -> None:
    """A page that cannot come is replaced by one that says so."""
    faults.fail(Catalog.product, ConnectFailed())

    page = await web.get(f"/products/{SKU}", headers={"accept": "text/html"})

    assert 503 == page.status_code
    assert page.headers["content-type"].startswith("text/html")
    assert "Traceback" not in page.text
