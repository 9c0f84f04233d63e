"""Phones and their companions."""

from domain_services.seed_data.pictures import landscapes, patterns
from domain_services.seed_data.pictures.canvas import circle, group, moved, path, rect, stroke
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.lettering import small_line
from domain_services.seed_data.pictures.scene import Scene


def _front(s: Scene, w: float, h: float) -> str:
    frame = rect(0, 0, w, h, s.gradient(s.light, s.dark, "across"), r=w * 0.17) + rect(
        6, 6, w - 12, h - 12, "#111215", r=w * 0.145
    )
    shape = s.clip(rect(0, 0, w - 22, h - 22, "#000", r=w * 0.11))
    drawn = s.rng.choice(
        (
            landscapes.sun_and_hills,
            patterns.rings,
            landscapes.waves,
            patterns.stripes,
            patterns.bloom,
            landscapes.orbit,
        )
    )(s, w - 22, h - 22)
    clock = small_line(
        w / 2 - 11,
        84,
        s.rng.choice(("9:41", "10:08", "7:30", "18:25")),
        w * 0.2,
        s.art.ink,
        font_weight=400,
    )
    icons = "".join(
        rect(16 + n * (w - 60) / 3.4, h - 76, 32, 32, tone, r=9, opacity=0.9)
        for n, tone in enumerate(("#fff", s.art.first, s.art.second, "#fff"))
    )
    return (
        frame
        + moved(group(drawn + clock + icons, clip_path=shape), 11, 11)
        + rect(w / 2 - 26, 22, 52, 13, "#111215", r=7)
    )


def _back(s: Scene, w: float, h: float, layout: int) -> str:
    body = rect(0, 0, w, h, s.sheen, r=w * 0.17) + rect(
        1.5, 1.5, w - 3, h - 3, "none", r=w * 0.165, stroke=s.light, stroke_width=3
    )
    spots = (((26, 26), (26, 78)), ((26, 26), (78, 26), (52, 72)), ((w / 2 - 22, 30),))[layout]
    island = (
        rect(16, 16, 66, 124, s.dark, r=30),
        rect(16, 16, 122, 112, s.dark, r=32),
        rect(16, 24, w - 32, 58, s.dark, r=29),
    )[layout]
    lenses = "".join(
        circle(x + 22, y + 22, 21, "#191a1e")
        + circle(x + 22, y + 22, 12, "#2c3c66")
        + circle(x + 17, y + 17, 4, "#fff", opacity=0.7)
        for x, y in spots
    )
    x, y = ((106, 40), (112, 92), (w - 52, 53))[layout]
    flash = circle(x, y, 7, "#fff3cf")
    mark = circle(w / 2, h * 0.62, 13, "none", stroke=s.light, stroke_width=4)
    return body + island + lenses + flash + mark


def smartphone(s: Scene) -> str:
    """A phone: its back, its front, or both."""
    w, h, layout = 196, 388, s.rng.randrange(3)
    design = s.rng.choice(("both", "both", "alone", "crossed"))
    if design == "alone":
        drawn = moved(_back(s, w, h, layout), 202, 98, s.rng.choice((-8, 0, 8)))
    elif design == "crossed":
        drawn = moved(_front(s, w, h), 150, 110, -9) + moved(_back(s, w, h, layout), 290, 76, 8)
    else:
        drawn = moved(_back(s, w, h, layout), 136, 116, -7) + moved(_front(s, w, h), 296, 96, 6)
    return s.ground(300, 500, 200, 15) + drawn


def case(s: Scene) -> str:
    """A case, with a phone half inside."""
    w, h = 210, 396
    tone = s.rng.choice(("#3a3c42", "#d9d5cb", "#26324d"))
    phone = rect(7, 0, w - 14, h, tone, r=32)
    shell = rect(0, 0, w, h, s.sheen, r=38) + rect(
        9,
        9,
        w - 18,
        h - 18,
        "none",
        r=31,
        stroke=s.light,
        stroke_opacity=0.55,
        stroke_width=2,
        stroke_dasharray="6 6",
    )
    hole = (
        rect(20, 22, 76, 112, darker(s.body, 0.6), r=28)
        + circle(58, 54, 20, "#17181b")
        + circle(58, 102, 20, "#17181b")
        + circle(58, 54, 10, "#2c3c66")
        + circle(58, 102, 10, "#2c3c66")
    )
    detail = s.rng.choice(
        (
            rect(45, 250, 120, 84, s.dark, r=10, opacity=0.4),
            circle(105, 250, 46, "none", stroke=s.light, stroke_width=5, stroke_opacity=0.6),
            stroke("M20 330L190 190M20 380L190 240", s.light, 9, opacity=0.4),
        )
    )
    out = s.rng.choice((0, 46, 70))
    return s.ground(300, 500, 150, 15) + moved(
        moved(phone, 0, -out) + shell + hole + detail, 195, 100, s.rng.choice((-8, 0, 7))
    )


def charger(s: Scene) -> str:
    """A charger: a plug with its cable, or a stand."""
    return _stand(s) if s.says("Stand") else s.one_of(_plug, _cube)


def _plug(s: Scene) -> str:
    pins = rect(236, 96, 18, 74, "#c9ccd0", r=8) + rect(346, 96, 18, 74, "#c9ccd0", r=8)
    body = rect(190, 160, 220, 232, s.sheen, r=46) + rect(
        206, 176, 188, 200, "none", r=36, stroke=s.light, stroke_opacity=0.5, stroke_width=2
    )
    port = rect(262, 352, 76, 22, darker(s.body, 0.65), r=11)
    cable = rect(276, 366, 48, 40, "#e7e4dd", r=8) + stroke(
        "M300 404C300 520 470 500 470 420S560 340 540 300", "#e7e4dd", 12
    )
    watt = small_line(
        300,
        282,
        s.attributes["Power"],
        40,
        lighter(s.body, 0.75) if s.body < "#b" else s.dark,
        font_weight=700,
    )
    return s.ground(310, 498, 200, 16) + cable + pins + body + port + watt


def _cube(s: Scene) -> str:
    top = path("M170 262L300 206L430 262L300 322Z", s.gradient(s.light, s.body))
    sides = path("M170 262L300 322V474L170 408Z", s.body) + path(
        "M430 262L300 322V474L430 408Z", s.dark
    )
    ports = "".join(
        path(f"M{196 + n * 34} {318 + n * 15}l22 10v44l-22 -10z", darker(s.body, 0.65))
        for n in range(2)
    )
    pins = moved(rect(0, 0, 12, 54, "#c9ccd0", r=5), 268, 178) + moved(
        rect(0, 0, 12, 54, "#c9ccd0", r=5), 322, 178
    )
    return s.ground(304, 470, 170, 20) + pins + top + sides + ports + circle(276, 428, 5, "#8ee6a8")


def _stand(s: Scene) -> str:
    foot = rect(176, 470, 248, 22, s.dark, r=11) + path("M270 474L292 250H330L346 474Z", s.sheen)
    phone = moved(_front(s, 156, 300), 226, 110)
    pad = rect(396, 452, 92, 20, s.body, r=10) + rect(414, 420, 56, 34, "#2d2d31", r=16)
    return s.ground(310, 496, 190, 14) + foot + phone + rect(238, 402, 132, 16, s.dark, r=8) + pad


def power_bank(s: Scene) -> str:
    """A power bank, with its charge in lamps."""
    turned = s.rng.choice((-14, -6, 8, 16))
    body = rect(-100, -170, 200, 340, s.sheen, r=s.rng.choice((30, 60, 98))) + rect(
        -88, -158, 176, 316, "none", r=50, stroke=s.light, stroke_opacity=0.4, stroke_width=2
    )
    lamps = "".join(
        circle(-36 + 24 * n, 122, 6, tone)
        for n, tone in enumerate((*("#9df0b4",) * 3, darker(s.body, 0.4)))
    )
    label = small_line(
        0,
        8,
        s.attributes["Capacity"].split()[0],
        40,
        lighter(s.body, 0.75) if s.body < "#b" else s.dark,
        font_weight=700,
    ) + small_line(0, 36, "mAh", 18, lighter(s.body, 0.75) if s.body < "#b" else s.dark)
    cable = stroke("M250 150C220 60 360 30 380 110", s.dark, 11) + rect(
        366, 106, 28, 44, "#c9ccd0", r=6
    )
    return s.ground(300, 490, 140, 18) + cable + moved(body + lamps + label, 300, 306, turned)
