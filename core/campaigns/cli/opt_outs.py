"""`app.py campaigns opt-outs …`: chats that are never written to."""

import argparse

from core.campaigns.cli.import_chats import listed
from core.campaigns.cli.opened import Opened, opened
from core.campaigns.lists import read_opt_outs
from core.campaigns.storage.keeping_chats import chat_of
from core.campaigns.storage.opting_out import all_opt_outs, lift, opt_out
from core.cli import exit_codes
from core.cli.option_values import some_path
from core.cli.output import say, say_error
from core.errors import UsageError
from core.formats import moment, number
from core.i18n import _

BY_HAND = "by hand"
IMPORTED = "import"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    actions.add_parser("list", help=_("all of them, with when and how"))
    add = actions.add_parser("add", help=_("a chat that wants no messages"))
    add.add_argument("chat", metavar="CHAT", help=_("its number or @name"))
    bring = actions.add_parser("import", help=_("chats from a file"))
    bring.add_argument("file", metavar="FILE", type=some_path, help=_("a list of chats"))
    remove = actions.add_parser("lift", help=_("an opt-out that was made by mistake"))
    remove.add_argument("chat", metavar="CHAT", help=_("its number or @name"))
    remove.add_argument("--reason", required=True, help=_("why; it is kept"))


def execute(options: argparse.Namespace) -> int:
    with opened() as database:
        match options.action:
            case "list":
                with database.transaction() as connection:
                    for row in all_opt_outs(connection):
                        say(f"{row.chat}  {moment(row.at)}  {row.how}")
            case "import":
                return _import(database, options)
            case action:
                _one(database, action, options)
    return exit_codes.DONE


def _one(database: Opened, action: str, options: argparse.Namespace) -> None:
    chat = chat_of(options.chat)
    if chat is None:
        raise UsageError(_("{chat} is neither a number nor an @name.").format(chat=options.chat))
    with database.transaction() as connection:
        if action == "add":
            opt_out(connection, chat, BY_HAND, database.clock.now())
            say(_("The chat is not written to any more."))
            return
        if not options.reason.strip():
            raise UsageError(_("Say why the opt-out was a mistake."))
        if not lift(connection, chat, options.reason.strip(), database.clock.now()):
            raise UsageError(_("This chat has not opted out."))
    say(_("The chat may be written to again."))


def _import(database: Opened, options: argparse.Namespace) -> int:
    found = read_opt_outs(options.file)
    with database.transaction() as connection:
        new = sum(
            opt_out(connection, chat.chat, IMPORTED, database.clock.now()) for chat in found.chats
        )
    say(_("Opt-outs: {count}, new: {new}.").format(count=number(len(found.chats)), new=number(new)))
    if found.no_chats:
        say_error(
            _(
                "Not imported, because they are neither a number nor an @name, in lines {lines}."
            ).format(lines=listed(found.no_chats))
        )
        return exit_codes.SOME_FAILED
    return exit_codes.DONE
