"""Reads one value of unstable type. Every reader takes anything and raises Unreadable, and only
that, for what it cannot read; None is what says nothing."""

import math
import re
from datetime import date
from typing import Any

import orjson

from core.cars.normal.text import clean

NOTHING = ("", "-", "–", "—")  # the vendor's words for no value
YES = "●"
_LONGEST_NUMBER = 40
_GAPS = re.compile(r"[\s'’]")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.DOTALL)
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2}(?:[T ].*)?)?", re.DOTALL)
_TRUE = frozenset({"true", "1", "yes", "да", "是", YES})
_FALSE = frozenset({"false", "0", "no", "нет", "否", "○"})


class Unreadable(Exception):
    """The value is of no form that is known; `problem` says what is wrong with it."""

    def __init__(self, problem: str = "unreadable") -> None:
        super().__init__(problem)
        self.problem = problem


def read_text(value: Any) -> str | None:
    """Clean text; numbers as they are written."""
    if isinstance(value, str):
        text = clean(value)
        return None if text in NOTHING else text
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unreadable
    return str(int(value) if value == int(value) else value)


def read_number(value: Any) -> float | int | None:
    """A number, or text of one: "1.4", "12 300", "12,300", "1,4"."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise Unreadable
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable
        return value
    if not isinstance(value, str):
        raise Unreadable
    return _number_in(value)


def _number_in(text: str) -> float | int | None:
    if len(text) <= _LONGEST_NUMBER and text.isascii() and text.isdecimal():
        return int(text)
    text = clean(text)
    if text in NOTHING:
        return None
    if len(text) > _LONGEST_NUMBER:
        raise Unreadable
    text = _GAPS.sub("", text)
    text = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text.replace(",", ".")
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise Unreadable
    return float(text) if "." in text else int(text)


def read_integer(value: Any) -> int | None:
    """A whole number; fractions are rounded."""
    number = read_number(value)
    return number if number is None or isinstance(number, int) else math.floor(number + 0.5)


def read_decimal(value: Any) -> float | None:
    """A number with two places."""
    number = read_number(value)
    if number is None:
        return None
    if abs(number) > 1e9:  # far out of any range; a float could not hold every integer
        raise Unreadable("out_of_range")
    return round(float(number), 2)


def read_bool(value: Any) -> bool | None:
    """Yes or no, as a boolean, a number or a word."""
    if isinstance(value, bool) or value is None:
        return value
    text = read_text(value)
    if text is None:
        return None
    word = text.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable


def read_date(value: Any) -> str | None:
    """A day, as YYYY-MM-DD."""
    text = read_text(value)
    if text is None:
        return None
    match = _DATE.fullmatch(text)
    if not match:
        raise Unreadable
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        raise Unreadable("out_of_range") from None


def read_month(value: Any) -> str | None:
    """A month, as YYYY-MM."""
    text = read_text(value)
    if text is None:
        return None
    match = _MONTH.fullmatch(text)
    if not match:
        raise Unreadable
    year, month = int(match[1]), int(match[2])
    if not 1 <= month <= 12:
        raise Unreadable("out_of_range")
    return f"{year:04}-{month:02}"


def read_images(value: Any) -> list[str] | None:
    """Addresses: a list, the JSON text of one, or text with commas between them."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        value = _json(text) if text.startswith("[") else text.split(",")
    if not isinstance(value, list):
        raise Unreadable
    images: list[str] = []
    for one in value:
        if not isinstance(one, str):
            raise Unreadable
        address = one.strip()
        if address:
            images.append("https:" + address if address.startswith("//") else address)
    return images


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise Unreadable from None
