"""Books, records and films: covers in the shape of the thing."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    moved,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.covers import cover
from domain_services.seed_data.pictures.lettering import fitting, small_line
from domain_services.seed_data.pictures.scene import Scene

_DASH = " \N{EN DASH} "


def book(s: Scene) -> str:
    """A book seen from the front, with its spine in the shade and the pages at its edge."""
    square = s.kind in {"Children's books", "Cookery"}
    w, h = (330, 370) if square else (280, 410)
    x, y = (600 - w) / 2, 500 - h
    edge = rect(x + 6, y + 5, w + 5, h - 4, "#efe6d2", r=3) + rect(
        x + 6, y + h - 5, w + 5, 6, "#cdbf9f", r=2
    )
    drawn = moved(cover(s, s.title, s.attributes["Author"], w, h), x, y)
    spine = rect(x, y, 16, h, s.gradient("#00000055", "#00000000", "right"), r=2)
    fold = rect(x + 15, y, 2, h, "#ffffff", opacity=0.18)
    return s.ground(305, 504, w * 0.56, 16) + edge + drawn + spine + fold


def record(s: Scene) -> str:
    """An album in its format: a sleeve with the disc half out, a jewel case, or a cassette."""
    album, _, artist = s.title.partition(_DASH)
    form = s.attributes["Format"]
    if form == "Cassette":
        return _cassette(s, album, artist)
    return _jewel_case(s, album, artist) if form == "CD" else _sleeve(s, album, artist)


def _sleeve(s: Scene, album: str, artist: str) -> str:
    out, y, w = s.rng.choice((60, 95, 120)), 130, 370
    x = 300 - (w + out) / 2
    vinyl = s.rng.choice(
        ("#1c1b1d", "#1c1b1d", darker(s.art.first, 0.1), darker(s.art.third, 0.25))
    )
    cx, cy = x + w - 178 + out, y + w / 2
    grooves = "".join(
        circle(cx, cy, r, "none", stroke="#ffffff", stroke_opacity=0.13, stroke_width=1.2)
        for r in (160, 140, 120, 100, 80)
    )
    shine = path(
        f"M{num(cx)} {num(cy)}L{num(cx + 120)} {num(cy - 125)}"
        f"A174 174 0 0 1 {num(cx + 160)} {num(cy - 66)}Z",
        "#fff",
        opacity=0.13,
    )
    disc = (
        circle(cx, cy, 174, vinyl)
        + grooves
        + shine
        + circle(cx, cy, 58, s.art.first)
        + circle(cx, cy, 6, s.room.wall)
    )
    front = moved(cover(s, album, artist, w, w), x, y)
    fold = rect(x + w - 9, y, 9, w, s.gradient("#00000000", "#00000033", "right"))
    return s.ground(x + (w + out) / 2, 503, 215, 14) + disc + front + fold


def _jewel_case(s: Scene, album: str, artist: str) -> str:
    x, y, w = 116, 140, 344
    hinge = rect(x, y, 34, w + 12, "#2a2a2c", r=4) + rect(x + 25, y, 3, w + 12, "#5b5b5f")
    case = rect(x, y, w + 40, w + 12, "#ffffff", r=5, opacity=0.55)
    front = moved(cover(s, album, artist, w, w), x + 34, y + 6)
    gloss = path(f"M{x + 34} {y + 6}h190l-150 {w}h-40z", "#fff", opacity=0.12)
    return s.ground(310, 503, 205, 14) + case + hinge + front + gloss


def _cassette(s: Scene, album: str, artist: str) -> str:
    a = s.art
    shell = rect(95, 185, 410, 262, s.gradient(lighter(a.third, 0.1), darker(a.third, 0.2)), r=16)
    label = (
        rect(120, 208, 360, 164, "#f7f0e0", r=8)
        + rect(120, 320, 360, 14, a.first)
        + rect(120, 338, 360, 8, a.second)
    )
    window = rect(205, 268, 190, 62, "#2b2725", r=31)
    reels = "".join(
        circle(x, 299, 23, "#f4efe6")
        + circle(x, 299, 11, "#2b2725")
        + stroke(f"M{x - 20} 299h9M{x + 11} 299h9M{x} 279v9M{x} 310v9", "#8b837a", 4)
        for x in (238, 362)
    )
    tape = circle(238, 299, 29, "none", stroke="#57473c", stroke_width=9) + circle(
        362, 299, 25, "none", stroke="#57473c", stroke_width=3
    )
    foot = path("M170 447L188 395H412L430 447Z", darker(a.third, 0.35))
    title = small_line(
        300, 236, album, fitting(album, 330, 19), "#2b2725", font_weight=700, letter_spacing=0
    )
    name = small_line(300, 257, artist, fitting(artist, 330, 13), "#5b544d")
    return s.ground(300, 462, 230, 18) + shell + label + window + tape + reels + foot + title + name


def film(s: Scene) -> str:
    """A case for a disc, with a poster under its film and the format above."""
    form = s.attributes["Format"]
    shell = {"Blu-ray": "#2f6fb0", "4K Ultra HD": "#232326", "DVD": "#34363a"}[form]
    x, y, w, h = 158, 84, 288, 420
    case = rect(
        x - 12, y, w + 18, h, s.gradient(lighter(shell, 0.25), darker(shell, 0.2), "right"), r=9
    )
    strap = rect(x, y + 6, w, 32, shell) + small_line(
        x + w / 2, y + 27, form.upper(), 14, "#ffffff", font_weight=700, letter_spacing=3
    )
    by = f"A film by {s.attributes['Director']}"
    front = moved(cover(s, s.title, by, w, h - 46), x, y + 40)
    rating = circle(x + w - 24, y + h - 62, 15, "#fff", opacity=0.92) + small_line(
        x + w - 24,
        y + h - 57,
        s.attributes["Rating"],
        12,
        "#222",
        font_weight=700,
        letter_spacing=0,
    )
    gloss = path(f"M{x} {y + 40}h150l-120 {h - 46}h-30z", "#fff", opacity=0.1)
    return s.ground(300, 506, 180, 14) + case + strap + front + rating + gloss
