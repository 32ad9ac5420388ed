"""Discards a run: nobody offers it to be continued any more, and all that it stored stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.database.failures import storage_failure
from core.phones.storage.connect import open_writer
from core.phones.storage.run_store import discard_run


def discard(database: Path, run_id: int) -> None:
    """The caller holds the database alone (core.phones.storage.exclusive). A completed run, or a
    number that no run has, changes nothing. Raises StorageFailure."""
    try:
        with closing(open_writer(database)) as db:
            discard_run(db, run_id)
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error
