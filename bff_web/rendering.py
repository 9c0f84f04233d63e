"""Pages of templates and views, and the files that pages need; all loaded once."""

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from msgspec import Struct

from bff_web.domain import Frame, local_path
from bff_web.formatting import FILTERS
from bff_web.visitor import CURRENCIES
from domain_services.vocabulary import Currency
from maestri.context import current

FOLDER = Path(__file__).parent
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class StaticFile(Struct, frozen=True):
    """A file as it is sent."""

    media_type: str
    content: bytes


class PageRequest(Struct, frozen=True):
    """What a page knows of the request for it: the visitor's currency, and where they are."""

    currency: Currency = "EUR"
    here: str = "/"


class Renderer:
    """
    Make pages.

    Attributes:
        files: By the name under which they are served, which has a hash of the content in it.
    """

    def __init__(self) -> None:
        self.files: dict[str, StaticFile] = {}
        names = dict(map(self._load, sorted((FOLDER / "static").iterdir())))
        templates = {
            path.name: path.read_text("utf-8") for path in (FOLDER / "templates").iterdir()
        }
        environment = Environment(
            loader=DictLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        environment.filters.update(FILTERS, hashed=names.__getitem__)
        environment.globals["currencies"] = CURRENCIES
        # Compiled now: the first visitor does not wait, and a broken template stops the start.
        self._templates = {name: environment.get_template(name) for name in templates}

    def page(self, template: str, frame: Frame, view: Any, request: PageRequest) -> str:
        """Return the page that shows *view* within *frame*; its footer names the request."""
        return self._templates[template].render(
            frame=frame,
            view=view,
            currency=request.currency,
            here=local_path(request.here),
            request_id=current().request_id,
        )

    def _load(self, path: Path) -> tuple[str, str]:
        content = path.read_bytes()
        digest = hashlib.blake2b(content, digest_size=6).hexdigest()
        served_as = f"{path.stem}.{digest}{path.suffix}"
        self.files[served_as] = StaticFile(MEDIA_TYPES[path.suffix], content)
        return path.name, served_as
