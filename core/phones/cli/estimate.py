"""`app.py estimate`: what a run would cost."""

import argparse
import json
from datetime import UTC, datetime

from core.cli.output import say
from core.errors import UsageError
from core.i18n import _
from core.phones import wording
from core.phones.as_json import estimates_as_json
from core.phones.cli.collect import add_selection, chosen_request
from core.phones.engine.selection import UnknownClients
from core.phones.estimate import estimate, in_words
from core.phones.events import Mode
from core.phones.program import engine_settings
from core.phones.settings.load import load_settings
from core.phones.storage.reader import Reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], help=_("only this mode"))
    add_selection(parser)
    parser.add_argument("--json", action="store_true", help=_("for other programs"))
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    settings = load_settings(demo=options.demo)
    engine, now = engine_settings(settings), datetime.now(UTC)
    modes = [Mode(options.mode)] if options.mode else list(Mode)
    try:
        with Reader(settings.database_path) as reader:
            found = {
                mode: estimate(reader, chosen_request(options, mode), engine, now) for mode in modes
            }
    except UnknownClients as unknown:
        raise UsageError(
            _("No run has seen these clients yet: {names}.").format(names=", ".join(unknown.names)),
            _("Check the names, or collect once without --clients."),
        ) from None
    if options.json:
        say(json.dumps(estimates_as_json(found)))
        return 0
    for mode, cost in found.items():
        say(f"{wording.mode(mode)}: {in_words(cost)}")
    return 0
