"""Words that every component of the store may use: ids and money."""

from typing import Literal, NewType

from maestri.contracts import Message

Sku = NewType("Sku", str)
CategoryId = NewType("CategoryId", str)
BrandId = NewType("BrandId", str)
WarehouseId = NewType("WarehouseId", str)
CartId = NewType("CartId", str)

Currency = Literal["EUR", "USD", "GBP"]


class Money(Message):
    """An amount in the minor unit of its currency, so that sums are exact."""

    amount_minor: int
    currency: Currency
