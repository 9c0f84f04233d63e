"""Kettles and coffee makers."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import NAMED, darker, lighter
from domain_services.seed_data.pictures.cookware import STEEL, steam
from domain_services.seed_data.pictures.scene import Scene


def kettle(s: Scene) -> str:
    """A kettle: with a swan's neck, or round and whistling."""
    return (
        _whistling(s)
        if s.says("Whistling")
        else _gooseneck(s)
        if s.says("Gooseneck")
        else s.one_of(_gooseneck, _jug)
    )


def _gooseneck(s: Scene) -> str:
    wood = "#a06a3f"
    spout = stroke("M230 420C130 430 150 300 112 236L90 222", s.dark, 17) + stroke(
        "M230 418C136 426 154 300 116 238L92 222", s.body, 10
    )
    handle = stroke("M396 250C540 210 540 400 470 430", wood, 24) + stroke(
        "M400 246C530 214 532 396 468 424", lighter(wood, 0.3), 5
    )
    body = path("M214 240H400L434 452Q436 478 408 478H206Q178 478 180 452Z", s.sheen)
    lid = (
        path("M222 240Q306 190 392 240Z", s.light)
        + rect(294, 186, 26, 26, wood, r=9)
        + rect(210, 236, 194, 10, s.dark, r=5)
    )
    return s.ground(310, 484, 190, 15) + steam(s, 84, 196) + handle + spout + body + lid


def _jug(s: Scene) -> str:
    base = rect(176, 464, 240, 22, "#2f2f33", r=8)
    handle = stroke("M402 206C520 200 520 420 420 420", s.dark, 28)
    body = path(
        "M190 172L150 190L200 236V440Q200 466 226 466H372Q398 466 398 440L408 172Z", s.sheen
    )
    window = rect(352, 270, 16, 150, "#d9eaf0", r=8, opacity=0.85) + rect(
        352, 330, 16, 90, "#79b4cf", r=8
    )
    lid = path("M190 172Q300 120 408 172Z", s.dark) + rect(282, 126, 36, 20, s.room.accent, r=9)
    return s.ground(310, 490, 170, 14) + handle + body + lid + window + base


def _whistling(s: Scene) -> str:
    handle = stroke("M190 260C190 90 410 90 410 260", "#5b4030", 22) + stroke(
        "M236 156C270 126 330 126 364 156", "#a06a3f", 24
    )
    spout = path("M436 330L520 250L536 268L470 400Z", s.dark) + circle(530, 256, 17, NAMED["brass"])
    body = path(
        "M134 400C134 210 466 210 466 400V446Q466 474 436 474H164Q134 474 134 446Z", s.sheen
    )
    lid = ellipse(300, 262, 78, 16, s.light) + circle(300, 242, 18, NAMED["brass"])
    shine = path("M170 400C170 320 200 280 230 270C206 310 196 350 196 420Z", "#fff", opacity=0.3)
    return s.ground(300, 480, 200, 15) + handle + spout + body + lid + shine


def coffee_maker(s: Scene) -> str:
    """An espresso machine, or a brewer with a jug."""
    return _espresso(s) if s.says("Espresso") else s.one_of(_espresso, _filter, _moka)


def _cup(x: float, y: float, tone: str) -> str:
    return (
        path(f"M{x} {y}h56l-6 36q-3 10 -14 10h-16q-11 0 -14 -10z", tone)
        + stroke(f"M{x + 54} {y + 10}q18 -2 14 14t-20 10", tone, 6)
        + ellipse(x + 28, y + 1, 25, 5, "#4b2f20")
    )


def _espresso(s: Scene) -> str:
    body = rect(120, 130, 360, 356, s.sheen, r=28) + rect(
        120, 130, 360, 74, s.light, r=28, opacity=0.5
    )
    bay = rect(156, 262, 288, 180, darker(s.body, 0.6), r=12)
    gauge = (
        circle(200, 222, 26, "#f7f3e9")
        + stroke("M200 222l12 -14", "#c33", 4)
        + circle(200, 222, 27, "none", stroke=STEEL, stroke_width=5)
    )
    buttons = "".join(circle(x, 222, 15, STEEL) for x in (330, 376, 422))
    group = (
        rect(262, 258, 92, 34, STEEL, r=8)
        + rect(274, 288, 68, 20, "#8f9499", r=5)
        + stroke("M340 298L448 320", "#5b4030", 19)
        + rect(292, 306, 10, 16, "#8f9499")
        + rect(314, 306, 10, 16, "#8f9499")
    )
    drip = rect(146, 438, 308, 18, STEEL, r=6) + stroke("M297 322v52M319 322v52", "#6b4226", 4)
    wand = stroke("M176 262V350l-14 34", STEEL, 8)
    return (
        s.ground(300, 490, 205, 14)
        + body
        + bay
        + gauge
        + buttons
        + drip
        + _cup(278, 388, "#fbf7ee")
        + group
        + wand
    )


def _filter(s: Scene) -> str:
    body = path(
        "M160 130H440V196H250V424H440V484H160Z",
        s.sheen,
        stroke=s.body,
        stroke_width=16,
        stroke_linejoin="round",
    )
    cone = path("M282 204H428L392 282H318Z", s.dark)
    jug = path("M290 306H422Q446 370 428 426H284Q266 370 290 306Z", "#eaf4f6", opacity=0.75) + path(
        "M278 360H434Q438 398 428 426H284Q274 398 278 360Z", "#4b2f20", opacity=0.92
    )
    grip = stroke("M432 330C500 330 496 410 436 406", "#2d2d31", 14) + rect(
        286, 296, 140, 14, "#2d2d31", r=6
    )
    lamp = circle(204, 456, 8, s.room.accent) + rect(
        186, 166, 30, 240, "#d9eaf0", r=10, opacity=0.5
    )
    return s.ground(310, 494, 190, 14) + body + cone + jug + grip + lamp


def _moka(s: Scene) -> str:
    low = path("M206 340H394L424 476H176Z", s.gradient(s.light, s.dark, "right")) + path(
        "M262 340H338L352 476H248Z", "#fff", opacity=0.18
    )
    high = path(
        "M196 176L150 196L200 250L216 320H384L404 176Z", s.gradient(s.light, s.dark, "right")
    ) + path("M262 176H338L332 320H268Z", "#fff", opacity=0.18)
    belt = rect(200, 318, 200, 26, s.dark, r=6)
    lid = path("M192 178L300 132L408 178Z", s.body) + circle(300, 126, 16, "#2d2d31")
    grip = stroke("M402 190C510 186 506 300 470 356", "#2d2d31", 24)
    return (
        s.ground(300, 482, 150, 14)
        + steam(s, 150, 170)
        + grip
        + low
        + high
        + belt
        + lid
        + _cup(452, 432, "#fbf7ee")
    )
