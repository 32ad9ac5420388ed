"""What can be wrong with a list that somebody brings, in words."""

from pathlib import Path

from core.errors import UserError
from core.i18n import _
from core.system_words import system_reason


class ListUnreadable(UserError):
    """The list cannot be read; nothing was changed."""


def unreadable(path: Path, error: OSError) -> ListUnreadable:
    """What an error of the file system means for a list."""
    return ListUnreadable(
        _("{path} cannot be read: {reason}.").format(path=path, reason=system_reason(error)),
        _("Check that the file is there and may be read by you."),
    )


def not_a_list(name: str) -> ListUnreadable:
    """The file is of a kind that holds no rows for us."""
    return ListUnreadable(
        _("{name} is not a list that can be read.").format(name=name),
        _("Save it as XLSX, CSV or text, and choose that file."),
    )


def locked_or_old(name: str) -> ListUnreadable:
    """A workbook of the old .xls form, or one that a password protects: they look the same."""
    return ListUnreadable(
        _("{name} is protected by a password, or of Excel's old form.").format(name=name),
        _("Save it in Excel as XLSX without a password, or as CSV."),
    )


def damaged(name: str) -> ListUnreadable:
    """A workbook whose inside is not as it must be."""
    return ListUnreadable(
        _("The workbook {name} is damaged.").format(name=name),
        _("Open it in Excel and save it again, or save it as CSV."),
    )
