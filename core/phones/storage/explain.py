"""How the phone collector speaks of its database."""

from core.database import explain as database
from core.database.errors import DatabaseError, DatabaseWords
from core.database.failures import StorageFailure
from core.i18n import _
from core.own_name import own_name


def _repair() -> str:
    return _(
        "Restore the newest good backup: {program} backup --restore FILE. Where there is none, "
        "save what can be read: {program} backup --salvage PATH."
    ).format(program=own_name())


WORDS = DatabaseWords("DATABASE_PATH", _repair)


def explain(failure: StorageFailure) -> DatabaseError:
    """The sentence for `failure`, in the present language."""
    return database.explain(failure, WORDS)
