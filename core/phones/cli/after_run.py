"""`app.py after-run`: which reports are made after each run, and what came of them."""

import argparse
from pathlib import Path

from core.cli import exit_codes
from core.cli.option_values import some_path, whole_number
from core.cli.output import say, say_error
from core.errors import UsageError
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones.after_run.execute import execute_rules
from core.phones.after_run.results import Outcome, results
from core.phones.after_run.rules import Rule, remove_rule, rules, store_rule
from core.phones.after_run.words import result_line, rule_line
from core.phones.cli.collect import chosen_clients
from core.phones.engine.selection import UnknownClients, choose
from core.phones.reports.names import Format, ReportName
from core.phones.run_request import Selection
from core.phones.settings.load import load_settings
from core.phones.settings.model import Settings
from core.phones.storage.exclusive import exclusive
from core.phones.storage.queries.runs import newest_run
from core.phones.storage.reader import Reader
from core.phones.upstream import Client
from core.stop import StopSignal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--add",
        metavar="REPORT",
        choices=[str(name) for name in ReportName],
        help=_("make this report after each completed run"),
    )
    parser.add_argument(
        "--clients",
        metavar="LIST|@FILE",
        help=_("names or ids, separated by commas, or a file with one a line"),
    )
    parser.add_argument(
        "--format", choices=[str(form) for form in Format], help=_("xlsx unless another is given")
    )
    parser.add_argument(
        "--folder", type=some_path, metavar="PATH", help=_("where to; EXPORT_DIR if left out")
    )
    parser.add_argument(
        "--only-new", action="store_true", help=_("only after runs that found something new")
    )
    parser.add_argument("--telegram", action="store_true", help=_("send it by Telegram as well"))
    parser.add_argument("--remove", type=whole_number, metavar="N", help=_("forget rule N"))
    parser.add_argument(
        "--now", action="store_true", help=_("carry the rules out for the newest run")
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    if sum((options.add is not None, options.remove is not None, options.now)) > 1:
        raise UsageError(
            _("--add, --remove and --now exclude each other."), _("Choose one of them.")
        )
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    database = settings.database_path
    if options.add is not None:
        with exclusive(database):
            rule = store_rule(database, _rule(options, database))
        say(f"{rule.id:>4}  {rule_line(rule)}")
        return exit_codes.DONE
    if options.remove is not None:
        with exclusive(database):
            removed = remove_rule(database, options.remove)
        if not removed:
            raise UsageError(
                _("There is no rule {number}.").format(number=options.remove),
                _("Without options the rules are listed."),
            )
        say(_("The rule was removed."))
        return exit_codes.DONE
    if options.now:
        return _carry_out(settings)
    _tell(database)
    return exit_codes.DONE


def _rule(options: argparse.Namespace, database: Path) -> Rule:
    return Rule(
        ReportName(options.add),
        Format(options.format or Format.XLSX),
        _client_ids(options.clients, database),
        str(options.folder.absolute()) if options.folder else "",
        options.only_new,
        options.telegram,
    )


def _client_ids(text: str | None, database: Path) -> tuple[int, ...]:
    names = chosen_clients(text)
    if not names:
        return ()
    with Reader(database) as reader:
        known = [Client(*row) for row in reader.rows("SELECT id, username FROM clients")]
    try:
        return tuple(choose(known, Selection(clients=names)))
    except UnknownClients as unknown:
        raise UsageError(
            _("No run has seen these clients: {names}.").format(names=", ".join(unknown.names)),
            _("Give their names or ids as the table of clients has them."),
        ) from None


def _carry_out(settings: Settings) -> int:
    with Reader(settings.database_path) as reader:
        run = newest_run(reader)
    if run is None:
        raise UsageError(_("There is no run yet."), _("Run a collection first."))
    found = execute_rules(
        settings.database_path, settings.export_dir, run.id, lambda file, text: False, StopSignal()
    )
    for result in found:
        (say_error if result.outcome is Outcome.FAILED else say)(result_line(result))
        for file in result.files:
            say(str(file))
    failed = any(result.outcome is Outcome.FAILED for result in found)
    return exit_codes.FAILED if failed else exit_codes.DONE


def _tell(database: Path) -> None:
    with Reader(database) as reader:
        found = rules(reader)
        run = newest_run(reader)
        came = results(reader, run.id) if run is not None else ()
    if not found:
        say(_("Nothing is done after runs yet."))
    for rule in found:
        say(f"{rule.id:>4}  {rule_line(rule)}")
    if run is not None and came:
        say(_("After run {run}:").format(run=run.id))
        for result in came:
            say(f"      {result_line(result)}")
