# mypy: disable-error-code="empty-body"
import pytest
from respx.models import AllMockedAssertionError

from maestri.contracts import Contract, get
from maestri.errors import ConnectFailed, Faulted
from maestri.links import http_link, stub
from maestri.testing import respx_client


class Weather(Contract, id="weather"):
    """Somebody else's weather."""

    @get("/now")
    async def now(self, city: str) -> str:
        """Return the weather."""
        ...


async def test_requests_go_to_routes() -> None:
    """The link's request is what respx sees, and respx's response is what the caller gets."""
    router, transport = respx_client()
    route = router.get("http://weather.test/now", params={"city": "Cremona"}).respond(json="rain")
    weather = stub(Weather, http_link("http://weather.test", transport))

    assert "rain" == await weather.now("Cremona")
    assert 1 == route.call_count


async def test_side_effects_are_faults_of_the_network() -> None:
    """An httpx error as a side effect becomes what the caller may conclude from it."""
    import httpx

    router, transport = respx_client()
    router.get("http://weather.test/now").mock(side_effect=httpx.ConnectError("refused"))
    weather = stub(Weather, http_link("http://weather.test", transport))

    with pytest.raises(ConnectFailed):
        await weather.now("Cremona")


async def test_a_corrupt_response_is_a_fault() -> None:
    """A body that does not fit the contract arrives as Faulted."""
    router, transport = respx_client()
    router.get("http://weather.test/now").respond(text="<html>")
    weather = stub(Weather, http_link("http://weather.test", transport))

    with pytest.raises(Faulted):
        await weather.now("Cremona")


async def test_a_request_without_route_is_refused() -> None:
    """What the test did not expect does not reach any network."""
    _, transport = respx_client()
    weather = stub(Weather, http_link("http://weather.test", transport))

    with pytest.raises(AllMockedAssertionError):
        await weather.now("Cremona")
