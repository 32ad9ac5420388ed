"""What can be wrong with a database file, told to a person: what happened and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.i18n import _


@dataclass(frozen=True, slots=True)
class DatabaseWords:
    """How a system speaks of its database: the `setting` that names the file, and what to do,
    in the present language, where it is damaged.
    """

    setting: str
    repair: Callable[[], str]


class DatabaseError(UserError):
    """The database file at `path` cannot be used."""

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.path = path


class DatabaseMissing(DatabaseError):
    """There is no database yet. Raised by readers only; a collection makes the file."""

    def __init__(self, path: Path, words: DatabaseWords) -> None:
        super().__init__(
            path,
            _("There is no database at {path} yet.").format(path=path),
            _("Run a collection first, or check its path in the settings ({setting}).").format(
                setting=words.setting
            ),
        )


class DatabaseNotADatabase(DatabaseError):
    """The file is of another kind; it was not touched."""

    def __init__(self, path: Path, words: DatabaseWords) -> None:
        super().__init__(
            path,
            _("{path} is not a database. It was left as it is.").format(path=path),
            _("Choose another file in the settings ({setting}), or move this one away.").format(
                setting=words.setting
            ),
        )


class DatabaseForeign(DatabaseError):
    """A database of another program; it was not touched."""

    def __init__(self, path: Path, words: DatabaseWords) -> None:
        super().__init__(
            path,
            _("{path} belongs to another program. It was left as it is.").format(path=path),
            _("Choose another file in the settings ({setting}).").format(setting=words.setting),
        )


class DatabaseTooNew(DatabaseError):
    """Made by a newer version of this program; it was not touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            _("{path} was made by a newer version of this program. It was left as it is.").format(
                path=path
            ),
            _("Install the newest version of the program, or choose another file."),
        )


class DatabaseOutdated(DatabaseError):
    """Made by an older version and only opened for reading, which may not change it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            _("{path} was made by an older version of this program.").format(path=path),
            _("Start the program or a collection once: the file is brought up to date then."),
        )


class DatabaseReadOnly(DatabaseError):
    """No right to write the file or its folder."""

    def __init__(self, path: Path, words: DatabaseWords) -> None:
        super().__init__(
            path,
            _("{path} cannot be written: the file or its folder is read-only.").format(path=path),
            _("Allow writing there, or choose another folder in the settings ({setting}).").format(
                setting=words.setting
            ),
        )


class DatabaseDamaged(DatabaseError):
    """The contents contradict themselves."""

    def __init__(self, path: Path, words: DatabaseWords) -> None:
        super().__init__(
            path,
            _("The database {path} is damaged.").format(path=path),
            words.repair(),
        )


class DatabaseBusy(DatabaseError):
    """Another program holds the file. `holder` says who, empty where that is not known."""

    def __init__(self, path: Path, holder: str = "") -> None:
        if holder:
            message = _("{path} is in use by {holder}.").format(path=path, holder=holder)
        else:
            message = _("{path} is in use by another program.").format(path=path)
        super().__init__(path, message, _("Close the other program or wait until it is done."))
        self.holder = holder


class DatabaseUnreachable(DatabaseError):
    """The file cannot be opened or read: folder gone, drive unplugged, no rights."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            _("{path} cannot be opened.").format(path=path),
            _("Check that its folder exists, is connected and may be read by you."),
        )


class DiskRefuses(DatabaseError):
    """The disk has room, but takes nothing: a quota, a limit of file sizes, a defect."""

    def __init__(self, path: Path, reason: str, hint: str) -> None:
        message = _("{path} cannot be written: {reason}.").format(path=path, reason=reason)
        super().__init__(path, message, hint)


class DatabaseMoved(DatabaseError):
    """It was renamed or deleted while this program wrote into it; `path` is where it is now."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            _("The database was moved or deleted while it was written.").format(path=path),
            _("What was stored until then is in {path}.").format(path=path),
        )


class DiskFull(DatabaseError):
    """No space left where `path` lies. What was stored before is safe."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            _("There is no space left on the disk of {path}.").format(path=path),
            _("Free some space and go on: everything stored so far is kept."),
        )
