"""Speakers, turntables and radios."""

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

_MESH = "#2c2c30"


def speakers(s: Scene) -> str:
    """A pair of speakers for a shelf."""
    cone = s.rng.choice(("#3c3d42", "#d9a441", "#e9e3d5", "#8a4b36", None))
    right = s.rng.choice((cone, cone, cone or "#3c3d42"))
    return s.ground(300, 490, 220, 18) + _box(s, 112, 170, cone) + _box(s, 318, 170, right)


def _box(s: Scene, x: float, y: float, cone: str | None) -> str:
    w, h = 170, 318
    box = rect(x, y, w, h, s.sheen, r=10) + rect(x + w - 12, y, 12, h, s.dark, r=6, opacity=0.5)
    if cone is None:
        return (
            box
            + rect(x + 12, y + 12, w - 30, h - 24, "#55575c", r=8)
            + rect(x + w / 2 - 22, y + h - 40, 30, 6, "#c9a25c", r=3)
        )
    cx = x + w / 2 - 4
    drivers = (
        circle(cx, y + 82, 40, _MESH)
        + circle(cx, y + 82, 22, "#4a4a50")
        + circle(cx - 5, y + 77, 8, "#86868c")
    )
    drivers += (
        circle(cx, y + 216, 66, _MESH)
        + circle(cx, y + 216, 54, cone)
        + circle(cx, y + 216, 21, darker(cone, 0.45))
    )
    drivers += circle(
        cx, y + 216, 44, "none", stroke=lighter(cone, 0.25), stroke_width=2, stroke_opacity=0.5
    )
    return box + drivers


def portable(s: Scene) -> str:
    """A speaker to carry."""
    return s.one_of(_barrel, _puck, _handled)


def _dots(x: float, y: float, columns: int, rows: int, colour: str) -> str:
    d = "".join(
        f"M{num(x + c * 15 + (r % 2) * 7.5)} {num(y + r * 13)}h.1"
        for r in range(rows)
        for c in range(columns)
    )
    return stroke(d, colour, 6)


def _barrel(s: Scene) -> str:
    body = rect(100, 250, 400, 190, s.gradient(s.light, s.dark), r=95)
    ends = (
        ellipse(150, 345, 42, 78, darker(s.body, 0.5))
        + ellipse(150, 345, 26, 52, "#8f9297")
        + circle(150, 345, 15, s.room.accent)
    )
    strap = stroke("M470 320C560 330 545 440 452 425", darker(s.body, 0.45), 12)
    plus = stroke("M300 282h26M313 269v26M360 282h26", lighter(s.body, 0.6), 7)
    return (
        s.ground(300, 446, 230, 18)
        + strap
        + body
        + _dots(225, 330, 15, 6, darker(s.body, 0.3))
        + plus
        + ends
    )


def _puck(s: Scene) -> str:
    body = path("M130 330C130 420 150 470 300 470S470 420 470 330Z", s.sheen)
    top = ellipse(300, 326, 170, 84, s.gradient(s.light, s.body)) + ellipse(
        300, 322, 134, 62, darker(s.body, 0.4)
    )
    knob = ellipse(300, 316, 56, 26, s.gradient("#f2efe9", "#a9a59c"))
    strap = stroke("M455 300C520 210 440 150 380 250", "#a06a3f", 13)
    return (
        s.ground(300, 474, 190, 18)
        + strap
        + body
        + top
        + _dots(200, 400, 14, 4, darker(s.body, 0.3))
        + knob
    )


def _handled(s: Scene) -> str:
    handle = stroke("M180 220C180 130 420 130 420 220", "#a06a3f", 20) + stroke(
        "M180 215C182 138 418 138 420 215", "#c48d5c", 6
    )
    body = rect(110, 210, 380, 270, s.sheen, r=34)
    cloth = rect(132, 270, 336, 188, darker(s.body, 0.45), r=22) + _dots(
        152, 290, 20, 12, darker(s.body, 0.2)
    )
    knobs = (
        circle(170, 242, 17, "#e9dfc7")
        + circle(216, 242, 17, "#e9dfc7")
        + stroke("M170 242v-12M216 242l8 -9", "#554a3b", 4)
    )
    badge = rect(380, 236, 70, 12, "#d8b56b", r=6)
    return s.ground(300, 484, 220, 18) + handle + body + cloth + knobs + badge


def turntable(s: Scene) -> str:
    """A record player, from above or from the front."""
    return s.one_of(_turntable_above, _turntable_front)


def _turntable_above(s: Scene) -> str:
    plinth = rect(76, 128, 448, 350, s.sheen, r=22) + rect(76, 462, 448, 22, s.dark, r=11)
    disc = circle(254, 300, 150, "#cfcfd2") + circle(254, 300, 142, "#1d1c1e")
    disc += "".join(
        circle(254, 300, r, "none", stroke="#fff", stroke_opacity=0.12, stroke_width=1.4)
        for r in (126, 108, 90, 72)
    )
    disc += (
        path("M254 300L330 178A144 144 0 0 1 372 218Z", "#fff", opacity=0.12)
        + circle(254, 300, 46, s.art.first)
        + circle(254, 300, 5, "#eee")
    )
    arm = (
        circle(456, 196, 34, "#55585d")
        + circle(456, 196, 20, "#d5d7da")
        + stroke("M456 196L444 350L372 392", "#e3e5e7", 10)
    )
    head = moved(rect(-20, -10, 40, 22, "#2d2d31", r=4), 366, 396, -28) + stroke(
        "M456 196L464 160", "#55585d", 20
    )
    knob = circle(456, 428, 20, "#e9e5dc") + stroke("M456 428v-14", "#554a3b", 4)
    return s.ground(300, 490, 250, 16) + plinth + disc + arm + head + knob


def _turntable_front(s: Scene) -> str:
    lid = path(
        "M130 372L100 150H500L470 372Z",
        "#ffffff",
        opacity=0.28,
        stroke="#ffffff",
        stroke_opacity=0.7,
        stroke_width=3,
    )
    plinth = rect(84, 396, 432, 72, s.gradient(s.light, s.dark), r=10)
    feet = rect(120, 466, 60, 18, "#2c2c2f", r=6) + rect(420, 466, 60, 18, "#2c2c2f", r=6)
    platter = (
        ellipse(270, 386, 160, 19, "#8f9297")
        + ellipse(270, 378, 160, 19, "#1d1c1e")
        + ellipse(270, 377, 50, 6, s.art.first)
    )
    arm = (
        rect(440, 330, 24, 66, "#55585d", r=7)
        + stroke("M452 344L330 362", "#e3e5e7", 8)
        + rect(312, 354, 30, 14, "#2d2d31", r=3)
    )
    knob = circle(470, 432, 15, "#e9e5dc") + circle(120, 432, 5, s.room.accent)
    return s.ground(300, 488, 250, 16) + lid + plinth + feet + platter + arm + knob


def radio(s: Scene) -> str:
    """A table radio."""
    return s.one_of(_radio_wide, _radio_round)


def _radio_wide(s: Scene) -> str:
    body = rect(92, 214, 416, 256, s.sheen, r=s.rng.choice((24, 60)))
    legs = path("M140 466l-12 30h18l16-30zM460 466l12 30h-18l-16-30z", "#7a5236")
    cloth = rect(124, 246, 226, 192, "#e9dfc7", r=16) + stroke(
        "".join(f"M{x} 256V428" for x in range(140, 344, 13)), "#b9a885", 3
    )
    dial = (
        rect(372, 252, 108, 60, "#fbf3da", r=8)
        + stroke("M384 292h84M390 284v8M406 284v8M422 284v8M438 284v8M454 284v8", "#8d7b5a", 2)
        + stroke("M430 262v40", "#d0453a", 3)
    )
    knob = (
        circle(426, 378, 45, s.dark)
        + circle(426, 374, 40, s.gradient("#f4ead2", "#c9b48a"))
        + stroke("M426 374V344", "#6b5637", 5)
    )
    aerial = stroke("M450 218L520 90", "#c9ccd0", 5) + circle(520, 90, 6, "#c9ccd0")
    return s.ground(300, 496, 220, 15) + aerial + legs + body + cloth + dial + knob


def _radio_round(s: Scene) -> str:
    body = rect(150, 150, 300, 326, s.sheen, r=72)
    handle = stroke("M220 158C220 96 380 96 380 158", NAMED["brass"], 12)
    ring = circle(300, 352, 92, "#e9dfc7") + _dots(236, 296, 9, 9, "#a08c66")
    panel = (
        rect(194, 186, 212, 58, "#2b2a2c", r=14)
        + rect(206, 206, 118, 18, "#ffd98a", r=4, opacity=0.9)
        + circle(372, 215, 17, "#d8b56b")
    )
    return s.ground(300, 480, 170, 16) + handle + body + panel + ring
