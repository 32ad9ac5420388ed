"""Where numbers are from, for queries: nothing where no registry is loaded."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.phones.registry.load import Registry
from core.phones.storage.meta import REGISTRY
from core.phones.storage.reader import Reader


class PlaceKind(StrEnum):
    """What a range belongs to; the values stand in `number_regions.kind`."""

    REGION = "region"
    COUNTRY = "country"
    UNALLOCATED = "unallocated"


@dataclass(frozen=True, slots=True)
class Place:
    """A region of Russia, another country (`name` is its code), or 'allocated to nobody'."""

    id: int
    kind: PlaceKind
    name: str
    phones: int


@dataclass(frozen=True, slots=True)
class Operator:
    """Who was given the range: a number may have moved to another one since."""

    id: int
    name: str
    inn: str
    phones: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many stored numbers one operator has in one region."""

    place: Place
    operator: str
    phones: int


def loaded_registry(reader: Reader) -> Registry | None:
    """What is loaded, None where nothing is. Raises StorageFailure."""
    row = reader.row("SELECT value FROM meta WHERE key = ?", (REGISTRY,))
    if row is None:
        return None
    values = json.loads(row[0])
    return Registry(**{**values, "files": tuple(values["files"])})


def places(reader: Reader) -> Sequence[Place]:
    """Those that stored numbers are from, the most frequent first."""
    if not reader.has_table("number_ranges"):
        return ()
    return [
        Place(number, PlaceKind(kind), name, phones)
        for number, kind, name, phones in reader.rows(
            "SELECT r.id, r.kind, r.name, sum(c.phones) AS n FROM number_counts c"
            " JOIN number_regions r ON r.id = c.region_id"
            " GROUP BY r.id HAVING n > 0 ORDER BY n DESC, r.id"
        )
    ]


def operators(reader: Reader) -> Sequence[Operator]:
    """Those that stored numbers are of, the most frequent first."""
    if not reader.has_table("number_ranges"):
        return ()
    return [
        Operator(*row)
        for row in reader.rows(
            "SELECT o.id, o.name, o.inn, sum(c.phones) AS n FROM number_counts c"
            " JOIN number_operators o ON o.id = c.operator_id"
            " GROUP BY o.id HAVING n > 0 ORDER BY n DESC, o.id"
        )
    ]


def shares(reader: Reader) -> Sequence[Share]:
    """Every pair of region and operator that has numbers, the most frequent first."""
    if not reader.has_table("number_ranges"):
        return ()
    return [
        Share(Place(number, PlaceKind(kind), name, phones), operator or "", phones)
        for number, kind, name, operator, phones in reader.rows(
            "SELECT r.id, r.kind, r.name, o.name, c.phones FROM number_counts c"
            " JOIN number_regions r ON r.id = c.region_id"
            " LEFT JOIN number_operators o ON o.id = c.operator_id"
            " WHERE c.phones > 0 ORDER BY c.phones DESC, r.id, c.operator_id"
        )
    ]
