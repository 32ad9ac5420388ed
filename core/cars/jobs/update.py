"""The daily work: what changed since the last time."""

from dataclasses import dataclass
from datetime import date

from core.cars.jobs.feed import ONE_DAY, FeedReport, read_feed
from core.cars.jobs.job import Fetching
from core.cars.jobs.load import Load, LoadReport
from core.cars.jobs.vendor_file import FileSource
from core.cars.storage.operations import Operation
from core.cars.storage.state import Phase, read_state, write_state


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """`load` is what was left of an unfinished load and was done first."""

    feed: FeedReport
    load: LoadReport | None = None


def update(
    job: Fetching,
    *,
    since: date | None = None,
    max_pages: int | None = None,
    files: FileSource | None = None,
) -> UpdateReport:
    """Read the feed to its end, from `since` where that is given. Raises `Stopped`, UserErrors."""
    load: LoadReport | None = None
    state = job.store.do(read_state)
    if state.has_begun and state.phase is not Phase.CURRENT:
        load = Load(job, once=False, max_pages=None, files=files).run()
    with job.recorded(Operation.DATA_FETCH) as record:
        if since is not None:
            # A day earlier: days begin elsewhere at another hour, and reading twice is harmless.
            place = job.asker.change_id(since - ONE_DAY)
            job.store.do(lambda db: write_state(db, job.now(), last_change_id=place))
        return UpdateReport(read_feed(job, record, max_pages), load)
