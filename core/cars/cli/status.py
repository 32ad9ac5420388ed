"""`app.py cars status`: how far everything is."""

import argparse
import json

from core.cars.cli.display import table
from core.cars.cli.options import add_demo
from core.cars.database import place_of
from core.cars.settings import load_settings
from core.cars.storage.reading import Overview, overview, reader
from core.cars.storage.state import Phase
from core.cli import exit_codes
from core.cli.output import say
from core.formats import duration, moment, number, size
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("for other programs"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    place = place_of(load_settings(demo=options.demo))
    with reader(place) as db:
        found = overview(db)
    if options.json:
        say(json.dumps({"database": str(place), **_as_json(found)}, ensure_ascii=False))
        return exit_codes.DONE
    say(_("Database: {path}").format(path=place))
    say(_phase(found))
    table(
        [
            (_("Listings"), number(found.listings)),
            (_("On sale"), number(found.active)),
            (_("Normalised"), number(found.normalized)),
            (_("Waiting for that"), number(found.waiting)),
            (_("Not understood"), number(found.bad)),
            (_("Pages asked again later"), number(found.lost_pages)),
            (_("Size"), size(found.size)),
        ]
    )
    for kind, started, seconds, status, _details in found.operations:
        say(f"  {moment(started)}  {kind:<14}{status:<6}{duration(seconds)}")
    return exit_codes.DONE


def _phase(found: Overview) -> str:
    state = found.state
    if not state.has_begun:
        return _("Nothing was loaded yet: `cars load`.")
    match state.phase:
        case Phase.LOADING:
            return _("The load is not finished; it goes on at page {page}.").format(
                page=number(state.next_page or 0)
            )
        case Phase.REPLAYING:
            return _("The load is not finished: changes are still to be read.")
        case Phase.CURRENT:
            day = state.last_successful_date
            return _("Current as of {day}.").format(day=day.isoformat() if day else "-")


def _as_json(found: Overview) -> dict[str, object]:
    state = found.state
    return {
        "phase": state.phase if state.has_begun else None,
        "next_page": state.next_page,
        "load_pass": state.load_pass,
        "last_change_id": state.last_change_id,
        "last_successful_date": (
            state.last_successful_date.isoformat() if state.last_successful_date else None
        ),
        "updated_at": state.updated_at.isoformat(),
        "version": state.version,
        "listings": found.listings,
        "active": found.active,
        "normalized": found.normalized,
        "waiting": found.waiting,
        "bad": found.bad,
        "lost_pages": found.lost_pages,
        "size": found.size,
        "operations": [
            {
                "operation_type": kind,
                "started_at": started.isoformat(),
                "duration": seconds,
                "status": status,
                "details": details,
            }
            for kind, started, seconds, status, details in found.operations
        ],
    }
