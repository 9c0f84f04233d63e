"""Cover art: places, seen from afar; each fills *w* by *h* from the origin."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    group,
    moved,
    num,
    path,
    polygon,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, mixed
from domain_services.seed_data.pictures.scene import Scene


def sun_and_hills(s: Scene, w: float, h: float) -> str:
    """A low sun behind folded hills."""
    a = s.art
    sky = rect(0, 0, w, h, s.gradient(a.ground, mixed(a.ground, a.second, 0.5)))
    sun = circle(w * s.rng.uniform(0.3, 0.7), h * 0.55, w * s.rng.uniform(0.14, 0.24), a.first)
    hills = []
    for share, colour in ((0.58, a.third), (0.7, a.second), (0.83, darker(a.third, 0.45))):
        y, bend = h * share, h * s.rng.uniform(0.05, 0.16) * s.rng.choice((-1, 1))
        curve = f"M0 {num(y)}C{num(w * 0.3)} {num(y - bend)} {num(w * 0.6)} {num(y + bend)} "
        hills.append(path(f"{curve}{num(w)} {num(y - bend / 2)}V{num(h)}H0Z", colour))
    return sky + sun + "".join(hills)


def waves(s: Scene, w: float, h: float) -> str:
    """Rows of scales, like a sea on an old print."""
    a = s.art
    r = w / s.rng.choice((6, 8))
    tones = (a.second, a.third, a.first, mixed(a.second, a.ground, 0.5))
    start = h * s.rng.choice((0.32, 0.42, 0.5))
    parts = [
        rect(0, 0, w, h, a.ground),
        circle(w * s.rng.uniform(0.25, 0.75), start * 0.62, w * 0.13, a.first),
    ]
    scales = ""
    for row in range(int((h - start) / (r * 0.75)) + 2):
        arcs = f"a{num(r)} {num(r)} 0 0 1 {num(2 * r)} 0" * (int(w / (2 * r)) + 2)
        left, y = (row % 2 - 2) * r, start + row * r * 0.75 + r
        scales += path(
            f"M{num(left)} {num(y)}{arcs}v{num(h)}H{num(left)}z", tones[row % len(tones)]
        )
    parts.append(group(scales, stroke=a.ground, stroke_width=num(max(1.6, r / 9))))
    return "".join(parts)


def city(s: Scene, w: float, h: float) -> str:
    """A skyline at night with a few windows lit."""
    a = s.art
    night = darker(a.ground, 0.15) if a.ink > "#8" else a.second
    parts = [rect(0, 0, w, h, s.gradient(night, mixed(night, a.first, 0.45)))]
    parts.append(
        circle(w * s.rng.uniform(0.2, 0.8), h * 0.44, w * 0.1, a.ink if a.ink > "#8" else a.ground)
    )
    x = 0.0
    while x < w:
        width, top = w * s.rng.uniform(0.12, 0.22), h * s.rng.uniform(0.5, 0.75)
        parts.append(
            rect(x, top, width + 1, h - top, darker(a.third, s.rng.choice((0.45, 0.6, 0.7))))
        )
        lit = "".join(
            f"M{num(x + width * column)} {num(top + h * 0.05 * row)}v{num(h * 0.022)}"
            for row in range(1, 5)
            for column in (0.22, 0.6)
            if s.happens(0.5)
        )
        parts.append(stroke(lit, a.first, w * 0.025, stroke_linecap="butt"))
        x += width
    return "".join(parts)


def orbit(s: Scene, w: float, h: float) -> str:
    """A planet with rings, moons and stars."""
    a, deep = s.art, darker(s.art.third, 0.7)
    x, y, r = w * 0.5, h * 0.6, w * s.rng.uniform(0.2, 0.28)
    parts = [rect(0, 0, w, h, s.gradient(deep, mixed(deep, a.first, 0.35)))]
    for size in (2, 3, 4.5):
        stars = "".join(
            f"M{s.rng.randrange(int(w))} {s.rng.randrange(int(h))}h.1" for _ in range(9)
        )
        parts.append(stroke(stars, "#fff6e5", size, opacity=0.8))
    tilt = s.rng.choice((-24, -14, 16))
    ring = f"M{num(-r * 1.7)} 0A{num(r * 1.7)} {num(r * 0.42)} 0 0 {{}} {num(r * 1.7)} 0"
    planet = stroke(ring.format(1), a.second, w * 0.022)
    planet += circle(0, 0, r, s.gradient(a.first, darker(a.first, 0.55), "across"))
    planet += stroke(ring.format(0), a.second, w * 0.022)
    parts.append(moved(planet, x, y, tilt))
    parts.append(circle(w * s.rng.uniform(0.12, 0.3), h * 0.42, w * 0.045, a.second))
    return "".join(parts)


def doorway(s: Scene, w: float, h: float) -> str:
    """A figure in a lit doorway, with a long shadow."""
    a, dark = s.art, darker(s.art.third, 0.72)
    x, top, door = w * s.rng.uniform(0.4, 0.6), h * 0.46, w * 0.24
    light = a.first
    beam = polygon(
        (
            (x - door / 2, h * 0.78),
            (x + door / 2, h * 0.78),
            (x + door * 1.7, h),
            (x - door * 1.1, h),
        ),
        light,
        opacity=0.85,
    )
    figure = circle(x, h * 0.6, w * 0.03, dark)
    figure += path(
        f"M{num(x - w * 0.045)} {num(h * 0.78)}L{num(x - w * 0.04)} {num(h * 0.655)}"
        f"Q{num(x)} {num(h * 0.61)} {num(x + w * 0.04)}"
        f" {num(h * 0.655)}L{num(x + w * 0.045)} {num(h * 0.78)}Z",
        dark,
    )
    shade = polygon(
        ((x - w * 0.04, h * 0.78), (x + w * 0.04, h * 0.78), (x + w * 0.22, h), (x + w * 0.05, h)),
        dark,
        opacity=0.8,
    )
    return (
        rect(0, 0, w, h, s.gradient(dark, mixed(dark, a.third, 0.4)))
        + rect(x - door / 2, top, door, h * 0.78 - top, light)
        + beam
        + shade
        + figure
    )


def lighthouse(s: Scene, w: float, h: float) -> str:
    """A lighthouse on a cliff, its beam over the sea."""
    a = s.art
    sky, sea = mixed(a.third, "#0d1b2a", 0.35), mixed(a.third, "#0d1b2a", 0.65)
    x, top = w * s.rng.choice((0.32, 0.66)), h * 0.46
    beam = polygon(
        ((x, top), (w if x < w / 2 else 0, top - h * 0.12), (w if x < w / 2 else 0, top + h * 0.1)),
        a.first,
        opacity=0.55,
    )
    tower = polygon(
        (
            (x - w * 0.04, top + 8),
            (x + w * 0.04, top + 8),
            (x + w * 0.065, h * 0.84),
            (x - w * 0.065, h * 0.84),
        ),
        "#f6efe2",
    )
    bands = "".join(
        rect(x - w * 0.05, top + h * share, w * 0.1, h * 0.05, a.first) for share in (0.09, 0.22)
    )
    cap = rect(x - w * 0.05, top - h * 0.035, w * 0.1, h * 0.05, "#fff3c9") + polygon(
        ((x - w * 0.06, top - h * 0.03), (x + w * 0.06, top - h * 0.03), (x, top - h * 0.09)),
        a.first,
    )
    cliff = path(
        f"M{num(x - w * 0.35)} {num(h)}Q{num(x - w * 0.2)} {num(h * 0.78)}"
        f" {num(x)} {num(h * 0.82)}T{num(x + w * 0.32)} {num(h)}Z",
        darker(a.second, 0.55),
    )
    return (
        rect(0, 0, w, h, s.gradient(sky, mixed(sky, a.second, 0.5)))
        + beam
        + rect(0, h * 0.8, w, h * 0.2, sea)
        + cliff
        + tower
        + bands
        + cap
    )


def road(s: Scene, w: float, h: float) -> str:
    """A road that runs to the horizon under a big sky."""
    a = s.art
    y, x = h * 0.62, w * s.rng.uniform(0.35, 0.65)
    dashes = "".join(
        polygon(
            (
                (x - width, top),
                (x + width, top),
                (x + width * 1.25, top + tall),
                (x - width * 1.25, top + tall),
            ),
            "#fbf3df",
        )
        for width, top, tall in (
            (1, y + 6, 8),
            (1.8, y + h * 0.07, h * 0.04),
            (3.2, y + h * 0.16, h * 0.07),
            (5, y + h * 0.29, h * 0.09),
        )
    )
    sun = circle(x, y, w * 0.2, a.first) + rect(0, y, w, h - y, darker(a.second, 0.1))
    far = polygon(
        ((0, y), (w * 0.2, y - h * 0.1), (w * 0.42, y), (w * 0.7, y - h * 0.14), (w, y)), a.third
    )
    lane = polygon(((x - 3, y), (x + 3, y), (w * 0.92, h), (w * 0.08, h)), darker(a.third, 0.6))
    return (
        rect(0, 0, w, h, s.gradient(a.ground, mixed(a.ground, a.first, 0.45)))
        + sun
        + far
        + lane
        + dashes
    )
