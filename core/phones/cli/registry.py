"""`app.py registry`: the registry of number ranges, from files that were downloaded."""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from core.cli import exit_codes
from core.cli.option_values import some_path
from core.cli.output import say
from core.cli.progress_line import watched
from core.errors import UsageError
from core.formats import number
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones.registry import words
from core.phones.registry.load import Registry, load_registry, remove_registry
from core.phones.registry.located import loaded_registry, shares
from core.phones.registry.made_up import write_made_up
from core.phones.settings.load import load_settings
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from core.watch import Cancelled

_SHOWN = 10  # shares


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = f"{_('region and operator of numbers')}. {words.where_from()}"
    parser.add_argument(
        "files",
        nargs="*",
        type=some_path,
        metavar="FILE",
        help=_("all files of the registry, or their folder; without: what is loaded"),
    )
    parser.add_argument("--remove", action="store_true", help=_("forget what is loaded"))
    parser.add_argument(
        "--made-up",
        action="store_true",
        help=_("load ranges and operators that are made up, to try it"),
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    if sum((bool(options.files), options.remove, options.made_up)) > 1:
        raise UsageError(
            _("Files, --remove and --made-up exclude each other."), _("Choose one of them.")
        )
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    database = settings.database_path
    if options.remove:
        with exclusive(database):
            remove_registry(database)
        say(_("The registry was removed."))
        return exit_codes.DONE
    if not options.files and not options.made_up:
        with Reader(database) as reader:
            _tell(loaded_registry(reader), reader)
        return exit_codes.DONE
    try:
        with tempfile.TemporaryDirectory() as folder, watched(_("Registry")) as watch:
            files = write_made_up(Path(folder)) if options.made_up else chosen(options.files)
            with exclusive(database):
                loaded = load_registry(database, files, datetime.now(UTC), watch)
    except Cancelled:
        say(_("Cancelled. What was loaded before is still there."))
        return exit_codes.STOPPED
    with Reader(database) as reader:
        _tell(loaded, reader)
    return exit_codes.DONE


def chosen(paths: list[Path]) -> list[Path]:
    """The files that are named, or the CSV files of a folder. Raises UsageError."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.suffix.casefold() == ".csv")
            if not found:
                raise UsageError(
                    _("There are no CSV files in {path}.").format(path=path),
                    _("Download the files of the registry there first."),
                )
            files += found
        else:
            files.append(path)
    return files


def _tell(registry: Registry | None, reader: Reader) -> None:
    if registry is None:
        say(_("No registry of number ranges is loaded."))
        say(words.where_from())
        return
    for label, value in (
        (_("Rows"), registry.rows),
        (_("Ranges"), registry.ranges),
        (_("Operators"), registry.operators),
        (_("Regions"), registry.regions),
        (_("Rows left out"), registry.skipped + registry.overlapping),
    ):
        say(f"  {label:<24}{number(value):>12}")
    if missing := words.missing_groups(registry):
        say(missing)
    for share in list(shares(reader))[:_SHOWN]:
        name = words.place_name(share.place)
        owner = f"{name}, {share.operator}" if share.operator else name
        say(f"  {number(share.phones):>12}  {owner}")
    say(words.portability())
