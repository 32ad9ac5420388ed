"""`app.py check`: settings, folders, database and connection; what is wrong and what to do."""

import argparse
import os
from collections.abc import Callable

from core.asking.troubles import UpstreamError
from core.cli.exit_codes import DONE, FAILED, STOPPED
from core.cli.output import say
from core.cli.progress_line import watched
from core.database.diskspace import PAUSE_BYTES, Room, free_bytes, room_for
from core.database.errors import DatabaseReadOnly
from core.database.failures import StorageFailure, StorageProblem
from core.errors import UserError
from core.formats import moment, number, size
from core.i18n import _
from core.logs.setup import open_log_file
from core.phones import wording
from core.phones.program import Program, open_program
from core.phones.settings.advice import advice
from core.phones.settings.load import load
from core.phones.storage.backup import list_backups
from core.phones.storage.copying import check_integrity
from core.phones.storage.explain import WORDS, explain
from core.settings.paths import make_writable
from core.watch import Cancelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help=_("check against the built-in API"))


def execute(options: argparse.Namespace) -> int:
    program = open_program(demo=options.demo)  # wrong settings end here, each with its name
    say(_("Settings: in order ({path}).").format(path=program.settings.places.env_file))
    for sentence in advice(load(program.settings.places)):
        say(f"  {sentence}")
    try:
        good = [_tried(step, program) for step in STEPS]
    except Cancelled:
        return STOPPED
    finally:
        program.close()
    return DONE if all(good) else FAILED


def _tried(step: Callable[[Program], str], program: Program) -> bool:
    try:
        say(step(program))
    except UserError as error:
        say(error.message)
        if error.hint:
            say(f"  {error.hint}")
        return False
    except UpstreamError as error:
        say(_("Connection: {reason}.").format(reason=wording.reason(error.reason, error.detail)))
        if advice := wording.advice_for_test(error.reason):
            say(f"  {advice}")
        return False
    return True


def _folders(program: Program) -> str:
    settings = program.settings
    for folder in (settings.database_path.parent, settings.export_dir, settings.log_file.parent):
        make_writable(folder)
    open_log_file(settings.log_file).close()
    return _("Folders: can be written.")


def _database(program: Program) -> str:
    path = program.settings.database_path
    try:
        with watched(_("Database")) as watch:
            check_integrity(path, watch)
    except StorageFailure as failure:
        if failure.problem is StorageProblem.MISSING:
            return _("Database: none yet, the first run makes it ({path}).").format(path=path)
        raise explain(failure) from failure
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        raise DatabaseReadOnly(path, WORDS) from error
    return _("Database: in order ({path}).").format(path=path)


def _backups(program: Program) -> str:
    backups = list_backups(program.settings.database_path)
    if not backups:
        return _("Backups: none yet, a run that finds data here makes one.")
    return _("Backups: {count}, the newest of {when}.").format(
        count=number(len(backups)), when=moment(backups[0].made_at)
    )


def _space(program: Program) -> str:
    path = program.settings.database_path
    free = size(free_bytes(path))
    if room_for(path) is Room.PLENTY:
        return _("Free space: {size}.").format(size=free)
    raise UserError(
        _("Free space: only {size} on the disk of the database.").format(size=free),
        _("Free some: below {size} a run pauses.").format(size=size(PAUSE_BYTES)),
    )


def _connection(program: Program) -> str:
    source = program.collector.open_source()
    try:
        clients = source.open_session().clients()
    finally:
        source.close()
    return _("Connection: works, the token sees {clients}.").format(
        clients=wording.clients(len(clients))
    )


STEPS = (_folders, _space, _database, _backups, _connection)
