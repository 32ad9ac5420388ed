"""The file of the log: its backups, and what others do to it."""

import errno
import logging
import os
from pathlib import Path

import pytest

from core.logs.log_file import LogFile


def record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, args, None)


def test_full_files_become_backups_and_old_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    handler = LogFile(path, file_bytes=100, backups=2)
    for number in range(10):
        handler.emit(record("%02d " + "x" * 50, number))
    handler.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.log", "x.log.1", "x.log.2"]
    kept = "".join((tmp_path / name).read_text() for name in ("x.log.2", "x.log.1", "x.log"))
    assert [line[:2] for line in kept.splitlines()] == ["07", "08", "09"]


def test_many_lines_at_once_fill_each_file(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    handler = LogFile(path, file_bytes=1000, backups=5)
    for number in range(60):  # of 55 bytes: 18 a file
        handler.emit(record("%02d " + "x" * 51, number))
    handler.close()
    files = [path, *(tmp_path / f"x.log.{number}" for number in (1, 2, 3))]
    assert sorted(tmp_path.iterdir()) == files
    assert [len(file.read_text().splitlines()) for file in files] == [6, 18, 18, 18]


def test_a_file_that_cannot_be_renamed_grows_and_no_backup_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.log"
    (tmp_path / "x.log.1").write_text("old")
    handler = LogFile(path, file_bytes=100, backups=2)
    real = Path.replace
    attempts: list[Path] = []

    def held(self: Path, target: Path) -> Path:  # what Windows does; POSIX has nothing like it
        if self == path:
            attempts.append(target)
            raise PermissionError(errno.EACCES, "held by another process")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    for number in range(10):
        handler.emit(record("%02d " + "x" * 50, number))
    handler.close()
    assert len(path.read_text().splitlines()) == 10
    assert (tmp_path / "x.log.1").read_text() == "old"
    assert len(attempts) == 1  # the next one a minute later


@pytest.mark.skipif(os.name != "nt", reason="an open file cannot be renamed on Windows only")
def test_two_processes_with_one_log_on_windows(tmp_path: Path) -> None:
    handlers = [LogFile(tmp_path / "x.log", file_bytes=100, backups=2) for _ in range(2)]
    for number in range(10):
        handlers[number % 2].emit(record("%02d " + "x" * 50, number))
    for handler in handlers:
        handler.close()
    assert len((tmp_path / "x.log").read_text().splitlines()) == 10


@pytest.mark.skipif(os.name != "posix", reason="an open file can be moved on POSIX only")
def test_a_file_moved_away_by_another_program_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.logs.log_file.LOOK_SECONDS", 0.0)
    handler = LogFile(tmp_path / "logs" / "x.log")
    handler.emit(record("first"))
    (tmp_path / "logs" / "x.log").rename(tmp_path / "logs" / "old.log")
    handler.emit(record("second"))
    assert (tmp_path / "logs" / "x.log").read_text() == "second\n"
    (tmp_path / "logs" / "x.log").unlink()
    (tmp_path / "logs" / "old.log").unlink()
    (tmp_path / "logs").rmdir()
    handler.emit(record("third"))
    assert (tmp_path / "logs" / "x.log").read_text() == "third\n"
    handler.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_troubles_nobody_and_shows_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = LogFile(Path("/dev/full"))
    handler.emit(record("lost"))
    handler.close()
    assert capsys.readouterr() == ("", "")
