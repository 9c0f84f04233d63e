from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain_services import seed_data
from domain_services.pricing import rates
from domain_services.pricing.container import Container
from domain_services.pricing.contract import NoPrice, Pricing, RatesUnavailable
from domain_services.pricing.domain import converted_minor
from domain_services.pricing.exchange_rates import ExchangeRates, LatestRates, Status
from domain_services.vocabulary import Money, Sku
from maestri import clock
from maestri.contracts import Failed, Succeeded
from maestri.errors import ConnectFailed
from maestri.links import Invoker, LocalLink, stub

BOOK = Sku("BOK-0001")
NOTHING = Sku("NO-1")
REDUCED = next(price for price in seed_data.prices() if price.was_minor)


class Bank(ExchangeRates):
    """An external service that does what the test says, and counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.is_down = False
        self.is_slow = False
        self.rates = {"USD": Decimal("1.1"), "GBP": Decimal("0.85")}

    async def status(self) -> Status:
        return Status(success=True, service_name="bank")

    async def latest(self, base: str, symbols: str) -> LatestRates:
        self.calls += 1
        if self.is_slow:
            await clock.sleep(5)
        if self.is_down:
            raise ConnectFailed("nobody is there")
        return LatestRates(True, base, date(2026, 11, 16), self.rates)


class Wall:
    """The time of day, which a test moves."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def unix_s(self) -> float:
        return self.now_s


@pytest.fixture
def bank() -> Bank:
    """Give every test an external service of its own."""
    return Bank()


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """Let the test move the time of day."""
    wall = Wall()
    monkeypatch.setattr(clock, "unix_s", wall.unix_s)
    return wall


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Name an empty database."""
    return f"sqlite://{tmp_path}/pricing.db"


@pytest.fixture
async def pricing(database_url: str, bank: Bank) -> AsyncIterator[Pricing]:
    """Start the service and call it as others do."""
    container = made(database_url, bank)
    async with container.database():
        yield stub(Pricing, LocalLink(Invoker(container.service()), strict=True))


def made(database_url: str, bank: Bank) -> Container:
    """Compose the service with the bank behind a link."""
    container = Container(exchange_rates=stub(ExchangeRates, LocalLink(Invoker(bank), strict=True)))
    container.settings.from_dict({"database_url": database_url})
    return container


@pytest.mark.parametrize(
    ("price_minor", "rate", "expected"),
    [
        (1000, "1", 999),
        (1024, "1", 1049),
        (1023, "1", 999),
        (1599, "1.0842", 1749),
        (10, "1", 49),
        (129_900, "0.8571", 111_349),
    ],
)
def test_a_converted_price_looks_like_a_price(price_minor: int, rate: str, expected: int) -> None:
    """It is the nearest that ends in .49 or .99, half-way up, and never less than 0.49."""
    assert expected == converted_minor(price_minor, Decimal(rate))


async def test_euros_need_no_rates(pricing: Pricing, bank: Bank) -> None:
    """A price in euros is as it is set, and the external service is not asked."""
    price = await pricing.offer(REDUCED.sku)

    assert Money(REDUCED.price_minor, "EUR") == price.amount
    assert Money(REDUCED.was_minor or 0, "EUR") == price.was
    assert (None, False, 0) == (price.rates_as_of, price.rates_stale, bank.calls)


async def test_a_conversion_tells_the_day_of_its_rates(pricing: Pricing) -> None:
    """Amount and former amount are converted with the rates of the day that the price names."""
    price = await pricing.offer(REDUCED.sku, "USD")

    expected = Money(converted_minor(REDUCED.price_minor, Decimal("1.1")), "USD")
    assert (expected, date(2026, 11, 16), False) == (
        price.amount,
        price.rates_as_of,
        price.rates_stale,
    )
    assert price.was is not None
    assert price.was.amount_minor > price.amount.amount_minor


async def test_rates_are_fetched_once_in_ten_minutes(
    pricing: Pricing, bank: Bank, wall: Wall
) -> None:
    """Rates are asked for when they are 10 minutes old, and not before."""
    calls = []
    for seconds in (0, rates.FRESH_S - 1, 1):
        wall.now_s += seconds
        await pricing.offer(BOOK, "USD")
        await pricing.offer(BOOK, "GBP")
        calls.append(bank.calls)

    assert [1, 1, 2] == calls


@pytest.mark.parametrize("fault", ["is_down", "is_slow"])
async def test_stale_rates_are_used_and_reported(
    pricing: Pricing, bank: Bank, wall: Wall, fault: str
) -> None:
    """When rates cannot be renewed, the last ones are used; the service is not asked each time."""
    fresh = await pricing.offer(BOOK, "USD")
    wall.now_s += rates.FRESH_S
    setattr(bank, fault, True)
    stale = [await pricing.offer(BOOK, "USD") for _ in range(3)]

    assert fresh.amount == stale[0].amount
    assert [True] * 3 == [price.rates_stale for price in stale]
    assert 2 == bank.calls


async def test_rates_outlive_the_process(database_url: str, bank: Bank) -> None:
    """A service that starts while the external one is down uses the rates of its database."""
    for is_down in (False, True):
        bank.is_down = is_down
        container = made(database_url, bank)
        async with container.database():
            price = await container.service().offer(BOOK, "GBP")

    assert ("GBP", False, 1) == (price.amount.currency, price.rates_stale, bank.calls)


async def test_without_any_rates_only_euros_are_sold(pricing: Pricing, bank: Bank) -> None:
    """If there never were rates, another currency is refused with a declared error."""
    bank.is_down = True

    with pytest.raises(RatesUnavailable) as refusal:
        await pricing.offer(BOOK, "GBP")
    assert ("GBP", 503) == (refusal.value.currency, refusal.value.status)
    assert "EUR" == (await pricing.offer(BOOK)).amount.currency


@pytest.mark.parametrize("rate", ["0", "-1", "NaN"])
async def test_impossible_rates_are_no_rates(pricing: Pricing, bank: Bank, rate: str) -> None:
    """A rate that no currency can have counts as a failure of the external service."""
    bank.rates = {"USD": Decimal(rate), "GBP": Decimal("0.85")}

    with pytest.raises(RatesUnavailable):
        await pricing.offer(BOOK, "USD")


async def test_a_batch_returns_key_by_key(pricing: Pricing) -> None:
    """A product without a price spoils no other."""
    outcomes = await pricing.offers((BOOK, NOTHING), "EUR")

    assert Succeeded(await pricing.offer(BOOK)) == outcomes[BOOK]
    assert isinstance(outcomes[NOTHING], Failed)
    with pytest.raises(NoPrice):
        await pricing.offer(NOTHING)
