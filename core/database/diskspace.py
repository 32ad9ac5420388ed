"""How much room is left where the database lies, and what to do about it."""

import shutil
from enum import StrEnum
from pathlib import Path

WARN_BYTES = 1024**3  # as sizes are shown
PAUSE_BYTES = 200 * 1024**2


class Room(StrEnum):
    """What the free space allows."""

    PLENTY = "plenty"
    LOW = "low"  # warn: below 1 GB
    NONE = "none"  # pause: below 200 MB, which the WAL and other programs may need


def free_bytes(path: Path) -> int:
    """Bytes that this user may still write to the disk of `path`, which need not exist yet.

    Where the system does not tell, it counts as endless: a guard that does not know must not
    stop a run.
    """
    for folder in (path, *path.parents):
        try:
            return shutil.disk_usage(folder).free
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        except OSError:
            break
    return 2**63 - 1


def room_for(path: Path) -> Room:
    """What the free space at `path` allows now. Costs some microseconds; any thread may call."""
    free = free_bytes(path)
    if free < PAUSE_BYTES:
        return Room.NONE
    return Room.LOW if free < WARN_BYTES else Room.PLENTY
