"""A registry that nobody published: for the demo and for tests.

Its operators are made up and its ranges belong to nobody in truth: 907, 935, 943-948, 957,
972-976. A part of them is left out, so that some numbers are allocated to nobody here as well.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

CODES = ("907", "935", *(str(code) for code in range(943, 949)), "957",
         *(str(code) for code in range(972, 977)))  # fmt: skip
HEADING = ("АВС/ DEF", "От", "До", "Емкость", "Оператор", "Регион", "Территория ГАР", "ИНН")
OPERATORS = (
    ('ПАО "Первая связь"', "7700000001"),
    ("ООО «Северный телефон»", "7800000002"),
    ('АО "Волна"', "5000000003"),
    ('ООО "Соты"', "6600000004"),
)
REGIONS = (
    "г. Москва и Московская область",
    "г. Санкт-Петербург и Ленинградская область",
    "Краснодарский край",
    "Свердловская область",
    "Республика Татарстан",
    "Новосибирская область",
    "Приморский край",
)
_BLOCK = 250_000  # numbers of a range
_EVERY_NOBODY = 9  # every so many ranges are left out


def made_up_rows() -> Iterator[tuple[str, ...]]:
    """Rows of the mobile file, in the order of numbers."""
    number = 0
    for code in CODES:
        for first in range(0, 10_000_000, _BLOCK):
            number += 1
            if number % _EVERY_NOBODY == 0:
                continue
            operator, inn = OPERATORS[number * 7 % 11 % len(OPERATORS)]
            region = REGIONS[number * 5 % 13 % len(REGIONS)]
            last = first + _BLOCK - 1
            yield (
                code, f"{first:07d}", f"{last:07d}", str(_BLOCK), operator,
                f"г. Неназванный|{region}" if number % 3 == 0 else region, region, inn,
            )  # fmt: skip


def write_made_up(folder: Path) -> list[Path]:
    """The file of the mobile codes, as it could be downloaded."""
    path = folder / "DEF-9xx.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADING)
        writer.writerows(made_up_rows())
    return [path]
