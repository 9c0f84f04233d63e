"""Cover art: the animals that titles name; each fills *w* by *h* from the origin."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    moved,
    num,
    path,
    polygon,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter, mixed
from domain_services.seed_data.pictures.scene import Scene

_COATS = {
    "Bear": "#8a5a3c", "Badger": "#4a4a50", "Fox": "#d0652b", "Hedgehog": "#8b6a4f",
    "Otter": "#7a5640", "Donkey": "#8d8a86", "Mole": "#4b4347", "Hare": "#b08d68",
    "Lynx": "#c08a4e", "Goat": "#d9cdb8", "Marmot": "#a3764b", "Walrus": "#8c6f64",
}  # fmt: skip


def owl(s: Scene, w: float, h: float) -> str:
    """A wide-eyed owl that fills the page."""
    a = s.art
    x, y = w / 2, h * 0.68
    body = path(
        f"M{num(x - w * 0.27)} {num(h)}V{num(y - w * 0.12)}L{num(x - w * 0.25)}"
        f" {num(y - w * 0.36)}L{num(x - w * 0.1)} {num(y - w * 0.28)}H{num(x + w * 0.1)}"
        f"L{num(x + w * 0.25)} {num(y - w * 0.36)}"
        f"L{num(x + w * 0.27)} {num(y - w * 0.12)}V{num(h)}Z",
        a.third,
    )
    eyes = "".join(
        circle(x + side * w * 0.12, y - w * 0.1, w * 0.115, "#fffaf0")
        + circle(x + side * w * 0.1, y - w * 0.09, w * 0.055, "#22201f")
        for side in (-1, 1)
    )
    beak = polygon(((x - w * 0.04, y), (x + w * 0.04, y), (x, y + w * 0.08)), a.first)
    chest = "".join(
        circle(x + w * 0.1 * (n - 1.5), h * 0.93, w * 0.05, lighter(a.third, 0.3)) for n in range(4)
    )
    moon = circle(w * 0.87, h * 0.4, w * 0.07, a.first)
    return (
        rect(0, 0, w, h, s.gradient(a.ground, mixed(a.ground, a.second, 0.55)))
        + moon
        + body
        + chest
        + eyes
        + beak
    )


def creature(s: Scene, w: float, h: float) -> str:
    """The face of the animal that the title names."""
    a, x, y, r = s.art, w / 2, h * 0.78, w * 0.3
    name = next((name for name in _COATS if s.says(name)), "Bear")
    coat = _COATS[name]
    pale, dark = lighter(coat, 0.6), darker(coat, 0.4)
    ears = _ears(name, x, y, r)
    quills = ""
    if name == "Hedgehog":
        quills = "".join(
            moved(
                polygon(((-r * 0.16, -r * 0.9), (r * 0.16, -r * 0.9), (0, -r * 1.35)), dark),
                x,
                y,
                t,
            )
            for t in range(-88, 89, 16)
        )
    face = ellipse(x, y, r * 1.04, r, coat)
    if name == "Badger":
        face += path(
            f"M{num(x - r * 0.22)} {num(y + r)}V{num(y - r * 0.96)}h{num(r * 0.44)}V{num(y + r)}Z",
            "#f6f1e7",
        )
    cheeks = (
        "".join(
            ellipse(x + side * r * 0.52, y + r * 0.34, r * 0.44, r * 0.42, pale) for side in (-1, 1)
        )
        if name in {"Fox", "Lynx", "Otter", "Walrus"}
        else ""
    )
    snout = _snout(x, y, r, pale)
    eyes = "".join(
        circle(x + side * r * 0.4, y - r * 0.16, r * 0.12, "#fffaf0")
        + circle(x + side * r * 0.38, y - r * 0.15, r * 0.075, "#22201f")
        for side in (-1, 1)
    )
    scarf = rect(x - r * 0.95, y + r * 0.82, r * 1.9, r * 0.4, a.first, r=r * 0.2) + rect(
        x + r * 0.3, y + r * 0.95, r * 0.36, r * 0.8, a.first, r=6
    )
    sky = rect(0, 0, w, h, s.gradient(a.ground, mixed(a.ground, a.second, 0.5)))
    return (
        sky
        + circle(x, y, r * 1.55, mixed(a.ground, a.second, 0.6))
        + quills
        + ears
        + face
        + cheeks
        + snout
        + eyes
        + scarf
    )


def _ears(name: str, x: float, y: float, r: float) -> str:
    coat, ears = _COATS[name], ""
    pale, dark = lighter(coat, 0.6), darker(coat, 0.4)
    for side in (-1, 1):
        if name in {"Donkey", "Hare", "Goat"}:
            ears += moved(
                ellipse(0, -r * 0.7, r * 0.19, r * 0.62, coat)
                + ellipse(0, -r * 0.68, r * 0.1, r * 0.46, pale),
                x + side * r * 0.4,
                y - r * 0.5,
                14 * side,
            )
        elif name in {"Fox", "Lynx"}:
            ears += polygon(
                (
                    (x + side * r * 0.95, y - r * 1.35),
                    (x + side * r * 0.95, y - r * 0.3),
                    (x + side * r * 0.2, y - r * 0.85),
                ),
                coat,
            )
            ears += polygon(
                (
                    (x + side * r * 0.85, y - r * 1.1),
                    (x + side * r * 0.82, y - r * 0.5),
                    (x + side * r * 0.42, y - r * 0.8),
                ),
                dark,
            )
        else:
            ears += circle(x + side * r * 0.72, y - r * 0.78, r * 0.3, coat) + circle(
                x + side * r * 0.72, y - r * 0.78, r * 0.16, pale
            )
    return ears


def _snout(x: float, y: float, r: float, pale: str) -> str:
    return (
        ellipse(x, y + r * 0.36, r * 0.42, r * 0.32, pale)
        + ellipse(x, y + r * 0.2, r * 0.15, r * 0.11, "#22201f")
        + stroke(
            f"M{num(x)} {num(y + r * 0.3)}v{num(r * 0.14)}q{num(-r * 0.14)} {num(r * 0.12)}"
            f" {num(-r * 0.24)} 0m{num(r * 0.24)} 0"
            f"q{num(r * 0.14)} {num(r * 0.12)} {num(r * 0.24)} 0",
            "#22201f",
            3,
        )
    )


def whale(s: Scene, w: float, h: float) -> str:
    """A friendly whale under a striped sea."""
    a = s.art
    y = h * 0.72
    blue = a.third
    body = path(
        f"M{num(w * 0.12)} {num(y)}C{num(w * 0.12)} {num(y - w * 0.26)} {num(w * 0.6)}"
        f" {num(y - w * 0.3)} {num(w * 0.72)} {num(y)}Q{num(w * 0.8)}"
        f" {num(y - w * 0.02)} {num(w * 0.82)} {num(y - w * 0.16)}Q{num(w * 0.96)}"
        f" {num(y - w * 0.1)} {num(w * 0.9)} {num(y)}Q{num(w * 0.8)} {num(y + w * 0.16)}"
        f" {num(w * 0.4)} {num(y + w * 0.15)}"
        f"Q{num(w * 0.14)} {num(y + w * 0.14)} {num(w * 0.12)} {num(y)}Z",
        blue,
    )
    belly = path(
        f"M{num(w * 0.13)} {num(y + w * 0.04)}Q{num(w * 0.4)} {num(y + w * 0.12)}"
        f" {num(w * 0.7)} {num(y + w * 0.06)}Q{num(w * 0.6)} {num(y + w * 0.15)}"
        f" {num(w * 0.4)} {num(y + w * 0.15)}Q{num(w * 0.16)}"
        f" {num(y + w * 0.14)} {num(w * 0.13)} {num(y + w * 0.04)}Z",
        lighter(blue, 0.55),
    )
    eye = circle(w * 0.24, y - w * 0.03, w * 0.02, "#1d1b1a")
    spout = stroke(
        f"M{num(w * 0.4)} {num(y - w * 0.22)}v{num(-w * 0.1)}q{num(-w * 0.1)}"
        f" {num(-w * 0.04)} {num(-w * 0.11)} {num(w * 0.06)}m{num(w * 0.11)}"
        f" {num(-w * 0.06)}q{num(w * 0.1)} {num(-w * 0.04)} {num(w * 0.11)} {num(w * 0.06)}",
        a.first,
        w * 0.02,
    )
    sea = rect(0, y + w * 0.08, w, h, s.gradient(a.second, darker(a.second, 0.35)))
    return rect(0, 0, w, h, a.ground) + spout + sea + body + belly + eye


NAMED = {"Owl": owl, "Whale": whale} | dict.fromkeys(_COATS, creature)
"""Which animal is drawn for which word of a title."""
