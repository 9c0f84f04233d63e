"""Headphones and earbuds."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    group,
    moved,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker
from domain_services.seed_data.pictures.scene import Scene


def headphones(s: Scene) -> str:
    """Over-ear headphones."""
    return s.one_of(_headphones_front, _headphones_three_quarters, _headphones_on_stand)


def _cup(s: Scene, w: float, h: float, outward: int) -> str:
    pad = rect(
        -w / 2 - outward * w * 0.42, -h / 2 + 8, w * 0.7, h - 16, darker(s.body, 0.55), r=w * 0.33
    )
    shell = rect(-w / 2, -h / 2, w, h, s.sheen, r=w * 0.48)
    rim = rect(
        -w / 2 + 8,
        -h / 2 + 10,
        w - 16,
        h - 20,
        "none",
        r=w * 0.4,
        stroke=s.light,
        stroke_opacity=0.5,
        stroke_width=2,
    )
    return pad + shell + rim + ellipse(outward * 6, 0, w * 0.16, h * 0.2, s.dark, opacity=0.45)


def _headphones_front(s: Scene) -> str:
    band = stroke("M158 330C150 60 450 60 442 330", s.dark, 26) + stroke(
        "M158 325C152 66 448 66 442 325", s.body, 18
    )
    cushion = stroke("M205 178C250 108 350 108 395 178", darker(s.body, 0.5), 24)
    arms = rect(147, 270, 22, 70, "#b9bcc0", r=10) + rect(431, 270, 22, 70, "#b9bcc0", r=10)
    cups = moved(_cup(s, 96, 160, -1), 158, 390, 6) + moved(_cup(s, 96, 160, 1), 442, 390, -6)
    return s.ground(300, 482, 210, 16) + band + cushion + arms + cups


def _headphones_three_quarters(s: Scene) -> str:
    band = stroke("M190 350C130 120 300 70 390 150C440 196 446 270 430 330", s.dark, 28)
    band += stroke("M187 340C132 122 302 76 388 154C436 198 441 270 426 325", s.body, 17)
    far = ellipse(428, 372, 48, 84, darker(s.body, 0.6), transform="rotate(-8 428 372)")
    far += ellipse(446, 370, 40, 80, s.dark, transform="rotate(-8 446 370)")
    near = ellipse(204, 382, 84, 104, darker(s.body, 0.55), transform="rotate(8 204 382)")
    near += ellipse(188, 382, 82, 104, s.sheen, transform="rotate(8 188 382)")
    near += ellipse(184, 382, 58, 78, s.gradient(s.body, s.dark), transform="rotate(8 184 382)")
    near += ellipse(182, 382, 14, 14, s.room.accent)
    yoke = stroke("M186 282V250", "#c2c5c9", 13)
    return s.ground(300, 488, 220, 16) + far + band + yoke + near


def _headphones_on_stand(s: Scene) -> str:
    wood = s.gradient("#c79a63", "#8d6233", "right")
    stand = (
        rect(288, 170, 24, 320, wood, r=8)
        + ellipse(300, 492, 92, 17, "#8d6233")
        + ellipse(300, 486, 92, 17, "#c79a63")
    )
    band = stroke("M196 330C186 120 414 120 404 330", s.body, 24) + stroke(
        "M238 196C270 164 330 164 362 196", s.dark, 18
    )
    cups = moved(_cup(s, 78, 136, -1), 198, 372, 3) + moved(_cup(s, 78, 136, 1), 402, 372, -3)
    return s.ground(300, 498, 150, 18) + stand + band + cups


def earbuds(s: Scene) -> str:
    """Earbuds with their case."""
    return s.one_of(_open_case, _buds_large)


def _bud(s: Scene, stem: float) -> str:
    body = rect(-13, 0, 26, stem, s.sheen, r=13) + ellipse(0, 0, 36, 31, s.sheen)
    tip = ellipse(27, -8, 15, 20, darker(s.body, 0.6)) + ellipse(32, -8, 8, 13, darker(s.body, 0.8))
    return (
        tip
        + body
        + ellipse(-10, -10, 12, 9, "#fff", opacity=0.35)
        + circle(0, stem - 12, 3, s.room.accent)
    )


def _open_case(s: Scene) -> str:
    lid = path("M170 330C170 190 430 190 430 330Z", s.gradient(s.light, s.body)) + path(
        "M192 330C192 214 408 214 408 330Z", s.dark
    )
    tray = rect(170, 330, 260, 30, darker(s.body, 0.45), r=6)
    front = path("M164 344H436V400C436 470 392 488 300 488C208 488 164 470 164 400Z", s.sheen)
    lamp = circle(300, 414, 5, "#8ee6a8")
    buds = moved(_bud(s, 60), 246, 290, 8) + moved(
        group(_bud(s, 60), transform="scale(-1 1)"), 354, 290, -8
    )
    return (
        s.ground(300, 492, 170, 16)
        + lid
        + tray
        + buds
        + front
        + lamp
        + stroke("M172 358H428", s.dark, 2.5)
    )


def _buds_large(s: Scene) -> str:
    case = (
        rect(330, 372, 170, 112, s.sheen, r=54)
        + stroke("M332 416H498", s.dark, 2.5)
        + circle(415, 440, 4, "#8ee6a8")
    )
    left = moved(_bud(s, 92), 190, 240, -16, 1.7)
    right = moved(group(_bud(s, 92), transform="scale(-1 1)"), 372, 190, 20, 1.5)
    return s.ground(415, 490, 110, 13) + s.ground(210, 478, 90, 12) + case + left + right
