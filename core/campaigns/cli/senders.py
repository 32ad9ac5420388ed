"""`app.py campaigns senders …`: the bots that send."""

import argparse
import getpass
import sys

from core.campaigns.cli.asking import add_yes, is_sure
from core.campaigns.cli.opened import Opened, opened
from core.campaigns.sending.line import Line, Sender
from core.campaigns.storage.keeping_senders import (
    remove_sender,
    sender_rows,
    senders_of,
    store_sender,
)
from core.campaigns.telegram.bot_api import NotSent, Refused, Uncertain
from core.campaigns.telegram.outcomes import Cause, judge, sentence
from core.cli import exit_codes
from core.cli.output import say, say_error
from core.errors import UsageError
from core.i18n import _
from core.logs.log_text import register_secret
from core.settings.kinds import ProxyAddress, Token
from core.settings.secret import Secret

_TOKEN = Token(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,100}")
_PROXY = ProxyAddress(("http", "https", "socks5", "socks5h"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    text = _("a bot; its token is read from standard input")
    add = actions.add_parser("add", help=text, description=text)
    add.add_argument("name", metavar="NAME", help=_("name of the sender"))
    add.add_argument(
        "--proxy",
        action="store_true",
        help=_("the second line of standard input is the address of its proxy"),
    )
    add.add_argument(
        "--unchecked", action="store_true", help=_("do not ask Telegram whether the token works")
    )
    actions.add_parser("list", help=_("all senders"))
    actions.add_parser("check", help=_("ask Telegram of each whether it works"))
    remove = actions.add_parser("remove", help=_("forget a sender and its token"))
    remove.add_argument("name", metavar="NAME", help=_("name of the sender"))
    add_yes(remove)


def execute(options: argparse.Namespace) -> int:
    with opened() as database:
        match options.action:
            case "add":
                _add(database, options)
            case "list":
                _list(database)
            case "check":
                return _check(database)
            case "remove":
                question = _("Forget sender {name} and its token?").format(name=options.name)
                if is_sure(question, options):
                    with database.transaction() as connection:
                        remove_sender(connection, options.name)
    return exit_codes.DONE


def _add(database: Opened, options: argparse.Namespace) -> None:
    cipher = database.cipher
    try:
        token = _TOKEN.read(_secret_line(_("Token of the bot: ")))
        proxy = Secret()
        if options.proxy:
            proxy = _PROXY.read(_secret_line(_("Address of the proxy: ")))
    except ValueError:
        raise UsageError(
            _("This is no token of a bot, or no address of a proxy."),
            _("Copy the token from @BotFather; give it, and nothing else, on standard input."),
        ) from None
    username = ""
    if not options.unchecked:
        username = _ask(database, Sender(0, options.name, token, proxy))
    with database.transaction() as connection:
        store_sender(connection, cipher, options.name, token, proxy, username)
    say(_("Sender {name} was added.").format(name=options.name))


def _ask(database: Opened, sender: Sender) -> str:
    settings = database.settings
    try:
        line = Line(sender, settings.api_url, proxy_required=settings.proxy_required)
        return line.check()
    except (NotSent, Uncertain, Refused) as error:
        cause = judge(error, lambda: 0.0).cause
        raise UsageError(
            sentence(cause) if cause is not Cause.NO_ANSWER else _("Telegram does not answer."),
            _("Nothing was stored. Add it without asking: --unchecked."),
        ) from None
    except ValueError:
        raise UsageError(_("The proxy or the address of Telegram cannot be used.")) from None


def _secret_line(question: str) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        text = getpass.getpass(question)
    else:
        text = sys.stdin.readline() if sys.stdin is not None else ""
    text = text.strip()
    register_secret(text)
    return text


def _list(database: Opened) -> None:
    with database.transaction() as connection:
        rows = sender_rows(connection)
    if not rows:
        say(_("There are no senders yet."))
    for row in rows:
        state = sentence(Cause(str(row.block_reason))) if row.is_blocked else _("works")
        username = f"@{row.bot_username}" if row.bot_username else "-"
        way = _("by proxy") if row.has_proxy else _("direct")
        say(f"{row.name}: {username}, {way}, {state}")


def _check(database: Opened) -> int:
    """3 where one of them does not work."""
    with database.transaction() as connection:
        senders = senders_of(connection, database.cipher, working=False)
    bad = 0
    for sender in senders:
        try:
            username = _ask(database, sender)
        except UsageError as error:
            bad += 1
            say_error(f"{sender.name}: {error.message}")
        else:
            say(f"{sender.name}: @{username}")
    return exit_codes.SOME_FAILED if bad else exit_codes.DONE
