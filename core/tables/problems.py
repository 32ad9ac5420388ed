"""What can stop an export, in words for the operator."""

import errno
import os
from pathlib import Path

from core.errors import UsageError, UserError
from core.i18n import _
from core.logs.setup import log_file_in_use
from core.settings.paths import find_places
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


def refuse_program_file(target: Path) -> None:
    """Raise UsageError where `target` is the settings file or the log: no table takes their
    place, whatever name was given for it."""
    settings, log = find_places().env_file, log_file_in_use()
    if target.name == settings.name or _is_same(target, settings):
        raise UsageError(
            _("{path} is the file of the settings.").format(path=target),
            _("Choose another name for the file."),
        )
    if log is not None and (_is_same(target, log) or _is_same(target.with_suffix(""), log)):
        raise UsageError(
            _("{path} is the log.").format(path=target), _("Choose another name for the file.")
        )


def _is_same(one: Path, other: Path) -> bool:
    """Also by another name, or as a link."""
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other)) or (
        one.exists() and other.exists() and one.samefile(other)
    )


def held_by_another(path: Path) -> ExportFailed:
    """The finished file cannot take the place of one that is open elsewhere."""
    return ExportFailed(
        _("{path} is open in another program, for example Excel.").format(path=path),
        _("Close it there and export again. The file was left as it is."),
    )
