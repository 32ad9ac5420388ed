"""Questions before something is lost."""

import argparse
import sys

from core.cli.output import say
from core.errors import UsageError
from core.i18n import _


def add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help=_("do not ask"))


def add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def is_sure(question: str, options: argparse.Namespace) -> bool:
    """Whether to do it. Raises UsageError where nobody can be asked."""
    if options.yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(question, _("Say yes with --yes."))
    say(question)
    return input(_("Yes or no? ")).strip().casefold() in {"yes", "y", "да", "д"}
