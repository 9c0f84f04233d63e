"""A picture in the making: the product, its colours, its dice, and the gradients it needs."""

from collections.abc import Callable
from random import Random

from domain_services.seed_data.chance import dice, happens
from domain_services.seed_data.pictures.canvas import SIZE, circle, ellipse, num, path, rect
from domain_services.seed_data.pictures.colours import (
    NAMED,
    art_palette,
    backdrop_for,
    darker,
    lighter,
)
from domain_services.seed_data.records import Product

_BODIES = ("graphite", "ivory", "petrol", "terracotta", "sage", "mustard", "navy", "coral")
_COLOUR_ATTRIBUTES = ("Colour", "Finish", "Wood", "Material", "Metal", "Steel")


class Scene:
    """What the designs of all kinds share; one scene draws one picture."""

    def __init__(self, product: Product) -> None:
        self.attributes = {row.name: row.value for row in product.attributes}
        self.kind = product.attributes[0].value
        self.title = product.title
        self.rng: Random = dice(f"picture/{product.sku}")
        self.body = self._named_colour() or NAMED[self.rng.choice(_BODIES)]
        self.room = backdrop_for(self.rng, self.body)
        self.art = art_palette(self.rng)
        self.shadow = darker(self.room.floor, 0.45)
        self._defs: list[str] = []
        self._prefix = product.sku.lower()

    def happens(self, share: float) -> bool:
        """Decide about a detail that a *share* of all pictures has."""
        return happens(self.rng, share)

    @property
    def dark(self) -> str:
        """The product's colour on its far side."""
        return darker(self.body, 0.32)

    @property
    def light(self) -> str:
        """The product's colour where light falls on it."""
        return lighter(self.body, 0.3)

    def one_of(self, *designs: Callable[["Scene"], str]) -> str:
        """Draw one of several designs."""
        return self.rng.choice(designs)(self)

    def says(self, *parts: str) -> bool:
        """Tell whether the title contains one of the words."""
        return any(part in self.title for part in parts)

    def gradient(self, start: str, end: str, direction: str = "down") -> str:
        """Define a gradient, and return what a `fill` says to use it."""
        name = f"{self._prefix}{len(self._defs)}"
        ends = {"down": 'x2="0" y2="1"', "right": 'x2="1" y2="0"', "across": 'x2="1" y2="1"'}[
            direction
        ]
        stops = f'<stop stop-color="{start}"/><stop offset="1" stop-color="{end}"/>'
        self._defs.append(f'<linearGradient id="{name}" {ends}>{stops}</linearGradient>')
        return f"url(#{name})"

    def glow(self, colour: str) -> str:
        """Define light that fades to all sides, and return what a `fill` says to use it."""
        name = f"{self._prefix}{len(self._defs)}"
        stops = f'<stop stop-color="{colour}"/>'
        stops += f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/>'
        self._defs.append(f'<radialGradient id="{name}">{stops}</radialGradient>')
        return f"url(#{name})"

    def clip(self, shape: str) -> str:
        """Define a shape to cut with, and return what a `clip_path` says to use it."""
        name = f"{self._prefix}{len(self._defs)}"
        self._defs.append(f'<clipPath id="{name}">{shape}</clipPath>')
        return f"url(#{name})"

    def reused(self, drawn: str) -> str:
        """Define shapes that are drawn more than once, and return the name for `again`."""
        name = f"{self._prefix}{len(self._defs)}"
        self._defs.append(f'<g id="{name}">{drawn}</g>')
        return name

    @property
    def sheen(self) -> str:
        """A gradient over the product's body, lit from the upper left."""
        return self.gradient(self.light, self.dark, "across")

    def definitions(self) -> str:
        """Write all gradients and clips that were asked for."""
        return f"<defs>{''.join(self._defs)}</defs>" if self._defs else ""

    def ground(self, x: float = 300, y: float = 500, rx: float = 170, ry: float = 20) -> str:
        """Draw the soft shadow on which a product stands."""
        fill = self.glow(self.shadow)
        return ellipse(x, y, rx * 1.25, ry * 1.5, fill)

    def stage(self) -> str:
        """Draw one of several empty rooms."""
        room = self.room
        wall = rect(0, 0, SIZE, SIZE, self.gradient(lighter(room.wall, 0.12), room.wall))
        return wall + self.rng.choice(_STAGES)(self)

    def _named_colour(self) -> str | None:
        for name in _COLOUR_ATTRIBUTES:
            colour = NAMED.get(self.attributes.get(name, "").lower())
            if colour:
                return colour
        return None


def _disc(s: Scene) -> str:
    floor = rect(0, 470, SIZE, 130, s.room.floor)
    return circle(300, 285, 225, s.room.shape) + floor


def _arch(s: Scene) -> str:
    x, w = s.rng.choice(((70, 460), (120, 360), (170, 330)))
    arch = (
        f"M{x} 470V{num(60 + w / 2)}A{num(w / 2)} {num(w / 2)} 0 0 1 {x + w} {num(60 + w / 2)}V470Z"
    )
    return path(arch, s.room.shape) + rect(0, 470, SIZE, 130, s.room.floor)


def _daylight(s: Scene) -> str:
    shift = s.rng.randint(0, 120)
    beam = f"M{60 + shift} 0H{230 + shift}L{430 + shift} 470H{260 + shift}Z"
    second = f"M{270 + shift} 0H{350 + shift}L{550 + shift} 470H{470 + shift}Z"
    floor = rect(0, 470, SIZE, 130, s.room.floor)
    return path(beam, s.room.shape, opacity=0.65) + path(second, s.room.shape, opacity=0.65) + floor


def _plain(s: Scene) -> str:
    sweep = s.gradient(s.room.wall, s.room.floor)
    return circle(300, 300, 290, s.glow(s.room.shape)) + rect(0, 380, SIZE, 220, sweep)


def _steps(s: Scene) -> str:
    x = s.rng.choice((0, 360))
    block = rect(x, 150 if x else 210, 240, 330, s.room.shape)
    return block + rect(0, 470, SIZE, 130, s.room.floor)


def _hills(s: Scene) -> str:
    low, high = s.rng.choice(((330, 200), (220, 340)))
    hill = f"M0 {low}C160 {low - 90} 260 {high + 60} 600 {high}V600H0Z"
    return path(hill, s.room.shape) + rect(0, 470, SIZE, 130, s.room.floor)


_STAGES = (_disc, _disc, _arch, _arch, _daylight, _plain, _plain, _steps, _hills)
