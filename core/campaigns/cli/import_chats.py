"""`app.py campaigns import-chats FILE --group G`: chats that gave their consent."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.lists import read_chats
from core.campaigns.storage.keeping_chats import add_chats
from core.campaigns.storage.keeping_groups import need_group
from core.cli import exit_codes
from core.cli.option_values import some_path
from core.cli.output import say, say_error
from core.formats import number
from core.i18n import _

_LINES_SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        type=some_path,
        help=_("CSV or XLSX with the columns chat and consent; others are fields of messages"),
    )
    parser.add_argument("--group", metavar="GROUP", required=True, help=_("name of the group"))
    parser.add_argument(
        "--consent",
        metavar="TEXT",
        default="",
        help=_("when and where all of them gave it, kept with each that says nothing else"),
    )


def execute(options: argparse.Namespace) -> int:
    found = read_chats(options.file, options.consent.strip())
    with opened() as database, database.transaction() as connection:
        need_group(connection, options.group)
        new, known, out = add_chats(connection, options.group, found.chats, database.clock.now())
    say(
        _("New chats: {new}. Known before: {known}. Opted out, and not written to: {out}.").format(
            new=number(new), known=number(known), out=number(out)
        )
    )
    if found.without_consent:
        say_error(
            _(
                "Not imported, because nothing says when and how they agreed, in lines {lines}."
            ).format(lines=listed(found.without_consent))
        )
        say_error(_("Fill in the column consent, or say it for all with --consent."))
    if found.no_chats:
        say_error(
            _(
                "Not imported, because they are neither a number nor an @name, in lines {lines}."
            ).format(lines=listed(found.no_chats))
        )
    return exit_codes.SOME_FAILED if found.refused else exit_codes.DONE


def listed(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:_LINES_SHOWN])
    more = len(lines) - _LINES_SHOWN
    return shown if more <= 0 else _("{lines} and {count} more").format(lines=shown, count=more)
