"""`app.py SUBCOMMAND …`: finds the subcommand, and words every error."""

import argparse
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from core import __version__
from core.cli import exit_codes
from core.cli.output import lost, say_error
from core.cli.parser_words import translate_parser
from core.database.errors import DatabaseWords
from core.database.explain import explain
from core.database.failures import StorageFailure
from core.errors import UsageError, UserError
from core.i18n import _
from core.own_name import own_name
from core.system_words import system_reason

log = logging.getLogger(__name__)

Commands = Mapping[str, tuple[str, Callable[[], str]]]
"""By name: the module, and what it does in a few words of the present language."""

_OWN = frozenset({"core", "gui"})


class Command(Protocol):
    """The module of a command. It is imported only when its subcommand is used."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def execute(self, options: argparse.Namespace) -> int:
        """Do it; returns the exit code. Raises UserError or StorageFailure."""
        ...


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What can be typed: `commands` at the top, and groups of them behind a word of their own.

    `database` says how the commands at the top speak of their database. The module of a group
    exports `COMMANDS` and `DATABASE` of its own; it is imported when the group is used. A command
    of a group that has no name, '', is what the group's own word does.
    """

    commands: Commands
    database: DatabaseWords
    groups: Commands


def build_parser(line: CommandLine, words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of all subcommands; only the arguments of the one in `words` are filled in."""
    chosen = [word for word in words if not word.startswith("-")][:2]
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
    parser.add_argument(  # taken out before: see core.settings.profiles.take_profile
        "--profile", metavar="NAME", help=_("the account to work with, where there are several")
    )
    top = _add(parser, line.commands, line.database, chosen[:1])
    for name, (module, text) in line.groups.items():
        group = top.add_parser(name, help=text(), description=text())
        if name in chosen[:1]:
            behind = import_module(module)
            _add(group, behind.COMMANDS, behind.DATABASE, chosen[1:])
    return parser


def _add(
    parser: argparse.ArgumentParser,
    commands: Commands,
    database: DatabaseWords,
    chosen: Sequence[str],
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    own = commands.get("")
    choices = parser.add_subparsers(metavar=_("SUBCOMMAND"), required=own is None)
    if own is not None:
        parser.set_defaults(module=own[0], database=database)
        if not chosen:
            _command(own[0]).add_arguments(parser)
    for name, (module, text) in commands.items():
        if not name:
            continue
        command = choices.add_parser(name, help=text(), description=text())
        command.set_defaults(module=module, database=database)
        if name in chosen:
            _command(module).add_arguments(command)
    return choices


def run(
    arguments: Sequence[str], line: CommandLine, extras: Mapping[str, object] | None = None
) -> int:
    """Execute a subcommand in this process; returns its exit code. For the main thread.

    `extras` become attributes of the options: what a command gets from above that `core/` has
    not itself, such as the drawing of charts.
    """
    translate_parser()
    database = line.database
    try:
        options = build_parser(line, arguments).parse_args(arguments)
        database = options.database
        for name, value in (extras or {}).items():
            setattr(options, name, value)
        code = _command(options.module).execute(options)
        return _unsaid(code)
    except UserError as error:
        return complain(error)
    except StorageFailure as failure:
        return complain(explain(failure, database))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        packed = bool(getattr(sys, "frozen", False))  # it does without the servers' rooms, too
        if (package in _OWN and not packed) or package in sys.stdlib_module_names:
            raise
        return complain(_not_installed(package))
    except OSError as error:
        if error.filename is None:  # not about a file that somebody named
            raise
        log.warning("a file cannot be used", exc_info=True)
        return complain(_unusable(error))
    except KeyboardInterrupt:
        return exit_codes.STOPPED


def _unsaid(code: int) -> int:
    """The exit code of a command whose result may not have been written: `runs --json > FILE`."""
    error = lost()
    if error is None or code != exit_codes.DONE:
        return code
    reason = system_reason(error)
    return complain(
        UserError(_("The output could not be written: {reason}.").format(reason=reason))
    )


def complain(error: UserError) -> int:
    """Say what happened and what to do on stderr; returns the exit code."""
    log.error("%s", error)
    say_error(error.message)
    if error.hint:
        say_error(error.hint)
    return error.exit_code


def _not_installed(package: str) -> UserError:
    if getattr(sys, "frozen", False):
        return UsageError(
            _("This command is for servers; the packed program does without it."),
            _("Run it from source, after: python dev.py setup --server"),
        )
    return UsageError(
        _("This command needs packages that are not installed: {package}.").format(package=package),
        _("Install them with: python dev.py setup --server"),
    )


def _unusable(error: OSError) -> UserError:
    return UserError(
        _("{path} cannot be used: {reason}.").format(
            path=error.filename, reason=system_reason(error)
        ),
        _("Check the path, and that you may read and write there."),
    )


def _command(module: str) -> Command:
    return cast(Command, import_module(module))
