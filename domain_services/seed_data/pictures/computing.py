"""Keyboards, mice, small computers and drives."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    moved,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.lettering import small_line
from domain_services.seed_data.pictures.scene import Scene

_COLUMNS = {"Full-size": 15, "Tenkeyless": 13, "75%": 12, "65%": 11}
_ROWS = 5


def keyboard(s: Scene) -> str:
    """A keyboard, seen from above and slightly turned."""
    columns, w = _COLUMNS[s.attributes["Layout"]], 470
    cell = w / (columns + 0.6)
    h = cell * (_ROWS + 0.6)
    plate = rect(0, 10, w, h + 8, darker(s.body, 0.5), r=14) + rect(0, 0, w, h, s.sheen, r=14)
    tones = (lighter(s.body, 0.55), lighter(s.body, 0.2), "#f3efe6", darker(s.body, 0.35))
    tone = s.rng.choice(tones)
    caps = ""
    for row in range(_ROWS):
        x, spans = 0.3, _key_widths(row, columns)
        for n, span in enumerate(spans):
            coloured = (row, n) in {(0, 0), (2, len(spans) - 1)}
            caps += _key(
                x * cell, (0.3 + row) * cell, span * cell, cell, s.room.accent if coloured else tone
            )
            x += span
    turned = s.rng.choice((-14, -8, 10))
    board = moved(moved(plate + caps, -w / 2, -h / 2), 300, 300, turned)
    return s.ground(300, 330 + h / 2, 250, 26) + board


def _key_widths(row: int, columns: int) -> tuple[float, ...]:
    """Tell the widths of a row's keys, in columns; the last row has the space bar."""
    if row == _ROWS - 1:
        return (1.5, 1.5, columns - 6, 1.5, 1.5)
    first = 1 + 0.5 * (row % 3)
    return (first, *(1.0,) * (columns - 3), columns - first - (columns - 3))


def _key(x: float, y: float, w: float, h: float, fill: str) -> str:
    return rect(x, y, w - 3, h - 3, fill, r=4)


def mouse(s: Scene) -> str:
    """A mouse from above."""
    turned = s.rng.choice((-18, 0, 14))
    body = path("M-92 -20C-92 -140 92 -140 92 -20V60C92 190 -92 190 -92 60Z", s.sheen)
    tall = path(
        "M-100 20C-110 -130 60 -170 90 -60C104 0 110 120 60 150C0 190 -90 160 -100 20Z", s.sheen
    )
    lines = stroke("M0 -110V-4M-90 4Q0 -18 90 4", s.dark, 3)
    wheel = rect(-11, -86, 22, 56, s.dark, r=11) + rect(-6, -78, 12, 40, s.room.accent, r=6)
    shine = path(
        "M-72 -30C-72 -110 -20 -118 -14 -114C-50 -90 -56 -40 -56 40C-70 30 -72 0 -72 -30Z",
        "#fff",
        opacity=0.25,
    )
    return s.ground(300, 466, 120, 26) + moved(
        (tall if s.says("Ergonomic") else body) + lines + wheel + shine, 300, 302, turned, 1.22
    )


def desktop(s: Scene) -> str:
    """A small computer."""
    return s.one_of(_mini, _tower)


def _mini(s: Scene) -> str:
    top = path("M140 300L300 236L460 300L300 372Z", s.gradient(s.light, s.body))
    left = path("M140 300L300 372V470L140 392Z", s.body) + path(
        "M460 300L300 372V470L460 392Z", s.dark
    )
    ports = stroke("M176 352l26 12M218 372l16 7M252 388l20 9", darker(s.body, 0.6), 8) + circle(
        156, 342, 5, "#8ee6a8"
    )
    vents = stroke(
        "".join(f"M{num(330 + n * 18)} {num(390 - n * 8)}v42" for n in range(7)),
        darker(s.body, 0.55),
        5,
    )
    mark = path("M280 300l20-9l20 9l-20 9z", s.dark, opacity=0.5)
    return s.ground(310, 462, 190, 24) + top + left + ports + vents + mark


def _tower(s: Scene) -> str:
    body = rect(196, 120, 208, 364, s.sheen, r=30)
    front = rect(216, 146, 168, 312, darker(s.body, 0.35), r=16) + stroke(
        "".join(f"M232 {y}H368" for y in range(168, 400, 17)), s.body, 6
    )
    power = circle(300, 430, 15, s.body) + circle(300, 430, 7, s.room.accent)
    return s.ground(300, 490, 130, 16) + body + front + power


def drive(s: Scene) -> str:
    """A drive for the pocket, with its capacity printed on it."""
    turned = s.rng.choice((-16, -9, 12))
    cable = stroke("M300 190C300 80 420 60 470 120", "#3b3d42", 10) + moved(
        rect(-14, -8, 28, 40, "#c9ccd0", r=5), 478, 128, -48
    )
    body = rect(-92, -150, 184, 300, s.sheen, r=s.rng.choice((20, 46))) + rect(
        -92, -150, 184, 300, "none", r=30, stroke=s.light, stroke_width=2, stroke_opacity=0.5
    )
    ribs = (
        stroke("".join(f"M-62 {y}H62" for y in range(-104, 10, 20)), s.dark, 6, opacity=0.55)
        if s.says("Rugged")
        else circle(0, -60, 42, s.dark, opacity=0.3)
    )
    label = small_line(
        0, 94, s.attributes["Capacity"], 32, lighter(s.body, 0.8), font_weight=700
    ) + circle(0, 126, 4, "#8ee6a8")
    return s.ground(300, 474, 130, 22) + cable + moved(body + ribs + label, 300, 320, turned)
