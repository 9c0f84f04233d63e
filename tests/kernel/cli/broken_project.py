"""A project with a fault of every kind that a start can find before it opens a port."""

from pathlib import Path

COMPONENT = (
    "from maestri.topology import Component\n\nCOMPONENT = Component(level={level}, cell='shop')\n"
)

FILES = {
    "pyproject.toml": "",
    "shared/topologies/parts/shop.toml": """[external.bank]
contract = "shop.front.contract:Nothing"
address = "127.0.0.1:70000"
""",
    "shared/topologies/broken.toml": """title = "Everything is wrong"
extends = "parts/shop.toml"

[unit.front]
components = ["shop.front"]
address = "localhost:23810"
exposes = ["shop.front"]
reploicas = 2

[unit.stock]
components = [
    "shop.stock",
    "shop.typo",
    "shop.late",
]
address = "127.0.0.1:23820"
replicas = 2

[unit.other]
components = ["shop.stock"]
address = "127.0.0.1:23821"

[bind]
"shop.front.nobody" = "shop.stock"
""",
    "shop/__init__.py": "",
    "shop/front/__init__.py": COMPONENT.format(level=1),
    "shop/front/contract.py": """from maestri.contracts import Contract, Message, get, post


class Page(Message):
    count: int


class Front(Contract, id="front", edge=True):
    @get("/page")
    async def page(self) -> Page: ...

    @get("/gaps")
    async def gaps(self) -> Page: ...

    @get("/inputs/{sku}")
    async def inputs(self, sku: str) -> Page: ...

    @get("/orders")
    async def orders(self) -> Page: ...

    @post("/forgotten")
    async def forgotten(self) -> Page: ...
""",
    "shop/front/plans.py": """from maestri.plans import call, composition, optional, otherwise
from shop.front.contract import Page
from shop.orders.contract import Orders
from shop.stock.contract import Stock


@composition
def page() -> Page:
    return Page(call(Stock.count))


@composition
def gaps() -> Page:
    return Page(otherwise(optional(call(Stock.size)), 0))


@composition
def inputs() -> Page:
    return Page(call(Stock.size))


@composition
def orders() -> Page:
    return Page(call(Orders.count))
""",
    "shop/front/service.py": """from maestri.composition import Orchestrator, serve
from shop.front import plans
from shop.front.contract import Front


class FrontService(Orchestrator, Front):
    page = serve(plans.page)
    gaps = serve(plans.gaps)
    inputs = serve(plans.inputs)  # type: ignore
    orders = serve(plans.orders)
""",
    "shop/front/container.py": """from dependency_injector import containers, providers
from maestri.composition import Composer
from shop.accounts.contract import Accounts
from shop.front.service import FrontService
from shop.stock.contract import Stock


class Container(containers.DeclarativeContainer):
    settings = providers.Configuration()
    stock = providers.Dependency(instance_of=Stock)
    accounts = providers.Dependency(instance_of=Accounts)
    composer = providers.Singleton(Composer, providers.Dict(stock=stock))
    number = providers.Singleton(int, "seven")
    title = providers.Singleton(str, settings.title)
    service = providers.Singleton(FrontService, composer)
""",
    "shop/orders/__init__.py": COMPONENT.format(level=0),
    "shop/orders/contract.py": """from maestri.contracts import Contract, get


class Orders(Contract, id="orders"):
    @get("/count")
    async def count(self) -> int: ...
""",
    "shop/accounts/__init__.py": COMPONENT.format(level=0),
    "shop/accounts/contract.py": """from maestri.contracts import Contract, get


class Accounts(Contract, id="accounts"):
    @get("/count")
    async def count(self) -> int: ...
""",
    "shop/stock/__init__.py": COMPONENT.format(level=0),
    "shop/stock/contract.py": """from maestri.contracts import Contract, get
from maestri.errors import Rejected


class Closed(Rejected, id="stock.closed"):
    '''The warehouse is closed.'''


class Lost(Rejected, id="stock.lost"):
    '''The goods are lost.'''


class Stock(Contract, id="stock"):
    @get("/count", raises=[Closed, Lost])
    async def count(self) -> int: ...

    @get("/size")
    async def size(self) -> int: ...
""",
    "shop/stock/container.py": """from dependency_injector import containers, providers
from maestri.databases import open_database
from shop.stock.contract import Stock


class StockService(Stock):
    def __init__(self, database: object) -> None: ...

    async def count(self) -> int:
        return 1

    async def size(self) -> int:
        return 2


class Container(containers.DeclarativeContainer):
    settings = providers.Configuration()
    database = providers.Singleton(open_database, settings.database_url)
    resources = providers.List(database)
    service = providers.Singleton(StockService, database)
""",
    "shop/late/__init__.py": COMPONENT.format(level=0),
    "shop/late/container.py": """import json

json.loads("{")
""",
}

ENVIRONMENT = {
    "MAESTRI_LOG_LEVEL": "LOUD",
    "MAESTRI_UNIT_FORNT": "127.0.0.1:1",
    "MAESTRI_STRICT": "yes",
}


FAULTS = (
    "shared/topologies/broken.toml:8: unit.front.reploicas: is unknown.",
    "shared/topologies/broken.toml:6: unit.front.address: localhost:23810 has a name, and",
    "shared/topologies/parts/shop.toml:3: external.bank.address: '127.0.0.1:70000' has the port",
    "MAESTRI_UNIT_FORNT: is read by nobody.",
    "MAESTRI_LOG_LEVEL: 'LOUD' is no level.",
    "MAESTRI_STRICT: 'yes' means nothing.",
    "shared/topologies/broken.toml:13: unit.stock.components: there is no module shop.typo.",
    "shared/topologies/broken.toml:14: unit.stock.components: shop.late.container cannot be",
    "shared/topologies/broken.toml:5: bind.shop.front.accounts: is unbound:",
    "shared/topologies/broken.toml:24: bind.shop.front.nobody: shop.front has no dependency",
    "shared/topologies/parts/shop.toml:2: external.bank.contract: shop.front.contract has no",
    "shared/topologies/broken.toml:21: unit.other.address: 127.0.0.1:23821 is also used by",
    "shared/topologies/broken.toml:20: unit.other.components: shop.stock would run in 3 processes",
    "shared/topologies/broken.toml:5: setting.shop.front.title: is missing.",
    "shop/front/service.py:6: shop.front: FrontService does not implement front.forgotten.",
    "shop/front/plans.py:9: front.page: Closed of 'count' can leave plan page, but",
    "shop/front/plans.py:9: front.page: Lost of 'count' can leave plan page, but",
    "shop/front/plans.py:14: front.gaps: the part 'size' may be missing, and the result does not",
    "shop/front/plans.py:17: front.inputs: plan inputs takes (), front.inputs takes (sku).",
    "shop/front/plans.py:22: front.orders: plan orders calls Orders, which no dependency has.",
    "shop/front/container.py:13: shop.front.number: cannot be built: ValueError: invalid literal",
)
"""How each line begins that tells of a fault, in their order."""


def write_broken_project(folder: Path) -> Path:
    """Write the project; return its folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
