"""Games of wood: chess, backgammon, dominoes, mancala and dice."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    moved,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.scene import Scene


def classic_game(s: Scene) -> str:
    """A game of wood, by its name."""
    if s.says("Backgammon"):
        return _backgammon(s)
    if s.says("Dominoes"):
        return _dominoes(s)
    if s.says("Mancala"):
        return _mancala(s)
    return _dice(s) if s.says("Dice") else _chess(s)


_PIPS = {
    1: ((0, 0),),
    2: ((-1, -1), (1, 1)),
    3: ((-1, -1), (0, 0), (1, 1)),
    4: ((-1, -1), (1, -1), (-1, 1), (1, 1)),
    5: ((-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)),
    6: ((-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1)),
}


def _pips(x: float, y: float, count: int, apart: float, colour: str) -> str:
    return "".join(
        circle(x + dx * apart, y + dy * apart, apart * 0.36, colour) for dx, dy in _PIPS[count]
    )


def _dice(s: Scene) -> str:
    dark, parts = darker(s.body, 0.6), ""
    for x, y, turned, tone in (
        (210, 390, -12, s.body),
        (392, 400, 9, "#f6ecd6"),
        (302, 250, 20, s.light),
    ):
        die = rect(
            -78, -78, 156, 156, s.gradient(lighter(tone, 0.3), darker(tone, 0.2), "across"), r=30
        )
        ink = dark if tone > "#8" else lighter(tone, 0.8)
        parts += moved(die + _pips(0, 0, s.rng.randint(1, 6), 42, ink), x, y, turned)
    return s.ground(300, 484, 230, 18) + parts


def _dominoes(s: Scene) -> str:
    parts, ink = "", lighter(s.body, 0.85)
    for x, y, turned in ((168, 330, -24), (262, 290, -8), (358, 290, 9), (450, 336, 26)):
        tile = rect(-46, -112, 92, 228, darker(s.body, 0.5), r=14) + rect(
            -46, -116, 92, 226, s.sheen, r=14
        )
        tile += stroke("M-32 -3H32", ink, 4)
        tile += _pips(0, -60, s.rng.randint(1, 6), 26, ink) + _pips(
            0, 54, s.rng.randint(1, 6), 26, ink
        )
        parts += moved(tile, x, y + 30, turned)
    return s.ground(300, 480, 240, 20) + parts


def _backgammon(s: Scene) -> str:
    frame = rect(76, 130, 448, 350, s.sheen, r=14) + rect(76, 464, 448, 20, s.dark, r=8)
    felt = rect(96, 150, 194, 310, lighter(s.body, 0.55)) + rect(
        310, 150, 194, 310, lighter(s.body, 0.55)
    )
    tones = (s.room.accent, darker(s.body, 0.35))
    points = "".join(
        path(f"M{num(x + n * 32.3)} {y}h32.3l-16.1 {tall}z", tones[(n + (y > 200)) % 2])  # noqa: PLR2004
        for x in (96, 310)
        for y, tall in ((150, 128), (460, -128))
        for n in range(6)
    )
    men = "".join(
        circle(x, y, 15, tone) + circle(x, y, 9, "none", stroke=darker(tone, 0.2), stroke_width=2)
        for x, start, step, count, tone in (
            (112, 166, 30, 4, "#fbf3e0"),
            (273, 444, -30, 3, "#2f2a26"),
            (326, 166, 30, 3, "#2f2a26"),
            (488, 444, -30, 4, "#fbf3e0"),
            (423, 444, -30, 2, "#2f2a26"),
        )
        for y in range(start, start + step * count, step)
    )
    return s.ground(300, 490, 250, 16) + frame + felt + points + men


def _mancala(s: Scene) -> str:
    board = path(
        "M70 322Q70 262 130 262H470Q530 262 530 322V382Q530 442 470 442H130Q70 442 70 382Z", s.sheen
    )
    edge = path(
        "M70 382V402Q70 462 130 462H470Q530 462 530 402V382Q530 442 470 442H130Q70 442 70 382Z",
        s.dark,
    )
    pits, tones = (
        ellipse(112, 352, 24, 62, s.dark) + ellipse(488, 352, 24, 62, s.dark),
        ("#5fa8a0", "#e4b04a", "#d0604c", "#f3ead6"),
    )
    for n in range(6):
        for y in (312, 392):
            x = 172 + 51 * n
            pits += ellipse(x, y, 22, 27, s.dark)
            pits += "".join(
                circle(
                    x + s.rng.randint(-10, 10), y + s.rng.randint(-12, 14), 7, s.rng.choice(tones)
                )
                for _ in range(s.rng.choice((0, 2, 3, 4)))
            )
    return s.ground(300, 468, 250, 18) + board + edge + pits


def _chess(s: Scene) -> str:
    wood, dark = (
        s.gradient(lighter(s.body, 0.18), darker(s.body, 0.08), "across"),
        darker(s.body, 0.5),
    )
    board = path("M110 440L190 330H410L490 440Z", wood) + path("M110 440H490V462H110Z", dark)
    squares = ""
    for row in range(4):
        for column in range(8):
            if (row + column) % 2:
                t0, t1 = row / 4, (row + 1) / 4
                l0, l1 = 196 - 74 * t0, 196 - 74 * t1
                w0, w1 = (208 + 148 * t0) / 8, (208 + 148 * t1) / 8
                y0, y1 = 336 + 98 * t0, 336 + 98 * t1
                squares += (
                    f"M{num(l0 + column * w0)} {num(y0)}h{num(w0)}"
                    f"L{num(l1 + (column + 1) * w1)} {num(y1)}h{num(-w1)}Z"
                )
    king = (
        "M-30 0h60l-4-14c-12-4-14-50-9-70h10v-9h-8c10-14 13-34"
        " 15-50h-68c2 16 5 36 15 50h-8v9h10c5 20 3 66-9 70z"
    )
    top = rect(-4, -176, 8, 34, dark) + rect(-12, -167, 24, 8, dark)
    pawn = "M-24 0h48l-3-12c-9-3-12-24-10-40h8v-7h-6a22 22 0 1 0-26 0h-6v7h8c2 16-1 37-10 40z"
    ivory = s.gradient("#fbf0d9", "#d9c096", "right")
    pieces = moved(path(king, dark) + top, 258, 410, 0, 1.3) + moved(
        path(king, ivory) + rect(-4, -176, 8, 34, "#ead7b0") + rect(-12, -167, 24, 8, "#ead7b0"),
        360,
        400,
        0,
        1.15,
    )
    pieces += (
        moved(path(pawn, ivory), 182, 436, 0, 1.1)
        + moved(path(pawn, dark), 432, 434, 0, 1.15)
        + moved(path(pawn, wood), 308, 444, 0, 1.2)
    )
    return s.ground(300, 470, 230, 22) + board + path(squares, dark) + pieces
