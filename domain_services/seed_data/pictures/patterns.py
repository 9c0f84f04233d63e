"""Cover art: patterns and plain shapes; each fills *w* by *h* from the origin."""

from domain_services.seed_data.pictures.canvas import (
    again,
    circle,
    ellipse,
    group,
    moved,
    num,
    path,
    polygon,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter, mixed
from domain_services.seed_data.pictures.scene import Scene


def bauhaus(s: Scene, w: float, h: float) -> str:
    """Quarter circles, discs and triangles on a grid."""
    a, columns = s.art, s.rng.choice((3, 4))
    cell = w / columns
    parts = [rect(0, 0, w, h, a.ground)]
    for row in range(int(h / cell) + 1):
        for column in range(columns):
            colour, other = s.rng.sample((a.first, a.second, a.third, a.ground), 2)
            tile = rect(0, 0, cell + 0.4, cell + 0.4, other) if other != a.ground else ""
            shape = s.rng.randrange(4)
            c = num(cell)
            if shape == 0:
                tile += path(f"M0 0H{c}A{c} {c} 0 0 1 0 {c}Z", colour)
            elif shape == 1:
                tile += circle(cell / 2, cell / 2, cell * 0.36, colour)
            elif shape == 2:  # noqa: PLR2004 - the third of four shapes
                tile += polygon(((0, 0), (cell, cell), (0, cell)), colour)
            else:
                tile += path(
                    f"M0 {num(cell / 2)}A{num(cell / 2)}"
                    f" {num(cell / 2)} 0 0 1 {c} {num(cell / 2)}Z",
                    colour,
                )
            parts.append(moved(tile, column * cell, row * cell))
    return "".join(parts)


def rings(s: Scene, w: float, h: float) -> str:
    """Concentric rings around a point off the centre."""
    a = s.art
    x, y = w * s.rng.choice((0, 0.5, 1, 0.5)), h * s.rng.choice((0.5, 0.62, 1))
    colours = (a.first, a.ground, a.second, a.ground, a.third, a.ground, a.first)
    far = max(w, h) * s.rng.uniform(0.55, 0.8)
    circles = (circle(x, y, far * (7 - n) / 7, colour) for n, colour in enumerate(colours))
    return rect(0, 0, w, h, a.ground) + "".join(circles)


def stem(s: Scene, w: float, h: float) -> str:
    """A single branch with leaves in pairs."""
    a = s.art
    leaf = (
        f"M0 0C{num(w * 0.1)} {num(-w * 0.16)} {num(w * 0.26)} {num(-w * 0.16)} {num(w * 0.34)} 0"
    )
    leaf += f"C{num(w * 0.24)} {num(w * 0.06)} {num(w * 0.1)} {num(w * 0.08)} 0 0Z"
    parts = [
        rect(0, 0, w, h, a.ground),
        circle(w / 2, h * 0.62, w * 0.36, mixed(a.ground, a.second, 0.35)),
    ]
    parts.append(stroke(f"M{num(w / 2)} {num(h)}V{num(h * 0.36)}", a.third, 4))
    tones = (a.first, a.second, a.third, a.first)
    parts += [
        moved(path(leaf, tones[n]), w / 2, h * share, turned, 1 - 0.13 * n)
        for n, share in enumerate((0.9, 0.77, 0.64, 0.51))
        for turned in (-32, 212)
    ]
    parts.append(moved(path(leaf, a.first), w / 2, h * 0.38, -90, 0.6))
    return "".join(parts)


def stripes(s: Scene, w: float, h: float) -> str:
    """Bands of colour with one disc across them."""
    a = s.art
    count = s.rng.choice((5, 7, 9))
    tones = (a.first, a.second, a.third, a.ground)
    slant = s.rng.choice((0, 0, -28, 35))
    long = w + h
    bands = "".join(
        rect(-long / 2, -long / 2 + long * n / count, long, long / count + 1, tones[n % 4])
        for n in range(count)
    )
    disc = circle(
        w * 0.5, h * s.rng.uniform(0.55, 0.68), w * 0.25, lighter(a.ground, 0.1), opacity=0.95
    )
    return moved(bands, w / 2, h / 2, slant) + disc + circle(w * 0.5, h * 0.62, w * 0.1, a.first)


def fruit(s: Scene, w: float, h: float) -> str:
    """Halved fruit, laid out like a pattern."""
    a, r = s.art, w * 0.17
    far, near = num(r * 0.72), num(r * 0.51)
    spokes = (
        f"M-{far} 0H{far}M0 -{far}V{far}M-{near} -{near}"
        f"L{near} {near}M{near} -{near}L-{near} {near}"
    )
    leaf = (
        f"M{num(r * 0.6)} {num(-r * 0.8)}q{num(r * 0.5)} {num(-r * 0.5)} {num(r)}"
        f" {num(-r * 0.2)}q{num(-r * 0.4)} {num(r * 0.5)} {num(-r)} {num(r * 0.2)}z"
    )
    halves = []
    for tone in s.rng.sample((a.first, a.second, a.third), 3):
        half = circle(0, 0, r, tone) + circle(0, 0, r * 0.82, lighter(tone, 0.6))
        half += circle(0, 0, r * 0.74, lighter(tone, 0.2)) + stroke(spokes, lighter(tone, 0.65), 3)
        halves.append(s.reused(half + path(leaf, darker(a.third, 0.3))))
    places = (
        (
            w * (0.2 + 0.38 * column) - (row % 2) * w * 0.19,
            h * 0.46 + row * r * 1.9,
            halves[(row + column) % 3],
        )
        for row in range(3)
        for column in range(3)
    )
    return rect(0, 0, w, h, a.ground) + "".join(
        again(half, x, y, s.rng.randint(0, 60)) for x, y, half in places
    )


def faces(s: Scene, w: float, h: float) -> str:
    """Two profiles that share one line."""
    a = s.art
    profile = (
        f"M0 {num(h)}V{num(h * 0.4)}Q{num(w * 0.3)} {num(h * 0.36)} {num(w * 0.36)}"
        f" {num(h * 0.5)}L{num(w * 0.44)} {num(h * 0.62)}L{num(w * 0.38)}"
        f" {num(h * 0.65)}L{num(w * 0.4)} {num(h * 0.7)}L{num(w * 0.36)} {num(h * 0.72)}"
        f"L{num(w * 0.38)} {num(h * 0.77)}Q{num(w * 0.36)} {num(h * 0.83)}"
        f" {num(w * 0.24)} {num(h * 0.83)}L{num(w * 0.26)} {num(h)}Z"
    )
    mirror = f"translate({num(w)} {num(h * 0.03)}) scale(-1 1)"
    right = group(path(profile, a.second), transform=mirror)
    return (
        rect(0, 0, w, h, a.ground)
        + circle(w / 2, h * 0.56, w * 0.3, a.third)
        + path(profile, a.first)
        + right
    )


def bloom(s: Scene, w: float, h: float) -> str:
    """Petals turned around a centre."""
    a, x, y, r = s.art, w / 2, h * 0.62, w * 0.36
    count = s.rng.choice((8, 10, 12))
    petals = "".join(
        moved(
            ellipse(0, -r * 0.55, r * 0.2, r * 0.5, (a.first, a.second)[n % 2], opacity=0.92),
            x,
            y,
            360 * n / count,
        )
        for n in range(count)
    )
    return (
        rect(0, 0, w, h, a.ground)
        + circle(x, y, r * 1.12, mixed(a.ground, a.third, 0.4))
        + petals
        + circle(x, y, r * 0.2, a.third)
    )
