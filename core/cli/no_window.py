"""What `app.py` alone says where no window can be opened."""

import importlib.util
import os
import sys

from core.cli import exit_codes
from core.cli.main import CommandLine
from core.cli.output import say
from core.i18n import _
from core.own_name import own_name


def explain_missing_window(line: CommandLine) -> int | None:
    """None where a window can be opened; else say why not, and return the exit code."""
    if importlib.util.find_spec("tkinter") is None:
        say(_("This Python has no tkinter, so the window cannot be opened."))
    elif sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        say(_("There is no display, so the window cannot be opened."))
    else:
        return None
    say(_("Without a window there are these subcommands:"))
    program = own_name()
    for name, (_module, text) in {**line.commands, **line.groups}.items():
        say(f"  {program} {name:<12} {text()}")
    return exit_codes.WRONG_USAGE
