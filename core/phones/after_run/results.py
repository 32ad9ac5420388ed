"""What came of each rule after each run."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.phones.after_run.rules import changed
from core.phones.storage.reader import Reader
from core.phones.storage.run_store import iso


class Outcome(StrEnum):
    """The values stand in `after_run_results.outcome`."""

    DONE = "done"
    NOTHING_NEW = "nothing_new"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """`report` is what the rule asked for then. `detail` is a sentence: why it failed, or what
    was not sent."""

    rule_id: int
    report: str
    at: datetime
    outcome: Outcome
    rows: int = 0
    files: tuple[Path, ...] = ()
    detail: str = ""


def results(reader: Reader, run_id: int) -> Sequence[Result]:
    """Those of one run, in the order of the rules. Raises StorageFailure."""
    if not reader.has_table("after_run_results"):
        return ()
    rows = reader.rows(
        "SELECT rule_id, report, at, outcome, rows, files, detail FROM after_run_results"
        " WHERE run_id = ? ORDER BY rule_id",
        (run_id,),
    )
    return [
        Result(
            rule_id=row[0],
            report=row[1],
            at=datetime.fromisoformat(row[2]),
            outcome=Outcome(row[3]),
            rows=row[4],
            files=tuple(map(Path, json.loads(row[5]))),
            detail=row[6],
        )
        for row in rows
    ]


def store_results(database: Path, run_id: int, found: Sequence[Result]) -> None:
    """Keep what came of a run's rules, in the place of what came of them before.

    The caller holds the database alone (core.phones.storage.exclusive). Raises StorageFailure.
    """

    def store(db: sqlite3.Connection) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO after_run_results"
            " (run_id, rule_id, report, at, outcome, rows, files, detail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    run_id,
                    result.rule_id,
                    result.report,
                    iso(result.at),
                    result.outcome,
                    result.rows,
                    json.dumps([str(file) for file in result.files], ensure_ascii=False),
                    result.detail,
                )
                for result in found
            ],
        )

    changed(database, store)
