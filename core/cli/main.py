"""`app.py SUBCOMMAND …`: finds the subcommand, and words every error."""

import argparse
import logging
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from core import __version__
from core.cli import exit_codes
from core.cli.output import say_error
from core.cli.parser_words import translate_parser
from core.database.explain import explain
from core.database.failures import StorageFailure
from core.errors import UserError
from core.i18n import _
from core.own_name import own_name
from core.phones.telegram.surroundings import DrawGrowth
from core.system_words import system_reason

log = logging.getLogger(__name__)


class Command(Protocol):
    """A module of `core.cli`. It is imported only when its subcommand is used."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def execute(self, options: argparse.Namespace) -> int:
        """Do it; returns the exit code. Raises UserError or StorageFailure."""
        ...


COMMANDS: dict[str, tuple[str, Callable[[], str]]] = {
    "collect": ("core.phones.cli.collect", lambda: _("collect all numbers into the database")),
    "continue": ("core.phones.cli.resume", lambda: _("go on with the newest unfinished run")),
    "status": ("core.phones.cli.status", lambda: _("the current or last run")),
    "runs": ("core.phones.cli.runs", lambda: _("all runs with their numbers")),
    "estimate": ("core.phones.cli.estimate", lambda: _("requests and time that a run would take")),
    "export": ("core.phones.cli.export", lambda: _("a report as CSV, XLSX or SQLite")),
    "lookup": ("core.phones.cli.lookup", lambda: _("which numbers of a list are known")),
    "revalidate": ("core.phones.cli.revalidate", lambda: _("try rejected numbers again")),
    "backup": ("core.phones.cli.backup", lambda: _("back the database up, or restore a backup")),
    "forget": ("core.phones.cli.forget", lambda: _("erase a number and never store it again")),
    "serve": ("core.phones.cli.serve", lambda: _("wait for Telegram and for the daily time")),
    "tokens": ("core.phones.cli.tokens", lambda: _("who may ask over HTTP")),
    "check": ("core.phones.cli.check", lambda: _("settings, connection, database: what is wrong")),
}


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of all subcommands; only the arguments of `chosen` are filled in."""
    parser = argparse.ArgumentParser(
        prog=own_name(),
        description=_("Collects phone numbers from DataMaster into one SQLite file."),
        epilog=_("Without a subcommand the window opens."),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"DataMaster Collector {__version__}",
        help=_("show the version and exit"),
    )
    commands = parser.add_subparsers(dest="command", metavar=_("SUBCOMMAND"), required=True)
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text(), description=text())
        if name == chosen:
            _command(module).add_arguments(command)
    return parser


def run(arguments: Sequence[str], draw_growth: DrawGrowth | None = None) -> int:
    """Execute a subcommand in this process; returns its exit code. For the main thread.

    `draw_growth` makes the picture that goes with Telegram's messages; core/ cannot draw.
    """
    translate_parser()
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    options = build_parser(chosen).parse_args(arguments)
    options.draw_growth = draw_growth
    module, _text = COMMANDS[options.command]
    try:
        return _command(module).execute(options)
    except UserError as error:
        return complain(error)
    except StorageFailure as failure:
        return complain(explain(failure))
    except OSError as error:
        if error.filename is None:  # not about a file that somebody named
            raise
        log.warning("a file cannot be used", exc_info=True)
        return complain(_unusable(error))
    except KeyboardInterrupt:
        return exit_codes.STOPPED


def complain(error: UserError) -> int:
    """Say what happened and what to do on stderr; returns the exit code."""
    log.error("%s", error)
    say_error(error.message)
    if error.hint:
        say_error(error.hint)
    return error.exit_code


def _unusable(error: OSError) -> UserError:
    return UserError(
        _("{path} cannot be used: {reason}.").format(
            path=error.filename, reason=system_reason(error)
        ),
        _("Check the path, and that you may read and write there."),
    )


def _command(module: str) -> Command:
    return cast(Command, import_module(module))
