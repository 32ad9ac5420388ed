"""The first load: every page, then what changed meanwhile, then what slipped by."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, delete, func, select, update

from core.cars.asker import Fails
from core.cars.errors import VendorAway
from core.cars.jobs.ahead import Ahead
from core.cars.jobs.feed import first_place, read_feed
from core.cars.jobs.job import Fetching
from core.cars.jobs.reconcile import Differences, FileRefused, reconcile
from core.cars.jobs.vendor_file import FileSource
from core.cars.listener import Progress, Stage
from core.cars.storage.operations import Operation, Record
from core.cars.storage.raw import Counts, store_offers
from core.cars.storage.state import Phase, SyncState, read_state, write_state
from core.cars.tables import load_pages, raw_data
from core.cars.vendor.answers import OffersPage

log = logging.getLogger(__name__)

TYPICAL_LISTINGS = 250_000  # a guess for the progress of the first pass
LAST_PASS = 4  # the first one and three further
SLIPPED_SHARE = 0.001
MOST_FAILED_IN_A_ROW = 3  # pages; more is no matter of single pages
WAITING, LOST = "waiting", "lost"


@dataclass(slots=True)
class LoadReport:
    """`is_complete`: the database is current. `lost_pages` are asked again by the next load;
    `unreadable` items of pages were no listings."""

    pages: int = 0
    new: int = 0
    repeated: int = 0
    unreadable: int = 0
    lost_pages: int = 0
    is_complete: bool = False
    differences: Differences | None = None


class Load:
    """One call of `cars load`, or what an update finds unfinished."""

    def __init__(
        self, job: Fetching, *, once: bool, max_pages: int | None, files: FileSource | None
    ) -> None:
        """`once` leaves out what finds listings that slipped by; `files` are the vendor's daily
        files, None where they cannot be had."""
        self._job = job
        self._once = once
        self._max_pages = max_pages
        self._files = files
        self._report = LoadReport()
        self._failed_in_a_row = 0

    def run(self) -> LoadReport:
        """Go on where the last call ended. Raises `Stopped` and UserErrors."""
        with self._job.recorded(Operation.DATA_FETCH) as record:
            try:
                self._begin()
                self._go_on(record)
            finally:
                report = self._report
                record.errors += report.lost_pages + report.unreadable
                record.details |= {
                    "pages": report.pages,
                    "new": report.new,
                    "repeated": report.repeated,
                    "lost_pages": report.lost_pages,
                    "unreadable": report.unreadable,
                }
        return self._report

    def _begin(self) -> None:
        state = self._job.store.do(read_state)
        if state.has_begun:
            return
        place = first_place(self._job, state)  # before page 1: what changes from here on is seen
        if state.last_change_id is not None:  # of updates without a load
            place = min(place, state.last_change_id)
        now = self._job.now()
        self._job.store.do(
            lambda db: write_state(
                db,
                now,
                phase=Phase.LOADING,
                load_from_id=place,
                last_change_id=place,
                next_page=1,
                load_pass=1,
                pass_started_at=now,
            )
        )

    def _go_on(self, record: Record) -> None:
        while True:
            state = self._job.store.do(read_state)
            match state.phase:
                case Phase.LOADING:
                    if not self._read_pages(state):
                        return  # as many as were asked for
                    self._set(phase=Phase.REPLAYING)
                case Phase.REPLAYING:
                    read_feed(self._job, record)
                    self._after_replay(state, record)
                case Phase.CURRENT:
                    if not self._report.pages and self._job.store.do(_count_noted):
                        self._noted_pages()
                        read_feed(self._job, record)
                    self._report.lost_pages = self._job.store.do(_count_noted)
                    self._report.is_complete = True
                    return

    # Pages

    def _read_pages(self, state: SyncState) -> bool:
        page = state.next_page
        known = self._job.store.do(_count_active)
        with Ahead[OffersPage]() as ahead:
            if page is not None and self._may_ask(0):
                ahead.ask(partial(self._job.asker.offers, page))
            while page is not None:
                if not self._may_ask(0):
                    return False
                self._job.check_stop()
                page = self._read_page(page, ahead)
                self._tell(state, page, known)
        self._noted_pages()
        return True

    def _may_ask(self, asked: int) -> bool:
        """Whether one more page may be asked for when `asked` are not counted yet."""
        return self._max_pages is None or self._report.pages + asked < self._max_pages

    def _read_page(self, page: int, ahead: Ahead[OffersPage]) -> int | None:
        """Store the page that was asked for; the one behind it is asked for meanwhile."""
        try:
            answer = ahead.answer()
        except Fails as error:
            log.error("page %d is left out for now: %s", page, error)
            self._job.store.do(partial(_note, page, error, self._job.now()))
            self._job.listener.noted(page, error.tries)
            self._report.pages += 1
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= MOST_FAILED_IN_A_ROW:
                raise VendorAway(f"/offers page {page}: {error.reason}") from None
            if self._may_ask(0):
                ahead.ask(partial(self._job.asker.offers, page + 1))
            return page + 1
        self._failed_in_a_row = 0
        if answer.next_page is not None and self._may_ask(1):
            ahead.ask(partial(self._job.asker.offers, answer.next_page))
        self._store(answer, answer.next_page)
        return answer.next_page

    def _store(self, answer: OffersPage, next_page: int | None) -> None:
        now = self._job.now()
        counts: Counts = self._job.store.do(
            lambda db: store_offers(db, answer.offers, now, next_page)
        )
        self._report.pages += 1
        self._report.new += counts.new
        self._report.repeated += counts.repeated
        self._report.unreadable += answer.unreadable

    def _noted_pages(self) -> None:
        """Ask again for what failed; what fails again is lost until the next load."""
        for page in self._job.store.do(lambda db: db.scalars(select(load_pages.c.page)).all()):
            self._job.check_stop()
            try:
                answer = self._job.asker.offers(page, patiently=False)
            except Fails as error:
                self._job.store.do(partial(_lose, page, str(error)))
                continue
            counts = self._job.store.do(partial(_found, page, answer, self._job.now()))
            self._report.pages += 1
            self._report.new += counts.new
            self._report.unreadable += answer.unreadable

    def _tell(self, state: SyncState, next_page: int | None, known: int) -> None:
        """The number of pages is unknown: guessed from what is known of earlier."""
        done = (next_page or 0) - 1
        if next_page is None:
            return
        listings = max(known, TYPICAL_LISTINGS if state.load_pass == 1 else 0)
        per_page = max(1, round((self._report.new + self._report.repeated) / self._report.pages))
        guess = max(listings // per_page, done + 1)
        self._job.listener.progress(
            Progress(Stage.PAGES, done, guess, is_guess=True, listings=self._report.new)
        )

    # What slipped by

    def _after_replay(self, state: SyncState, record: Record) -> None:
        if not self._once and not self._reconciled(record) and self._needs_pass(state):
            now = self._job.now()
            self._set(
                phase=Phase.LOADING,
                next_page=1,
                load_pass=state.load_pass + 1,
                pass_started_at=now,
            )
            return
        self._set(phase=Phase.CURRENT)

    def _reconciled(self, record: Record) -> bool:
        if self._files is None:
            return False
        try:
            self._report.differences = reconcile(self._job, self._files, record)
        except FileRefused as error:
            self._job.listener.says(error.message)
            return False
        return True

    def _needs_pass(self, state: SyncState) -> bool:
        if state.load_pass >= LAST_PASS:
            return False
        if state.load_pass == 1:
            return True
        slipped, active = self._job.store.do(lambda db: (_slipped(db, state), _count_active(db)))
        log.info("pass %d found %d of %d that had slipped by", state.load_pass, slipped, active)
        return slipped >= SLIPPED_SHARE * active

    def _set(self, **values: object) -> None:
        now = self._job.now()
        self._job.store.do(lambda db: write_state(db, now, **values))


def _note(page: int, error: Fails, now: datetime, db: Connection) -> None:
    db.execute(delete(load_pages).where(load_pages.c.page == page))
    db.execute(
        load_pages.insert().values(page=page, state=WAITING, tries=error.tries, reason=error.reason)
    )
    write_state(db, now, next_page=page + 1)


def _lose(page: int, why: str, db: Connection) -> None:
    db.execute(
        update(load_pages)
        .where(load_pages.c.page == page)
        .values(state=LOST, tries=load_pages.c.tries + 1, reason=why)
    )


def _found(page: int, answer: OffersPage, now: datetime, db: Connection) -> Counts:
    db.execute(delete(load_pages).where(load_pages.c.page == page))
    return store_offers(db, answer.offers, now, None)


def _count_active(db: Connection) -> int:
    active = select(func.count()).select_from(raw_data).where(raw_data.c.active_status == 0)
    return db.scalar(active) or 0


def _count_noted(db: Connection) -> int:
    return db.scalar(select(func.count()).select_from(load_pages)) or 0


def _slipped(db: Connection, state: SyncState) -> int:
    """What the present pass brought and the feed did not: it was there before and was missed."""
    c = raw_data.c
    return (
        db.scalar(
            select(func.count())
            .select_from(raw_data)
            .where(c.first_loaded_at >= state.pass_started_at, c.last_change_id.is_(None))
        )
        or 0
    )
