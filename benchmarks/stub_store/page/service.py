"""Serves the page."""

from benchmarks.stub_store.page import plans
from benchmarks.stub_store.page.contract import Pages
from maestri.composition import Orchestrator, serve


class PageService(Orchestrator, Pages):
    """The page, by a plan."""

    product_page = serve(plans.product_page)
