"""Which design draws which kind of product."""

from collections.abc import Callable
from xml.sax.saxutils import escape

from domain_services.seed_data.pictures import (
    audio,
    cameras,
    classic_games,
    computing,
    cookware,
    furniture,
    games,
    garden,
    headphones,
    hot_drinks,
    lamps,
    media,
    outdoor,
    phones,
    photography,
    plants,
    screens,
    seating,
    sports,
    tableware,
    watches,
)
from domain_services.seed_data.pictures.canvas import SIZE
from domain_services.seed_data.pictures.scene import Scene
from domain_services.seed_data.records import Product

Design = Callable[[Scene], str]

_OF_CATEGORY: dict[str, Design] = {"books": media.book, "music": media.record, "films": media.film}

_OF_KIND: dict[str, Design] = {
    "Armchairs": seating.armchair,
    "Balls": sports.ball,
    "Bicycles": outdoor.bicycle,
    "Bird houses": garden.bird_house,
    "Board games": games.game_box,
    "Bookshelf speakers": audio.speakers,
    "Camera bags": photography.bag,
    "Card games": games.cards,
    "Casseroles": cookware.casserole,
    "Chairs": seating.chair,
    "Chargers": phones.charger,
    "Classic games": classic_games.classic_game,
    "Coffee makers": hot_drinks.coffee_maker,
    "Desktop computers": computing.desktop,
    "Earbuds": headphones.earbuds,
    "External drives": computing.drive,
    "Fitness": sports.fitness,
    "Frying pans": cookware.pan,
    "Garden lights": garden.garden_light,
    "Garden tools": garden.garden_tool,
    "House plants": plants.plant,
    "Instant cameras": cameras.instant,
    "Jigsaw puzzles": games.jigsaw,
    "Kettles": hot_drinks.kettle,
    "Keyboards": computing.keyboard,
    "Knives": cookware.knife,
    "Lamps": lamps.lamp,
    "Laptops": screens.laptop,
    "Lenses": cameras.lens,
    "Mice": computing.mouse,
    "Mirrorless cameras": cameras.camera,
    "Monitors": screens.monitor,
    "Outdoor": outdoor.outdoor,
    "Over-ear headphones": headphones.headphones,
    "Phone cases": phones.case,
    "Planters": plants.planter,
    "Portable speakers": audio.portable,
    "Power banks": phones.power_bank,
    "Rackets": sports.racket,
    "Radios": audio.radio,
    "Running shoes": sports.shoes,
    "Shelves": furniture.shelf,
    "Smartphones": phones.smartphone,
    "Smartwatches": watches.watch,
    "Sofas": seating.sofa,
    "Tables": furniture.table,
    "Tableware": tableware.tableware,
    "Tripods": photography.tripod,
    "Turntables": audio.turntable,
    "Video games": games.video_game,
    "Watering cans": garden.watering_can,
}


def picture(product: Product) -> str:
    """
    Draw a product as an SVG image of 600 by 600.

    The same product always gets the same picture: at most 6 KB of XML, with its title in it.
    """
    scene = Scene(product)
    design = _OF_CATEGORY.get(product.category_id) or _OF_KIND[scene.kind]
    drawn = scene.stage() + design(scene)
    size = f'viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return f"{head}<title>{escape(product.title)}</title>{scene.definitions()}{drawn}</svg>"
