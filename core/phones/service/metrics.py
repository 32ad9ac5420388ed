"""What Prometheus reads. No names, and no numbers of people.

What the database knows is asked of it at each look, so that it is right after a restart, and for
runs of other processes, too; what only this process knows is about its own runs.
"""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.responses import Response

from core.asking.troubles import Reason
from core.database.diskspace import free_bytes
from core.database.failures import StorageFailure
from core.phones.events import RunState, RunStatus
from core.phones.service.standing import Standing
from core.phones.service_switch import Surroundings
from core.phones.storage.backup import list_backups
from core.phones.storage.queries.overview import overview
from core.phones.storage.queries.runs import RunRow, newest_run
from core.phones.storage.queries.sums import RunSums, rejected_by_reason, run_sums
from core.phones.storage.reader import Reader
from core.web.app import WebApp
from core.web.guard import needs
from core.web.metrics import exposition

log = logging.getLogger(__name__)

COUNT_REJECTED_EVERY = 60.0  # seconds: all rejected records are looked at for it


def add_metrics(app: WebApp, registry: CollectorRegistry) -> None:
    """The route."""

    @app.get(
        "/metrics",
        dependencies=[needs("read")],
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        tags=["looking"],
    )
    async def metrics() -> Response:
        """For Prometheus. Needs no token on this computer, where only it can reach the service."""
        return await exposition(registry)


class PhonesMetrics:
    """A collector for prometheus-client. Asked by one thread at a time."""

    def __init__(self, around: Surroundings, standing: Standing) -> None:
        self._around = around
        self._standing = standing
        self._rejected: dict[str, int] = {}
        self._count_rejected_at = 0.0  # monotonic
        self._seen: dict[str, float] = {}

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._of_this_process()
        database = self._around.database()
        yield _gauge("disk_free_bytes", "Room on the disk of the database.", free_bytes(database))
        try:
            with Reader(database) as reader:
                found = list(self._of_the_database(reader))
            readable = 1
        except StorageFailure as failure:
            log.info("the metrics lack what the database knows: %s", failure)
            found, readable = [], 0
        yield _gauge("database_readable", "Whether the database can be read.", readable)
        yield from found

    def _of_this_process(self) -> Iterator[Metric]:
        collector = self._around.collector
        working, waiting = collector.load
        progress = collector.progress
        collecting = collector.state is not RunState.IDLE
        yield _gauge("collecting", "Whether this process collects.", collecting)
        yield _gauge("active_workers", "Workers that are at work.", working)
        yield _gauge("queue_depth", "Projects that wait for a worker.", waiting)
        yield _gauge("outage", "Whether the server does not answer.", self._standing.outage)
        if progress is not None:
            yield _gauge(
                "request_pace_seconds", "Time between the starts of two requests.", progress.pace
            )
            yield _gauge("run_progress_ratio", "How much of the run is done.", progress.fraction)
            remaining = progress.remaining if collecting else 0.0
            if remaining is not None:
                yield _gauge("run_remaining_seconds", "Time that the run will take yet.", remaining)

    def _of_the_database(self, reader: Reader) -> Iterator[Metric]:
        sums, run = run_sums(reader), newest_run(reader)
        yield self._counter("phones_processed", "Valid records, over all runs.", sums.phones)
        yield self._counter("phones_new", "Numbers stored for the first time.", sums.new)
        yield self._rejected_records(reader)
        yield _gauge("database_bytes", "Size of the database.", overview(reader).file_bytes)
        ended = GaugeMetricFamily(
            "last_run_timestamp_seconds", "When a run ended so last.", labels=("status",)
        )
        for status, at in sums.ended.items():
            ended.add_metric((status,), at.timestamp())
        yield ended
        yield from _of_run(run)
        yield from _of_backups(reader.path, sums)

    def _rejected_records(self, reader: Reader) -> Metric:
        now = time.monotonic()
        if now >= self._count_rejected_at:
            self._rejected = rejected_by_reason(reader)
            self._count_rejected_at = now + COUNT_REJECTED_EVERY
        family = CounterMetricFamily(
            "records_rejected", "Records that are no valid number, by reason.", labels=("reason",)
        )
        for reason, count in self._rejected.items():
            family.add_metric((reason,), self._risen(f"rejected {reason}", count))
        return family

    def _counter(self, name: str, text: str, value: float) -> Metric:
        family = CounterMetricFamily(name, text)
        family.add_metric((), self._risen(name, value))
        return family

    def _risen(self, name: str, value: float) -> float:
        """A counter must never fall, though numbers can be erased and projects read anew."""
        self._seen[name] = max(value, self._seen.get(name, 0.0))
        return self._seen[name]


def _of_run(run: RunRow | None) -> Iterator[Metric]:
    """The current or last run of the database."""
    if run is None:
        return
    failed = run.status is RunStatus.FAILED
    rejected = failed and run.reason is Reason.TOKEN_REJECTED
    yield _gauge("run_errors", "Clients and projects that stayed unfinished.", run.errors_count)
    yield _gauge("run_projects", "Projects that are finished.", run.total_projects)
    yield _gauge("token_rejected", "Whether the run ended because of its token.", rejected)


def _of_backups(database: Path, sums: RunSums) -> Iterator[Metric]:
    """Where there is no backup yet, the time since the first run: so long there is none."""
    backups = list_backups(database)
    newest = backups[0].made_at if backups else sums.first
    if newest is not None:
        age = max(0.0, (datetime.now(UTC) - newest).total_seconds())
        yield _gauge("backup_age_seconds", "Age of the newest backup.", age)


def _gauge(name: str, text: str, value: Any) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))
