"""Lamps and their light."""

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


def lamp(s: Scene) -> str:
    """A lamp: on a table, on the floor, from the ceiling, or bent over a book."""
    if s.says("Pendant"):
        return _pendant(s)
    if s.says("Floor"):
        return s.one_of(_arc_lamp, _floor_lamp)
    return _task_lamp(s) if s.says("Reading") else s.one_of(_mushroom, _table_lamp)


def _light(s: Scene, x: float, y: float, r: float) -> str:
    return circle(x, y, r, s.glow("#fff0bd"), opacity=0.9)


def _pendant(s: Scene) -> str:
    shape = s.rng.choice(
        (
            "M160 330C170 210 240 170 300 170S430 210 440 330Z",
            "M150 330L250 180H350L450 330Z",
            "M180 330Q160 180 300 180T420 330Z",
        )
    )
    cord = stroke("M300 0V176", darker(s.body, 0.6), 5) + rect(
        284, 150, 32, 34, NAMED["brass"], r=8
    )
    bulb = ellipse(300, 332, 140, 14, "#fff6d8") + circle(300, 338, 26, "#fffdf0")
    return _light(s, 300, 400, 220) + cord + bulb + path(shape, s.sheen)


def _arc_lamp(s: Scene) -> str:
    arm = stroke("M150 490C130 160 240 70 420 150", "#b9a06a", 9)
    shade = path("M340 240C340 140 500 140 500 240Z", s.sheen) + ellipse(
        420, 240, 80, 12, "#fff3cf"
    )
    return (
        _light(s, 420, 300, 190)
        + s.ground(150, 498, 90, 12)
        + arm
        + shade
        + ellipse(150, 492, 74, 14, darker(s.body, 0.4))
    )


def _floor_lamp(s: Scene) -> str:
    wood = NAMED["oak"]
    legs = stroke("M300 250L200 500M300 250L400 500M300 250V486", wood, 11) + circle(
        300, 256, 14, NAMED["brass"]
    )
    shade = path("M226 90H374L412 240H188Z", s.gradient(s.light, s.body)) + ellipse(
        300, 240, 112, 10, "#fff3cf"
    )
    return _light(s, 300, 250, 230) + s.ground(300, 502, 140, 12) + legs + shade


def _task_lamp(s: Scene) -> str:
    arm = (
        stroke("M232 480L170 300L330 170", s.dark, 12)
        + circle(170, 300, 14, NAMED["brass"])
        + circle(330, 170, 13, NAMED["brass"])
    )
    head = moved(
        path("M-46 -24Q0 -70 46 -24L84 70H-84Z", s.sheen) + ellipse(0, 70, 84, 14, "#fff3cf"),
        366,
        200,
        -28,
    )
    return (
        _light(s, 420, 320, 190)
        + s.ground(232, 494, 120, 14)
        + arm
        + head
        + ellipse(232, 486, 92, 17, s.dark)
        + ellipse(232, 480, 92, 17, s.body)
    )


def _mushroom(s: Scene) -> str:
    foot = path(
        "M262 290H338L372 470Q374 486 356 486H244Q226 486 228 470Z",
        s.gradient(s.light, s.dark, "right"),
    )
    cap = path("M130 300C130 130 470 130 470 300Q300 340 130 300Z", s.sheen) + path(
        "M160 306Q300 336 440 306Q300 322 160 306Z", "#fff3cf"
    )
    return _light(s, 300, 330, 240) + s.ground(300, 490, 120, 14) + foot + cap


def _table_lamp(s: Scene) -> str:
    ceramic = s.gradient(lighter(s.room.accent, 0.3), darker(s.room.accent, 0.25), "right")
    foot = path(
        "M282 262h36v34q70 40 62 120q-4 70 -50 70h-60q-46 0 -50 -70q-8 -80 62 -120z", ceramic
    )
    shade = path("M206 104H394L440 264H160Z", s.gradient(s.light, s.body)) + rect(
        160, 258, 280, 8, s.dark, r=4
    )
    return _light(s, 300, 250, 250) + s.ground(300, 490, 120, 14) + foot + shade
