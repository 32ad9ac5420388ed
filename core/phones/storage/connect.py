"""The one place that opens the database file.

Nobody else calls `sqlite3.connect`: how a file is opened decides whether it survives a power
cut, a network share and a second process, so those rules stand here once.

* The writer (`open_writer`) is one connection in one thread of one process.
* Readers (`open_reader`) are as many as needed, each used by one thread at a time, and cannot
  write. In WAL mode they neither block the writer nor wait for it, but a long read keeps the
  WAL file growing: read in short pieces.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.database.lock import CollectionLock
from core.database.network import is_network_path
from core.phones.storage.migrations import file_version, migrate
from core.phones.storage.restoration import finish_restore
from core.phones.storage.schema import READABLE_SINCE

BUSY_SECONDS = 5.0
READER_CACHE_KIB = 32 * 1024
WRITER_CACHE_KIB = 20 * 1024
WAL_LIMIT_BYTES = 64 * 1024 * 1024
# Pages of the WAL before it is copied into the file. Phones arrive in no order, so every batch
# changes pages all over their index: copied rarely, each is written once for many changes.
CHECKPOINT_PAGES = 8000


# What SQLite answers where it cannot make the -shm file: no rights for the file, or the folder.
_NO_SHM = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


def database_uri(path: Path, mode: str) -> str:
    """The `file:` URI of a path for SQLite, e.g. mode 'ro'.

    `Path.as_uri` escapes `?`, `#`, `%`, spaces and Cyrillic letters and writes drive letters
    as `file:///C:/…`. A network share becomes `file://server/share`, which SQLite refuses
    (it allows no host name), so the host moves into the path: `file:////server/share`.
    """
    uri = path.absolute().as_uri()
    if not uri.startswith("file:///"):
        uri = "file:////" + uri.removeprefix("file://")
    return f"{uri}?mode={mode}"


def database_exists(path: Path) -> bool:
    """Whether there is such a file. Raises StorageFailure UNREACHABLE where its folder does not
    even let us look."""
    try:
        return path.exists()
    except OSError as error:
        raise StorageFailure(StorageProblem.UNREACHABLE, path, error.strerror or "") from error


def open_reader(path: Path, *, any_version: bool = False, torn: bool = False) -> sqlite3.Connection:
    """Open an existing database for reading only; rows come as plain tuples.

    The connection may be handed from thread to thread, but only one may use it at a time;
    `interrupt()` is allowed from any thread. Close it when done. `any_version` is for those who
    copy a file whole: they may open an older one too. `torn` opens a file that was cut short as
    well, which SQLite else refuses whole; reading what is missing then fails.

    Raises StorageFailure: MISSING (no file yet, or an empty one), NOT_A_DATABASE, FOREIGN,
    TOO_NEW, OUTDATED (older than READABLE_SINCE and not migrated by a writer yet), DAMAGED, BUSY
    or UNREACHABLE.
    """
    finish_restore(path)
    if not database_exists(path):
        raise StorageFailure(StorageProblem.MISSING, path)
    with _explained(path):
        connection = _open_reading(path, torn)
        try:
            version = file_version(connection, path)
        except BaseException:
            connection.close()
            raise
    if version < READABLE_SINCE and not (any_version and version):
        connection.close()
        problem = StorageProblem.OUTDATED if version else StorageProblem.MISSING
        raise StorageFailure(problem, path, f"version {version}")
    return connection


def _open_reading(path: Path, torn: bool) -> sqlite3.Connection:
    connection = _connect(database_uri(path, "ro"))
    try:
        if torn:  # the one switch that lets SQLite believe the file's length, not its header
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.OperationalError as error:
        connection.close()
        # A WAL database in a folder without write permission cannot make its -shm file.
        # Where no writer left a -wal file the main file is complete and may be read as it is.
        wal = path.with_name(path.name + "-wal")
        if error.sqlite_errorcode & 0xFF not in _NO_SHM or wal.exists():
            raise
        connection = _connect(database_uri(path, "ro") + "&immutable=1")
        connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    except BaseException:
        connection.close()
        raise
    return connection


def open_writer(
    path: Path, before_migration: Callable[[Path], None] | None = None
) -> sqlite3.Connection:
    """Open the database for writing; make it or migrate it where needed.

    Only core.phones.storage.writer and the few jobs that hold the collection's lock may call this.
    The connection is in autocommit mode: transactions are begun and ended explicitly, and by
    one thread at a time. `before_migration` is called before an older file is changed.

    On a network share WAL is not used: its shared memory does not exist across machines.

    Raises StorageFailure: NOT_A_DATABASE, FOREIGN or TOO_NEW (the file is not touched),
    DAMAGED, BUSY, READ_ONLY, DISK_FULL or UNREACHABLE.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(database_uri(path, "rwc"))
        try:
            file_version(connection, path)  # before the first thing that could write
            connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
            journal = "DELETE" if is_network_path(path) else "WAL"
            connection.execute(f"PRAGMA journal_mode = {journal}")
            connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            connection.execute("PRAGMA synchronous = NORMAL")
            migrate(connection, path, before_migration)
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def make_database(path: Path) -> None:
    """Make the file where there is none yet, or an empty one. Raises StorageFailure, and
    DatabaseHeld where a process collects into it at this moment, and
    core.phones.storage.lost.DatabaseLost."""
    if database_exists(path) and path.stat().st_size:
        return
    finish_restore(path)
    from core.phones.storage.lost import need_not_lost  # it knows the backups, and they us

    need_not_lost(path)
    lock = CollectionLock(path)
    lock.acquire(datetime.now(UTC))
    try:
        open_writer(path).close()
    finally:
        lock.release()


@contextmanager
def writing_beside(path: Path, wait: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """A transaction of a moment in an existing database, also while a run goes on.

    For small tables that no run knows, and not for what the writer writes: that needs the
    collection's lock. Waits for the writer's present transaction, at most `wait` seconds.
    Raises what `open_reader` raises, and READ_ONLY or DISK_FULL.
    """
    if not database_exists(path):
        raise StorageFailure(StorageProblem.MISSING, path)
    with _explained(path):
        connection = _connect(database_uri(path, "rw"), wait)
        try:
            version = file_version(connection, path)
            if version < READABLE_SINCE:
                problem = StorageProblem.OUTDATED if version else StorageProblem.MISSING
                raise StorageFailure(problem, path, f"version {version}")
            # The WAL is put into the file by the writer: here it would take a long moment.
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # what was not committed is rolled back


def create_plain_file(path: Path, schema: str) -> sqlite3.Connection:
    """A new SQLite file that is not our database, for an export. Raises sqlite3.Error.

    It is made in one go and thrown away if that fails, so it needs no journal.
    """
    connection = _connect(database_uri(path, "rwc"))
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(schema)
    except BaseException:
        connection.close()
        raise
    return connection


def open_scratch(base: Path) -> sqlite3.Connection:
    """A database without a name, in a file that the system takes back when it is closed, with
    the one at `base` attached for reading as `base`.

    For work that is larger than memory and that nobody shall find afterwards. Raises what
    `open_reader` raises.
    """
    open_reader(base).close()  # what it would refuse is refused here as well
    with _explained(base):
        connection = _connect("")
        try:
            connection.execute("PRAGMA journal_mode = OFF")  # a failed check is thrown away
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
            _attach(connection, base)
        except BaseException:
            connection.close()
            raise
    return connection


def _attach(connection: sqlite3.Connection, base: Path) -> None:
    uri = database_uri(base, "ro")
    try:
        connection.execute("ATTACH ? AS base", (uri,))
        connection.execute("SELECT count(*) FROM base.sqlite_schema")
    except sqlite3.OperationalError as error:
        wal = base.with_name(base.name + "-wal")
        if error.sqlite_errorcode & 0xFF not in _NO_SHM or wal.exists():
            raise
        with suppress(sqlite3.Error):
            connection.execute("DETACH base")
        connection.execute("ATTACH ? AS base", (uri + "&immutable=1",))


def open_any(path: Path) -> sqlite3.Connection:
    """A SQLite file of any program, for reading only. Raises StorageFailure."""
    with _explained(path):
        return _open_reading(path, torn=False)


def open_blank(path: Path) -> sqlite3.Connection:
    """Make a new file that another database is going to be written into, for its maker alone.

    Not a database of ours until it is complete: no tables, no WAL. Raises StorageFailure.
    """
    with _explained(path):
        path.unlink(missing_ok=True)
        return _connect(database_uri(path, "rwc"))


def _connect(uri: str, wait: float = BUSY_SECONDS) -> sqlite3.Connection:
    return sqlite3.connect(
        uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Name what SQLite or the file system refused."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise storage_failure(error, path) from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """`open_reader` for the length of a `with` block."""
    connection = open_reader(path)
    try:
        yield connection
    finally:
        with suppress(sqlite3.Error):
            connection.close()
