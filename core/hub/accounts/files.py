"""Session files: whose they are, where they lie, and how the service sees them."""

from contextlib import suppress
from pathlib import Path, PurePosixPath

from core.hub.database.users import Session

ENDING = ".session"
_OWNER_ONLY_FOLDER = 0o700
_OWNER_ONLY = 0o600
# What SQLite may leave beside a file, and an unfinished login.
_BESIDE = ("-journal", "-wal", "-shm")


class SessionFolder:
    """`folder` is ours, `seen_as` the same folder as the service sees it. Any thread may call."""

    def __init__(self, folder: Path, seen_as: str = "") -> None:
        self._folder = folder
        self._seen_as = seen_as or str(folder)

    def file(self, user_id: int, session: Session) -> Path:
        """The finished session; it need not exist."""
        return self._folder / f"{user_id}_{session}{ENDING}"

    def unfinished(self, user_id: int, session: Session) -> Path:
        """Where a login works: no service shall open what is not logged in yet."""
        return self._folder / f"{user_id}_{session}.login{ENDING}"

    def path_in_service(self, user_id: int, session: Session) -> str:
        """The session as the service sees it, without its ending."""
        return str(PurePosixPath(self._seen_as) / f"{user_id}_{session}")

    def prepare(self) -> None:
        """Make the folder, for its owner alone. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # a volume that knows no rights
            self._folder.chmod(_OWNER_ONLY_FOLDER)

    def finish(self, user_id: int, session: Session) -> None:
        """The login is done and its file closed: it becomes the session. Raises OSError."""
        made = self.unfinished(user_id, session)
        made.chmod(_OWNER_ONLY)
        target = self.file(user_id, session)
        _remove_beside(target)
        made.replace(target)
        _remove_beside(made)

    def remove(self, user_id: int, session: Session) -> None:
        """Delete the session and what lies beside it. Raises OSError."""
        for file in (self.file(user_id, session), self.unfinished(user_id, session)):
            file.unlink(missing_ok=True)
            _remove_beside(file)

    def remove_unfinished(self, user_id: int, session: Session) -> None:
        """Delete what a login left that came to nothing."""
        with suppress(OSError):
            file = self.unfinished(user_id, session)
            file.unlink(missing_ok=True)
            _remove_beside(file)


def _remove_beside(file: Path) -> None:
    for ending in _BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)
