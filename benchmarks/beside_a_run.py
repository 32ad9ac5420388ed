"""What exports and charts cost a running collection, in the window's way: in the same process.

    python -m benchmarks.beside_a_run big.db

The collection asks 20 times a second, the most that settings allow by themselves, into a copy
of a large database (made with benchmarks.make_database). Runs alone and runs beside exports
take turns; beside means: the report of all phones written as CSV and XLSX over and over, and the
charts read and drawn every second. The built-in API is a process of its own.
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import Size, api
from core.phones.events import Event, Mode, Progress, RunFinished
from core.phones.program import open_program
from core.phones.reports.export import ExportCancelled, ExportRequest, export
from core.phones.reports.names import Format, ReportName
from core.phones.run_request import RunRequest
from core.stop import StopSignal
from core.turns import share_the_processor
from gui.charts import of_runs
from gui.charts.drawing import Drawing, Look
from gui.views import dashboard_data

SIZE = Size(60, 200, 150_000)
TURNS = 3
LOOK_S = 0.05


class Measured(NamedTuple):
    """One run: its wall time, the longest time without a stored page, the largest WAL file."""

    seconds: float
    longest_pause: float
    wal_mb: float
    rows_exported: int


class Beside:
    """Exports and draws in threads of its own until it is ended."""

    def __init__(self, database: Path, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._stop = StopSignal()
        self.rows = 0
        self._threads = [threading.Thread(target=work) for work in (self._export, self._draw)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.request()
        for thread in self._threads:
            thread.join()

    def _tell(self, progress: object) -> None:
        """The dialog is told too."""

    def _export(self) -> None:
        while not self._stop.is_set:
            for kind in (Format.CSV, Format.XLSX):
                request = ExportRequest(ReportName.PHONES, self._folder, format=kind)
                try:
                    self.rows += export(self._database, request, self._tell, self._stop).rows
                except ExportCancelled:
                    return

    def _draw(self) -> None:
        drawing, look = Drawing(self._folder), Look(700, 240, family="DejaVu Sans")
        while not self._stop.is_set:
            data = dashboard_data.read(self._database, None)
            if data is not None and data.row is not None:
                drawing.draw(of_runs.total(data.rows, data.row.run.id), look)
                drawing.draw(of_runs.new_phones(data.rows, data.row.run.id), look)
            self._stop.wait(1.0)


def measure(big: Path, *, beside: bool) -> Measured:
    with tempfile.TemporaryDirectory() as name, api(SIZE) as server:
        home = Path(name)
        database = home / "phones.db"
        shutil.copy(big, database)
        environ: Mapping[str, str] = {
            **os.environ,
            "DATAMASTER_HOME": name,
            "DATAMASTER_KEYRING": "off",
            "DATAMASTER_API_URL": server.url,
            "DATAMASTER_API_TOKEN": server.token,
            "DATABASE_PATH": str(database),
            "RATE_LIMIT_DELAY": "0.05",
        }
        program = open_program(environ=environ)
        followed = Followed()
        program.collector.watch(followed)
        program.collector.start(RunRequest(mode=Mode.FULL))
        followed.begun.wait()
        others = Beside(database, home) if beside else None
        wal, largest = database.with_name(database.name + "-wal"), 0
        while not followed.ended.wait(LOOK_S):
            largest = max(largest, wal.stat().st_size if wal.exists() else 0)
        if others is not None:
            others.end()
        program.close()
        return Measured(
            followed.seconds, followed.longest, largest / 1e6, others.rows if others else 0
        )


class Followed:
    """Hears the run's events: when it ends, and how long no record came."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()
        self.seconds = self.longest = 0.0
        self._received = 0
        self._at = time.monotonic()

    def __call__(self, event: Event) -> None:
        now = time.monotonic()
        if isinstance(event, Progress):
            if event.totals.received > self._received:
                if self._received:
                    self.longest = max(self.longest, now - self._at)
                self._received, self._at = event.totals.received, now
                self.begun.set()
        elif isinstance(event, RunFinished):
            self.seconds = event.seconds
            self.begun.set()
            self.ended.set()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure exports beside a running collection.")
    parser.add_argument("database", type=Path)
    database: Path = parser.parse_args().database
    share_the_processor()
    for turn in range(2 * TURNS):
        beside = bool(turn % 2)
        run = measure(database, beside=beside)
        print(
            f"{'beside exports' if beside else 'alone':15} {run.seconds:6.1f} s,"
            f" longest pause {run.longest_pause:.2f} s, WAL at most {run.wal_mb:.1f} MB,"
            f" {run.rows_exported:,} rows exported"
        )


if __name__ == "__main__":
    main()
