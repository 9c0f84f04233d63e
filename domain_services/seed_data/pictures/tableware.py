"""Bowls, plates and mugs."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    num,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.cookware import steam
from domain_services.seed_data.pictures.scene import Scene


def tableware(s: Scene) -> str:
    """Bowls, plates, mugs, or a little of everything."""
    if s.says("Bowls"):
        return _bowls(s)
    if s.says("Plates"):
        return _plates(s)
    return _mugs(s) if s.says("Mugs") else s.one_of(_bowls, _plates, _mugs)


def _bowl(s: Scene, x: float, y: float, w: float) -> str:
    body = path(
        f"M{num(x - w)} {num(y)}Q{num(x - w * 0.86)} {num(y + w * 0.8)}"
        f" {num(x - w * 0.3)} {num(y + w * 0.84)}H{num(x + w * 0.3)}"
        f"Q{num(x + w * 0.86)} {num(y + w * 0.8)} {num(x + w)} {num(y)}Z",
        s.gradient(s.light, s.dark, "right"),
    )
    rim = ellipse(x, y, w, w * 0.22, lighter(s.body, 0.45)) + ellipse(
        x, y + 2, w * 0.9, w * 0.17, darker(s.body, 0.18)
    )
    drip = path(
        f"M{num(x - w * 0.96)} {num(y + w * 0.14)}q{num(w * 0.3)} {num(w * 0.3)}"
        f" {num(w * 0.62)} {num(w * 0.18)}t{num(w * 0.6)} {num(w * 0.06)}t{num(w * 0.7)}"
        f" {num(-w * 0.2)}L{num(x + w)} {num(y)}H{num(x - w)}Z",
        s.light,
        opacity=0.5,
    )
    return body + drip + rim


def _bowls(s: Scene) -> str:
    return (
        s.ground(300, 484, 220, 16)
        + _bowl(s, 216, 356, 150)
        + _bowl(s, 420, 398, 104)
        + _bowl(s, 210, 302, 118)
    )


def _plates(s: Scene) -> str:
    upright = (
        circle(300, 268, 176, s.sheen)
        + circle(300, 268, 168, lighter(s.body, 0.12))
        + circle(
            300,
            268,
            118,
            s.gradient(s.body, lighter(s.body, 0.2), "across"),
            stroke=s.dark,
            stroke_opacity=0.25,
            stroke_width=3,
        )
    )
    fleck = "".join(
        circle(
            300 + s.rng.randint(-120, 120),
            268 + s.rng.randint(-110, 110),
            s.rng.choice((1.5, 2.2, 3)),
            s.dark,
            opacity=0.5,
        )
        for _ in range(18)
    )
    pile = "".join(
        ellipse(300, 478 - 15 * n, 206 - 4 * n, 19, (s.dark, s.body, s.light)[n]) for n in range(3)
    )
    return s.ground(300, 492, 230, 15) + upright + fleck + pile


def _mugs(s: Scene) -> str:
    tones = ((150, 318, s.body), (322, 344, lighter(s.body, 0.35)))
    parts = ""
    for x, y, tone in tones:
        h = 484 - y
        parts += stroke(f"M{x + 140} {y + 30}q58 -4 54 44t-60 46", darker(tone, 0.25), 17)
        parts += path(
            f"M{x} {y}h148v{h - 34}q0 34 -34 34h-80q-34 0 -34 -34z",
            s.gradient(lighter(tone, 0.25), darker(tone, 0.3), "right"),
        )
        parts += (
            rect(x, y + h - 44, 148, 44, "#e5d3b5", r=20, opacity=0.9)
            + ellipse(x + 74, y, 74, 15, lighter(tone, 0.4))
            + ellipse(x + 74, y + 2, 66, 11, "#4b2f20")
        )
    return s.ground(310, 490, 220, 14) + steam(s, 224, 288) + parts
