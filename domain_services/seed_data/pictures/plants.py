"""House plants by their habit, and planters in flower."""

from math import cos, pi, sin

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

_GREENS = ("#3f7a4c", "#2f6b4f", "#5d8a4a", "#4a7c59", "#6b8f47")


def plant(s: Scene) -> str:
    """A plant in its pot, by its habit."""
    habits = (
        (("Monstera", "Fiddle", "Rubber", "Lily", "Calathea"), _broad_leaves),
        (("Snake", "Aloe", "Dragon"), _blades),
        (("Palm", "Fern"), _fronds),
        (("Olive", "Lemon"), _little_tree),
        (("Pilea", "String"), _coins),
    )
    for names, habit in habits:
        if s.says(*names):
            return s.ground(300, 494, 120, 16) + habit(s)
    return s.ground(300, 494, 120, 16) + _broad_leaves(s)


def _pot(s: Scene, y: float, w: float, h: float) -> str:
    body = path(
        f"M{num(300 - w / 2)} {num(y)}h{num(w)}l{num(-w * 0.13)} {num(h)}h{num(-w * 0.74)}z",
        s.gradient(s.light, s.dark, "right"),
    )
    if s.happens(0.5):
        return body + rect(
            300 - w / 2 - 8, y - 6, w + 16, 30, s.gradient(s.light, s.body, "right"), r=5
        )
    return body + ellipse(300, y, w / 2, w * 0.07, s.dark)


def _broad_leaves(s: Scene) -> str:
    green = s.rng.choice(_GREENS)
    leaf = "M0 0C-64 -40 -62 -128 0 -172C62 -128 64 -40 0 0Z"
    holes = stroke(
        "M0 -16V-150M0 -60L-36 -84M0 -60L36 -84M0 -96L-34 -122M0 -96L34 -122",
        darker(green, 0.35),
        3,
    )
    cuts = (
        path(
            "M-50 -70l30 8l-28 8zM50 -70l-30 8l28 8zM-48 -108l26 6l-26 8zM48 -108l-26 6l26 8z",
            s.room.shape,
        )
        if s.says("Monstera")
        else ""
    )
    leaves = stroke(
        "M300 390Q250 320 208 300M300 390Q350 310 404 296M300 390V250", darker(green, 0.2), 8
    )
    for x, y, turned, size, shade in (
        (206, 304, -58, 0.95, 0.22),
        (404, 300, 58, 0.98, 0.16),
        (246, 250, -26, 1.05, 0.08),
        (358, 252, 28, 1.02, 0.04),
        (300, 272, 2, 1.15, 0),
    ):
        leaves += moved(
            path(leaf, darker(green, shade)) + cuts + holes,
            x,
            y,
            turned + s.rng.randint(-6, 6),
            size,
        )
    return leaves + _pot(s, 372, 172, 120)


def _blades(s: Scene) -> str:
    green, edge = s.rng.choice(_GREENS), "#d9cf7a"
    blades = ""
    for x, turned, size in (
        (262, -24, 0.82),
        (340, 24, 0.84),
        (280, -12, 1),
        (322, 13, 1.02),
        (300, 1, 1.16),
    ):
        blade = path(
            "M-24 0Q-34 -130 0 -256Q34 -130 24 0Z", edge if s.says("Snake") else green
        ) + path("M-16 0Q-24 -120 0 -236Q24 -120 16 0Z", green)
        bands = stroke(
            "M-14 -50q14 10 28 0M-16 -90q16 10 32 0M-14 -130q14 10 28 0M-11 -168q11 8 22 0",
            lighter(green, 0.3),
            4,
        )
        blades += moved(blade + bands, x, 392, turned, size)
    return blades + _pot(s, 380, 160, 112)


def _fronds(s: Scene) -> str:
    green = s.rng.choice(_GREENS)
    comb = "".join(
        f"M-{52 - y // 6} {24 - y}L0 {-y}L{52 - y // 6} {24 - y}" for y in range(50, 224, 17)
    )
    frond = stroke("M0 0V-220", darker(green, 0.2), 6) + stroke(comb, green, 8)
    fan = "".join(
        moved(frond, 300, 392, t, size)
        for t, size in ((-62, 0.92), (62, 0.92), (-34, 1.05), (34, 1.05), (-9, 1.2), (12, 1.14))
    )
    return fan + _pot(s, 382, 166, 112)


def _little_tree(s: Scene) -> str:
    green = "#7d9270" if s.says("Olive") else s.rng.choice(_GREENS)
    trunk = stroke(
        "M300 400C292 340 310 320 300 250M300 320L262 262M302 300L346 240", "#7a5a3c", 13
    )
    crown = "".join(
        circle(x, y, r, tone)
        for x, y, r, tone in (
            (240, 220, 70, darker(green, 0.22)),
            (362, 214, 74, darker(green, 0.14)),
            (300, 160, 82, green),
            (286, 232, 60, lighter(green, 0.1)),
        )
    )
    leaves = "".join(
        moved(
            ellipse(0, 0, 6, 17, lighter(green, 0.3)),
            s.rng.randint(196, 404),
            s.rng.randint(104, 272),
            s.rng.randint(0, 180),
        )
        for _ in range(22)
    )
    fruit = (
        "".join(
            circle(x, y, 15, "#f0c93e") + circle(x - 4, y - 4, 4, "#fbe99a")
            for x, y in ((232, 236), (330, 170), (378, 232), (282, 128))
        )
        if s.says("Lemon")
        else ""
    )
    return trunk + crown + leaves + fruit + _pot(s, 390, 150, 104)


def _coins(s: Scene) -> str:
    green, stems, discs = s.rng.choice(_GREENS), "", ""
    for n in range(13):
        angle = pi * (0.06 + 0.073 * n)
        far = 120 + 60 * (n % 3)
        x, y = 300 - cos(angle) * far, 372 - sin(angle) * far * 0.95
        stems += f"M300 384Q{num((300 + x) / 2)} {num(y + 20)} {num(x)} {num(y)}"
        discs += circle(x, y, 31 - 3 * (n % 2), lighter(green, 0.09 * (n % 3))) + circle(
            x, y, 4, lighter(green, 0.5)
        )
    return stroke(stems, darker(green, 0.15), 4) + discs + _pot(s, 378, 158, 114)


def planter(s: Scene) -> str:
    """A pot or a box with something growing in it."""
    green = s.rng.choice(_GREENS)
    flowers = ""
    for n in range(9):
        x, y = 160 + n * 35, 262 - 70 * sin(pi * (n + 0.5) / 9) - s.rng.randint(0, 36)
        tone = s.rng.choice((s.art.first, s.art.second, s.room.accent))
        flowers += stroke(
            f"M{num(300 + (x - 300) * 0.7)} 350Q{num(x)} 300 {num(x)} {num(y)}", green, 5
        )
        flowers += (
            moved(
                "".join(moved(ellipse(0, -13, 8, 13, tone), 0, 0, t) for t in range(0, 360, 72))
                + circle(0, 0, 7, "#f6d55c"),
                x,
                y,
            )
            if n % 2
            else moved(path("M0 30Q-26 0 0 -34Q26 0 0 30Z", lighter(green, 0.12)), x, y)
        )
    bush = "".join(
        circle(x, 330, 42, tone)
        for x, tone in (
            (190, green),
            (250, darker(green, 0.14)),
            (310, lighter(green, 0.1)),
            (364, green),
            (412, darker(green, 0.1)),
        )
    )
    if s.says("Raised"):
        box = (
            rect(120, 336, 360, 116, s.sheen, r=4)
            + stroke("M120 374H480M120 412H480", s.dark, 4)
            + rect(136, 452, 20, 46, s.dark)
            + rect(444, 452, 20, 46, s.dark)
        )
    else:
        box = s.rng.choice(
            (
                path("M150 330H450L414 486H186Z", s.sheen) + rect(138, 318, 324, 32, s.light, r=6),
                path("M160 326H440V420Q440 490 300 490T160 420Z", s.sheen)
                + ellipse(300, 326, 140, 18, s.dark),
            )
        )
    return s.ground(300, 494, 190, 14) + flowers + bush + box
