"""The colours of the pictures: named product colours, and palettes that were mixed to fit."""

from math import dist
from random import Random

from msgspec import Struct

NAMED = {
    "ash": "#d9c3a0", "beech": "#d8ab7b", "birch": "#e6d2ad", "black": "#2b2b2e",
    "black ash": "#37332f", "blush": "#e8b4a8", "brass": "#c99a3c", "cherry": "#8c4330",
    "cherry red": "#b3222f", "cobalt": "#2351a3", "copper": "#b96a42", "coral": "#ee7560",
    "damask steel": "#8f979d", "forest green": "#2f5d45", "graphite": "#4a4e54",
    "ivory": "#f1e8d6", "larch": "#c98f5a", "lavender": "#a896cf", "maple": "#dcb684",
    "midnight blue": "#22335a", "mustard": "#d8a32b", "navy": "#27406b", "oak": "#c79a63",
    "olive": "#79783f", "olive wood": "#a97f45", "petrol": "#1f6473", "plum": "#6f3654",
    "sage": "#93ab8d", "sand": "#d6bf98", "silver": "#c3c8cd", "silver and tan": "#b9bcbf",
    "sky blue": "#82b6d9", "stainless steel": "#b4bbc1", "steel": "#a9b0b6",
    "terracotta": "#c4623f", "walnut": "#7a5236", "white": "#f4f3f0", "aluminium": "#bfc5ca",
    "cast iron": "#3a3c3f", "carbon steel": "#5b6067", "zinc": "#aab2b5", "clay": "#b86b4b",
}  # fmt: skip


class Backdrop(Struct, frozen=True):
    """A room for a product: wall, floor, the shape behind it, an accent and a colour of ink."""

    wall: str
    floor: str
    shape: str
    accent: str
    ink: str


class ArtPalette(Struct, frozen=True):
    """The five colours of a cover: ground, three shapes and the title."""

    ground: str
    first: str
    second: str
    third: str
    ink: str


_BACKDROPS = tuple(
    Backdrop(*row.split())
    for row in (
        "#f3e7d8 #e4cfb4 #fbf4ea #c8553d #2f2a26",
        "#dde8e1 #bfd3c6 #f0f6f2 #2f6f5e #1f2d2a",
        "#e2e7f2 #c5d0e6 #f3f5fb #3d5a98 #1f2740",
        "#f6ddd5 #ebbdb0 #fbf0ec #b23a48 #3a2226",
        "#f5eac6 #ead491 #fcf7e4 #b7791f #3a2f16",
        "#dbebef #b3d5dd #eef7f8 #187795 #12303b",
        "#e9e2f0 #cfc0e0 #f6f2fa #6b4d97 #2b2140",
        "#e7e6e0 #cdccc2 #f6f5f1 #8a6f4d #2b2b27",
        "#34505f #263c48 #456878 #f2a65a #f6f1e7",
        "#43364a #30263a #5a4a63 #e98a7b #f7ece6",
        "#2c4a43 #1f3731 #3d655b #e0b45c #f0ede2",
        "#f2d5b1 #e5b47e #f9e9d3 #8c3b2a #3b2116",
        "#d6e4ca #b3cc9f #ebf3e3 #4f7a3a #22331a",
        "#f0d2d9 #dfa6b5 #faebef #8e3557 #37162a",
        "#c9dfe0 #9ac3c5 #e4f0f0 #d9694d #20393a",
        "#efe3d3 #d98e6a #f7efe4 #2f5d62 #2b2320",
    )
)

_ART = tuple(
    ArtPalette(*row.split())
    for row in (
        "#1d3557 #e63946 #a8dadc #457b9d #f1faee",
        "#f4f1de #e07a5f #3d405b #81b29a #3d405b",
        "#264653 #e9c46a #f4a261 #e76f51 #fdf6e3",
        "#fefae0 #606c38 #dda15e #bc6c25 #283618",
        "#5f0f40 #fb8b24 #e36414 #9a031e #fbeee0",
        "#0f4c5c #fb8b24 #e6d5b8 #e36414 #fdf3e1",
        "#f7d6bf #c1432e #205375 #efb366 #1b2f40",
        "#223843 #dbd3d8 #d77a61 #d8b4a0 #eff1f3",
        "#f6bd60 #84a59d #f28482 #f7ede2 #44302a",
        "#2d3142 #ef8354 #bfc0c0 #4f5d75 #ffffff",
        "#e8dab2 #4f6d7a #c0d6df #dd6e42 #2a3b43",
        "#14213d #fca311 #e5e5e5 #6d7fa8 #ffffff",
        "#dce9e2 #33658a #f6ae2d #f26419 #2f4858",
        "#2b2d42 #f2b5a7 #8d99ae #d9805f #f6f1ea",
        "#f2cc8f #81667a #3d5a80 #e07a5f #2f2440",
        "#004643 #f9bc60 #abd1c6 #e16162 #fffffe",
        "#f9f4ef #8c7851 #f25042 #eaddcf #2b2118",
        "#1b1b2f #e43f5a #f6c065 #1f6f8b #f7f3ea",
    )
)

_NEAR = 105


def backdrop_for(rng: Random, body: str) -> Backdrop:
    """Choose a room in which a product of the colour *body* can be seen."""
    rooms = [
        room
        for room in _BACKDROPS
        if min(_distance(room.wall, body), _distance(room.shape, body)) > _NEAR
    ]
    return rng.choice(rooms or list(_BACKDROPS))


def art_palette(rng: Random) -> ArtPalette:
    """Choose the colours of a cover."""
    return rng.choice(_ART)


def mixed(colour: str, other: str, share: float) -> str:
    """Mix two colours; *share* is how much of the other one there is, 0 to 1."""
    return "#" + "".join(
        f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(colour), _rgb(other), strict=True)
    )


def lighter(colour: str, share: float = 0.25) -> str:
    """Mix a colour with white."""
    return mixed(colour, "#ffffff", share)


def darker(colour: str, share: float = 0.25) -> str:
    """Mix a colour with a warm black."""
    return mixed(colour, "#14110f", share)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _distance(colour: str, other: str) -> float:
    return dist(_rgb(colour), _rgb(other))
