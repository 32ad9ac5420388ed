"""Rows of the reports that ask the registry of number ranges."""

import json
from collections.abc import Iterator, Sequence

from core.phones.registry import words
from core.phones.registry.located import shares
from core.phones.storage.queries.phone_filter import run_ranges
from core.phones.storage.queries.report_rows import of_phones, windows
from core.phones.storage.queries.report_stream import Batch, Scope
from core.phones.storage.reader import Reader, Row

_LOCATED = """
SELECT phones.phone, coalesce(r.kind, ''), coalesce(r.name, ''), coalesce(o.name, ''),
    coalesce(o.inn, ''), phones.first_seen_at, phones.first_run_id, phones.projects
FROM phones
LEFT JOIN number_ranges n ON n.last >= phones.phone
    AND n.first = (SELECT max(first) FROM number_ranges WHERE first <= phones.phone)
LEFT JOIN number_regions r ON r.id = n.region_id
LEFT JOIN number_operators o ON o.id = n.operator_id
WHERE phones.id BETWEEN :first AND :last{where} ORDER BY phones.id
"""
_OF_IDS = (
    _LOCATED.rpartition("WHERE")[0]
    + "WHERE phones.id IN (SELECT value FROM json_each(:ids)) ORDER BY phones.id"
).replace("SELECT phones.phone", "SELECT phones.id, phones.phone", 1)


def located(reader: Reader, scope: Scope) -> Iterator[Batch]:
    """Every number, those of no known range too."""
    if not reader.has_table("number_ranges"):
        return
    where = of_phones(scope)
    for done, first, last in windows(run_ranges(reader, None)):
        rows = reader.rows(
            _LOCATED.format(where=where.sql), {**where.values, "first": first, "last": last}
        )
        yield Batch.of_rows(
            done,
            [(phone, words.place(kind, name), *rest) for phone, kind, name, *rest in rows],
        )


def located_of(reader: Reader, ids: Sequence[int]) -> dict[int, Row]:
    """The report's row of each of these numbers, by id."""
    return {
        number: (phone, words.place(kind, name), *rest)
        for number, phone, kind, name, *rest in reader.rows(_OF_IDS, {"ids": json.dumps(list(ids))})
    }


def regions(reader: Reader, scope: Scope) -> Iterator[Batch]:
    """By the kept counts: what they had at the end of the last run."""
    found = shares(reader)
    whole = sum(share.phones for share in found)
    yield Batch.of_rows(
        1,
        [
            (
                words.place_name(share.place),
                share.operator,
                share.phones,
                round(100 * share.phones / whole, 2),
            )
            for share in found
        ],
    )
