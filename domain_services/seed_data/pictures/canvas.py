"""Shapes as SVG text: each function draws one, and writes its numbers as shortly as it can."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

SIZE = 600

Points = Sequence[tuple[float, float]]


def num(value: float) -> str:
    """Write a number with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0, **more: object) -> str:
    """Draw a rectangle, with rounded corners where *r* is given."""
    corner = f' rx="{num(r)}"' if r else ""
    place = f'x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}"'
    return f'<rect {place}{corner} fill="{fill}"{_more(more)}/>'


def circle(x: float, y: float, r: float, fill: str, **more: object) -> str:
    """Draw a circle around a point."""
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" fill="{fill}"{_more(more)}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, **more: object) -> str:
    """Draw an ellipse around a point."""
    place = f'cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(ry)}"'
    return f'<ellipse {place} fill="{fill}"{_more(more)}/>'


def path(d: str, fill: str, **more: object) -> str:
    """Draw a filled path."""
    return f'<path d="{d}" fill="{fill}"{_more(more)}/>'


def stroke(d: str, colour: str, width: float, **more: object) -> str:
    """Draw a path as a line with round ends."""
    ends = "" if "stroke_linecap" in more else ' stroke-linecap="round" stroke-linejoin="round"'
    line = f'fill="none" stroke="{colour}" stroke-width="{num(width)}"'
    return f'<path d="{d}" {line}{ends}{_more(more)}/>'


def polygon(points: Points, fill: str, **more: object) -> str:
    """Draw a closed shape through points."""
    return path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "Z", fill, **more)


def group(content: str, **more: object) -> str:
    """Draw shapes together, under one transformation or opacity."""
    return f"<g{_more(more)}>{content}</g>"


def moved(content: str, x: float, y: float, turned: float = 0, scale: float = 1) -> str:
    """Draw shapes elsewhere; turned in degrees around their own origin."""
    parts = [f"translate({num(x)} {num(y)})"]
    if turned:
        parts.append(f"rotate({num(turned)})")
    if scale != 1:
        parts.append(f"scale({scale:.3g})")
    return group(content, transform=" ".join(parts))


def again(name: str, x: float, y: float, turned: float = 0) -> str:
    """Draw once more what a scene has defined."""
    turn = f' transform="rotate({num(turned)} {num(x)} {num(y)})"' if turned else ""
    return f'<use href="#{name}" x="{num(x)}" y="{num(y)}"{turn}/>'


def words(x: float, y: float, content: str, size: float, fill: str, **more: object) -> str:
    """Write one line; the text is escaped."""
    place = f'x="{num(x)}" y="{num(y)}" font-size="{num(size)}"'
    return f'<text {place} fill="{fill}"{_more(more)}>{escape(content)}</text>'


def _more(attributes: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
