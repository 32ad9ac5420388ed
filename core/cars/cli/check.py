"""`app.py cars check`: settings, connection and database, one line each."""

import argparse

from core.cars.cli.display import Display
from core.cars.cli.options import add_demo
from core.cars.cli.running import run_job
from core.cars.database import place_of
from core.cars.program import Program
from core.cars.storage.reading import contradictions, overview, reader
from core.cli import exit_codes
from core.cli.output import say
from core.database.diskspace import Room, room_for
from core.errors import UserError
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    return run_job(_check, demo=options.demo)


def _check(program: Program, display: Display) -> int:
    fine = [_vendor(program, display), _database(program)]
    return exit_codes.DONE if all(fine) else exit_codes.FAILED


def _vendor(program: Program, display: Display) -> bool:
    try:
        with program.asker(display) as asker:
            marks = len(asker.filters()["mark"])
    except UserError as error:
        return _bad(_("Vendor"), error)
    return _good(_("Vendor"), _("answers, and knows {count} marks").format(count=number(marks)))


def _database(program: Program) -> bool:
    try:
        place = place_of(program.settings)
        with reader(place) as db:
            found = overview(db)
            wrong = {name: count for name, count in contradictions(db).items() if count}
    except UserError as error:
        return _bad(_("Database"), error)
    if wrong:
        words = ", ".join(f"{name}: {count}" for name, count in wrong.items())
        return _bad(
            _("Database"), UserError(_("It contradicts itself: {words}").format(words=words))
        )
    if place.file is not None and room_for(place.file) is Room.NONE:
        return _bad(_("Database"), UserError(_("Its disk is nearly full.")))
    return _good(
        _("Database"),
        _("{place}, {count} listings").format(place=place, count=number(found.listings)),
    )


def _good(what: str, words: str) -> bool:
    say(f"[OK] {what}: {words}")
    return True


def _bad(what: str, error: UserError) -> bool:
    say(f"[!!] {what}: {error}")
    return False
