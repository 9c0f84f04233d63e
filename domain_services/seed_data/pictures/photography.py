"""Tripods and bags."""

from domain_services.seed_data.pictures.cameras import front_lens
from domain_services.seed_data.pictures.canvas import circle, path, rect, stroke
from domain_services.seed_data.pictures.colours import darker
from domain_services.seed_data.pictures.scene import Scene


def tripod(s: Scene) -> str:
    """A tripod, with spread legs."""
    legs, wide = s.body, s.rng.choice((120, 150, 180))
    spread = "".join(
        stroke(f"M300 250L{x} 500", darker(legs, shade), width)
        + stroke(f"M300 250L{(300 + x) / 2} 375", tone, width + 7)
        for x, shade, width, tone in (
            (300, 0.5, 9, s.dark),
            (300 - wide, 0.15, 10, s.body),
            (300 + wide, 0.15, 10, s.light),
        )
    )
    locks = "".join(circle((300 + x) / 2, 375, 13, s.room.accent) for x in (300 - wide, 300 + wide))
    centre = rect(290, 150, 20, 170, "#9fa3a8", r=6) + rect(262, 226, 76, 40, s.sheen, r=14)
    head = (
        circle(300, 140, 28, s.gradient("#d9dbde", "#73767b", "across"))
        + rect(250, 94, 100, 22, s.dark, r=6)
        + stroke("M326 146L372 166", "#55585d", 9)
    )
    top = s.rng.choice(("", rect(246, 28, 108, 68, "#2c2d31", r=10) + front_lens(s, 300, 62, 28)))
    return s.ground(300, 504, 210, 14) + spread + centre + locks + head + top


def bag(s: Scene) -> str:
    """A bag, to hang from a shoulder or to wear on the back."""
    return _backpack(s) if s.says("Backpack") else _shoulder_bag(s)


def _shoulder_bag(s: Scene) -> str:
    strap = stroke("M136 260C90 40 510 40 464 260", s.dark, 20) + stroke(
        "M136 260C90 46 510 46 464 260", s.light, 2, stroke_dasharray="6 8"
    )
    body = rect(112, 240, 376, 240, s.gradient(s.body, s.dark), r=28)
    flap = path(
        "M104 246Q104 226 124 226H476Q496 226 496 246V352Q496 398 440 398H160Q104 398 104 352Z",
        s.sheen,
    )
    seam = path(
        "M116 250V350Q118 386 162 386H438Q482 386 484 350V250",
        "none",
        stroke=s.light,
        stroke_width=2,
        stroke_dasharray="6 6",
    )
    leather = s.rng.choice(("#9a6238", "#6d4026"))
    straps = "".join(
        rect(x, 330, 30, 100, leather, r=7)
        + rect(x - 4, 392, 38, 24, "none", r=5, stroke="#d0a54f", stroke_width=5)
        for x in (180, 390)
    )
    return s.ground(300, 484, 215, 16) + strap + body + flap + seam + straps


def _backpack(s: Scene) -> str:
    handle = stroke("M262 132C262 84 338 84 338 132", s.dark, 13)
    body = rect(152, 120, 296, 366, s.sheen, r=88)
    pocket = rect(184, 318, 232, 140, s.gradient(s.body, s.dark), r=30) + stroke(
        "M200 352H400", s.light, 3, stroke_dasharray="5 5"
    )
    roll = path(
        "M160 224Q300 262 440 224V182Q440 120 360 120H240Q160 120 160 182Z",
        s.gradient(s.light, s.body),
    )
    straps = "".join(
        rect(x, 200, 20, 116, "#9a6238", r=6)
        + rect(x - 4, 262, 28, 20, "none", r=4, stroke="#d0a54f", stroke_width=4)
        for x in (224, 356)
    )
    return s.ground(300, 490, 170, 16) + handle + body + pocket + roll + straps
