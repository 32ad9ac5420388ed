"""A database that is missing though it was there: not to be taken for a new beginning."""

from pathlib import Path

from core.database.errors import DatabaseError
from core.i18n import _
from core.own_name import own_name
from core.phones.storage.backup import list_backups
from core.phones.storage.connect import database_exists
from core.phones.storage.restoration import REPLACED, RESTORED
from core.phones.storage.whereabouts import RESCUED


class DatabaseLost(DatabaseError):
    """There is no database, but there was one: `trace` is the newest thing that is left of it."""

    def __init__(self, database: Path, trace: Path) -> None:
        text = _("The database {path} is missing, but this is left of it: {trace}")
        super().__init__(database, text.format(path=database, trace=trace), put_it_back())
        self.trace = trace


def put_it_back() -> str:
    """What to do where a database is lost, in the present language."""
    return _(
        "Put it back: {program} backup --restore FILE. Or begin a new database:"
        " {program} collect --new, or press Start once more in the window."
    ).format(program=own_name())


def need_not_lost(database: Path) -> None:
    """Raise DatabaseLost where `database` is missing or empty beside its backups, or beside files
    of it that were set aside or rescued. Raises StorageFailure UNREACHABLE as well."""
    if database_exists(database) and database.stat().st_size > 0:
        return
    trace = _trace(database)
    if trace is not None:
        raise DatabaseLost(database, trace)


def _trace(database: Path) -> Path | None:
    backups = list_backups(database)
    if backups:
        return backups[0].path
    kept = [
        path
        for mark in (RESCUED, RESTORED, REPLACED)
        for path in sorted(database.parent.glob(f"{_literal(database.name)}{mark}*"), reverse=True)
        if path.is_file() and not path.name.endswith(("-wal", "-journal", "-shm", ".part"))
    ]
    return kept[0] if kept else None


def _literal(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)
