"""One vocabulary for the values of both brands: the code, and the words that mean it.

The words of a code are those of auto-api.com, of auto-parser.ru and, for `fuel_type`, of the
vendor's Chinese configuration. Case, spaces and ё do not matter.
"""

from functools import cache, lru_cache

from core.cars.normal.text import clean

_ENGINES: dict[str, tuple[str, ...]] = {
    "petrol": ("Gasoline", "Бензиновый", "汽油"),
    "diesel": ("Diesel", "Дизельный", "柴油"),
    "electric": ("Electric", "Электрический (BEV)", "纯电动"),
    "hybrid": ("Hybrid", "Гибридный (HEV)", "油电混合"),
    "plug_in_hybrid": ("Plug-in Hybrid", "Подключаемый гибрид (PHEV)", "插电式混合动力"),
    "range_extender": ("Range Extender", "Расширитель диапазона (REEV)", "增程式"),
    "petrol_48v": (
        "Gasoline + 48V Mild Hybrid",
        "Бензиновый + 48V mild hybrid",
        "汽油+48V轻混系统",
    ),
    "petrol_24v": (
        "Gasoline + 24V Mild Hybrid",
        "Бензиновый + 24V mild hybrid",
        "汽油+24V轻混系统",
    ),
    "petrol_cng": ("Gasoline + CNG", "Бензиновый + CNG", "汽油+CNG"),
}

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "transmission_type": {
        "automatic": ("Automatic", "автоматическая"),
        "manual": ("Manual", "механическая"),
    },
    "color": {
        "white": ("White", "белый"),
        "black": ("Black", "черный"),
        "silver": ("Silver", "серебристо-серый"),
        "dark_gray": ("Dark Gray", "темно-серый"),
        "blue": ("Blue", "синий"),
        "red": ("Red", "красный"),
        "brown": ("Brown", "коричневый"),
        "orange": ("Orange", "оранжевый"),
        "yellow": ("Yellow", "желтый"),
        "green": ("Green", "зеленый"),
        "purple": ("Purple", "фиолетовый"),
        "champagne": ("Champagne", "шампань"),
        "other": ("Other", "другой"),
    },
    "body_type": {
        "suv": ("Crossover/SUV", "кроссовер/внедорожник"),
        "sedan": ("Sedan", "седан"),
        "hatchback": ("Hatchback", "хэтчбек"),
        "minivan": ("Minivan", "минивэн"),
        "pickup": ("Pickup", "пикап"),
        "coupe": ("Coupe/Roadster", "купе/родстер"),
        "microvan": ("Microvan", "микроавтобус"),
        "light_truck": ("Light Truck", "легкий грузовик"),
        "van": ("Van", "фургон"),
    },
    "engine_type": _ENGINES,
    "fuel_type": _ENGINES,
    "drive_type": {
        "fwd": ("FWD", "передний привод"),
        "rwd": ("RWD", "задний привод"),
        "awd": ("AWD", "полный привод"),
    },
    "section": {
        "used": ("Used", "б/у"),
        "new": ("New", "новый"),
    },
}


def code_of(column: str, text: str) -> str | None:
    """The code that `text` means in `column`; None where it is not known."""
    return _codes(column).get(_key(text))


@cache
def _codes(column: str) -> dict[str, str]:
    return {_key(word): code for code, words in WORDS[column].items() for word in (code, *words)}


@lru_cache(10_000)
def _key(text: str) -> str:
    return "".join(clean(text).casefold().replace("ё", "е").split())
