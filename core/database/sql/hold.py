"""One process alone has a database, or a named part of its work.

A file is held by a locked file beside it, which protects no second computer; a PostgreSQL
database by an advisory lock, which all computers see. The system or the server gives it back
with the process, whatever killed it.
"""

import hashlib
import os
import platform
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from core.database.errors import DatabaseBusy
from core.database.lock import CollectionLock, DatabaseHeld
from core.database.sql.failures import ServerBusy, told
from core.database.sql.place import Place
from core.i18n import _

WRITER = "writer"


class Hold:
    """For one thread. `name` tells apart what may be held side by side in one database.

    On a server the lock rests on one connection, which `acquire` returns: who writes through it
    cannot write without the lock, because both go with the connection.
    """

    def __init__(self, engine: Engine, place: Place, name: str = WRITER) -> None:
        self._engine = engine
        self._place = place
        self._name = name
        self._connection: Connection | None = None
        self._file: CollectionLock | None = None
        if place.file is not None:
            path = place.file
            if name != WRITER:
                path = path.with_name(f"{path.name}.{name}")
            self._file = CollectionLock(path)

    def acquire(self, now: datetime) -> Connection:
        """Take the lock and open the connection to write through.

        Also takes it again after a server broke the connection. Raises DatabaseBusy or
        ServerBusy at once where another process has it, saying who; another UserError where the
        database cannot be used.
        """
        self.release()
        with told(self._place):
            if self._file is not None and self._place.file is not None:
                _take_file(self._file, self._place.file, now)
                self._connection = self._engine.connect()
            else:
                self._connection = self._take_on_server(now)
            return self._connection

    def release(self) -> None:
        """Give it back and close the connection; safe to call when it is not held."""
        if self._connection is not None:
            _close(self._connection)
            self._connection = None
        if self._file is not None:
            self._file.release()

    def _take_on_server(self, now: datetime) -> Connection:
        number = lock_number(self._name)
        connection = self._engine.connect()
        try:
            with connection.begin():
                connection.execute(
                    text("SELECT set_config('application_name', :name, false)"),
                    {"name": f"pid {os.getpid()} {platform.node()} {now:%Y-%m-%dT%H:%M:%SZ}"[:63]},
                )
                taken = connection.scalar(
                    text("SELECT pg_try_advisory_lock(:number)"), {"number": number}
                )
                if not taken:
                    holder = self._holder(connection, number)
        except BaseException:
            _close(connection)
            raise
        if taken:
            return connection
        _close(connection)
        raise ServerBusy(
            self._place,
            _("{path} is in use by {holder}.").format(path=self._place, holder=holder),
            _("Close the other program or wait until it is done."),
        )

    def _holder(self, connection: Connection, number: int) -> str:
        name = connection.scalar(
            text(
                "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                "WHERE l.locktype = 'advisory' AND l.granted AND l.database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND (l.classid::bigint << 32 | l.objid::bigint) = :number"
            ),
            {"number": number},
        )
        parts = (name or "").split(" ")
        if len(parts) == 4 and parts[0] == "pid" and parts[1].isdecimal():
            return _words(int(parts[1]), parts[2])
        return _("another program")


def _take_file(lock: CollectionLock, file: Path, now: datetime) -> None:
    try:
        lock.acquire(now)
    except DatabaseHeld as held:
        holder = _words(held.holder.pid, held.holder.host) if held.holder is not None else ""
        raise DatabaseBusy(file, holder) from None


def _close(connection: Connection) -> None:
    """For good, not back to the pool: the lock would live on with it."""
    connection.invalidate()
    connection.close()


def lock_number(name: str) -> int:
    """The number of the advisory lock `name`, the same on every computer."""
    digest = hashlib.sha256(f"DataMasterCollector {name}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1  # PostgreSQL's numbers have a sign


def _words(pid: int, host: str) -> str:
    return _("process {pid} on {host}").format(pid=pid, host=host)
