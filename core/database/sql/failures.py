"""What is wrong with a database of either kind, as the sentence that an operator sees."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.database.errors import DatabaseWords
from core.database.explain import explain
from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.database.sql.place import Place
from core.errors import UserError
from core.i18n import _


class DatabaseServerError(UserError):
    """The database at `place`, on a server, cannot be used."""

    def __init__(self, place: Place, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.place = place


class ServerUnreachable(DatabaseServerError):
    """Nobody answers there, or the connection broke: the server may be back soon."""


class ServerRefused(DatabaseServerError):
    """The server answers, but not to this user, password or database."""


class ServerFull(DatabaseServerError):
    """No room is left on the server's disk. What was stored before is safe."""


class ServerBusy(DatabaseServerError):
    """Another program holds what is needed, or the server has no connection to spare."""


def failure(error: SQLAlchemyError | OSError, place: Place) -> UserError:
    """The sentence for what a database, its driver or the file system raised.

    Raises `error` again where it is a mistake of ours, which must not look like trouble there.
    """
    if place.file is not None:
        original = getattr(error, "orig", None) or error
        if isinstance(original, SQLAlchemyError):
            raise error
        try:
            known = storage_failure(original, place.file)
        except sqlite3.Error:
            raise error from None
        return explain(known, _words(place))
    if not isinstance(error, DBAPIError):
        raise error
    original = error.orig
    state = getattr(original, "sqlstate", None) or ""
    if state.startswith(("28", "3D")) or _refuses(original):
        return ServerRefused(
            place,
            _("{place} does not let us in.").format(place=place),
            _("Check user, password and name of the database in {setting}.").format(
                setting=place.setting
            ),
        )
    if state == "53100":
        return ServerFull(
            place,
            _("The disk of {place} is full.").format(place=place),
            _("Free some space and go on: everything stored so far is kept."),
        )
    if state in ("53300", "55P03", "57014", "40P01"):
        return ServerBusy(
            place,
            _("{place} is in use by another program.").format(place=place),
            _("Close the other program or wait until it is done."),
        )
    if state in ("42501", "25006"):
        return ServerRefused(
            place,
            _("{place} may not be written by this user.").format(place=place),
            _("Give the user in {setting} the rights to its own tables.").format(
                setting=place.setting
            ),
        )
    if is_gone(error):
        return server_unreachable(place)
    raise error


def server_unreachable(place: Place) -> ServerUnreachable:
    """What to say where nobody answers, or the connection broke."""
    return ServerUnreachable(
        place,
        _("{place} cannot be reached.").format(place=place),
        _("Check that the server runs and that {setting} names it.").format(setting=place.setting),
    )


def is_gone(error: SQLAlchemyError) -> bool:
    """Whether a server could not be reached or broke the connection: trying again may help."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith(("08", "57P")):
        return True
    return error.connection_invalidated or (
        isinstance(error.orig, psycopg.OperationalError) and not state
    )


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Whatever goes wrong with the database in this block is raised as its UserError."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise failure(error, place) from error


def foreign(place: Place) -> UserError:
    """The database has tables of another program; it was not touched."""
    if place.file is not None:
        return explain(StorageFailure(StorageProblem.FOREIGN, place.file), _words(place))
    return ServerRefused(
        place,
        _("{place} holds tables of another program. They were left as they are.").format(
            place=place
        ),
        _("Make an empty database and name it in {setting}.").format(setting=place.setting),
    )


def too_new(place: Place) -> UserError:
    """The database was made by a newer version of this program; it was not touched."""
    if place.file is not None:
        return explain(StorageFailure(StorageProblem.TOO_NEW, place.file), _words(place))
    return ServerRefused(
        place,
        _("{place} was made by a newer version of this program. It was left as it is.").format(
            place=place
        ),
        _("Install the newest version of the program, or choose another database."),
    )


def missing(place: Place) -> UserError:
    """There are no tables yet: for readers, who make none."""
    if place.file is not None:
        return explain(StorageFailure(StorageProblem.MISSING, place.file), _words(place))
    return ServerRefused(place, _("{place} has no tables yet.").format(place=place))


def outdated(place: Place) -> UserError:
    """The tables are of another version: for readers, who bring nothing up to date."""
    if place.file is not None:
        return explain(StorageFailure(StorageProblem.OUTDATED, place.file), _words(place))
    return ServerRefused(
        place,
        _("{place} was made by an older version of this program.").format(place=place),
        _("The next command that writes brings it up to date."),
    )


def _words(place: Place) -> DatabaseWords:
    return DatabaseWords(place.setting, lambda: _("Restore the newest good backup."))


def _refuses(original: BaseException | None) -> bool:
    """Refusals while connecting come without a state: only their words tell them apart."""
    words = str(original)
    return any(
        said in words
        for said in ("authentication failed", "no password supplied", "no pg_hba.conf entry")
    ) or ("FATAL:" in words and "does not exist" in words)
