"""Compares what we hold for on sale with the vendor's daily file, and mends the differences."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, select

from core.cars.asker import Fails
from core.cars.jobs.job import MOSCOW, Fetching
from core.cars.jobs.vendor_file import FileRefused, FileSource, open_local, read_ids
from core.cars.listener import Progress, Stage
from core.cars.listings import ChangeType, Data, Listing, Source
from core.cars.storage.operations import Record
from core.cars.storage.raw import known_listings, store_listing
from core.cars.storage.state import read_state
from core.cars.tables import ACTIVE, GONE, raw_data
from core.cars.vendor.client import NotFound
from core.i18n import _

__all__ = ["Differences", "FileRefused", "reconcile"]

LEAST_SHARE = 0.8


@dataclass(slots=True)
class Differences:
    """`missing` here and `surplus` here, by the file; what `/offer` confirmed of them is
    `added` and `removed`, what it did not is left as it is; `unanswered` could not be asked."""

    day: date
    missing: int = 0
    surplus: int = 0
    added: int = 0
    removed: int = 0
    unanswered: int = 0


def reconcile(
    job: Fetching,
    source: FileSource | Path,
    record: Record,
    *,
    day: date | None = None,
    dry_run: bool = False,
) -> Differences:
    """Compare with the file of `day`, the newest where that is None, and mend.

    `dry_run` only tells. Raises FileRefused for a file that cannot be had or must not be
    believed, `Stopped` and UserErrors.
    """
    day = day or _day_of(source, job.now())
    state = job.store.do(read_state)
    if state.last_successful_date is not None and day < state.last_successful_date:
        raise FileRefused(
            _("The file of {day} is older than the feed, which was read on {read}.").format(
                day=day.isoformat(), read=state.last_successful_date.isoformat()
            ),
            _("Take a newer file: that of today is there after 08:00 Moscow time."),
        )
    opened: AbstractContextManager[TextIO] = (
        open_local(source) if isinstance(source, Path) else source.open(day)
    )
    with opened as file:
        theirs = set(read_ids(file))
    ours = job.store.do(_active_ids)
    if len(theirs) < LEAST_SHARE * len(ours):
        raise FileRefused(
            _("The file has {theirs} listings, we have {ours}: that is too few to believe.").format(
                theirs=len(theirs), ours=len(ours)
            ),
            _("Nothing was changed. Try the file of another day."),
        )
    missing = [str(one) for one in sorted(theirs - ours)]
    surplus = [str(one) for one in sorted(ours - theirs)]
    found = Differences(day, len(missing), len(surplus))
    record.details |= {
        "file_day": day.isoformat(),
        "missing": len(missing),
        "surplus": len(surplus),
    }
    if not dry_run:
        try:
            _mend(job, found, missing, surplus)
        finally:
            record.errors += found.unanswered
            record.details |= {
                "file_added": found.added,
                "file_removed": found.removed,
                "unanswered": found.unanswered,
            }
    return found


def _day_of(source: FileSource | Path, now: datetime) -> date:
    if isinstance(source, Path):
        return datetime.fromtimestamp(source.stat().st_mtime, MOSCOW).date()
    return source.latest(now)


def _active_ids(db: Connection) -> set[int]:
    active = select(raw_data.c.inner_id).where(raw_data.c.active_status == ACTIVE)
    rows = db.execute(active.execution_options(yield_per=10_000))
    return {int(row.inner_id) for row in rows}


def _mend(job: Fetching, found: Differences, missing: list[str], surplus: list[str]) -> None:
    total = len(missing) + len(surplus)
    for number, inner_id in enumerate([*missing, *surplus], 1):
        job.check_stop()
        offer: Data | None
        try:
            offer = job.asker.offer(inner_id)
        except NotFound:
            offer = None
        except Fails:
            found.unanswered += 1
            continue
        is_missing = number <= len(missing)
        # What the vendor does not confirm stays: the file is hours old.
        if is_missing and offer is not None:
            _store(job, inner_id, offer)
            found.added += 1
        elif not is_missing and offer is None:
            _store(job, inner_id, None)
            found.removed += 1
        job.listener.progress(Progress(Stage.RECONCILING, number, total, listings=found.added))


def _store(job: Fetching, inner_id: str, offer: Data | None) -> None:
    now = job.now()

    def step(db: Connection) -> None:
        known = known_listings(db, [inner_id]).get(inner_id)
        if known is None:
            if offer is not None:
                store_listing(db, None, _new(inner_id, offer, now))
            return
        changed = replace(
            known,
            change_type=ChangeType.REMOVED if offer is None else ChangeType.ADDED,
            data=known.data | (offer or {}),
            last_updated_at=now,
            active_status=GONE if offer is None else ACTIVE,
        )
        store_listing(db, known, changed)

    job.store.do(step)


def _new(inner_id: str, offer: Data, now: datetime) -> Listing:
    return Listing(
        inner_id=inner_id,
        api_id=None,
        change_type=ChangeType.ADDED,
        created_at=None,
        data=offer,
        first_loaded_at=now,
        last_updated_at=now,
        source=Source.DAILY_UPDATE,
        active_status=ACTIVE,
        last_change_id=None,
    )
