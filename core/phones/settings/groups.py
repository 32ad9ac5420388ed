"""Where a setting stands in the settings view."""

from enum import StrEnum

from core.i18n import _


class Group(StrEnum):
    """Where a setting stands in the settings view, in this order."""

    CONNECTION = "connection"
    PACE = "pace"
    COLLECTION = "collection"
    FILES = "files"
    TELEGRAM = "telegram"
    PROGRAM = "program"


def group_title(group: Group) -> str:
    """The heading of a group, in the present language."""
    return {
        Group.CONNECTION: _("Connection"),
        Group.PACE: _("Pace and retries"),
        Group.COLLECTION: _("Collection"),
        Group.FILES: _("Files and backups"),
        Group.TELEGRAM: _("Telegram"),
        Group.PROGRAM: _("Program"),
    }[group]
