"""What an export never replaces, whatever name was given for it."""

from pathlib import Path

from core.errors import UsageError
from core.i18n import _
from core.phones.storage.backup import backup_folder
from core.tables.problems import refuse_program_file

# What SQLite and the program keep beside a database file.
_COMPANIONS = ("-wal", "-shm", "-journal", ".lock", ".holder")


def refuse_protected(target: Path, database: Path) -> None:
    """Raise UsageError where `target` is the database, belongs to it, is one of its backups, or
    is no ordinary file (a device would be replaced, not written to). OSError as `Path.stat`."""
    refuse_program_file(target)
    if target.is_dir():
        return  # that it is a folder is told when the file cannot take its place
    if target.exists() and not target.is_file():
        raise UsageError(
            _("{path} is not an ordinary file.").format(path=target),
            _("Choose another name for the file."),
        )
    if _is_collected_data(target, database):
        raise UsageError(
            _("{path} holds collected data: an export would replace it.").format(path=target),
            _("Choose another name for the file."),
        )


def _is_collected_data(target: Path, database: Path) -> bool:
    names = {database.name + companion for companion in _COMPANIONS}
    if target.exists() and database.exists() and target.samefile(database):
        return True
    folder = target.parent.resolve()
    if folder == database.parent.resolve() and target.name in names:
        return True
    return target.exists() and folder == backup_folder(database).resolve()
