"""Exports that cannot be finished: a sentence, no new file, the old file whole."""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from core.database.failures import StorageFailure
from core.errors import UsageError
from core.phones.reports.export import ExportCancelled, ExportProgress, ExportRequest, export
from core.phones.reports.names import Format, ReportName
from core.phones.storage.backup import make_backup
from core.stop import StopSignal
from core.tables import workshop
from core.tables.problems import ExportFailed
from tests.rights import ordinary_rights
from tests.small_disk import mounted

OLD = b"what was here before"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "exports" / "report.out"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def untouched(target: Path) -> bool:
    return list(target.parent.iterdir()) == [target] and target.read_bytes() == OLD


@pytest.mark.parametrize("name", [ReportName.PHONES, ReportName.AGGREGATED, ReportName.BASE])
@pytest.mark.parametrize("kind", list(Format))
def test_cancel_leaves_no_file(
    database: Path, target: Path, name: ReportName, kind: Format
) -> None:
    stop = StopSignal()

    def cancel(_progress: ExportProgress) -> None:
        assert len(list(target.parent.iterdir())) == 2  # something is in the making
        stop.request()

    request = ExportRequest(name, target.parent, out=target, format=kind)
    with pytest.raises(ExportCancelled):
        export(database, request, cancel, stop, rows_a_part=100)
    assert untouched(target)


def test_cancel_of_all_leaves_no_folder(database: Path, tmp_path: Path) -> None:
    stop = StopSignal()

    def cancel(progress: ExportProgress) -> None:
        if progress.report is ReportName.NEW:
            stop.request()

    with pytest.raises(ExportCancelled):
        export(database, ExportRequest(ReportName.ALL, tmp_path / "a" / "b"), cancel, stop)
    assert list(tmp_path.iterdir()) == []


def test_cancel_before_anything_is_read_is_a_cancelled_export(database: Path, target: Path) -> None:
    stop = StopSignal()
    stop.request()
    with pytest.raises(ExportCancelled):
        export(database, ExportRequest(ReportName.PHONES, target.parent, out=target), stop=stop)
    assert untouched(target)


def test_a_cancelled_query_is_a_cancelled_export(tmp_path: Path) -> None:
    """Stop in the middle of one long query (all links of one client)."""
    path = tmp_path / "long.db"
    make_database(path, Size(40_000, 60_000, clients=1, projects=20, runs=2))
    stop = StopSignal()
    timer = threading.Timer(0.005, stop.request)
    timer.start()
    request = ExportRequest(ReportName.CLIENTS, tmp_path / "out")
    with pytest.raises(ExportCancelled):
        export(path, request, stop=stop)
    timer.join()


def test_a_target_held_by_another_program(
    database: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows answers when Excel has the file open."""
    monkeypatch.setattr(workshop, "REPLACE_SECONDS", 0.25)
    tries = []

    def refused(self: Path, _target: Path) -> None:
        tries.append(self)
        raise PermissionError(errno.EACCES, "Access is denied")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(ExportFailed) as caught:
        export(database, ExportRequest(ReportName.SUMMARY, target.parent, out=target))
    assert str(target) in caught.value.message
    assert len(tries) > 1
    assert untouched(target)


def test_a_target_held_for_a_moment_only(
    database: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, tries = Path.replace, []

    def later(self: Path, to: Path) -> Path:
        tries.append(self)
        if len(tries) < 3:
            raise PermissionError(errno.EACCES, "Access is denied")
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", later)
    export(database, ExportRequest(ReportName.SUMMARY, target.parent, out=target))
    assert target.read_bytes() != OLD
    assert list(target.parent.iterdir()) == [target]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 KB."""
    with mounted(tmp_path / "disk", "200k") as folder:
        yield folder


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (ReportName.PHONES, Format.CSV),
        (ReportName.PHONES, Format.XLSX),
        (ReportName.BASE, Format.CSV),
        (ReportName.ALL, Format.XLSX),
    ],
)
def test_a_full_disk(small_disk: Path, tmp_path: Path, name: ReportName, kind: Format) -> None:
    path = tmp_path / "larger.db"
    make_database(path, Size(20_000, 30_000, clients=20, projects=40, runs=2))
    target = small_disk / "report.out"
    if name is ReportName.ALL:
        target = small_disk / "folder" / "summary.xlsx"
        target.parent.mkdir()
    target.write_bytes(OLD)
    out = target.parent if name is ReportName.ALL else target
    with pytest.raises(ExportFailed) as caught:
        export(path, ExportRequest(name, small_disk, out=out, format=kind))
    assert "space" in caught.value.message
    assert str(target.parent) in caught.value.message
    assert untouched(target)


def test_a_folder_without_rights(database: Path, target: Path) -> None:
    target.parent.chmod(0o500)
    try:
        with ordinary_rights(), pytest.raises(ExportFailed, match="may not write") as caught:
            export(database, ExportRequest(ReportName.SUMMARY, target.parent, out=target))
        assert untouched(target)
    finally:
        target.parent.chmod(0o700)
    assert str(target.parent) in caught.value.message
    assert "another folder" in caught.value.hint


def test_a_folder_that_is_a_file(database: Path, target: Path) -> None:
    with pytest.raises(ExportFailed, match="does not exist and cannot be made"):
        export(database, ExportRequest(ReportName.SUMMARY, target / "deeper"))
    assert untouched(target)


def test_no_database_no_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageFailure):
        export(tmp_path / "none.db", ExportRequest(ReportName.SUMMARY, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_wal_is_emptied_while_a_report_is_written(tmp_path: Path) -> None:
    """A collection that writes beside a long export: no read keeps the WAL from being reused."""
    path = tmp_path / "busy.db"
    make_database(path, Size(60_000, 90_000, clients=40, projects=80, runs=2))
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        emptied = told = 0

        def collect(_progress: ExportProgress) -> None:
            nonlocal emptied, told
            told += 1
            writer.execute("UPDATE projects SET phones = phones")
            busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            emptied += not busy

        export(path, ExportRequest(ReportName.ALL, tmp_path / "out"), collect)
    assert told > 10
    assert emptied == told


def make_own(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "phones.db"
    path.parent.mkdir()
    make_database(path, Size(500, 600, clients=2, projects=5, runs=2))
    return path


@pytest.mark.parametrize("name", ["phones.db", "phones.db-wal", "phones.db.lock"])
@pytest.mark.parametrize("report", [ReportName.PHONES, ReportName.BASE])
def test_the_database_is_never_replaced(tmp_path: Path, name: str, report: ReportName) -> None:
    own = make_own(tmp_path)
    before = own.read_bytes()
    target = own.with_name(name)
    with pytest.raises(UsageError, match="collected data"):
        export(own, ExportRequest(report, tmp_path, out=target))
    assert own.read_bytes() == before


def test_nor_by_all_reports_or_under_another_name(tmp_path: Path) -> None:
    own = make_own(tmp_path).rename(tmp_path / "data" / "base.db")
    before = own.read_bytes()
    with pytest.raises(UsageError, match="collected data"):
        export(own, ExportRequest(ReportName.ALL, tmp_path, out=own.parent))
    if os.name == "posix":
        other = tmp_path / "other.db"
        other.symlink_to(own)
        with pytest.raises(UsageError, match="collected data"):
            export(own, ExportRequest(ReportName.BASE, tmp_path, out=other))
    assert own.read_bytes() == before


def test_nor_a_backup(tmp_path: Path) -> None:
    own = make_own(tmp_path)
    backup = make_backup(own, 7, datetime.now(UTC)).path
    before = backup.read_bytes()
    with pytest.raises(UsageError, match="collected data"):
        export(own, ExportRequest(ReportName.BASE, tmp_path, out=backup))
    assert backup.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="a file that is none is made as POSIX does")
def test_what_is_no_ordinary_file_stays_what_it_is(database: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="not an ordinary file"):
        export(database, ExportRequest(ReportName.PHONES, tmp_path, out=pipe))
    assert pipe.is_fifo()


def test_a_name_that_is_too_long_is_a_sentence(database: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed):
        export(database, ExportRequest(ReportName.PHONES, tmp_path, out=tmp_path / ("x" * 300)))
    assert list(tmp_path.iterdir()) == []
