"""Pans, pots and knives."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    moved,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import NAMED, darker, lighter
from domain_services.seed_data.pictures.scene import Scene

STEEL = "#c3c8cd"


def _handle_tone(s: Scene) -> str:
    return NAMED.get(s.attributes.get("Handle", "").lower(), "#5b4030")


def steam(s: Scene, x: float, y: float) -> str:
    """Draw three wisps of steam that rise from a point."""
    d = "".join(f"M{x + dx} {y}q-14 -22 0 -42t0 -42" for dx in (-26, 0, 26))
    return stroke(d, lighter(s.room.shape, 0.5), 6, opacity=0.75)


def pan(s: Scene) -> str:
    """A frying pan, from above or from the side."""
    return s.one_of(_pan_above, _pan_above, _pan_side)


def _pan_above(s: Scene) -> str:
    tone, turned = _handle_tone(s), s.rng.choice((-38, 32, 40, -24))
    handle = rect(
        -19, 150, 38, 190, s.gradient(lighter(tone, 0.2), darker(tone, 0.2), "right"), r=16
    ) + circle(0, 318, 8, darker(s.room.floor, 0.1))
    dish = (
        circle(0, 0, 170, s.sheen)
        + circle(0, 0, 152, darker(s.body, 0.38))
        + circle(0, 0, 126, s.gradient(darker(s.body, 0.3), darker(s.body, 0.12), "across"))
    )
    egg = (
        path("M-64 -10C-70 -70 10 -84 44 -52C84 -30 70 40 22 50C-20 66 -60 40 -64 -10Z", "#fffaf0")
        + circle(-8, -8, 27, "#f4b63f")
        + circle(-15, -15, 7, "#fde7a9")
    )
    herbs = "".join(
        moved(path("M0 0q14 -18 30 -4q-12 16 -30 4z", "#5d8a4a"), x, y, t)
        for x, y, t in ((-70, 40, 20), (60, -70, 80), (30, 76, -30))
    )
    food = s.rng.choice((egg, egg + herbs, herbs, ""))
    return (
        s.ground(300, 470, 220, 30) + moved(handle + dish, 300, 262, turned) + moved(food, 300, 262)
    )


def _pan_side(s: Scene) -> str:
    tone = _handle_tone(s)
    handle = path("M420 372L560 322Q576 318 578 332Q578 342 566 346L424 398Z", tone)
    body = path("M92 352H440L412 440Q406 456 388 456H144Q126 456 120 440Z", s.sheen)
    rim = ellipse(266, 352, 174, 24, s.light) + ellipse(266, 353, 162, 18, darker(s.body, 0.45))
    return s.ground(270, 460, 180, 16) + steam(s, 262, 322) + handle + body + rim


def casserole(s: Scene) -> str:
    """A heavy pot with its lid."""
    wide = s.attributes["Shape"] == "Oval"
    x, w = (96, 408) if wide else (126, 348)
    knob = s.rng.choice((NAMED["brass"], "#2d2d31", STEEL))
    ears = "".join(
        stroke(f"M{px} 330q{34 * side} -6 {36 * side} 22t{-34 * side} 26", s.dark, 18)
        for px, side in ((x + 4, -1), (x + w - 4, 1))
    )
    body = path(
        f"M{x} 312H{x + w}V400Q{x + w} 480 {x + w - 76} 480H{x + 76}Q{x} 480 {x} 400Z",
        s.gradient(s.light, s.dark, "right"),
    )
    lip = rect(x - 8, 298, w + 16, 20, s.body, r=9)
    lid = path(
        f"M{x} 300C{x + 20} 214 {x + w - 20} 214 {x + w} 300Z",
        s.gradient(s.light, s.body, "across"),
    )
    rings = path(
        f"M{x + 60} 286C{x + 90} 246 {x + w - 90} 246 {x + w - 60} 286",
        "none",
        stroke=s.light,
        stroke_width=3,
        stroke_opacity=0.6,
    )
    top = rect(288, 214, 24, 28, darker(knob, 0.3)) + rect(
        268, 196, 64, 26, s.gradient(lighter(knob, 0.4), darker(knob, 0.2)), r=12
    )
    return (
        s.ground(300, 484, w * 0.53, 16)
        + s.rng.choice(("", steam(s, 300, 180)))
        + ears
        + body
        + lid
        + rings
        + lip
        + top
    )


def knife(s: Scene) -> str:
    """A knife, alone or on a board."""
    return s.one_of(_knife_on_board, _knife_alone)


def _blade(s: Scene) -> str:
    steel = s.gradient("#f3f5f6", "#9aa1a7")
    tone = _handle_tone(s)
    if s.says("Bread"):
        teeth = "".join(f"q{num(-8)} 9 -16 0" for _ in range(17))
        edge = path(f"M-206 -30H90V26H66{teeth}Z", steel)
    elif s.says("Santoku"):
        edge = path("M-176 10Q-206 -40 -150 -44H90V40H-60Q-150 40 -176 10Z", steel)
    else:
        edge = path("M-226 2Q-120 -44 -20 -46H90V34Q-80 52 -226 2Z", steel)
    damask = "".join(f"M{x} -38q12 24 -4 44t2 30" for x in range(-120, 80, 26))
    pattern = (
        stroke(damask, "#7d868d", 1.8, opacity=0.5)
        if s.attributes["Steel"].startswith("Damask")
        else stroke("M-180 14Q-60 26 84 16", "#ffffff", 3, opacity=0.8)
    )
    grip = rect(88, -46, 22, 76, "#85898e", r=4) + path(
        "M108 -42H226Q262 -38 258 0Q256 30 226 28L108 22Z",
        s.gradient(lighter(tone, 0.18), darker(tone, 0.25)),
    )
    return edge + pattern + grip + "".join(circle(x, -8, 5, "#d9c08a") for x in (138, 176, 214))


def _knife_on_board(s: Scene) -> str:
    board = rect(96, 216, 408, 250, s.gradient("#d3a871", "#b08248", "across"), r=26) + circle(
        466, 252, 13, s.room.floor
    )
    grain = stroke(
        "M112 282Q300 264 490 290M108 346Q300 330 492 352M116 412Q300 396 484 420",
        "#9a6f39",
        2,
        opacity=0.5,
    )
    tomato = (
        circle(182, 384, 44, "#d5452f")
        + circle(170, 370, 12, "#f08f7d")
        + path("M182 344l8 10l12 -4l-8 12h-24l-8 -12l12 4z", "#4f7a3a")
    )
    leaf = moved(path("M0 0q26 -34 60 -8q-24 32 -60 8z", "#5d8a4a"), 236, 424, -12)
    lemon = (
        circle(186, 386, 42, "#f0c93e")
        + circle(186, 386, 34, "#fbe99a")
        + stroke("M186 354v64M154 386h64M164 364l44 44M208 364l-44 44", "#f0c93e", 4)
    )
    return (
        s.ground(300, 470, 230, 18)
        + board
        + grain
        + s.rng.choice((tomato, lemon))
        + leaf
        + moved(_blade(s), 312, 306, s.rng.choice((-8, 4)), 0.86)
    )


def _knife_alone(s: Scene) -> str:
    shade = moved(rect(-210, -20, 450, 50, "#000", r=20, opacity=0.1), 306, 330, -32)
    return s.ground(300, 480, 190, 16) + shade + moved(_blade(s), 296, 306, -32, 1.05)
