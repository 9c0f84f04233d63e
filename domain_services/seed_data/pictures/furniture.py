"""Tables and shelves."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import NAMED, darker, lighter
from domain_services.seed_data.pictures.joinery import leg, vase
from domain_services.seed_data.pictures.scene import Scene


def table(s: Scene) -> str:
    """A table: for dinner, for work, or low beside a sofa."""
    if s.says("Desk"):
        return _desk(s)
    if s.says("Coffee", "Side"):
        return s.one_of(_round_table, _low_table)
    return _dining_table(s)


def _dining_table(s: Scene) -> str:
    top = path("M110 300H490L548 340H52Z", s.gradient(lighter(s.body, 0.25), s.body)) + rect(
        52, 339, 496, 20, s.dark, r=4
    )
    slant = s.rng.choice((0, 14, 24))
    legs = path("M144 359h20l-4 90h-12zM436 359h20l-4 90h-12z", darker(s.body, 0.5)) + path(
        f"M84 359h26l{-slant} 138h-16zM490 359h26l{slant} 138h-16z", s.body
    )
    return (
        s.ground(300, 500, 260, 13)
        + legs
        + top
        + s.rng.choice(
            (
                vase(s, 300, 318),
                vase(s, 220, 320)
                + circle(390, 316, 17, "#d5652f")
                + circle(420, 318, 15, "#e0a13a"),
                vase(s, 380, 318),
            )
        )
    )


def _desk(s: Scene) -> str:
    top = rect(64, 306, 472, 20, s.gradient(s.light, s.body), r=6)
    drawers = (
        rect(360, 326, 150, 92, s.body)
        + rect(368, 334, 134, 36, s.light, r=4)
        + rect(368, 376, 134, 36, s.light, r=4)
        + circle(435, 352, 5, s.dark)
        + circle(435, 394, 5, s.dark)
    )
    legs = path("M88 326h18l-6 172h-10zM496 326h18l-2 172h-10z", s.dark)
    lamp = (
        stroke("M160 304L190 220L262 188", "#2d2d31", 7)
        + path("M246 162l52 30l-46 26z", s.room.accent)
        + ellipse(158, 304, 34, 7, "#2d2d31")
    )
    books = (
        rect(380, 240, 20, 66, s.room.accent, r=2)
        + rect(402, 250, 24, 56, "#e9dfc7", r=2)
        + rect(428, 232, 16, 74, s.dark, r=2)
    )
    return s.ground(300, 502, 240, 13) + legs + drawers + top + lamp + books


def _round_table(s: Scene) -> str:
    legs = path("M188 340l-30 158h12l44-150zM412 340l30 158h-12l-44-150z", s.dark) + path(
        "M290 350h20l-4 130h-12z", darker(s.body, 0.5)
    )
    top = ellipse(300, 338, 206, 52, s.dark) + ellipse(
        300, 326, 206, 52, s.gradient(s.light, s.body, "across")
    )
    cup = path("M350 306h44l-6 26q-4 8 -16 8t-16-8z", "#fbf7ee") + ellipse(
        372, 306, 22, 6, "#4b2f20"
    )
    return s.ground(300, 500, 200, 14) + legs + top + vase(s, 244, 326) + cup


def _low_table(s: Scene) -> str:
    top = path("M120 330H480L530 368H70Z", s.gradient(s.light, s.body)) + rect(
        70, 367, 460, 16, s.dark, r=4
    )
    shelf = path("M140 440H460L490 456H110Z", s.body) + rect(110, 455, 380, 8, s.dark)
    legs = rect(88, 383, 15, 114, s.body) + rect(497, 383, 15, 114, s.body)
    books = path("M330 336h100l14 14h-104z", s.room.accent) + path(
        "M340 322h84l10 14h-98z", "#f3ead8"
    )
    return s.ground(300, 500, 250, 13) + shelf + legs + top + vase(s, 218, 350) + books


def shelf(s: Scene) -> str:
    """A bookcase, an open shelf, or a sideboard."""
    return _sideboard(s) if s.says("Sideboard") else _bookcase(s)


def _row(s: Scene, x: float, y: float, w: float) -> str:
    tones, drawn, end = (
        (s.room.accent, s.art.first, s.art.second, s.art.third, "#e9dfc7", "#37474f"),
        "",
        x + w,
    )
    if s.happens(0.3):
        drawn += (
            circle(x + 26, y - 52, 24, "#7f9a63")
            + circle(x + 42, y - 44, 17, "#6a8750")
            + path(f"M{num(x + 12)} {num(y - 34)}h36l-5 34h-26z", "#c4623f")
        )
        x += 64
    while x < end - 40:
        wide, tall = s.rng.randint(10, 20), s.rng.randint(38, 66)
        drawn += rect(x, y - tall, wide - 1.5, tall, s.rng.choice(tones), r=1.5)
        x += wide + (s.rng.choice((0, 0, 0, 26)))
    return drawn


def _bookcase(s: Scene) -> str:
    boards = min(5, int(s.attributes["Boards"]))
    w = 210 if boards > 4 else 300  # noqa: PLR2004 - many boards make a tall, narrow case
    x, y = 300 - w / 2, 494 - boards * 82
    case = (
        rect(x - 12, y - 12, w + 24, 494 - y + 12, darker(s.body, 0.42), r=4)
        if s.happens(0.6)
        else ""
    )
    sides = rect(x - 14, y - 14, 14, 508 - y, s.gradient(s.light, s.dark, "right")) + rect(
        x + w, y - 14, 14, 508 - y, s.gradient(s.light, s.dark, "right")
    )
    rows = "".join(_row(s, x + 6, y + 82 * (n + 1) - 12, w - 12) for n in range(boards))
    planks = "".join(rect(x - 14, y + 82 * n - 12, w + 28, 12, s.light) for n in range(boards + 1))
    return s.ground(300, 498, w * 0.62, 12) + case + rows + planks + sides


def _sideboard(s: Scene) -> str:
    body = rect(76, 300, 448, 158, s.sheen, r=8)
    doors = "".join(
        rect(88 + 145 * n, 312, 134, 134, s.gradient(s.light, s.body), r=4)
        + circle(104 + 145 * n, 380, 6, NAMED["brass"])
        for n in range(3)
    )
    slats = stroke("".join(f"M{x} 318V440" for x in range(240, 364, 9)), s.dark, 3, opacity=0.6)
    legs = "".join(leg(x, 458, foot, s.dark, 42) for x, foot in ((118, 108), (482, 492)))
    return (
        s.ground(300, 500, 240, 12)
        + legs
        + body
        + doors
        + slats
        + vase(s, 168, 300)
        + _row(s, 330, 300, 190)
    )
