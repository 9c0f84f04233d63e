"""Parts of furniture: wood, legs, and the vase that makes a table look at home."""

from domain_services.seed_data.pictures.canvas import (
    ellipse,
    path,
    stroke,
)
from domain_services.seed_data.pictures.colours import NAMED
from domain_services.seed_data.pictures.scene import Scene


def wood_of(s: Scene) -> str:
    """Tell the colour of the wood."""
    return NAMED.get(
        s.attributes.get("Wood", s.attributes.get("Legs", "oak")).lower(), NAMED["oak"]
    )


def leg(x: float, y: float, foot: float, tone: str, tall: float = 100) -> str:
    """Draw a tapered leg whose foot may stand aside."""
    return path(f"M{x - 9} {y}h18L{foot + 5} {y + tall}h-10z", tone)


def vase(s: Scene, x: float, y: float) -> str:
    """Draw a vase with a twig, standing on *y*."""
    tone = s.room.accent
    twigs = stroke(
        f"M{x} {y - 60}q-8 -50 -34 -78M{x} {y - 60}q2 -60 14 -96M{x} {y - 60}q14 -36 38 -54",
        "#6a7d52",
        4,
    )
    leaves = "".join(
        ellipse(x + dx, y + dy, 9, 17, "#7f9a63", transform=f"rotate({t} {x + dx} {y + dy})")
        for dx, dy, t in (
            (-34, -142, -30),
            (-20, -112, -60),
            (14, -160, 10),
            (8, -118, 40),
            (38, -118, 50),
            (26, -92, 70),
        )
    )
    return (
        twigs
        + leaves
        + path(
            f"M{x - 14} {y - 66}h28q-4 16 10 30q10 36 -14 36h-20q-24 0 -14 -36q14 -14 10 -30z", tone
        )
    )
