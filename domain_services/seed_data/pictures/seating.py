"""Chairs, armchairs and sofas."""

from domain_services.seed_data.pictures.canvas import (
    circle,
    moved,
    path,
    rect,
    stroke,
)
from domain_services.seed_data.pictures.colours import darker, lighter
from domain_services.seed_data.pictures.joinery import leg, wood_of
from domain_services.seed_data.pictures.scene import Scene


def chair(s: Scene) -> str:
    """A dining chair."""
    return s.one_of(_spindle_chair, _shell_chair, _panel_chair)


def _seat(tone: str) -> str:
    return path("M182 326H418L440 356Q442 366 430 366H170Q158 366 160 356Z", tone) + rect(
        164, 360, 272, 12, darker(tone, 0.3), r=5
    )


def _spindle_chair(s: Scene) -> str:
    wood = wood_of(s)
    back = stroke("M196 330L184 128M404 330L416 128", wood, 14) + stroke(
        "".join(f"M{300 + n * 34} 330L{300 + n * 37} 140" for n in (-2, -1, 0, 1, 2)),
        darker(wood, 0.15),
        8,
    )
    rail = path("M166 148C220 100 380 100 434 148L428 118C370 76 230 76 172 118Z", wood)
    legs = (
        stroke("M220 372L232 486M380 372L368 486", darker(wood, 0.4), 12)
        + stroke("M186 370L164 500M414 370L436 500", wood, 15)
        + stroke("M176 440H424", darker(wood, 0.2), 8)
    )
    return s.ground(300, 502, 165, 13) + back + rail + legs + _seat(lighter(wood, 0.12))


def _shell_chair(s: Scene) -> str:
    wood, tone = wood_of(s), s.body
    legs = stroke("M236 380L250 480M364 380L350 480", darker(wood, 0.4), 12) + stroke(
        "M210 380L166 502M390 380L434 502", wood, 15
    )
    shell = path(
        "M190 132Q190 92 300 92T410 132L432 330Q436 388 380 392H220Q164 388 168 330Z",
        s.gradient(lighter(tone, 0.25), darker(tone, 0.25), "across"),
    )
    seat = path(
        "M176 326Q300 296 424 326Q440 386 380 392H220Q160 386 176 326Z",
        s.gradient(tone, darker(tone, 0.25)),
    )
    return s.ground(300, 504, 165, 13) + legs + shell + seat


def _panel_chair(s: Scene) -> str:
    wood = wood_of(s)
    back = stroke("M192 336L180 116M408 336L420 116", wood, 17) + path(
        "M176 128Q300 160 424 128L420 214Q300 244 180 214Z",
        s.gradient(lighter(wood, 0.2), darker(wood, 0.1)),
    )
    legs = stroke("M222 380L226 484M378 380L374 484", darker(wood, 0.4), 13) + stroke(
        "M184 376L172 502M416 376L428 502", wood, 17
    )
    cushion = (
        path(
            "M184 316Q300 292 416 316L436 350Q438 364 424 364H176Q162 364 164 350Z",
            s.gradient(s.light, s.body),
        )
        if "Colour" in s.attributes
        else ""
    )
    return s.ground(300, 504, 165, 13) + back + legs + _seat(wood) + cushion


def armchair(s: Scene) -> str:
    """A soft chair for one."""
    return s.one_of(_round_armchair, _wing_chair, _lounge_chair)


def _round_armchair(s: Scene) -> str:
    wood = wood_of(s)
    legs = "".join(leg(x, 440, foot, wood, 58) for x, foot in ((180, 166), (420, 434)))
    back = path("M128 330C128 150 472 150 472 330V420H128Z", s.gradient(s.body, s.dark))
    arms = rect(104, 282, 86, 164, s.sheen, r=43) + rect(410, 282, 86, 164, s.sheen, r=43)
    seat = rect(168, 336, 264, 82, s.gradient(s.light, s.body), r=34) + rect(
        150, 396, 300, 54, s.body, r=24
    )
    return s.ground(300, 500, 200, 14) + legs + back + seat + arms


def _wing_chair(s: Scene) -> str:
    wood = wood_of(s)
    legs = "".join(leg(x, 430, foot, wood, 70) for x, foot in ((186, 176), (414, 424)))
    back = path("M174 400V160Q174 92 300 92T426 160V400Z", s.sheen)
    wings = path("M174 150Q130 150 126 226V330H184Z", s.dark) + path(
        "M426 150Q470 150 474 226V330H416Z", s.dark
    )
    buttons = "".join(
        circle(x, y, 5, s.dark)
        for x, y in ((240, 180), (300, 180), (360, 180), (270, 236), (330, 236))
    )
    arms = rect(118, 310, 76, 128, s.body, r=36) + rect(406, 310, 76, 128, s.body, r=36)
    seat = rect(176, 340, 248, 96, s.gradient(s.light, s.body), r=26)
    return s.ground(300, 502, 190, 13) + legs + back + buttons + wings + seat + arms


def _lounge_chair(s: Scene) -> str:
    wood = wood_of(s)
    frame = stroke("M150 300H440L470 500M176 300L140 500", wood, 16) + stroke(
        "M150 300H440", lighter(wood, 0.2), 6
    )
    back = moved(rect(-50, -130, 92, 260, s.sheen, r=36), 236, 264, -16)
    seat = moved(rect(-160, -36, 300, 72, s.gradient(s.light, s.dark), r=32), 332, 396, 5)
    pillow = moved(rect(-40, -34, 80, 68, s.room.accent, r=20), 218, 192, -16)
    return s.ground(306, 504, 200, 13) + back + pillow + seat + frame


def sofa(s: Scene) -> str:
    """A sofa with as many cushions as seats."""
    seats, wood = int(s.attributes["Seats"]), wood_of(s)
    low, soft = s.rng.choice((0, 26)), s.rng.choice((14, 26, 40))
    x, w = 92, 416
    each = w / seats
    legs = "".join(leg(px, 440, foot, wood, 50) for px, foot in ((100, 92), (500, 508), (300, 300)))
    back = rect(x - 12, 236 + low, w + 24, 190 - low, s.gradient(s.body, s.dark), r=soft)
    cushions = "".join(
        rect(x + each * n + 3, 252 + low, each - 6, 130 - low, s.sheen, r=soft)
        for n in range(seats)
    )
    seat = "".join(
        rect(x + each * n + 2, 358, each - 4, 58, s.gradient(s.light, s.body), r=18)
        for n in range(seats)
    )
    frame = rect(x - 10, 404, w + 20, 42, s.body, r=12)
    arms = "".join(rect(px, 296 + low / 2, 56, 150 - low / 2, s.sheen, r=soft) for px in (52, 492))
    pillows = moved(rect(-40, -40, 80, 80, s.room.accent, r=14), 158, 328, -10)
    pillows += (
        moved(rect(-36, -36, 72, 72, lighter(s.room.accent, 0.45), r=14), 452, 330, 12)
        if s.happens(0.6)
        else ""
    )
    return s.ground(300, 492, 270, 14) + legs + back + cushions + seat + pillows + frame + arms
