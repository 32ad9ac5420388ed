"""A whole copy of a database, taken while others go on writing into it."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.leftovers import own_mark
from core.phones.storage.connect import open_blank, open_reader
from core.watch import UNWATCHED, Cancelled, Watch

_PAGES_A_STEP = 2000  # 8 MB: progress several times a second, a cancel at once
_STEPS_BETWEEN_LOOKS = 200_000  # of SQLite's machine during a check: some milliseconds


def copy_database(source: Path, target: Path, watch: Watch = UNWATCHED) -> None:
    """Write a complete, checked copy of `source` to `target`, which appears only when it is good.

    The copy is the state of one moment, whatever is written meanwhile, and one file without a
    WAL beside it. Raises StorageFailure (of `source`, or DISK_FULL and the like of `target`;
    DAMAGED of `source` where the copy does not pass SQLite's integrity check) and Cancelled.
    """
    temporary = target.with_name(f"{target.name}.{own_mark()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, temporary, watch.part(0.0, 0.6))
        check_integrity(temporary, watch.part(0.6, 1.0))
        to_disk(temporary)
        temporary.replace(target)
    except StorageFailure as failure:
        if failure.path != temporary:
            raise
        # The unfinished copy is gone when this is read: what is damaged in it was so before.
        blamed = source if failure.problem is StorageProblem.DAMAGED else target
        raise StorageFailure(failure.problem, blamed, failure.detail) from failure
    except OSError as error:
        raise storage_failure(error, target) from error
    finally:
        for leftover in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                temporary.with_name(temporary.name + leftover).unlink(missing_ok=True)


def _copy(source: Path, target: Path, watch: Watch) -> None:
    def step(_status: int, remaining: int, total: int) -> None:
        if watch.cancelled():
            raise Cancelled
        watch.progress(1 - remaining / total if total else 1.0)

    with (
        closing(open_reader(source, any_version=True)) as reader,
        closing(open_blank(target)) as db,
    ):
        try:
            # An open transaction holds one moment: without it every page that somebody writes
            # makes SQLite begin the copy anew.
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            reader.backup(db, pages=_PAGES_A_STEP, progress=step)
            db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise storage_failure(error, target) from error


def check_integrity(path: Path, watch: Watch = UNWATCHED) -> None:
    """SQLite's own check of every page and index, which reads the whole file.

    Raises StorageFailure (DAMAGED where something is wrong) and Cancelled. The progress is only
    said at the end: SQLite does not tell it.
    """
    with closing(open_reader(path, any_version=True)) as reader:
        reader.set_progress_handler(watch.cancelled, _STEPS_BETWEEN_LOOKS)
        try:
            answer = reader.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            failure = storage_failure(error, path)
            if failure.problem is StorageProblem.INTERRUPTED:
                raise Cancelled from None
            raise failure from error
    if answer != "ok":
        raise StorageFailure(StorageProblem.DAMAGED, path, str(answer)[:200])
    watch.progress(1.0)


def to_disk(path: Path) -> None:
    """Wait until the file is really on the disk, so that a rename cannot overtake it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
