"""What the program makes is for its user alone: the data are people's numbers.

`keep_files_private` is called first thing, so it holds for whatever is made later by whomever:
SQLite, the log, a lock. Only a file that somebody wants elsewhere, an export, goes by the umask
that the program was started with. On Windows the rights of the folder decide, and nothing here
does anything.
"""

import os

_OTHERS = 0o077

_usual = os.umask(_OTHERS)
os.umask(_usual)


def keep_files_private() -> None:
    """From now on new files are 0600 and new folders 0700. For the whole process, once."""
    os.umask(_OTHERS)


def usual_umask() -> int:
    """The umask that the program was started with: what its user wants for files elsewhere."""
    return _usual
