"""Laptops and monitors, and what their screens show."""

from domain_services.seed_data.pictures import landscapes, patterns
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


def laptop(s: Scene) -> str:
    """A laptop, open or from behind."""
    return s.one_of(_laptop_front, _laptop_front, _laptop_raised, _laptop_back)


def _laptop_front(s: Scene) -> str:
    lid = rect(118, 136, 364, 256, s.dark, r=16) + rect(121, 138, 358, 252, "#17181b", r=14)
    base = path(
        "M118 390H482L540 456Q544 466 532 466H68Q56 466 60 456Z", s.gradient(s.light, s.body)
    )
    keys = path("M146 398H454L478 430H122Z", darker(s.body, 0.45)) + stroke(
        "M140 406H460M134 414H466M128 422H472", s.body, 1.5, stroke_linecap="butt"
    )
    pad = path("M250 436H350L356 456H244Z", s.dark, opacity=0.4)
    edge = path("M58 460H542Q544 476 526 478H74Q56 476 58 460Z", s.dark)
    return (
        s.ground(300, 480, 260, 14)
        + lid
        + moved(screen(s, 338, 226), 131, 150)
        + circle(300, 144, 2.5, "#555")
        + base
        + keys
        + pad
        + edge
    )


def _laptop_raised(s: Scene) -> str:
    lid = path("M214 150L506 110Q518 109 518 122V330L230 384Z", s.dark)
    shown = group(moved(screen(s, 280, 206, 2), 0, 0), transform="matrix(1 -.15 .05 1.06 222 160)")
    base = path(
        "M230 384L518 330L420 440Q416 446 408 448L92 492Q80 492 86 482Z",
        s.gradient(s.light, s.body, "across"),
    )
    keys = path("M246 392L484 346L424 410L170 456Z", darker(s.body, 0.45)) + stroke(
        "M228 408L470 362M208 426L452 380M190 442L436 398", s.body, 1.6
    )
    pad = path("M232 462L310 449L292 468L216 480Z", s.dark, opacity=0.35)
    edge = path("M86 484L92 500L410 458L518 340L518 330L420 440L408 448L92 492Z", s.dark)
    return s.ground(300, 492, 240, 18) + lid + shown + base + keys + pad + edge


def _laptop_back(s: Scene) -> str:
    lid = rect(108, 150, 384, 262, s.sheen, r=20) + rect(
        108, 150, 384, 262, "none", r=20, stroke=s.light, stroke_width=2
    )
    mark = s.rng.choice(
        (
            circle(300, 280, 24, s.light),
            path("M276 262h48l-24 42z", s.light),
            rect(278, 258, 44, 44, s.light, r=12),
        )
    )
    base = rect(92, 410, 416, 18, s.dark, r=6) + path(
        "M80 424H520L508 446H92Z", s.gradient(s.body, s.dark)
    )
    return s.ground(300, 452, 240, 18) + lid + mark + base


def monitor(s: Scene) -> str:
    """A monitor on its foot."""
    wide = s.attributes["Screen size"].startswith("3")
    w, h = (456, 228) if wide else (400, 252)
    x, y = 300 - w / 2, 130
    foot = rect(284, y + h, 32, 90, s.gradient(s.light, s.dark, "right")) + s.rng.choice(
        (rect(212, y + h + 84, 176, 14, s.dark, r=7), ellipse(300, y + h + 90, 92, 15, s.dark))
    )
    frame = rect(x - 8, y - 8, w + 16, h + 24, s.dark, r=10) + rect(
        x - 8, y + h, w + 16, 16, s.body, r=6
    )
    return s.ground(300, y + h + 98, 140, 15) + foot + frame + moved(screen(s, w, h, 3), x, y)


def screen(s: Scene, w: float, h: float, r: float = 6) -> str:
    """A display that shows a picture, windows or code."""
    shape = s.clip(rect(0, 0, w, h, "#000", r=r))
    return group(s.rng.choice((_wallpaper, _wallpaper, _windows, _code))(s, w, h), clip_path=shape)


def _wallpaper(s: Scene, w: float, h: float) -> str:
    drawn = s.rng.choice(
        (landscapes.sun_and_hills, landscapes.waves, patterns.rings, patterns.stripes)
    )(s, w, h)
    dock = rect(w / 2 - 70, h - 26, 140, 18, "#ffffff", r=9, opacity=0.6)
    return (
        drawn
        + dock
        + "".join(
            circle(w / 2 - 52 + 26 * n, h - 17, 6, tone)
            for n, tone in enumerate(
                (s.art.first, s.art.second, s.art.third, s.art.ink, s.art.first)
            )
        )
    )


def _windows(s: Scene, w: float, h: float) -> str:
    a = s.art
    left = rect(w * 0.08, h * 0.12, w * 0.5, h * 0.72, "#fdfcf8", r=8) + rect(
        w * 0.08, h * 0.12, w * 0.5, 20, a.third, r=8
    )
    lines = "".join(
        rect(w * 0.12, h * (0.3 + 0.08 * n), w * s.rng.uniform(0.2, 0.4), 6, "#c9c6be", r=3)
        for n in range(6)
    )
    right = rect(w * 0.5, h * 0.3, w * 0.42, h * 0.56, "#fff", r=8)
    bars = "".join(
        rect(
            w * (0.55 + 0.085 * n),
            h * 0.8 - tall * h,
            w * 0.05,
            tall * h,
            (a.first, a.second, a.third, a.first)[n],
            r=3,
        )
        for n, tall in enumerate(s.rng.sample((0.12, 0.2, 0.28, 0.36), 4))
    )
    return rect(0, 0, w, h, s.gradient(a.ground, a.second, "across")) + left + lines + right + bars


def _code(s: Scene, w: float, h: float) -> str:
    tones, rows = ("#e5c07b", "#98c379", "#61afef", "#c678dd", "#d7dae0"), []
    for n in range(9):
        x = w * (0.08 + 0.05 * s.rng.choice((0, 1, 1, 2)))
        for _ in range(s.rng.choice((1, 2, 3))):
            long = w * s.rng.uniform(0.06, 0.2)
            rows.append(rect(x, h * (0.12 + 0.09 * n), long, 7, s.rng.choice(tones), r=3))
            x += long + 10
    return rect(0, 0, w, h, "#22252b") + "".join(rows)
