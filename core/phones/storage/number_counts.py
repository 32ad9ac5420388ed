"""How many stored numbers each region and operator has: kept, so that nobody counts a million.

Every function takes the writer's connection inside a transaction.
"""

import sqlite3

from core.phones.storage.meta import NUMBERS_COUNTED_TO, get_meta, set_meta

FEW = 50_000  # so many new numbers are looked up one by one, else all are counted in order

# In the order of both indexes, each read once.
_COUNT_ALL = """
INSERT INTO number_counts (region_id, operator_id, phones)
SELECT r.region_id, r.operator_id, count(*)
FROM number_ranges r CROSS JOIN phones p ON p.phone BETWEEN r.first AND r.last
WHERE p.id <= ?
GROUP BY r.region_id, r.operator_id
"""

_COUNT_FURTHER = """
INSERT INTO number_counts (region_id, operator_id, phones)
SELECT r.region_id, r.operator_id, count(*) FROM phones p CROSS JOIN number_ranges r
    ON r.first = (SELECT max(first) FROM number_ranges WHERE first <= p.phone)
    AND r.last >= p.phone
WHERE p.id > ? AND p.id <= ?
GROUP BY r.region_id, r.operator_id
ON CONFLICT DO UPDATE SET phones = phones + excluded.phones
"""

_UNCOUNT = """
UPDATE number_counts SET phones = phones - 1
WHERE (region_id, operator_id) = (
    SELECT r.region_id, r.operator_id FROM number_ranges r
    WHERE r.first = (SELECT max(first) FROM number_ranges WHERE first <= ?1) AND r.last >= ?1)
"""


def count_all(db: sqlite3.Connection) -> None:
    """Count every stored number anew."""
    newest = _newest(db)
    db.execute("DELETE FROM number_counts")
    db.execute(_COUNT_ALL, (newest,))
    set_meta(db, NUMBERS_COUNTED_TO, str(newest))


def count_further(db: sqlite3.Connection) -> None:
    """Count the numbers that came since; nothing where no registry is loaded."""
    if db.execute("SELECT 1 FROM number_ranges LIMIT 1").fetchone() is None:
        return
    counted, newest = int(get_meta(db, NUMBERS_COUNTED_TO) or 0), _newest(db)
    if newest - counted > FEW:
        count_all(db)
    elif newest > counted:
        db.execute(_COUNT_FURTHER, (counted, newest))
        set_meta(db, NUMBERS_COUNTED_TO, str(newest))


def uncount(db: sqlite3.Connection, phone_id: int, phone: str) -> None:
    """One number is taken out of the database."""
    if phone_id <= int(get_meta(db, NUMBERS_COUNTED_TO) or 0):
        db.execute(_UNCOUNT, (phone,))


def _newest(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) FROM phones").fetchone()[0])
