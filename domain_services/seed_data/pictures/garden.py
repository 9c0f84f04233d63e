"""Tools, watering cans, bird houses and lanterns."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    ellipse,
    moved,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import NAMED, darker, lighter
from domain_services.seed_data.pictures.scene import Scene


def garden_tool(s: Scene) -> str:
    """A tool, by its name."""
    tone = NAMED.get(s.attributes["Handle"].lower(), NAMED["ash"])
    steel, wood = (
        s.gradient(lighter(s.body, 0.35), darker(s.body, 0.2), "right"),
        s.gradient(lighter(tone, 0.2), darker(tone, 0.2), "right"),
    )
    if s.says("Secateurs"):
        return s.ground(300, 492, 130, 18) + _secateurs(s, steel, tone)
    shaft = rect(-11, -210, 22, 250, wood, r=9)
    if s.says("Trowel"):
        tool = (
            rect(-19, -190, 38, 150, wood, r=18)
            + rect(-8, -46, 16, 60, steel)
            + path("M-58 10Q0 -12 58 10Q62 130 0 196Q-62 130 -58 10Z", steel)
            + stroke("M0 20V160", s.light, 3, opacity=0.6)
        )
    elif s.says("Rake"):
        tool = (
            shaft
            + rect(-9, 30, 18, 60, steel)
            + rect(-110, 86, 220, 20, steel, r=8)
            + stroke("".join(f"M{x} 104v66" for x in range(-100, 101, 25)), darker(s.body, 0.1), 9)
        )
    elif s.says("Fork"):
        tool = (
            shaft
            + rect(-52, -228, 104, 24, wood, r=12)
            + path("M-66 60H66V84H-66Z", steel)
            + stroke("M-58 76V206M-20 76V214M20 76V214M58 76V206M0 34V70", darker(s.body, 0.05), 13)
        )
    else:
        tool = (
            shaft
            + rect(-52, -228, 104, 24, wood, r=12)
            + rect(-14, 20, 28, 46, steel)
            + path("M-72 60H72V160Q72 214 0 236Q-72 214 -72 160Z", steel)
            + stroke("M0 70V200", s.light, 4, opacity=0.5)
        )
    return s.ground(300, 496, 130, 16) + moved(tool, 300, 276, s.rng.choice((-16, -9, 9, 15)), 1.04)


def _secateurs(s: Scene, steel: str, tone: str) -> str:
    blade = path("M286 292Q210 190 262 84Q322 150 322 272Z", steel)
    hook = path("M318 300Q396 236 372 132L350 128Q356 220 290 262Z", darker(s.body, 0.15))
    grips = (
        stroke("M312 300C378 360 372 430 350 494", tone, 31)
        + stroke("M292 300C222 360 228 430 250 494", tone, 31)
        + stroke("M306 306C366 362 364 424 346 480", lighter(tone, 0.3), 5)
    )
    return (
        blade
        + hook
        + grips
        + circle(303, 290, 25, "#d0d3d6")
        + circle(303, 290, 9, "#7d8287")
        + stroke("M262 392q41 22 80 0", "#b9bcc0", 6)
    )


def watering_can(s: Scene) -> str:
    """A watering can with a long spout."""
    tilt = s.rng.choice((0, 0, -14))
    spout = path("M400 420L528 214L546 226L428 470Z", s.dark) + moved(
        path("M-34 0L34 0L20 26H-20Z", NAMED["brass"]), 538, 208, 32
    )
    slender = stroke("M392 440C500 440 470 250 548 196", s.dark, 13)
    handle = stroke("M186 300C70 250 80 440 176 452", s.dark, 17) + stroke(
        "M206 286C230 160 360 160 392 286", s.body, 15
    )
    body = path("M178 282H412L430 470Q430 484 416 484H174Q160 484 160 470Z", s.sheen)
    rim = ellipse(295, 282, 117, 18, s.light) + ellipse(295, 283, 102, 12, darker(s.body, 0.55))
    bands = stroke("M172 340Q295 360 419 340M166 440Q295 460 426 440", s.dark, 4, opacity=0.5)
    drops = (
        "".join(
            circle(x, y, 5, "#8fc3da") for x, y in ((560, 250), (548, 282), (572, 300), (556, 330))
        )
        if tilt == 0
        else ""
    )
    return s.ground(300, 490, 190, 15) + moved(
        moved(
            (slender if s.says("Indoor") else spout) + handle + body + rim + bands + drops,
            -300,
            -300,
        ),
        290,
        300,
        tilt,
    )


def bird_house(s: Scene) -> str:
    """A house for birds, with a visitor."""
    wood = NAMED.get(s.attributes["Wood"].lower(), NAMED["larch"])
    bird = (
        path("M0 0q-4 -34 30 -34q26 0 30 26l24 16q-40 22 -64 10q-18 -4 -20 -18z", s.room.accent)
        + circle(18, -18, 3.5, "#1d1b1a")
        + path("M0 -14l-15 5l14 6z", "#e0a13a")
    )
    post = rect(288, 420, 24, 84, darker(wood, 0.35))
    wall = s.gradient(lighter(wood, 0.18), darker(wood, 0.12), "right")
    if s.says("Feeder"):
        house = (
            rect(168, 396, 264, 22, darker(wood, 0.2), r=4)
            + rect(192, 250, 16, 150, wood)
            + rect(392, 250, 16, 150, wood)
            + path("M226 398q74 -44 148 0z", "#d9b56a")
            + path("M300 130L478 262H122Z", s.sheen)
        )
        return s.ground(300, 504, 120, 12) + post + house + moved(bird, 340, 392)
    house = path("M184 250L300 140L416 250V428H184Z", wall) + stroke(
        "M184 310H416M184 370H416", darker(wood, 0.25), 2.5, opacity=0.6
    )
    roof = path("M300 108L460 258L436 280L300 152L164 280L140 258Z", s.sheen)
    hole = (
        circle(300, 288, 40, darker(wood, 0.3))
        + circle(300, 290, 34, "#221a14")
        + rect(292, 340, 16, 36, darker(wood, 0.35), r=6)
    )
    return (
        s.ground(300, 506, 110, 12)
        + post
        + house
        + roof
        + hole
        + moved(bird, 372, 112 if s.happens(0.5) else 424, 0, 0.9)
    )


def garden_light(s: Scene) -> str:
    """A lantern that glows."""
    light = circle(300, 340, 230, s.glow("#ffe7a3"), opacity=0.9)
    if s.says("Path"):
        parts = ""
        for x, y, size in ((160, 480, 0.85), (430, 478, 0.85), (300, 500, 1.1)):
            parts += moved(
                rect(-7, -190, 14, 190, s.dark)
                + path("M-58 -196Q0 -276 58 -196Z", s.sheen)
                + rect(-36, -200, 72, 34, "#ffeeb8", r=5),
                x,
                y,
                0,
                size,
            )
        return light + s.ground(300, 504, 200, 12) + parts
    ring = stroke("M252 150C252 78 348 78 348 150", s.dark, 9)
    roof = path("M186 214L256 146H344L414 214Z", s.sheen)
    glass = (
        path("M206 220H394L376 452H224Z", s.gradient("#fff6d2", "#ffd673"), opacity=0.9)
        + path("M300 440q-26 -30 0 -78q26 48 0 78z", "#ff9d3c")
        + rect(276, 430, 48, 24, "#fbf7ee", r=4)
    )
    bars = stroke("M206 220L224 452M394 220L376 452M268 220L276 452M332 220L324 452", s.dark, 7)
    return (
        light
        + s.ground(300, 492, 130, 14)
        + ring
        + glass
        + bars
        + roof
        + rect(198, 446, 204, 38, s.sheen, r=8)
    )
