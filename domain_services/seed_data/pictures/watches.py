"""Watches with hands or with figures."""

from domain_services.seed_data.pictures.canvas import circle, moved, path, rect
from domain_services.seed_data.pictures.colours import darker, mixed
from domain_services.seed_data.pictures.lettering import small_line
from domain_services.seed_data.pictures.scene import Scene


def watch(s: Scene) -> str:
    """A watch with a round or a square face."""
    strap = rect(238, 56, 124, 170, s.gradient(s.dark, s.body), r=26) + rect(
        238, 374, 124, 170, s.gradient(s.body, s.dark), r=26
    )
    holes = "".join(circle(300, y, 5, darker(s.body, 0.6)) for y in (440, 464, 488, 512))
    metal = (
        s.gradient("#eceef0", "#85888d", "across")
        if s.happens(0.6)
        else s.gradient("#5a5c61", "#222326", "across")
    )
    crown = rect(418, 282, 20, 38, "#a9acb1", r=6)
    face = s.one_of(_round_face, _round_face, _square_face)
    shell = (
        rect(182, 178, 236, 244, metal, r=72) if "M196" in face else circle(300, 300, 132, metal)
    )
    return s.ground(300, 548, 90, 12) + strap + holes + crown + shell + face


def _hands(s: Scene, tone: str) -> str:
    hour, minute = s.rng.choice(((-58, 62), (-60, 54), (300, 130), (40, -30)))
    arm = moved(rect(-5, -58, 10, 66, tone, r=5), 300, 300, hour) + moved(
        rect(-3.5, -88, 7, 98, tone, r=3), 300, 300, minute
    )
    return (
        arm
        + moved(rect(-1.5, -92, 3, 110, s.room.accent), 300, 300, 200)
        + circle(300, 300, 7, s.room.accent)
    )


def _round_face(s: Scene) -> str:
    dark = s.happens(0.6)
    ground, ink = ("#17181b", "#f5f2ea") if dark else ("#f7f3e9", "#26262a")
    ticks = "".join(moved(rect(-2, -108, 4, 14, ink, r=2), 300, 300, 30 * n) for n in range(12))
    ring = circle(
        300,
        300,
        84,
        "none",
        stroke=mixed(s.body, ink, 0.2),
        stroke_width=6,
        stroke_dasharray=f"{s.rng.randint(180, 420)} 600",
        transform="rotate(-90 300 300)",
    )
    return circle(300, 300, 118, ground) + ring + ticks + _hands(s, ink)


def _square_face(s: Scene) -> str:
    screen = path(
        "M196 254Q196 192 258 192H342Q404 192 404 254V346Q404 408 342 408H258Q196 408 196 346Z",
        "#121316",
    )
    rings = "".join(
        circle(
            268,
            342,
            r,
            "none",
            stroke=tone,
            stroke_width=8,
            stroke_dasharray=f"{r * long:.0f} 400",
            transform="rotate(-90 268 342)",
        )
        for r, tone, long in ((40, s.art.first, 5), (28, s.art.second, 4), (16, "#8ee6a8", 4.6))
    )
    rows = "".join(rect(324, 312 + 20 * n, 60 - 14 * (n % 2), 8, "#5c5f66", r=4) for n in range(4))
    return (
        screen
        + small_line(
            300,
            272,
            s.rng.choice(("10:09", "7:45", "18:30", "12:04")),
            56,
            "#f7f3e9",
            font_weight=300,
            letter_spacing=0,
        )
        + rings
        + rows
    )
