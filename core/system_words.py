"""Why the operating system refused something, in the present language."""

import errno

from core.i18n import _


def system_reason(error: OSError) -> str:
    """For the end of a sentence: 'no rights', without a full stop. What is not usual stays in
    the words of the system."""
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return _("no rights for that")
        case errno.ENOENT:
            return _("it is not there")
        case errno.EEXIST | errno.ENOTDIR:
            return _("a file is in the place of the folder")
        case errno.EISDIR:
            return _("it is a folder")
        case errno.EROFS:
            return _("it can only be read")
        case errno.ENOSPC | errno.EDQUOT:
            return _("there is no room on the disk")
        case errno.ENAMETOOLONG:
            return _("the name is too long")
    return (error.strerror or type(error).__name__).lower()
