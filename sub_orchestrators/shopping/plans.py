"""What shopping does: prices for the customer's eyes, carts with what they cost."""

from collections.abc import Mapping

from domain_services.carts.contract import LINES_MAX, Cart, CartLine, Carts
from domain_services.parameters import SKUS_MAX, CartKey, Quantity, SkuKey, SkuKeys
from domain_services.pricing.contract import NoPrice, Price, Pricing, RatesUnavailable
from domain_services.vocabulary import Currency, Sku
from maestri.contracts import Outcome
from maestri.plans import (
    call,
    composition,
    compute,
    each,
    left_out,
    optional,
    outcomes,
    reduce,
    rescue,
    then,
)
from sub_orchestrators.shopping.contract import Offer, PricedCart, PricedLine
from sub_orchestrators.shopping.domain import times, total_of


def _offer(price: Price) -> Offer:
    return Offer(
        sku=price.sku,
        price=price.amount,
        was=price.was,
        rates_as_of=price.rates_as_of,
        rates_stale=price.rates_stale,
    )


@composition
def offer(sku: SkuKey, currency: Currency = "EUR") -> Offer:
    """Return what one product costs."""
    return _offer(call(Pricing.offer, sku, currency))


@composition
def offers(skus: SkuKeys, currency: Currency = "EUR") -> Mapping[Sku, Outcome[Offer]]:
    """Return what many products cost, with one call."""
    return outcomes(skus, lambda sku: offer(sku, currency), items_max=SKUS_MAX)


@composition
def cart(cart_id: CartKey, currency: Currency = "EUR") -> PricedCart:
    """Price every line at once; what has no price leaves the total open, never the cart."""
    basket = call(Carts.cart, cart_id)

    def line_of(line: CartLine) -> PricedLine:
        found = call(Pricing.offer, line.sku, currency)
        price = optional(rescue(found, {NoPrice: lambda: None, RatesUnavailable: lambda: None}))
        return PricedLine(
            sku=line.sku,
            quantity=line.quantity,
            offer=then(price, _offer),
            line_total=then(price, lambda known: compute(times, known, line.quantity)),
        )

    lines = each(basket.lines, line_of, items_max=LINES_MAX)
    sums = reduce(total_of, lines)
    return PricedCart(
        cart_id=basket.cart_id,
        lines=lines,
        item_count=sums.item_count,
        total=sums.total,
        rates_as_of=sums.rates_as_of,
        rates_stale=sums.rates_stale,
        left_out=left_out(),
    )


@composition
def put_line(cart_id: CartKey, sku: SkuKey, quantity: Quantity) -> Cart:
    """Set the quantity of a product in the cart."""
    return call(Carts.put_line, cart_id, sku, quantity)


@composition
def remove_line(cart_id: CartKey, sku: SkuKey) -> Cart:
    """Take a product out of the cart."""
    return call(Carts.remove_line, cart_id, sku)


@composition
def empty(cart_id: CartKey) -> Cart:
    """Take everything out of the cart."""
    return call(Carts.empty, cart_id)
