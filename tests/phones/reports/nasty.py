"""A small database with everything that an export can stumble over."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size

SIZE = Size(phones=900, links=2000, clients=20, projects=45, runs=4)

NASTY = [
    "=1+1",
    "+1-1",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://x.example";"Нажми")',
    'Сайт "Юг"; окна, двери',
    "первая строка\nвторая строка",
    "две\r\nстроки",
    " пробелы с краёв ",
    "a<b>&amp;c</t>",
    "_x0041_",
    "знак \x01 управления",
    "Ёж 🦔 №5 ₽",
    "+79070000001",
    "+7907",
    "",
    "'уже с апострофом",
    "x" * 40_000,
]


def make_nasty_database(path: Path) -> None:
    make_database(path, SIZE)
    with closing(sqlite3.connect(path)) as db:
        for number, name in enumerate(NASTY, start=1):
            db.execute("UPDATE projects SET name = ? WHERE id = ?", (name, number))
        for number, name in enumerate(NASTY[: SIZE.clients]):
            db.execute("UPDATE clients SET username = ? WHERE id = ?", (name, 100_001 + number))
        db.execute("UPDATE phones SET raw = '=' || phone WHERE id % 50 = 0")
        db.execute("UPDATE phones SET raw = '+7 ' || substr(phone, 3) || ' …' WHERE id % 50 = 1")
        db.commit()
