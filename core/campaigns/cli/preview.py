"""`app.py campaigns preview GROUP --to CHAT`: a group's messages to a chat of your own."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.cli.parts import Parts
from core.campaigns.cli.wishes import add_group
from core.campaigns.sending.texts import TextUnusable, complete, field_names
from core.campaigns.storage.keeping_chats import chat_of
from core.campaigns.storage.keeping_groups import messages_of
from core.campaigns.storage.keeping_senders import senders_of
from core.campaigns.storage.opting_out import has_opted_out
from core.campaigns.telegram.bot_api import NotSent, Refused, Uncertain
from core.campaigns.telegram.outcomes import judge, sentence
from core.cli import exit_codes
from core.cli.output import say
from core.errors import UsageError, UserError
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_group(parser)
    parser.add_argument("--to", metavar="CHAT", required=True, help=_("your own chat"))


def execute(options: argparse.Namespace) -> int:
    chat = chat_of(options.to)
    if chat is None:
        raise UsageError(_("{chat} is neither a number nor an @name.").format(chat=options.to))
    with opened() as database:
        settings = database.of_group(options.group)
        with database.transaction() as connection:
            senders = senders_of(connection, database.cipher, options.group)
            texts = [row.text for row in messages_of(connection, options.group) if row.is_active]
            left = has_opted_out(connection, chat)
        if left is not None:
            raise UsageError(_("This chat does not want any messages."))
        if not senders:
            raise UsageError(_("No sender works for {group}.").format(group=options.group))
        parts = Parts(database, settings, senders)
        line = parts.open_line(senders[0])
        try:
            for text in texts:
                # Fields show their own names, so that one sees where they stand.
                fields = {name: f"[{name}]" for name in field_names(text)}
                line.api.send_message(chat, complete(text, fields, settings.last_line))
                say(_("Sent: {text}").format(text=" ".join(text.split())[:60]))
        except TextUnusable:
            raise UsageError(_("This message is empty or too long.")) from None
        except (NotSent, Uncertain, Refused) as error:
            raise UserError(sentence(judge(error, lambda: 0.0).cause)) from None
        finally:
            line.close()
    return exit_codes.DONE
