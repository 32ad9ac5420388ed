"""`app.py campaigns groups …`: groups, their settings, senders and messages."""

import argparse

from core.campaigns.cli.asking import add_yes, is_sure
from core.campaigns.cli.opened import Opened, opened
from core.campaigns.lists import check_message
from core.campaigns.settings import OF_GROUPS, own_values
from core.campaigns.storage import keeping_groups
from core.campaigns.storage.keeping_senders import add_to_group, senders_of
from core.cli import exit_codes
from core.cli.output import say
from core.errors import UsageError
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    actions.add_parser("list", help=_("all groups with their numbers"))
    for name, text in (
        ("create", _("a new group")),
        ("show", _("settings, senders and messages of a group")),
        ("delete", _("a group with its chats and messages")),
        ("set", _("settings of a group, such as MAX_PER_HOUR=10; empty for the general one")),
        ("add-senders", _("let senders send for a group")),
        ("add-messages", _("texts of a group, one an argument")),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("group", metavar="GROUP", help=_("name of the group"))
        if name == "delete":
            add_yes(action)
        if name in ("set", "add-senders", "add-messages"):
            word = {"set": "NAME=VALUE", "add-senders": "SENDER", "add-messages": "TEXT"}[name]
            action.add_argument("words", metavar=word, nargs="+", help=text)


def execute(options: argparse.Namespace) -> int:
    with opened() as database:
        match options.action:
            case "list":
                _list(database)
            case "show":
                _show(database, options.group)
            case "create":
                _create(database, options.group)
            case "delete":
                _delete(database, options)
            case "set":
                _set(database, options.group, options.words)
            case "add-senders":
                with database.transaction() as connection:
                    keeping_groups.need_group(connection, options.group)
                    add_to_group(connection, options.group, options.words)
            case "add-messages":
                _add_messages(database, options.group, options.words)
    return exit_codes.DONE


def _list(database: Opened) -> None:
    with database.transaction() as connection:
        rows = keeping_groups.all_groups(connection)
    if not rows:
        say(_("There are no groups yet."))
    for row in rows:
        say(
            _("{group}: chats {chats}, waiting {pending}, done {done}, blocked {blocked}").format(
                group=row.group_id,
                chats=row.tasks,
                pending=row.pending,
                done=row.completed,
                blocked=row.blocked,
            )
        )


def _show(database: Opened, group: str) -> None:
    settings = database.of_group(group)
    with database.transaction() as connection:
        own = keeping_groups.own_settings(connection, group)
        messages = keeping_groups.messages_of(connection, group)
        senders = senders_of(connection, database.cipher, group, working=False)
    for name, field in OF_GROUPS.items():
        value = own.get(name)
        note = _("of the group") if value else _("general")
        say(f"  {name} = {value or getattr(settings, field.attribute) or '-'} ({note})")
    say(_("Senders: {names}").format(names=", ".join(sender.name for sender in senders) or "-"))
    say(_("Messages: {count}").format(count=number(len(messages))))
    for message in messages:
        say(f"  {message.id}: {message.text}")


def _create(database: Opened, group: str) -> None:
    if not group.strip() or not group.isprintable() or len(group) > 64:
        raise UsageError(_("The name of a group has 1 to 64 characters."))
    with database.transaction() as connection:
        keeping_groups.create_group(connection, group, database.clock.now())
    say(_("Group {group} was made.").format(group=group))


def _delete(database: Opened, options: argparse.Namespace) -> None:
    with database.transaction() as connection:
        keeping_groups.need_group(connection, options.group)
    question = _("Delete group {group} with its chats, messages and attempts?")
    if is_sure(question.format(group=options.group), options):
        with database.transaction() as connection:
            keeping_groups.delete_group(connection, options.group)
        say(_("Deleted. Opt-outs and the log of what was sent stay."))


def _set(database: Opened, group: str, words: list[str]) -> None:
    changes = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError(_("{word} is not of the form NAME=VALUE.").format(word=word))
        changes[name.strip().upper().removeprefix("CAMPAIGNS_")] = value.strip()
    own_values(changes)
    with database.transaction() as connection:
        keeping_groups.change_settings(connection, group, changes)
    say(_("Changed. Whoever sends for the group now takes it up with the next start."))


def _add_messages(database: Opened, group: str, texts: list[str]) -> None:
    for text in texts:
        check_message(text)
    with database.transaction() as connection:
        keeping_groups.need_group(connection, group)
        added = sum(keeping_groups.add_message(connection, group, text) for text in texts)
    say(_("Messages added: {count}").format(count=number(added)))
