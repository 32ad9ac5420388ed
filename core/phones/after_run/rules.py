"""The rules: which report is made after each run, for whom, and where to."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from core.database.failures import storage_failure
from core.phones.reports.names import Format, ReportName
from core.phones.storage.connect import open_writer
from core.phones.storage.reader import Reader

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` 0: not stored yet. `clients` are ids, none means all. An empty `folder` is that of the
    settings (EXPORT_DIR). `only_new`: nothing is made where the run found no new numbers (of
    those clients)."""

    report: ReportName
    format: Format = Format.XLSX
    clients: tuple[int, ...] = ()
    folder: str = ""
    only_new: bool = False
    telegram: bool = False
    enabled: bool = True
    id: int = 0


def rules(reader: Reader) -> Sequence[Rule]:
    """All rules in the order in which they were made. Raises StorageFailure."""
    if not reader.has_table("after_run_rules"):
        return ()
    rows = reader.rows(
        "SELECT id, report, format, clients, folder, only_new, telegram, enabled"
        " FROM after_run_rules ORDER BY id"
    )
    return [
        Rule(
            id=row[0],
            report=ReportName(row[1]),
            format=Format(row[2]),
            clients=tuple(json.loads(row[3])),
            folder=row[4],
            only_new=bool(row[5]),
            telegram=bool(row[6]),
            enabled=bool(row[7]),
        )
        for row in rows
    ]


def store_rule(database: Path, rule: Rule) -> Rule:
    """Keep a new rule, or a changed one in its place; returns it with its id.

    The caller holds the database alone (core.phones.storage.exclusive). Raises StorageFailure.
    """
    values = (
        rule.report,
        rule.format,
        json.dumps(rule.clients),
        rule.folder,
        rule.only_new,
        rule.telegram,
        rule.enabled,
    )

    def store(db: sqlite3.Connection) -> int:
        if rule.id:
            db.execute(
                "UPDATE after_run_rules SET report = ?, format = ?, clients = ?, folder = ?,"
                " only_new = ?, telegram = ?, enabled = ? WHERE id = ?",
                (*values, rule.id),
            )
            return rule.id
        return int(
            db.execute(
                "INSERT INTO after_run_rules (report, format, clients, folder, only_new, telegram,"
                " enabled) VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            ).lastrowid
            or 0
        )

    return replace(rule, id=changed(database, store))


def remove_rule(database: Path, number: int) -> bool:
    """Forget a rule; what came of it after runs stays. False where there was none. As above."""
    sql = "DELETE FROM after_run_rules WHERE id = ?"
    return changed(database, lambda db: db.execute(sql, (number,)).rowcount > 0)


def changed(database: Path, work: Callable[[sqlite3.Connection], Result]) -> Result:
    """`work` in a transaction of its own; the caller holds the database alone."""
    try:
        with closing(open_writer(database)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                result = work(db)
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error
    return result
