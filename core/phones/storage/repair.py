"""What can be done with a damaged database where there is no good backup.

The damaged file is never deleted: it is renamed and stays beside the new one.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.phones.storage.restore import restore
from core.phones.storage.salvage import Salvaged, salvage
from core.watch import UNWATCHED, Watch


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was saved, and where the damaged file is kept now."""

    saved: Salvaged
    aside: Path | None


def repair(database: Path, now: datetime, watch: Watch = UNWATCHED) -> Repaired:
    """Replace `database` by a new one with all that can be read of it.

    Raises StorageFailure (NOT_A_DATABASE or DAMAGED where nothing at all can be read),
    core.errors.DatabaseBusy while a run goes on, and core.watch.Cancelled. In all of
    these the database is as it was.
    """
    saved_file = database.with_name(database.name + ".saved")
    try:
        saved = salvage(database, saved_file, watch.part(0.0, 0.7))
        return Repaired(saved, restore(saved_file, database, now, watch.part(0.7, 1.0)))
    finally:
        with suppress(OSError):
            saved_file.unlink(missing_ok=True)
