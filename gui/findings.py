"""What the window wants to know of the database before a run."""

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.clock import SystemClock
from core.database.diskspace import PAUSE_BYTES, Room, free_bytes, room_for
from core.database.failures import StorageFailure, StorageProblem
from core.database.lock import CollectionLock, DatabaseHeld
from core.formats import size
from core.i18n import _
from core.phones.storage.backup import list_backups
from core.phones.storage.health import look as look_for_damage
from core.phones.storage.queries.overview import overview
from core.phones.storage.queries.runs import (
    RunRow,
    count_failed_projects,
    newest_run,
    run_to_continue,
)
from core.phones.storage.reader import Reader
from core.phones.unfinished import UnfinishedRun, newest_unfinished
from core.settings.paths import risky_location

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """`continues` is the run that Continue takes up, `unfinished` how far it got if it is not
    completed; `failed_projects` are those of the newest run, `last`. `file_bytes` is 0 where there
    is no database yet; `backed_up` is the newest backup's time."""

    continues: RunRow | None = None
    unfinished: UnfinishedRun | None = None
    last: RunRow | None = None
    failed_projects: int = 0
    clients: int = 0
    held_by: str | None = None
    warnings: tuple[str, ...] = ()
    file_bytes: int = 0
    backed_up: datetime | None = None


def look(path: Path, quick_full_every: int) -> Findings:
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
        unfinished = newest_unfinished(reader, quick_full_every, SystemClock())
        last = newest_run(reader)
        totals = overview(reader)
        backups = list_backups(path)
        return Findings(
            continues=run_to_continue(reader),
            unfinished=unfinished,
            last=last,
            failed_projects=count_failed_projects(reader, last.id) if last else 0,
            clients=totals.clients,
            held_by=_holder(path),
            warnings=_warnings(path),
            file_bytes=totals.file_bytes,
            backed_up=backups[0].made_at if backups else None,
        )


def place_of(path: Path) -> tuple[int, datetime | None]:
    """The size of the database file (0 where there is none) and the time of its newest backup."""
    backups = list_backups(path)
    size_now = path.stat().st_size if path.exists() else 0
    return size_now, backups[0].made_at if backups else None


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
        log.info("the database is held by process %d on %s", held.holder.pid, held.holder.host)
        return _("A program on the computer {host}").format(host=held.holder.host)
    except OSError:
        return None  # a folder that cannot be written: looking works, a run will say why
    lock.release()
    return None
