"""Bicycles, tents and rucksacks."""

from math import cos, pi, sin

from domain_services.seed_data.pictures.canvas import (
    circle,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.scene import Scene


def bicycle(s: Scene) -> str:
    """A bicycle with straight or dropped bars."""
    road = s.says("Road", "Gravel")
    tyre = "#2d2d31" if s.happens(0.6) else "#a9835a"
    wheels = ""
    for x in (160, 440):
        spokes = "".join(
            f"M{x} 384L{num(x + cos(n * pi / 7) * 98)} {num(384 + sin(n * pi / 7) * 98)}"
            for n in range(14)
        )
        wheels += (
            stroke(spokes, "#8b8e93", 1.2, opacity=0.7)
            + circle(x, 384, 100, "none", stroke=tyre, stroke_width=12)
            + circle(x, 384, 92, "none", stroke="#c9ccd0", stroke_width=3)
            + circle(x, 384, 10, "#55585d")
        )
    step = s.says("City") and s.happens(0.5)
    tube = "M244 268Q300 360 392 252" if step else "M236 236L398 228"
    frame = stroke(
        f"{tube}M282 384L398 250M160 384L236 240M160 384H282M282 384L230 212M440 384L394 196",
        s.body,
        13,
    ) + stroke("M440 384L398 214", s.light, 4)
    bars = (
        stroke("M392 196Q440 176 452 206T420 244", "#2d2d31", 9)
        if road
        else stroke("M394 196L388 168Q350 162 340 176", "#2d2d31", 9)
    )
    saddle = path("M190 204Q230 190 272 204Q262 216 236 214Q206 222 190 204Z", "#6d4026")
    crank = (
        circle(282, 384, 27, "#3c3e43")
        + circle(282, 384, 17, "#c9ccd0")
        + stroke("M282 384l22 42", "#3c3e43", 8)
        + rect(290, 424, 34, 8, "#2d2d31", r=3)
    )
    extra = (
        rect(94, 262, 100, 10, "#3c3e43", r=4)
        + stroke("M106 270L150 372M184 270L162 372", "#3c3e43", 4)
        if s.says("Touring", "City")
        else ""
    )
    basket = (
        path("M420 190h86l-12 64h-62z", "#c08f55")
        + stroke("M424 206h78M428 224h70M440 190l4 64M462 190v64M484 190l-4 64", "#8d6233", 3)
        if step
        else ""
    )
    return s.ground(300, 490, 260, 12) + extra + wheels + frame + crank + bars + saddle + basket


def outdoor(s: Scene) -> str:
    """A tent or a rucksack."""
    return s.one_of(_tent, _dome) if s.says("Tent") else _rucksack(s)


def _pines(s: Scene) -> str:
    tone = darker(s.room.floor, 0.25)
    return "".join(
        path(f"M{x} {470 - h}l{w} {h}h{-2 * w}z", tone, opacity=0.7)
        for x, h, w in ((70, 190, 46), (128, 130, 36), (520, 210, 50), (464, 140, 38))
    )


def _tent(s: Scene) -> str:
    left = path("M300 176L80 480H232Z", s.light) + path(
        "M300 176L232 480H368Z", darker(s.body, 0.55)
    )
    right = path("M300 176L520 480H368Z", s.dark)
    flap = path("M300 176L368 480H330Q290 360 300 176Z", s.body) + path(
        "M300 176L232 480H262Q300 380 300 176Z", s.body
    )
    lines = stroke("M80 480L30 496M520 480L570 496M300 176V146", "#e9dfc7", 4)
    return (
        _pines(s)
        + s.ground(300, 488, 260, 16)
        + lines
        + left
        + right
        + flap
        + circle(300, 450, 70, s.glow("#ffe7a3"))
    )


def _dome(s: Scene) -> str:
    shell = path("M70 478C90 180 510 180 530 478Z", s.sheen)
    door = path("M220 478Q230 290 300 268Q370 290 380 478Z", darker(s.body, 0.55)) + path(
        "M220 478Q230 290 300 268Q260 380 268 478Z", s.light
    )
    poles = stroke(
        "M70 478C160 200 420 210 530 478M150 478C210 240 390 240 450 478", lighter(s.body, 0.55), 5
    )
    return _pines(s) + s.ground(300, 486, 270, 16) + shell + door + poles


def _rucksack(s: Scene) -> str:
    mat = rect(
        168, 452, 264, 52, s.gradient(lighter(s.room.accent, 0.3), darker(s.room.accent, 0.2)), r=26
    ) + circle(194, 478, 20, darker(s.room.accent, 0.25))
    body = path(
        "M186 180Q186 130 236 130H364Q414 130 414 180L432 430Q432 462 396 462H204Q168 462 168 430Z",
        s.sheen,
    )
    lid = path(
        "M176 210Q170 96 300 92Q430 96 424 210Q300 238 176 210Z", s.gradient(s.light, s.body)
    ) + stroke("M268 96Q300 62 332 96", s.dark, 11)
    pocket = rect(206, 300, 188, 126, s.gradient(s.body, s.dark), r=24) + stroke(
        "M222 334H378", lighter(s.body, 0.5), 4
    )
    sides = path("M172 350q-44 10 -36 60t38 44zM428 350q44 10 36 60t-38 44z", s.dark)
    straps = "".join(
        rect(x, 190, 15, 112, "#2d2d31", r=4) + rect(x - 5, 262, 25, 16, "#d0a54f", r=3)
        for x in (236, 350)
    )
    rope = stroke("M148 290q-30 44 4 84t-8 70", s.room.accent, 8)
    return s.ground(300, 504, 160, 14) + sides + mat + body + pocket + lid + straps + rope
