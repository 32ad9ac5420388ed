"""`app.py cars list`: a few listings, the newest first."""

import argparse

from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, select

from core.cars.cli.options import add_demo
from core.cars.database import place_of
from core.cars.settings import load_settings
from core.cars.storage.reading import reader
from core.cars.tables import ACTIVE, processed_data
from core.cli import exit_codes
from core.cli.option_values import whole_number
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=whole_number, default=20, metavar="N", help=_("so many, 20 if not given")
    )
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    with reader(place_of(load_settings(demo=options.demo))) as db:
        table = _table(db, options.limit)
    Console(highlight=False).print(table)
    return exit_codes.DONE


def _table(db: Connection, limit: int) -> Table:
    c = processed_data.c
    rows = db.execute(
        select(
            *(c.inner_id, c.mark, c.model, c.year, c.price, c.km_age),
            *(c.engine_type, c.city),
        )
        .where(c.active_status == ACTIVE)
        .order_by(c.updated_at.desc(), c.inner_id)
        .limit(limit)
    ).all()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for title, justify in (
        (_("Listing"), "left"),
        (_("Mark"), "left"),
        (_("Model"), "left"),
        (_("Year"), "right"),
        (_("CNY"), "right"),
        (_("km"), "right"),
        (_("Engine"), "left"),
        (_("City"), "left"),
    ):
        table.add_column(title, justify="right" if justify == "right" else "left", no_wrap=True)
    for row in rows:
        table.add_row(
            *(row.inner_id, row.mark or "", row.model or "", str(row.year or "")),
            *("" if value is None else number(value) for value in (row.price, row.km_age)),
            *(value or "" for value in (row.engine_type, row.city)),
        )
    return table
