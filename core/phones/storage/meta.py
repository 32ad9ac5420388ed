"""The table `meta`: what outlives a run, as text under a key.

Both functions take the writer's connection inside a transaction of the writer.
"""

import sqlite3

PAGE_SIZE = "page_size"  # this and the next three were learnt by a run, for those that follow
PACE = "pace"
PAGES_UNEVEN = "pages_uneven"  # "1" where pages in the middle were shorter than others
SERVER_PACE = "server_pace"
FORGOTTEN_SALT = "forgotten_salt"
REGISTRY = "registry"  # core.phones.registry.load.Registry as JSON
NUMBERS_COUNTED_TO = "numbers_counted_to"  # id of the newest phone in number_counts


def get_meta(db: sqlite3.Connection, key: str) -> str | None:
    """None where nothing was stored under `key` yet."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def set_meta(db: sqlite3.Connection, key: str, value: str) -> None:
    """Store `value` in the place of what was there."""
    db.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
