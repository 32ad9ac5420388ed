"""How well estimates come true, and how believable the remaining time is.

    python -m benchmarks.foreseeing

An account that grows a little from run to run (the days between are made by a clock of our own).
Before each run: the estimate against the requests that it then took. During it: the requests and
the time said to remain when a tenth of its requests is over, a quarter, and half; also after a
stop and Continue, where the shares are those of what was left.
"""

import threading
from dataclasses import dataclass, field

from benchmarks.account import Account, Days, Row, account, show
from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.engine.session import EngineSettings
from core.phones.estimate import estimate
from core.phones.events import Event, Mode, Progress, ProjectFinished, RunFinished, RunStatus
from core.phones.run_request import RunRequest
from core.phones.storage.reader import Reader

CLIENTS, PROJECTS, RECORDS = 60, 300, 150_000
NEW_A_DAY = 2000
ENGINE = EngineSettings(workers=5, delay=0.06)
MOMENTS = (0.1, 0.25, 0.5)
RUNS = (Mode.FULL, Mode.SMART, Mode.FULL, Mode.QUICK)
CONTINUED = (Mode.FULL, Mode.QUICK)


@dataclass
class Watched:
    """One session of a run: what it said of itself."""

    said: list[Progress] = field(default_factory=list)
    finished: RunFinished | None = None

    def errors_at(self, share: float) -> tuple[float, float] | None:
        """How far remaining requests and time were off after `share` of this session, of 1; None
        where nothing was said yet."""
        assert self.finished is not None
        begin, end = self.said[0].totals.requests, self.finished.totals.requests
        moment = begin + share * (end - begin)
        then = next(p for p in self.said if p.totals.requests >= moment and p.requests_total)
        done = then.totals.requests
        if done >= end:
            return None
        assert then.requests_total is not None and then.remaining is not None  # noqa: PT018
        return (
            (then.requests_total - done) / (end - done) - 1,
            then.remaining / (self.finished.seconds - then.elapsed) - 1,
        )


def run(made: Account, request: RunRequest | None, stop_after: int = 0) -> Watched:
    """A run, or the continuation of one, that is stopped after so many projects."""
    collector = Collector(
        CollectorSetup(
            made.database,
            made.settings,
            lambda: DataMasterSource(made.server.url, made.server.token, timeout=30.0),
        ),
        made.clock,
    )
    watched, ended = Watched(), threading.Event()
    projects = 0

    def watch(event: Event) -> None:
        nonlocal projects
        if isinstance(event, Progress) and event.remaining is not None:
            watched.said.append(event)
        elif isinstance(event, ProjectFinished):
            projects += 1
            if projects == stop_after:
                collector.stop()
        elif isinstance(event, RunFinished):
            watched.finished = event
            ended.set()

    collector.watch(watch)
    collector.start(request) if request else collector.resume()
    ended.wait()
    collector.wait()
    return watched


def measure() -> list[Row]:
    """A row for each run."""
    rows: list[Row] = []
    clock = Days()
    data = DemoDataset(11, clients=CLIENTS, projects=PROJECTS, records=RECORDS, order="mixed")
    with account(data, ENGINE) as made:
        made.clock = clock
        for number, mode in enumerate(RUNS, start=1):
            request = RunRequest(mode=mode)
            expected = None
            if number > 1:
                with Reader(made.database) as reader:
                    expected = estimate(reader, request, ENGINE, clock.now()).requests
            watched = run(made, request)
            assert watched.finished is not None
            needed = watched.finished.totals.requests
            rows.append(_row(number, mode, expected, needed, watched))
            clock.day += 1
            data = data.grow(Growth(records=NEW_A_DAY))
            made.server.dataset = data
        for mode in CONTINUED:
            first = run(made, RunRequest(mode=mode), stop_after=PROJECTS // 3)
            assert first.finished is not None
            number += 1
            if first.finished.status is RunStatus.STOPPED:
                again = run(made, None)
                assert again.finished is not None
                rows.append(_row(number, mode, None, again.finished.totals.requests, again, "yes"))
            clock.day += 1
            data = data.grow(Growth(records=NEW_A_DAY))
            made.server.dataset = data
    return rows


def _row(
    number: int, mode: Mode, expected: int | None, needed: int, watched: Watched, again: str = ""
) -> Row:
    row: Row = {
        "run": number,
        "mode": str(mode),
        "continued": again,
        "estimated": expected or "",
        "requests": needed,
        "off by": f"{100 * (expected / needed - 1):+.1f} %" if expected else "",
    }
    for moment in MOMENTS:
        name = f"left at {moment:.0%}: requests, time"
        errors = watched.errors_at(moment)
        row[name] = "estimating" if errors is None else f"{errors[0]:+.1%}, {errors[1]:+.1%}"
    return row


if __name__ == "__main__":
    show(measure())
