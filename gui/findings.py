"""What the window wants to know of the database before a run."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.database.diskspace import PAUSE_BYTES, Room, free_bytes, room_for
from core.database.failures import StorageFailure, StorageProblem
from core.database.lock import CollectionLock, DatabaseHeld
from core.formats import size
from core.i18n import _
from core.phones.events import RunStatus
from core.phones.storage.backup import list_backups
from core.phones.storage.health import look as look_for_damage
from core.phones.storage.queries.overview import overview
from core.phones.storage.queries.runs import UnfinishedRun, newest_run, newest_unfinished
from core.phones.storage.reader import Reader
from core.settings.paths import risky_location


@dataclass(frozen=True, slots=True)
class Findings:
    """`file_bytes` is 0 where there is no database yet; `backed_up` is the newest backup's time."""

    unfinished: UnfinishedRun | None = None
    can_continue: bool = False
    clients: int = 0
    held_by: str | None = None
    warnings: tuple[str, ...] = ()
    file_bytes: int = 0
    backed_up: datetime | None = None


def look(path: Path) -> Findings:
    """See what the database at `path` holds. For a background thread; raises StorageFailure."""
    try:
        look_for_damage(path)
        reader = Reader(path)
    except StorageFailure as failure:
        # No file yet, or one that the next run brings up to date: nothing to tell.
        if failure.problem in (StorageProblem.MISSING, StorageProblem.OUTDATED):
            return Findings(warnings=_warnings(path))
        raise
    with reader:
        unfinished = newest_unfinished(reader)
        newest = newest_run(reader)
        failed = newest is not None and newest.errors_count > 0
        totals = overview(reader)
        backups = list_backups(path)
        return Findings(
            unfinished=unfinished,
            can_continue=unfinished is not None
            or (failed and newest is not None and newest.status is RunStatus.COMPLETED),
            clients=totals.clients,
            held_by=_holder(path),
            warnings=_warnings(path),
            file_bytes=totals.file_bytes,
            backed_up=backups[0].made_at if backups else None,
        )


def _warnings(path: Path) -> tuple[str, ...]:
    """What may go wrong with a database at this place."""
    found = []
    if (risk := risky_location(path)) is not None:
        found.append(risk.sentence(path))
    if room_for(path) is not Room.PLENTY:
        found.append(
            _("Only {size} are free on the disk of the database; below {least} a run pauses.")
            .format(size=size(free_bytes(path)), least=size(PAUSE_BYTES))
        )  # fmt: skip
    return tuple(found)


def _holder(path: Path) -> str | None:
    """Who collects into the database now, None where nobody does."""
    lock = CollectionLock(path)
    try:
        lock.acquire(datetime.now(UTC))
    except DatabaseHeld as held:
        if held.holder is not None and held.holder.pid == os.getpid():
            return None  # the run of this window
        if held.holder is None:
            return _("Another program")
        return _("Process {pid} on {host}").format(pid=held.holder.pid, host=held.holder.host)
    except OSError:
        return None  # a folder that cannot be written: looking works, a run will say why
    lock.release()
    return None
