"""`app.py campaigns export GROUP`: every chat of a group and what came of it."""

import argparse
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from core.campaigns.cli.asking import add_demo
from core.campaigns.cli.opened import opened
from core.campaigns.cli.wishes import add_group
from core.campaigns.storage.keeping_groups import need_group
from core.campaigns.storage.tables import senders, task_attempts, tasks
from core.campaigns.telegram.outcomes import Cause, sentence
from core.cli import exit_codes
from core.cli.option_values import Output, output
from core.cli.output import say
from core.formats import number
from core.i18n import _
from core.tables.columns import Column, Kind
from core.tables.csv_table import CsvTable
from core.tables.problems import export_failure
from core.tables.workshop import Workshop
from core.tables.xlsx_table import XlsxTable

_ROWS = 5000
_COLUMNS = [
    Column("chat", width=20),
    Column("title", width=24),
    Column("status"),
    Column("reason", width=40),
    Column("session", width=34),
    Column("cycle", Kind.INTEGER),
    Column("attempt"),
    Column("what_happened", width=60),
    Column("sender"),
    Column("at", Kind.TIME, width=26),
    Column("consent", width=30),
    Column("consent_at", Kind.TIME, width=26),
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_group(parser)
    parser.add_argument(
        "--output", type=output, metavar="FILE", help=_("a .csv or .xlsx file, or a folder")
    )
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    with opened(demo=options.demo) as database:
        target: Output = options.output or output(
            str(database.settings.places.resolve(Path("exports"))) + "/"
        )
        path = target.path
        if path.suffix.casefold() not in (".csv", ".xlsx"):
            path = path / f"campaign-{options.group}-{time.strftime('%Y-%m-%d-%H%M%S')}.csv"
        try:
            with (
                Workshop(path.parent, lambda _seconds: False) as workshop,
                database.transaction() as connection,
            ):
                need_group(connection, options.group)
                made = workshop.new_path(path.suffix)
                table = (
                    XlsxTable(made, _COLUMNS, options.group[:31])
                    if path.suffix.casefold() == ".xlsx"
                    else CsvTable(made, _COLUMNS, ";", ",")
                )
                count = 0
                try:
                    for rows in _rows(connection, options.group):
                        table.write(list(zip(*rows, strict=True)))
                        count += len(rows)
                    table.close()
                except BaseException:
                    with suppress(OSError):
                        table.abandon()
                    raise
                workshop.finish(made, path)
                workshop.deliver()
        except OSError as error:
            raise export_failure(error, path.parent) from error
    say(_("{count} rows: {path}").format(count=number(count), path=path))
    return exit_codes.DONE


def _rows(connection: Connection, group: str) -> Iterator[list[tuple[Any, ...]]]:
    """A row an attempt, and one for each chat that has none."""
    found = connection.execute(
        select(
            tasks,
            task_attempts.c.run_id,
            task_attempts.c.cycle,
            task_attempts.c.status.label("attempt"),
            task_attempts.c.error,
            task_attempts.c.started_at,
            senders.c.name,
        )
        .select_from(
            tasks.outerjoin(task_attempts, task_attempts.c.task_id == tasks.c.id).outerjoin(
                senders, senders.c.id == task_attempts.c.sender_id
            )
        )
        .where(tasks.c.group_id == group)
        .order_by(tasks.c.id, task_attempts.c.id)
    )
    while rows := found.fetchmany(_ROWS):
        yield [
            (
                row.chat,
                row.title or "",
                row.status,
                _words(row.block_reason),
                row.run_id or "",
                row.cycle or 0,
                row.attempt or "",
                _words(row.error),
                row.name or "",
                row.started_at.isoformat() if row.started_at else "",
                row.consent,
                row.consent_at.isoformat(),
            )
            for row in rows
        ]


def _words(cause: str | None) -> str:
    return sentence(Cause(cause)) if cause else ""
