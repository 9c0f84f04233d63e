"""Titles on covers: broken into lines of equal length, as large as the place allows."""

from typing import Literal

from domain_services.seed_data.pictures.canvas import words

Face = Literal["serif", "sans", "condensed"]

LINES_MAX = 5

_FAMILY = {
    "serif": "Georgia,'DejaVu Serif',serif",
    "sans": "'Helvetica Neue',Arial,'DejaVu Sans',sans-serif",
    "condensed": "'Arial Narrow','DejaVu Sans Condensed',Arial,sans-serif",
}
_EM_WIDTH = {"serif": 0.68, "sans": 0.7, "condensed": 0.64}
_CAPITALS = 1.14


def title_block(
    text: str,
    place: tuple[float, float, float, float],
    fill: str,
    face: Face = "serif",
    **more: object,
) -> str:
    """
    Write a title into a place, aligned to its top.

    Args:
        text: What to write; the caller decides about capitals.
        place: Left, top, width and height.
        fill: The colour.
        face: One of three families that every machine has in some form.
        more: Attributes of the lines: `text_anchor="middle"` centres them.
    """
    left, top, width, height = place
    em = _EM_WIDTH[face] * (_CAPITALS if text.isupper() else 1)
    size, lines = max((_size(lines, em, width, height), lines) for lines in _breaks(text))
    size = min(size, 54)
    x = left + width / 2 if more.get("text_anchor") == "middle" else left
    style = {"font_family": _FAMILY[face], "font_weight": 700} | more
    return "".join(
        words(x, top + size * (0.82 + 1.1 * n), line, size, fill, **style)
        for n, line in enumerate(lines)
    )


def small_line(x: float, y: float, text: str, size: float, fill: str, **more: object) -> str:
    """Write one small centred line, such as an author's name."""
    style = {"font_family": _FAMILY["sans"], "text_anchor": "middle", "letter_spacing": 1} | more
    return words(x, y, text, size, fill, **style)


def fitting(text: str, width: float, size: float) -> float:
    """Tell how large a line of sans-serif may be to fit into *width*, at most *size*."""
    return min(size, width / (max(1, len(text)) * 0.74))


def _breaks(text: str) -> list[tuple[str, ...]]:
    parts = text.split()
    found = []
    for count in range(1, min(LINES_MAX, len(parts)) + 1):
        limit = max(len(text) / count, *map(len, parts))
        lines = [parts[0]]
        for part in parts[1:]:
            if len(lines[-1]) + len(part) <= limit or len(lines) == LINES_MAX:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
        found.append(tuple(lines))
    return found


def _size(lines: tuple[str, ...], em: float, width: float, height: float) -> float:
    return min(width / (em * max(len(line) for line in lines)), height / (1.1 * len(lines)))
