"""`app.py hub`: the bot, until it is stopped; with --demo a chat in the terminal."""

import argparse

from core.cli.exit_codes import DONE
from core.cli.output import say
from core.hub.settings import load_settings
from core.i18n import _
from core.logs.setup import setup_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo",
        action="store_true",
        help=_("a chat in the terminal with made-up services: no token, no network"),
    )


def execute(options: argparse.Namespace) -> int:
    """Until Ctrl+C or SIGTERM; 0 then."""
    if options.demo:
        from core.hub.demo.run import run_demo

        return run_demo()
    from core.hub.opening import hub_setup
    from core.hub.serving import serve
    from core.web.address import Address

    settings = load_settings()
    setup_logging(settings)
    serve(hub_setup(settings), Address(settings.host, settings.port), _tell)
    return DONE


def _tell(address: str) -> None:
    say(
        _("The hub answers in Telegram; its health is at {address}/health.").format(address=address)
    )
    say(_("Ctrl+C ends the program."))
