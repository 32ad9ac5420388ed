"""What went wrong, told to a person: what happened and what to do.

Every error that an operator may see is a `UserError`. The terminal prints it and exits with
its `exit_code`, the window shows it in a dialog; neither shows a traceback. Texts are worded
when the error is raised, in the language of that moment. None may hold a secret or a whole
phone number.
"""

from typing import ClassVar

from core.i18n import _


class UserError(Exception):
    """`message` says what happened, `hint` what to do (empty where nothing can be done)."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".rstrip())
        self.message = message
        self.hint = hint


class TooFewFiles(UserError):
    """The system lets this process open no more files: `ulimit -n`, or a leak somewhere."""

    def __init__(self) -> None:
        super().__init__(
            _("The system lets this program open too few files and connections."),
            _(
                "Raise the limit of open files (ulimit -n), or have fewer projects read at once"
                " (WORKERS)."
            ),
        )


class UsageError(UserError):
    """The command line asks for something that does not exist or cannot be."""

    exit_code = 2


class SettingsError(UserError):
    """Settings cannot be used: a wrong value, an unreadable `.env`, an unusable folder."""

    exit_code = 2
