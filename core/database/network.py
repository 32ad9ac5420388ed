"""Tells whether a path lies on another machine. SQLite's WAL does not work there."""

import os
import sys
from pathlib import Path

_NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smbfs", "smb2", "smb3", "afpfs", "webdav", "davfs", "9p", "ncpfs"}
)
_NETWORK_FUSE = ("fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.gvfsd", "fuse.s3fs")
_DRIVE_REMOTE = 4  # GetDriveTypeW


def is_network_path(path: Path) -> bool:
    """Whether the file system of `path` (which need not exist yet) belongs to another machine.

    False where that cannot be told. Asks the system's list of mounts, not the network.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would ask a share
    if sys.platform == "win32":
        return _is_remote_drive(absolute)
    kind = _file_system(absolute)
    return kind in _NETWORK_FILE_SYSTEMS or kind.startswith(_NETWORK_FUSE)


def _is_remote_drive(path: Path) -> bool:
    anchor = path.anchor
    if anchor.startswith("\\\\"):
        return not anchor.startswith(("\\\\?\\", "\\\\.\\")) or anchor[4:].startswith("UNC\\")
    import ctypes

    windll = getattr(ctypes, "windll")  # noqa: B009 - exists on Windows only
    return bool(windll.kernel32.GetDriveTypeW(anchor) == _DRIVE_REMOTE)


def _file_system(path: Path) -> str:
    """Type of the file system that holds `path`: that of the longest mount point above it."""
    import psutil  # a hundredth of a second, which most commands do not need

    try:
        mounts = psutil.disk_partitions(all=True)
    except OSError:
        return ""
    best, kind = -1, ""
    for mount in mounts:
        if path.is_relative_to(mount.mountpoint) and len(mount.mountpoint) >= best:
            best, kind = len(mount.mountpoint), mount.fstype.lower()
    return kind
