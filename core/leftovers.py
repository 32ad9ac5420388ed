"""Half files carry the mark of the process that makes them, so that what a dead one has left can
be told from what a living one is making."""

import os
import platform
import re
import time
from pathlib import Path

_MARK = re.compile(r"\.(?P<host>[A-Za-z0-9-]{1,40})-(?P<pid>[0-9]{1,10})(?:[.-]|$)")
_SURELY_LEFT = 24 * 3600.0  # seconds: nobody works on a half file for so long


def own_mark() -> str:
    """To be put between dots into the name of what this process makes."""
    return f"{_host()}-{os.getpid()}"


def is_left(path: Path) -> bool:
    """Whether the process that made `path` is gone. Files without a mark, and of other computers
    that share the folder, count as left after a day. Raises nothing."""
    match = _MARK.search(path.name)
    if match is not None and match["host"] == _host():
        return not _is_alive(int(match["pid"]))
    try:
        return time.time() - path.stat().st_mtime > _SURELY_LEFT
    except OSError:
        return False


def _host() -> str:
    return re.sub("[^A-Za-z0-9]+", "-", platform.node())[:40].strip("-") or "host"


def _is_alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    if os.name == "nt":
        import psutil  # only there: signal 0 would end the process

        return bool(psutil.pid_exists(pid))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's
        return True
    return True
