"""Normalises what waits for it, batch by batch; a bad row stands in nobody's way.

One batch is stored while the next one is read and normalised."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import orjson
from sqlalchemy.exc import DBAPIError

from core.cars.jobs.ahead import Ahead
from core.cars.jobs.job import Surroundings
from core.cars.listener import Progress, Stage
from core.cars.normal.listing import NoListing, Row, normalize
from core.cars.storage.operations import Operation
from core.cars.storage.processing import (
    RawRow,
    count_waiting,
    mark_all_unprocessed,
    next_batch,
    store_batch,
)

log = logging.getLogger(__name__)

BATCH = 200
MOST_VALUES = 50  # of unknown values in the statistics
_LONGEST_REASON = 200

Done = tuple[RawRow, Row]
Bad = tuple[RawRow, str]


@dataclass(slots=True)
class NormalizeReport:
    """`changed` are rows that are new or other than before; `bad` are left unprocessed."""

    done: int = 0
    changed: int = 0
    bad: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)


class Normalizing:
    """One call of `cars normalize`, or the end of an update."""

    def __init__(self, job: Surroundings, batch_size: int = BATCH) -> None:
        self._job = job
        self._size = batch_size
        self._report = NormalizeReport()
        self._year = job.today().year
        self._seen = 0

    def run(self, *, again: bool = False) -> NormalizeReport:
        """Everything that waits, or everything `again`. Raises `Stopped` and UserErrors."""
        with self._job.recorded(Operation.NORMALIZATION) as record:
            report = self._report
            try:
                if again:
                    self._job.store.do(mark_all_unprocessed)
                self._all()
            finally:
                record.errors += report.bad
                record.details |= {
                    "rows": report.done,
                    "changed": report.changed,
                    "bad": report.bad,
                    "problems": dict(report.problems),
                    "unknown": dict(report.unknown.most_common(MOST_VALUES)),
                }
        return report

    def _all(self) -> None:
        total = self._job.store.do(count_waiting)
        rows = self._next(0)
        with Ahead[None]() as storing:
            is_storing = False
            while rows:
                self._job.check_stop()
                done, bad = self._normalized(rows)
                if is_storing:
                    storing.answer()
                storing.ask(partial(self._store, done, bad))
                is_storing = True
                self._tell(total, len(rows))
                rows = self._next(rows[-1].id)
            if is_storing:
                storing.answer()

    def _next(self, after: int) -> list[RawRow]:
        return self._job.store.read(lambda db: next_batch(db, after, self._size))

    def _tell(self, total: int, count: int) -> None:
        self._seen += count
        self._job.listener.progress(Progress(Stage.NORMALIZING, self._seen, max(total, self._seen)))

    def _normalized(self, rows: Sequence[RawRow]) -> tuple[list[Done], list[Bad]]:
        done: list[Done] = []
        bad: list[Bad] = []
        for row in rows:
            try:
                done.append((row, self._normalize(row)))
            except Exception as error:  # whatever it is, it is this row's alone
                unforeseen = not isinstance(error, NoListing)
                log.warning("%s is not normalised: %s", row.inner_id, error, exc_info=unforeseen)
                bad.append((row, _reason(error)))
        return done, bad

    def _normalize(self, row: RawRow) -> Row:
        data = orjson.loads(row.data)
        return normalize(row.inner_id, row.active_status, data, this_year=self._year)

    def _store(self, done: Sequence[tuple[RawRow, Row]], bad: Sequence[tuple[RawRow, str]]) -> None:
        """As one transaction; where the database refuses it, in halves down to the bad row."""
        now = self._job.now()
        good_ids = [(row.id, values) for row, values in done]
        bad_ids = [(row.id, why) for row, why in bad]
        try:
            changed = self._job.store.do(lambda db: store_batch(db, good_ids, bad_ids, now))
        except DBAPIError as error:
            if len(done) > 1:
                half = len(done) // 2
                self._store(done[:half], bad)
                self._store(done[half:], ())
                return
            if not done:
                raise
            log.warning("listing %s is not stored", done[0][0].inner_id, exc_info=True)
            self._store((), [*bad, (done[0][0], _reason(error))])
            return
        self._report.changed += changed
        self._count(done, bad)

    def _count(self, done: Sequence[tuple[RawRow, Row]], bad: Sequence[tuple[RawRow, str]]) -> None:
        report = self._report
        report.done += len(done)
        report.bad += len(bad)
        for _row, values in done:
            found = values["normalized_data"]
            for one in found.get("problems", ()):
                report.problems[f"{one['field']}: {one['problem']}"] += 1
            for column in found.get("unknown", ()):
                report.unknown[f"{column}: {values[column]}"] += 1
        for row, why in bad:
            self._job.listener.bad_row(row.inner_id, why)


def _reason(error: Exception) -> str:
    """In a few words, without the row itself."""
    original = error.orig if isinstance(error, DBAPIError) else error
    words = getattr(getattr(original, "diag", None), "message_primary", None) or str(original)
    return f"{type(original).__name__}: {words}"[:_LONGEST_REASON]
