"""Dialogs that one part of the program needs; what they share is in gui.widgets.dialog.

Each is imported where it is opened, so that the window is there before they are.
"""


def load_dialogs() -> None:
    """Import all that the menu opens, so that none makes anybody wait. Any thread."""
    from gui.dialogs import (  # noqa: F401
        about,
        after_run,
        backups,
        export,
        forget,
        guide,
        profiles,
        recovery,
        registry,
        take_in,
        tasks,
        what_to_collect,
    )
