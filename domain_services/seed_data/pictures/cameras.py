"""Cameras and lenses."""

from domain_services.seed_data.pictures.canvas import circle, ellipse, moved, path, rect, stroke
from domain_services.seed_data.pictures.colours import NAMED, darker, lighter
from domain_services.seed_data.pictures.lettering import small_line
from domain_services.seed_data.pictures.scene import Scene

_GLASS = "#141a26"


def front_lens(s: Scene, x: float, y: float, r: float) -> str:
    """Draw a lens that looks at the customer."""
    tint = s.rng.choice(("#4a63a8", "#6a4a98", "#2f7a76", "#a05a3c"))
    barrel = circle(x, y, r, s.gradient("#5a5b60", "#1d1d20", "across")) + circle(
        x, y, r * 0.86, "#232326"
    )
    marks = circle(
        x,
        y,
        r * 0.79,
        "none",
        stroke="#d8d8d4",
        stroke_width=3,
        stroke_dasharray="2 9",
        stroke_opacity=0.7,
    )
    glass = (
        circle(x, y, r * 0.62, _GLASS)
        + circle(x, y, r * 0.5, s.gradient(tint, _GLASS, "across"))
        + circle(x, y, r * 0.26, "#0c0f17")
    )
    shine = ellipse(x - r * 0.22, y - r * 0.26, r * 0.16, r * 0.1, "#fff", opacity=0.6) + circle(
        x + r * 0.2, y + r * 0.24, r * 0.06, "#fff", opacity=0.35
    )
    return barrel + marks + glass + shine


def camera(s: Scene) -> str:
    """A camera with a lens that can be changed."""
    return s.one_of(_rangefinder, _reflex_style, _camera_with_strap)


def _grip(s: Scene, x: float, y: float, w: float, h: float, r: float = 12) -> str:
    skin = NAMED["walnut"] if "tan" in s.attributes.get("Colour", "") else "#2f2f33"
    return rect(x, y, w, h, skin, r=r) + rect(x, y, w, h / 2, "#fff", r=r, opacity=0.05)


def _dial(x: float, y: float, w: float) -> str:
    return rect(x, y, w, 20, "#d0d2d5", r=4) + stroke(
        "".join(f"M{x + n} {y + 3}v14" for n in range(6, int(w), 7)),
        "#8b8e93",
        2,
        stroke_linecap="butt",
    )


def _rangefinder(s: Scene) -> str:
    top = _dial(390, 190, 54) + _dial(330, 196, 40) + rect(452, 196, 26, 14, "#d0d2d5", r=5)
    body = rect(88, 210, 424, 246, s.sheen, r=30) + _grip(s, 88, 270, 424, 142, 4)
    finder = (
        rect(132, 226, 62, 34, "#1e2026", r=7)
        + rect(140, 232, 30, 20, "#5d7aa0", r=4, opacity=0.7)
        + rect(402, 230, 50, 22, "#f5eed6", r=5)
    )
    return (
        s.ground(300, 460, 235, 18)
        + top
        + body
        + finder
        + front_lens(s, 300, 342, 112)
        + circle(476, 240, 7, s.room.accent)
    )


def _reflex_style(s: Scene) -> str:
    hump = path("M218 222L242 152H358L382 222Z", s.sheen) + rect(256, 166, 88, 26, s.dark, r=6)
    top = _dial(128, 202, 56) + _dial(404, 198, 48) + circle(474, 208, 15, s.room.accent)
    body = (
        rect(92, 216, 416, 252, s.sheen, r=38)
        + _grip(s, 92, 262, 96, 180, 26)
        + _grip(s, 400, 262, 108, 180, 20)
    )
    return s.ground(300, 472, 235, 18) + hump + top + body + front_lens(s, 300, 346, 118)


def _camera_with_strap(s: Scene) -> str:
    leather = s.rng.choice(("#9a6238", "#6d4026", "#3b3f45"))
    strap = stroke("M112 250C20 110 190 60 300 92S560 130 488 250", leather, 15) + stroke(
        "M112 250C20 110 190 60 300 92S560 130 488 250",
        lighter(leather, 0.35),
        1.6,
        stroke_dasharray="5 7",
    )
    body = rect(110, 226, 380, 230, s.sheen, r=24) + _grip(s, 110, 276, 380, 132, 2)
    top = _dial(140, 206, 50) + _dial(396, 206, 62) + rect(244, 240, 52, 24, "#1e2026", r=5)
    return (
        s.ground(300, 460, 215, 18)
        + strap
        + top
        + body
        + front_lens(s, 318, 342, 104)
        + circle(300, 92, 0.1, leather)
    )


def lens(s: Scene) -> str:
    """A lens, standing or seen into."""
    return s.one_of(_standing_lens, _facing_lens, _long_lens)


def _ribbed(x: float, y: float, w: float, h: float) -> str:
    ribs = "".join(f"M{x + n} {y + 4}V{y + h - 4}" for n in range(10, int(w), 12))
    return rect(x, y, w, h, "#26262a", r=5) + stroke(ribs, "#4c4c52", 4)


def _standing_lens(s: Scene) -> str:
    metal = s.gradient("#55565b", "#1f1f22", "right")
    parts = rect(212, 424, 176, 52, s.gradient("#dadcdf", "#85888d", "right"), r=6) + rect(
        196, 372, 208, 58, metal, r=8
    )
    parts += (
        _ribbed(190, 296, 220, 76)
        + rect(196, 262, 208, 38, metal, r=4)
        + rect(196, 276, 208, 6, s.room.accent)
    )
    parts += _ribbed(184, 196, 232, 68) + rect(176, 150, 248, 52, metal, r=10)
    glass = ellipse(300, 152, 122, 26, "#2e2e33") + ellipse(
        300, 152, 100, 19, s.gradient("#6d7fc0", _GLASS, "across")
    )
    numbers = small_line(300, 408, s.attributes["Focal length"], 19, "#f1efe9", font_weight=700)
    return s.ground(300, 480, 140, 16) + parts + glass + numbers


def _facing_lens(s: Scene) -> str:
    ring = (
        circle(300, 302, 176, s.gradient("#606167", "#19191b", "across"))
        + circle(300, 302, 150, s.room.accent)
        + circle(300, 302, 146, "#1d1d20")
    )
    text = small_line(
        300,
        186,
        f"{s.attributes['Focal length']}   {s.attributes['Aperture']}",
        15,
        "#eee9df",
        font_weight=700,
    )
    return s.ground(300, 488, 170, 16) + ring + front_lens(s, 300, 302, 122) + text


def _long_lens(s: Scene) -> str:
    tone = s.rng.choice(("#e9e6de", "#2c2d31", "#44474d"))
    body = rect(
        -190, -52, 250, 104, s.gradient(lighter(tone, 0.2), darker(tone, 0.35)), r=12
    ) + rect(60, -68, 130, 136, s.gradient(lighter(tone, 0.1), darker(tone, 0.45)), r=16)
    bands = (
        rect(-120, -54, 86, 108, "#232327", r=4)
        + stroke("".join(f"M{x} -48V48" for x in range(-112, -38, 10)), "#48484e", 4)
        + rect(36, -53, 10, 106, s.room.accent)
    )
    front = ellipse(190, 0, 26, 66, "#2e2e33") + ellipse(
        193, 0, 18, 50, s.gradient("#7d6fc0", _GLASS, "across")
    )
    foot = rect(-214, -42, 28, 84, "#b9bcc0", r=6)
    return s.ground(300, 462, 210, 18) + moved(body + bands + front + foot, 296, 330, -24)


def instant(s: Scene) -> str:
    """An instant camera with the picture that just came out."""
    return s.one_of(_boxy, _rounded)


def _print(s: Scene, x: float, y: float, turned: float) -> str:
    a = s.art
    photo = (
        rect(-52, -60, 104, 126, "#fdfbf5", r=3)
        + rect(-43, -51, 86, 84, _sky(s))
        + circle(14, -18, 14, a.first)
        + path("M-43 33V8Q-20 -14 4 10T43 2V33Z", a.third)
    )
    return moved(rect(-49, -56, 104, 126, "#000", r=3, opacity=0.15) + photo, x, y, turned)


def _sky(s: Scene) -> str:
    """The sky of a small photograph."""
    return s.gradient("#bfe0ee", "#fbe8c8")


def _boxy(s: Scene) -> str:
    body = path("M120 250Q120 214 156 206L206 140H394L444 206Q480 214 480 250V446H120Z", s.sheen)
    front = rect(104, 404, 392, 66, darker(s.body, 0.12), r=12) + rect(
        140, 440, 320, 9, darker(s.body, 0.6), r=4
    )
    stripe = "".join(
        rect(264 + 14 * n, 372, 14, 34, tone)
        for n, tone in enumerate(("#e2574c", "#f2a541", "#f4d35e", "#58a55c", "#3d7dca"))
    )
    flash = rect(222, 158, 66, 44, "#fffbe9", r=7) + rect(318, 160, 60, 40, "#20242c", r=8)
    return (
        s.ground(300, 476, 210, 16)
        + _print(s, 430, 462, 12)
        + body
        + stripe
        + front
        + flash
        + front_lens(s, 300, 296, 74)
        + circle(164, 300, 15, s.room.accent)
    )


def _rounded(s: Scene) -> str:
    body = rect(122, 160, 356, 300, s.sheen, r=86) + rect(
        122, 372, 356, 88, s.dark, r=44, opacity=0.35
    )
    ring = circle(300, 314, 104, lighter(s.body, 0.45)) + front_lens(s, 300, 314, 84)
    flash = (
        rect(360, 190, 72, 44, "#fffbe9", r=16)
        + circle(176, 226, 17, s.room.accent)
        + circle(240, 196, 11, "#20242c")
    )
    slot = rect(214, 156, 172, 12, darker(s.body, 0.6), r=6)
    return s.ground(300, 464, 190, 16) + _print(s, 300, 116, -3) + body + slot + ring + flash
