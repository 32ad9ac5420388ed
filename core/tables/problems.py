"""What can stop an export, in words for the operator."""

import errno
from pathlib import Path

from core.errors import UserError
from core.i18n import _
from core.system_words import system_reason


class ExportFailed(UserError):
    """The files could not be written. Files that were there before are as they were."""


def export_failure(error: OSError, path: Path) -> ExportFailed:
    """What an error of the file system means for an export into `path`."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return ExportFailed(
                _("There is no space left in {path} for the export.").format(path=path),
                _("Free some space or choose another folder."),
            )
        case errno.EFBIG:
            return ExportFailed(
                _("The disk of {path} cannot hold a file this large.").format(path=path),
                _("Choose a folder on another disk."),
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return ExportFailed(
                _("You may not write into {path}.").format(path=path),
                _("Choose another folder for the export."),
            )
        case errno.ENOENT | errno.ENOTDIR | errno.EEXIST:
            return ExportFailed(
                _("The folder {path} does not exist and cannot be made.").format(path=path),
                _("Choose another folder for the export."),
            )
    return ExportFailed(
        _("The export could not be written to {path}: {reason}.").format(
            path=path, reason=system_reason(error)
        ),
        _("Choose another folder for the export."),
    )


def held_by_another(path: Path) -> ExportFailed:
    """The finished file cannot take the place of one that is open elsewhere."""
    return ExportFailed(
        _("{path} is open in another program, for example Excel.").format(path=path),
        _("Close it there and export again. The file was left as it is."),
    )
