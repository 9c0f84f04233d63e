"""Balls, rackets, shoes and things to train with."""

from math import cos, pi, sin

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    group,
    moved,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.lettering import small_line
from domain_services.seed_data.pictures.scene import Scene


def ball(s: Scene) -> str:
    """A ball, by its game."""
    r, tone = 168, s.body
    shape = s.clip(circle(0, 0, r, "#000"))
    base = circle(0, 0, r, s.gradient(lighter(tone, 0.3), darker(tone, 0.2), "across"))
    ink = darker(tone, 0.7) if tone > "#9" else lighter(tone, 0.75)
    if s.says("Basketball"):
        lines = stroke(
            "M-168 0H168M0 -168V168M-120 -120Q-40 0 -120 120M120 -120Q40 0 120 120",
            darker(tone, 0.6),
            7,
        )
    elif s.says("Volleyball"):
        lines = stroke(
            "M0 0Q-60 -90 -10 -170M0 0Q-30 -60 50 -162M0 0Q110 0 150 -80M0 0Q90 40 168"
            " 0M0 0Q-40 100 40 168M0 0Q-80 70 -40 168M0 0Q-110 20 -168 -30M0 0Q-90 -40 -130 -104",
            s.room.accent,
            7,
        )
    else:
        spot = (
            "".join(
                ("M" if n == 0 else "L")
                + f"{num(sin(n * 2 * pi / 5) * 52)} {num(-cos(n * 2 * pi / 5) * 52)}"
                for n in range(5)
            )
            + "Z"
        )
        outer = "".join(
            moved(
                path(spot, ink),
                sin(n * 2 * pi / 5) * 158,
                -cos(n * 2 * pi / 5) * 158,
                72 * n + 36,
                0.95,
            )
            for n in range(5)
        )
        seams = "".join(
            f"M{num(sin(n * 2 * pi / 5) * 52)} {num(-cos(n * 2 * pi / 5) * 52)}"
            f"L{num(sin(n * 2 * pi / 5) * 112)} {num(-cos(n * 2 * pi / 5) * 112)}"
            for n in range(5)
        )
        lines = (
            path(spot, s.room.accent if s.says("Match") else ink) + outer + stroke(seams, ink, 5)
        )
    shade = circle(
        36, 40, r * 1.06, "none", stroke="#000", stroke_width=50, stroke_opacity=0.1
    ) + ellipse(-60, -74, 52, 36, "#fff", opacity=0.28)
    return s.ground(300, 486, 140, 20) + moved(
        group(
            base + group(lines, transform=f"rotate({s.rng.randint(-30, 30)})") + shade,
            clip_path=shape,
        ),
        300,
        316,
    )


def racket(s: Scene) -> str:
    """A racket with its ball or shuttlecock."""
    slim = s.says("Badminton", "Squash")
    rx, ry = (84, 108) if slim else (102, 128)
    shape = s.clip(ellipse(0, -110, rx, ry, "#000"))
    strings = "".join(f"M{x} -250V40" for x in range(-96, 100, 14)) + "".join(
        f"M-110 {y}H110" for y in range(-236, 30, 14)
    )
    net = group(stroke(strings, "#f7f3e9", 1.8), clip_path=shape)
    frame = ellipse(0, -110, rx, ry, "none", stroke=s.dark, stroke_width=17) + ellipse(
        0, -110, rx, ry, "none", stroke=s.body, stroke_width=11
    )
    throat = (
        stroke(f"M-46 {-120 + ry - 16}L-8 90M46 {-120 + ry - 16}L8 90", s.body, 12)
        if not slim
        else stroke(f"M0 {-110 + ry}V120", s.body, 11)
    )
    grip = (
        rect(-14, 84, 28, 140, "#2d2d31", r=8)
        + stroke("".join(f"M-12 {y}l24 -12" for y in range(104, 222, 18)), "#5b5d63", 3)
        + rect(-17, 214, 34, 14, s.room.accent, r=6)
    )
    shuttle = (
        path("M0 0L-32 -66H32Z", "#fdfbf5")
        + stroke("M0 -4L-22 -64M0 -4V-66M0 -4L22 -64M-20 -40H20", "#c9c5ba", 3)
        + circle(0, 4, 15, s.room.accent)
    )
    felt = circle(0, 0, 35, "#d8e04a") + stroke(
        "M-30 -18Q0 -2 -8 34M30 18Q2 4 10 -33", "#fdfbf5", 5
    )
    small = circle(0, 0, 20, "#26262a") + circle(-5, -5, 4, "#e0d44a")
    item = shuttle if s.says("Badminton") else small if s.says("Squash") else felt
    side = s.rng.choice((-1, 1))
    return (
        s.ground(300, 496, 170, 15)
        + moved(net + frame + throat + grip, 300, 286, 32 * side)
        + moved(item, 300 - side * 130, 446, 16 * side)
    )


def fitness(s: Scene) -> str:
    """A mat, a kettlebell or a pair of dumbbells."""
    if s.says("Mat"):
        return _mat(s)
    return _kettlebell(s) if s.says("Kettlebell") else _dumbbells(s)


def _mat(s: Scene) -> str:
    tone = "#b98d5a" if s.says("Cork") else s.body
    flat = path("M150 400L470 372L560 470L120 494Z", s.gradient(lighter(tone, 0.2), tone, "across"))
    line = stroke("M300 396L340 480", lighter(tone, 0.45), 3, opacity=0.8) + circle(
        318, 436, 30, "none", stroke=lighter(tone, 0.45), stroke_width=3
    )
    roll = rect(96, 286, 370, 112, s.gradient(lighter(tone, 0.25), darker(tone, 0.35)), r=56)
    end = circle(152, 342, 56, darker(tone, 0.15)) + stroke(
        "M152 342m-8 0a8 8 0 1 1 16 6a22 22 0 1 1 -38 -8a36 36 0 1 1 62 20", lighter(tone, 0.35), 4
    )
    strap = rect(240, 284, 22, 116, s.room.accent, r=5) + rect(
        366, 284, 22, 116, s.room.accent, r=5
    )
    bottle = rect(
        478, 250, 56, 150, s.gradient(lighter(s.room.accent, 0.4), s.room.accent, "right"), r=16
    ) + rect(488, 226, 36, 30, "#2d2d31", r=6)
    return s.ground(320, 490, 250, 14) + flat + line + roll + end + strap + bottle


def _kettlebell(s: Scene) -> str:
    handle = stroke("M218 300C170 130 430 130 382 300", "#2f3034", 46) + stroke(
        "M222 280C186 142 414 142 378 280", "#5a5c62", 8
    )
    bell = circle(300, 366, 128, s.sheen) + path(
        "M214 478H386Q372 494 352 494H248Q228 494 214 478Z", s.dark
    )
    badge = circle(300, 372, 58, lighter(s.body, 0.75)) + small_line(
        300, 384, s.attributes["Weight"], 32, darker(s.body, 0.5), font_weight=700, letter_spacing=0
    )
    return (
        s.ground(300, 498, 130, 14)
        + handle
        + bell
        + badge
        + ellipse(246, 312, 34, 22, "#fff", opacity=0.2)
    )


def _dumbbells(s: Scene) -> str:
    bar = rect(-74, -15, 148, 30, s.gradient("#e3e5e8", "#8b8e93"), r=8) + stroke(
        "M-40 -13v26M-24 -13v26M-8 -13v26M8 -13v26M24 -13v26M40 -13v26", "#9a9da2", 3
    )
    ends = "".join(
        path("M-36 -70H36L62 -36V36L36 70H-36L-62 36V-36Z", s.sheen, transform=f"translate({x} 0)")
        + small_line(
            x,
            10,
            s.attributes["Weight"],
            27,
            lighter(s.body, 0.8),
            font_weight=700,
            letter_spacing=0,
        )
        for x in (-126, 126)
    )
    return (
        s.ground(300, 488, 230, 16)
        + moved(bar + ends, 320, 300, -9, 0.94)
        + moved(bar + ends, 290, 412, 3, 1.04)
    )


def shoes(s: Scene) -> str:
    """A running shoe, or the pair."""
    accent = s.room.accent if s.room.accent != s.body else "#e9dfc7"
    sole = (
        path("M70 402Q64 440 96 450H500Q548 450 548 420Q544 398 516 396Z", "#f7f4ec")
        + stroke("M84 436H528", accent, 7)
        + path("M84 448H520L500 462H104Z", darker(s.body, 0.55))
    )
    lugs = (
        stroke("".join(f"M{x} 462l-6 10" for x in range(120, 500, 22)), darker(s.body, 0.55), 9)
        if s.says("Trail")
        else ""
    )
    upper = path(
        "M76 404C66 340 82 290 92 252Q120 236 150 250C170 290"
        " 214 292 256 262L300 240Q370 330 470 350Q536 362 540 404Z",
        s.sheen,
    )
    toe = path("M420 404Q430 356 470 350Q536 362 540 404Z", s.dark, opacity=0.6) + path(
        "M76 404Q70 350 86 300Q140 320 142 404Z", s.dark, opacity=0.6
    )
    mark = s.rng.choice(
        (
            "M190 396L262 300L280 312L236 396ZM262 396L312 330L330 342L300 396Z",
            "M170 380Q280 390 350 306Q330 400 200 402Z",
            "M180 340L330 356L350 372L180 362ZM180 376L360 384L372 398L180 398Z",
        )
    )
    laces = stroke(
        "M262 276l44 26M288 262l48 32M318 330l20 -38M346 344l16 -34M262 300l26 -44", "#fbf8f0", 8
    )
    collar = path(
        "M92 252Q120 236 150 250C170 290 214 292 256 262"
        "L246 252C210 274 182 270 164 236Q126 218 92 252Z",
        darker(s.body, 0.5),
    )
    one = sole + lugs + upper + toe + path(mark, accent) + laces + collar
    return s.ground(305, 486, 260, 14) + moved(one, 0, 14)
