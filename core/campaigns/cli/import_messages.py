"""`app.py campaigns import-messages FILE --group G`: the texts of a group."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.lists import check_message, read_messages
from core.campaigns.storage.keeping_groups import add_message, need_group
from core.cli import exit_codes
from core.cli.option_values import some_path
from core.cli.output import say
from core.errors import UsageError
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        type=some_path,
        help=_("CSV or XLSX with a column text, or texts parted by lines of three dashes"),
    )
    parser.add_argument("--group", metavar="GROUP", required=True, help=_("name of the group"))


def execute(options: argparse.Namespace) -> int:
    texts = read_messages(options.file)
    if not texts:
        raise UsageError(_("{file} holds no message.").format(file=options.file.name))
    for text in texts:
        check_message(text)
    with opened() as database, database.transaction() as connection:
        need_group(connection, options.group)
        added = sum(add_message(connection, options.group, text) for text in texts)
    say(_("Messages added: {count}").format(count=number(added)))
    return exit_codes.DONE
