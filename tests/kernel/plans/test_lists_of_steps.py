"""A list display of steps is taken like a tuple of them."""

from typing import Any

from maestri.composition import Composer
from maestri.plans import call, composition, drop_none, each, reduce
from tests.kernel.plans.contract import Catalog, Sku
from tests.kernel.plans.market import Told, market


def joined(texts: Any) -> str:
    """Join some texts."""
    return "+".join(texts)


async def test_a_list_of_steps_is_taken_like_a_tuple() -> None:
    """Type checkers accept either as a sequence, and so do the words over items."""

    @composition
    def listed(sku: Sku, other: Sku) -> Any:
        titles = each([sku, other], lambda one: call(Catalog.product, one).title)
        return (titles, drop_none([sku, None]), reduce(joined, [sku, other]))

    titles, texts, both = await Composer(market(Told())).run(listed, Sku("a"), Sku("b"))

    assert (("Title a", "Title b"), ("a",), "a+b") == (titles, texts, both)
