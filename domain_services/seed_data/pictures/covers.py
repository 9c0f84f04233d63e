"""Covers: an artwork that fits the genre, with a title and a name laid over it."""

from collections.abc import Callable

from domain_services.seed_data.pictures import animals, landscapes, patterns
from domain_services.seed_data.pictures.canvas import (
    group,
    moved,
    rect,
)
from domain_services.seed_data.pictures.lettering import Face, fitting, small_line, title_block
from domain_services.seed_data.pictures.scene import Scene

Artwork = Callable[[Scene, float, float], str]


_FACES: tuple[Face, ...] = ("serif", "serif", "sans", "condensed")


_BY_GENRE: dict[str, tuple[Artwork, ...]] = {
    "Literary fiction": (
        landscapes.sun_and_hills,
        patterns.stem,
        patterns.faces,
        patterns.stripes,
        patterns.bloom,
        landscapes.waves,
        patterns.bauhaus,
    ),
    "Crime": (
        landscapes.doorway,
        landscapes.city,
        landscapes.lighthouse,
        patterns.rings,
        landscapes.road,
        patterns.faces,
    ),
    "Science fiction": (
        landscapes.orbit,
        patterns.rings,
        patterns.bauhaus,
        landscapes.city,
        patterns.stripes,
    ),
    "History": (
        patterns.bauhaus,
        patterns.stripes,
        landscapes.waves,
        patterns.bloom,
        landscapes.sun_and_hills,
    ),
    "Nature and travel": (
        landscapes.sun_and_hills,
        landscapes.waves,
        patterns.stem,
        landscapes.road,
        landscapes.lighthouse,
        patterns.bloom,
    ),
    "Cookery": (patterns.fruit, patterns.bloom, patterns.stem, patterns.fruit, patterns.stripes),
    "Children's books": (
        landscapes.sun_and_hills,
        landscapes.orbit,
        landscapes.waves,
        patterns.bloom,
        landscapes.lighthouse,
    ),
    "Jazz": (patterns.stripes, patterns.bauhaus, patterns.faces, patterns.rings, landscapes.city),
    "Electronic": (
        patterns.rings,
        patterns.bauhaus,
        landscapes.orbit,
        patterns.stripes,
        landscapes.city,
    ),
    "Folk and songwriters": (
        landscapes.sun_and_hills,
        patterns.stem,
        patterns.bloom,
        landscapes.lighthouse,
        landscapes.waves,
    ),
    "Classical": (
        landscapes.waves,
        patterns.bloom,
        patterns.stem,
        patterns.stripes,
        patterns.rings,
    ),
    "Rock and pop": (
        landscapes.road,
        patterns.faces,
        patterns.bauhaus,
        landscapes.city,
        patterns.stripes,
        patterns.bloom,
    ),
    "Drama": (
        patterns.faces,
        landscapes.sun_and_hills,
        landscapes.waves,
        landscapes.lighthouse,
        patterns.stripes,
    ),
    "Thriller": (landscapes.doorway, landscapes.city, landscapes.road, patterns.rings),
    "Comedy": (patterns.bauhaus, patterns.stripes, patterns.bloom, patterns.faces, landscapes.road),
    "Documentary": (
        landscapes.sun_and_hills,
        landscapes.waves,
        patterns.stem,
        landscapes.lighthouse,
    ),
    "Animation": (
        landscapes.sun_and_hills,
        landscapes.orbit,
        landscapes.waves,
        animals.whale,
        landscapes.lighthouse,
    ),
    "Board games": (
        landscapes.lighthouse,
        landscapes.sun_and_hills,
        landscapes.city,
        landscapes.waves,
        patterns.bauhaus,
    ),
    "Card games": (
        patterns.rings,
        patterns.bloom,
        patterns.stripes,
        patterns.bauhaus,
        patterns.rings,
    ),
    "Video games": (
        landscapes.orbit,
        landscapes.road,
        landscapes.sun_and_hills,
        landscapes.city,
        landscapes.doorway,
    ),
    "Jigsaw puzzles": (
        landscapes.sun_and_hills,
        landscapes.lighthouse,
        landscapes.city,
        landscapes.waves,
        patterns.fruit,
    ),
}


def artwork(s: Scene, w: float, h: float) -> str:
    """Draw what fits the genre, cut to the size of the cover."""
    animal = next((draw for name, draw in animals.NAMED.items() if s.says(name)), None)
    drawn = (animal or s.rng.choice(_BY_GENRE[s.kind]))(s, w, h)
    return group(drawn, clip_path=s.clip(rect(0, 0, w, h, "#000")))


def cover(s: Scene, title: str, by: str, w: float, h: float) -> str:
    """Lay title and name over an artwork, in one of four layouts."""
    a, face = s.art, s.rng.choice(_FACES)
    title = title.upper() if face != "serif" and s.happens(0.6) else title
    layouts = (_band_above, _plate, _split, _band_above, _band_below)
    layout = s.rng.choice(layouts[:3] if s.kind == "Video games" else layouts)
    name_size = fitting(by, w - 50, 15)
    drawn = layout(s, title, face, w, h)
    low = layout is _band_below
    ink = a.ink
    strip = rect(0, h - 40, w, 40, a.ground) if not low else ""
    name = small_line(w / 2, h - 16, by, name_size, ink) if by else ""
    return group(
        drawn + (strip + name if by else ""), clip_path=s.clip(rect(0, 0, w, h, "#000", r=3))
    )


def _band_above(s: Scene, title: str, face: Face, w: float, h: float) -> str:
    tall = h * 0.38
    picture = moved(artwork(s, w, h - tall * 0.6), 0, tall * 0.6)
    band = rect(0, 0, w, tall, s.art.ground)
    return picture + band + title_block(title, (24, 24, w - 48, tall - 40), s.art.ink, face)


def _band_below(s: Scene, title: str, face: Face, w: float, h: float) -> str:
    top = h * 0.6
    picture = moved(artwork(s, w, h * 0.8), 0, -h * 0.14)
    band = rect(0, top, w, h - top, s.art.ground)
    return (
        picture + band + title_block(title, (24, top + 20, w - 48, h * 0.4 - 70), s.art.ink, face)
    )


def _plate(s: Scene, title: str, face: Face, w: float, h: float) -> str:
    top, tall = h * 0.09, h * 0.28
    plate = rect(26, top, w - 52, tall, s.art.ground)
    line = rect(32, top + 6, w - 64, tall - 12, "none", stroke=s.art.first, stroke_width=1.5)
    text = title_block(
        title, (42, top + 20, w - 84, tall - 36), s.art.ink, face, text_anchor="middle"
    )
    return artwork(s, w, h) + plate + line + text


def _split(s: Scene, title: str, face: Face, w: float, h: float) -> str:
    ground = rect(0, 0, w, h, s.art.ground)
    picture = moved(artwork(s, w - 48, h * 0.56), 24, h * 0.33)
    return ground + picture + title_block(title, (24, 26, w - 48, h * 0.24), s.art.ink, face)
