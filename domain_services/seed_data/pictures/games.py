"""Games in their boxes, cases and decks, and puzzles."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    moved,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter, mixed
from domain_services.seed_data.pictures.covers import artwork, cover
from domain_services.seed_data.pictures.lettering import small_line
from domain_services.seed_data.pictures.scene import Scene


def game_box(s: Scene) -> str:
    """A square box, seen a little from the side, with two wooden pieces in front of it."""
    x, y, w = 118, 126, 356
    side = path(f"M{x + w} {y + 6}l30 18v{w - 30}l-30 18z", darker(s.art.third, 0.35))
    front = moved(
        cover(
            s,
            s.title.partition(",")[0],
            s.attributes.get("Players", "") and f"{s.attributes['Players']} players",
            w,
            w,
        ),
        x,
        y,
    )
    rim = rect(x, y, w, w, "none", r=4, stroke="#ffffff", stroke_opacity=0.25, stroke_width=3)
    pieces = _meeple(s.art.first, 458, 452) + _meeple(s.art.second, 506, 466)
    die = rect(66, 452, 56, 56, "#fbf6ea", r=11) + "".join(
        circle(94 + dx, 480 + dy, 5, "#2b2725") for dx, dy in ((-14, -14), (0, 0), (14, 14))
    )
    return s.ground(310, 496, 235, 20) + side + front + rim + pieces + die


def _meeple(colour: str, x: float, y: float) -> str:
    body = (
        "M0 0c9 0 14 7 13 16c12 4 22 11 22 18c0 6-9 5-15 4c3 9 9 17 12 24h-24l-8-14"
        "l-8 14h-24c3-7 9-15 12-24c-6 1-15 2-15-4c0-7 10-14 22-18c-1-9 4-16 13-16z"
    )
    return moved(
        path(body, colour) + path(body, "#000", opacity=0.1, transform="translate(2 2) scale(.97)"),
        x,
        y - 12,
        0,
        0.95,
    )


def cards(s: Scene) -> str:
    """A fan of cards, the first one showing the title."""
    diamonds = "".join(
        f"M{x} {y}l16 20l-16 20l-16-20z" for x in (-48, 0, 48) for y in (-270, -214, -158, -102)
    )
    fan = ""
    for n, turned in enumerate((-26, -13, 0)):
        tone = (s.art.third, s.art.second, "")[n]
        card = rect(-98, -300, 196, 290, "#fdf9ef", r=14)
        if tone:
            card += rect(-86, -288, 172, 266, tone, r=8) + path(diamonds, lighter(tone, 0.22))
        else:
            card += moved(cover(s, s.title, "", 172, 266), -86, -288)
        fan += moved(
            rect(-98, -296, 200, 292, "#000", r=14, opacity=0.12) + card,
            290 + n * 26,
            500,
            turned + 8,
        )
    return s.ground(310, 498, 170, 18) + fan


def video_game(s: Scene) -> str:
    """A game's case in the colour of its console, beside a controller."""
    tone = {"Orbit One": "#2d6a4f", "Nova Switch": "#c1121f", "PC": "#3a3a40", "Cubo 3": "#4361ee"}[
        s.attributes["Platform"]
    ]
    x, y, w, h = 120, 92, 290, 404
    case = rect(
        x - 10, y, w + 18, h, s.gradient(lighter(tone, 0.2), darker(tone, 0.25), "right"), r=9
    )
    head = rect(x, y + 6, w, 36, tone) + small_line(
        x + 16, y + 30, s.attributes["Platform"], 16, "#fff", font_weight=700, text_anchor="start"
    )
    front = moved(cover(s, s.title, "", w, h - 50), x, y + 44)
    pad = path(
        "M0 40C0 8 26 0 52 8H118C144 0 170 8 170 40C176 78 172 108 152 108"
        "C132 108 128 82 112 82H58C42 82 38 108 18 108C-2 108-6 78 0 40Z",
        "#f4f2ee",
    )
    pad += path("M0 40C0 8 26 0 52 8H118C144 0 170 8 170 40", "none", stroke="#fff", stroke_width=3)
    pad += circle(56, 60, 15, mixed(tone, "#111111", 0.4)) + circle(
        114, 60, 15, mixed(tone, "#111111", 0.4)
    )
    pad += stroke("M30 34h16M38 26v16", "#6b6b70", 6) + "".join(
        circle(134 + dx, 34 + dy, 4.5, tone) for dx, dy in ((0, -9), (0, 9), (-9, 0), (9, 0))
    )
    shade = moved(
        path(
            "M0 40C0 8 170 8 170 40C176 78 172 112 152 112H18C-2 112-6 78 0 40Z",
            "#000",
            opacity=0.18,
        ),
        352,
        404,
    )
    return s.ground(300, 502, 220, 18) + case + head + front + shade + moved(pad, 350, 394, -6)


def jigsaw(s: Scene) -> str:
    """A picture cut into pieces, one of them not yet in its place."""
    w, cell = 384, 96
    lines = ""
    for n in (1, 2, 3):
        for m in range(4):
            bump, sign = 15, s.rng.choice((-1, 1))
            lines += (
                f"M{n * cell} {m * cell}v34c{sign * -4} 0 {sign * bump * 1.6} -6"
                f" {sign * bump * 1.6} 14s{sign * -bump * 1.6}"
                f" 14 {sign * -bump * 1.6} 14V{(m + 1) * cell}"
            )
            lines += (
                f"M{m * cell} {n * cell}h34c0 {sign * -4} -6 {sign * bump * 1.6} 14"
                f" {sign * bump * 1.6}s14 {sign * -bump * 1.6}"
                f" 14 {sign * -bump * 1.6}H{(m + 1) * cell}"
            )
    picture = artwork(s, w, w) + stroke(lines, "#1c1a17", 1.6, opacity=0.55)
    gap = rect(3 * cell + 2, 2, cell, cell, darker(s.room.floor, 0.2)) + rect(
        3 * cell + 6, 8, cell, cell, s.room.floor
    )
    piece = path(
        "M0 0h80v26c10-6 24-4 24 12s-14 18-24 12v30h-80v-30c-10 6-22 2-22-12s12-18 22-12z",
        s.art.first,
    ) + path("M0 0h80v5h-80z", "#fff", opacity=0.3)
    return (
        s.ground(300, 500, 230, 18)
        + rect(104, 118, w + 8, w + 8, "#000", r=3, opacity=0.16)
        + moved(picture + gap, 100, 110)
        + moved(piece, 452, 70, 17)
    )
