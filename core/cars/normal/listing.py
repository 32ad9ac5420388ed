"""Normalises one listing by the rules. No time, no database: the same data give the same row."""

import hashlib
from typing import Any

import orjson

from core.cars.normal.rules import RULES
from core.cars.normal.trim import FLAT, NO_TRIM, Trim, read_trim
from core.cars.normal.values import Unreadable

_SHOWN = 80  # letters of a value that could not be read

Row = dict[str, Any]


class NoListing(Exception):
    """What is stored is no listing at all, so there is nothing to normalise."""


def normalize(inner_id: str, active_status: int, data: Any, *, this_year: int) -> Row:
    """The columns of `processed_data` but its times and version, JSON columns as objects.

    What cannot be read is NULL and stands in `normalized_data.problems`; values that got a code
    stand in `original` as they came, and columns whose value is in no vocabulary in `unknown`.
    Raises NoListing, and nothing else, whatever `data` is.
    """
    if not isinstance(data, dict):
        raise NoListing(f"data is {type(data).__name__}, not an object")
    problems: list[Row] = []
    original: dict[str, str] = {}
    unknown: list[str] = []
    row: Row = {"inner_id": inner_id, "active_status": active_status}
    try:
        trim = read_trim(data)
    except Unreadable as error:
        trim = NO_TRIM
        problems.append(_problem("configuration", error.problem, data.get("configuration")))
    for rule in RULES:
        given = trim.value(*rule.label) if rule.label else data.get(rule.column)
        value, came_as, is_unknown, problem = rule.outcome(given, this_year)
        row[rule.column] = value
        if came_as is not None:
            original[rule.column] = came_as
        elif is_unknown:
            unknown.append(rule.column)
        elif problem is not None:
            problems.append(_problem(rule.column, problem, given))
    row["specid"] = trim.specid
    row["configuration"] = _configuration(trim)
    row["normalized_data"] = {
        name: found
        for name, found in (("original", original), ("unknown", unknown), ("problems", problems))
        if found
    }
    words = (row["mark"], row["model"], row["car_name"], row["title"])
    row["search"] = " ".join(word for word in words if word).casefold()
    row["fingerprint"] = _fingerprint(row)
    return row


def _problem(column: str, problem: str, given: Any) -> Row:
    text = given if isinstance(given, str) else repr(given)
    return {"field": column, "problem": problem, "given": text[:_SHOWN]}


def _configuration(trim: Trim) -> Any:
    """For readers: sections of labels, labels alone where they came flat, or the trim's name."""
    if trim.sections.keys() == {FLAT}:
        return trim.sections[FLAT]
    return trim.sections or trim.name


def _fingerprint(row: Row) -> int:
    """Tells whether a row changed: equal for equal columns, in the form that a bigint holds."""
    digest = hashlib.blake2b(orjson.dumps(row), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
