"""What the system says of a disk, each with its own sentence."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.phones import wording
from core.phones.run_failure import RunFailure
from core.phones.storage.explain import explain

WRITES_UNTIL_IT_MAY_NOT = """
import pathlib, resource, sqlite3, sys
from core.database.failures import storage_failure
path = pathlib.Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE t (x)")
try:
    while True:
        db.execute("INSERT INTO t VALUES (randomblob(50000))")
except sqlite3.Error as error:
    print(storage_failure(error, path).problem)
"""


@pytest.mark.skipif(os.name == "nt", reason="no such limits on Windows")
def test_a_limit_of_file_sizes_is_told_as_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITES_UNTIL_IT_MAY_NOT, str(tmp_path / "some.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == StorageProblem.TOO_LARGE


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.ENOSPC, StorageProblem.DISK_FULL),
        (errno.EDQUOT, StorageProblem.QUOTA),
        (errno.EFBIG, StorageProblem.TOO_LARGE),
        (errno.EIO, StorageProblem.BROKEN_DISK),
        (errno.EACCES, StorageProblem.READ_ONLY),
        (errno.ENOENT, StorageProblem.UNREACHABLE),
    ],
)
def test_what_the_system_says(number: int, problem: StorageProblem, tmp_path: Path) -> None:
    error = OSError(number, os.strerror(number))
    assert storage_failure(error, tmp_path / "some.db").problem is problem


def test_an_error_that_is_of_no_file_is_not_taken_for_one(tmp_path: Path) -> None:
    error = TimeoutError("of a library that asks servers")
    with pytest.raises(TimeoutError):
        storage_failure(error, tmp_path)


def test_what_cannot_be_read_or_written_is_the_disk(tmp_path: Path) -> None:
    for code in (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_FSYNC):
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = code
        assert storage_failure(error, tmp_path / "x.db").problem is StorageProblem.BROKEN_DISK


def test_each_has_its_own_sentence_and_advice() -> None:
    problems = set(StorageProblem) - {StorageProblem.INTERRUPTED, StorageProblem.UNREACHABLE}
    errors = [explain(StorageFailure(problem, Path("some.db"))) for problem in problems]
    assert len({error.message for error in errors}) == len(problems)
    disk = {StorageProblem.QUOTA, StorageProblem.TOO_LARGE, StorageProblem.BROKEN_DISK}
    advice = {wording.advice(RunFailure.DATABASE, problem) for problem in disk}
    assert len(advice) == len(disk)
    assert wording.advice(RunFailure.DATABASE, StorageProblem.READ_ONLY) not in advice
