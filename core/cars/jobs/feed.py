"""Reads the feed of changes to its end, for the replay of a load and for updates."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial

from core.cars.asker import Fails
from core.cars.changes import applied, asks_for_offer, is_news
from core.cars.jobs.ahead import Ahead
from core.cars.jobs.job import Fetching
from core.cars.listener import Progress, Stage
from core.cars.listings import Change, Data, Listing
from core.cars.storage.operations import Record
from core.cars.storage.raw import Counts, Stretch, known_listings, store_stretch
from core.cars.storage.state import SyncState, read_state, write_state
from core.cars.vendor.answers import ChangesPage
from core.cars.vendor.client import NotFound

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class FeedReport:
    """`at_end` is False where the number of pages was limited."""

    pages: int = 0
    at_end: bool = False
    counts: Counts = field(default_factory=Counts)

    def put_into(self, record: Record) -> None:
        """Into the log of operations."""
        details = asdict(self.counts)
        record.details |= {"feed_pages": self.pages, **{k: v for k, v in details.items() if v}}
        record.errors += self.counts.unreadable


def first_place(job: Fetching, state: SyncState) -> int:
    """Where the feed is to be read from, when no place in it is known: by its day."""
    day = job.today()
    if state.last_successful_date is not None:
        day = min(day, state.last_successful_date + ONE_DAY)
    # One day earlier: days begin elsewhere at another hour, and reading twice changes nothing.
    return job.asker.change_id(day - ONE_DAY)


def read_feed(job: Fetching, record: Record, max_pages: int | None = None) -> FeedReport:
    """From the stored place to the end of the feed, each stretch one transaction."""
    report = FeedReport()
    try:
        state = job.store.do(read_state)
        place = state.last_change_id
        if place is None:
            place = first_place(job, state)
            job.store.do(lambda db: write_state(db, job.now(), last_change_id=place))
        with Ahead[ChangesPage]() as ahead:
            while max_pages is None or report.pages < max_pages:
                job.check_stop()
                if report.pages == 0:
                    ahead.ask(partial(job.asker.changes, place))
                page = ahead.answer()
                offers = _missing_offers(job, page.changes, report.counts)
                place = page.next_id
                report.pages += 1
                if not page.is_end and report.pages != max_pages:
                    ahead.ask(partial(job.asker.changes, place))
                day = job.today() if page.is_end else None
                counts = _store(job, Stretch(page.changes, page.next_id, offers, day))
                counts.unreadable += page.unreadable
                _add(report.counts, counts)
                done = report.counts.added + report.counts.changed + report.counts.removed
                job.listener.progress(Progress(Stage.FEED, done, listings=report.counts.added))
                if page.is_end:
                    report.at_end = True
                    break
    finally:
        report.put_into(record)
    return report


def _store(job: Fetching, stretch: Stretch) -> Counts:
    now = job.now()
    return job.store.do(lambda db: store_stretch(db, stretch, now))


def _missing_offers(job: Fetching, changes: tuple[Change, ...], counts: Counts) -> dict[str, Data]:
    """What `/offer` says of listings that a change alone does not tell in full.

    Asked before anything is stored, because a transaction never spans a request.
    """
    ids = {change.inner_id for change in changes}
    now = job.now()
    known: Mapping[str, Listing] = job.store.do(lambda db: known_listings(db, ids))
    after = dict(known)  # as far as the changes lead without being stored
    offers: dict[str, Data] = {}
    for change in changes:
        name, listing = change.inner_id, after.get(change.inner_id)
        if not is_news(change, listing):
            continue
        if name not in offers and asks_for_offer(change, listing):
            job.check_stop()
            counts.offers_asked += 1
            try:
                offers[name] = job.asker.offer(name)
            except (NotFound, Fails):
                counts.offers_missing += 1
        after[name] = applied(change, listing, offers.get(name), now)
    return offers


def _add(total: Counts, counts: Counts) -> None:
    for name in Counts.__slots__:
        setattr(total, name, getattr(total, name) + getattr(counts, name))
