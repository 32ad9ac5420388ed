"""`app.py backup`: back up, restore a backup, save what can be read of a damaged database."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from core.cli import exit_codes
from core.cli.option_values import Output, output, some_path
from core.cli.output import say
from core.cli.progress_line import watched
from core.errors import UsageError
from core.formats import moment, number, size
from core.i18n import _
from core.logs.setup import setup_logging
from core.own_name import own_name
from core.phones.restoring import restore_chosen
from core.phones.settings.load import load_settings
from core.phones.settings.model import Settings
from core.phones.storage.backup import list_backups, make_backup
from core.phones.storage.copying import copy_database
from core.phones.storage.salvage import salvage
from core.watch import Cancelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--out",
        type=output,
        metavar="PATH",
        help=_("a file or folder of your own for it, kept for ever"),
    )
    what.add_argument("--list", action="store_true", help=_("the backups there are"))
    what.add_argument(
        "--restore",
        type=some_path,
        metavar="FILE",
        help=_("put a backup in the place of the database"),
    )
    what.add_argument(
        "--salvage",
        type=some_path,
        metavar="PATH",
        help=_("save what can be read of a damaged database into a new file"),
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    try:
        if options.list:
            _list(settings)
        elif options.restore:
            _restore(settings, options.restore.absolute())
        elif options.salvage:
            _salvage(settings, options.salvage.absolute())
        elif options.out:
            _copy(settings, options.out)
        else:
            _back_up(settings)
    except Cancelled:
        say(_("Cancelled. Nothing was changed."))
        return exit_codes.STOPPED
    return exit_codes.DONE


def _list(settings: Settings) -> None:
    backups = list_backups(settings.database_path)
    if not backups:
        say(_("There is no backup yet."))
    for backup in backups:
        say(f"{moment(backup.made_at)}  {size(backup.bytes):>10}  {backup.path}")


def _back_up(settings: Settings) -> None:
    with watched(_("Backup")) as watch:
        now = datetime.now(UTC)
        backup = make_backup(settings.database_path, settings.backup_keep, now, watch)
    say(_("Backed up and checked: {path}").format(path=backup.path))


def _copy(settings: Settings, where: Output) -> None:
    where.need_folder()
    database, out = settings.database_path, where.path
    if where.is_folder:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        out = out / f"{database.stem}-{stamp}{database.suffix}"
    _need_new(out)
    with watched(_("Backup")) as watch:
        copy_database(database, out, watch)
    say(_("Backed up and checked: {path}").format(path=out))


def _restore(settings: Settings, backup: Path) -> None:
    others = _("`{program} backup --list` names the backups there are.").format(program=own_name())
    with watched(_("Restoring")) as watch:
        aside = restore_chosen(backup, settings.database_path, datetime.now(UTC), others, watch)
    say(_("Restored: {path}").format(path=settings.database_path))
    if aside is not None:
        say(_("The replaced database is kept: {path}").format(path=aside))


def _salvage(settings: Settings, target: Path) -> None:
    _need_new(target)
    with watched(_("Saving")) as watch:
        saved = salvage(settings.database_path, target, watch)
    say(_("Saved what can be read: {path}").format(path=target))
    for table, rows in saved.rows.items():
        lost = _("damaged, some of it is lost") if table in saved.damaged else ""
        say(f"  {table:<18} {number(rows):>12}  {lost}".rstrip())
    again = _("To go on with it: {program} backup --restore {path}")
    say(again.format(program=own_name(), path=target))


def _need_new(path: Path) -> None:
    if path.exists():
        raise UsageError(
            _("{path} is there already.").format(path=path), _("Choose another name for the file.")
        )
