"""What holds for every page of the web shop, whatever it shows."""

import re
from pathlib import Path

import pytest

from bff_web import formatting

BFF_WEB = Path(formatting.__file__).parent
TEMPLATES = sorted((BFF_WEB / "templates").glob("*.html"))

FORBIDDEN = {
    "an inline style": r"\sstyle\s*=|<style",
    "an inline script": r"<script(?![^>]*\ssrc=\"/static/)|\son[a-z]+\s*=\s*\"|javascript:",
    "a foreign address": r"https?://|(?:src|href|action)\s*=\s*\"//",
    "unescaped data": r"\|\s*safe\b|autoescape\s+false",
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_strict_content_security_policy_holds(template: Path, what: str) -> None:
    """No template has inline code or style, loads from elsewhere, or prints data unescaped."""
    assert re.search(FORBIDDEN[what], template.read_text("utf-8")) is None


def test_the_stylesheet_loads_nothing() -> None:
    """The look of the shop depends on one file alone."""
    assert re.search(r"url\(|@import", (BFF_WEB / "static/shop.css").read_text("utf-8")) is None


def test_every_filter_has_the_name_of_its_function() -> None:
    """A filter in a template is found in formatting.py under the same name."""
    assert {name: getattr(formatting, name) for name in formatting.FILTERS} == formatting.FILTERS
