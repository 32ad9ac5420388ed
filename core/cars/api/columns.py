"""What of a listing is served, in which order, and what each column means."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a column of the database becomes JSON."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    DAY = "day"
    TIME = "time"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Served:
    """A column of `processed_data`. `in_lists`: it stands in lists, too, not only alone."""

    name: str
    kind: Kind
    meaning: str
    example: Any = None
    in_lists: bool = True


SERVED = (
    Served("inner_id", Kind.TEXT, "The listing's own id", "51234567"),
    Served(
        "url", Kind.TEXT, "The listing at CHE168", "https://www.che168.com/dealer/1/51234567.html"
    ),
    Served("mark", Kind.TEXT, "Make", "Toyota"),
    Served("model", Kind.TEXT, "Model", "Camry"),
    Served("title", Kind.TEXT, "Title of the listing", "Toyota Camry 2021 2.0G"),
    Served("year", Kind.INTEGER, "Year of the model", 2021),
    Served("color", Kind.TEXT, "Colour, a code where it is known", "white"),
    Served("price", Kind.INTEGER, "Price in CNY", 158000),
    Served("km_age", Kind.INTEGER, "Mileage in km", 42000),
    Served("engine_type", Kind.TEXT, "Engine, a code where it is known", "petrol"),
    Served("transmission_type", Kind.TEXT, "Gearbox, a code where it is known", "automatic"),
    Served("body_type", Kind.TEXT, "Body, a code where it is known", "sedan"),
    Served("drive_type", Kind.TEXT, "Driven wheels, a code where it is known", "fwd"),
    Served("displacement", Kind.DECIMAL, "Displacement in litres", 2.0),
    Served("power", Kind.INTEGER, "Power in hp", 178),
    Served("address", Kind.TEXT, "Where it stands", "上海市浦东新区"),
    Served("city", Kind.TEXT, "City", "上海"),
    Served("seller_type", Kind.TEXT, "Who sells it", "dealer"),
    Served("is_dealer", Kind.FLAG, "Whether a dealer sells it", True),
    Served("section", Kind.TEXT, "used or new", "used"),
    Served("salon_id", Kind.TEXT, "The dealer's id", "10001"),
    Served("description", Kind.TEXT, "The seller's text, in Chinese", "车况良好", in_lists=False),
    Served("vin", Kind.TEXT, "Vehicle identification number", "LVGBPB9E0LG000000"),
    Served("offer_created", Kind.DAY, "Day on which it was put on sale", "2026-11-20"),
    Served("first_registration", Kind.TEXT, "Month of first registration", "2021-03"),
    Served("specid", Kind.TEXT, "CHE168's number of the trim", "48210"),
    Served("car_name", Kind.TEXT, "Name of the trim", "凯美瑞 2021款 2.0G 豪华版"),
    Served("manufacturer", Kind.TEXT, "Manufacturer", "广汽丰田"),
    Served("car_class", Kind.TEXT, "Class", "中型车"),
    Served("fuel_type", Kind.TEXT, "Fuel, a code where it is known", "petrol"),
    Served("emission_standard", Kind.TEXT, "Emission standard", "国VI"),
    Served("engine_model", Kind.TEXT, "Model of the engine", "M20C"),
    Served("displacement_l", Kind.DECIMAL, "Displacement of the trim in litres", 2.0),
    Served("max_horsepower", Kind.INTEGER, "Power of the trim in hp", 178),
    Served("max_power_kw", Kind.INTEGER, "Power of the trim in kW", 131),
    Served("transmission_type_detail", Kind.TEXT, "Gearbox in the maker's words", "无级变速箱"),
    Served("gears", Kind.INTEGER, "Number of gears", 10),
    Served("images", Kind.JSON, "Addresses of pictures", ["https://img.example/1.jpg"]),
    Served("configuration", Kind.JSON, "Equipment by sections", in_lists=False),
    Served("normalized_data", Kind.JSON, "Original values, problems of reading", in_lists=False),
    Served("created_at", Kind.TIME, "When it was first served", "2026-11-20T08:00:00Z"),
    Served("updated_at", Kind.TIME, "When one of its columns last changed", "2026-11-27T08:00:00Z"),
)
IN_LISTS = tuple(column for column in SERVED if column.in_lists)
