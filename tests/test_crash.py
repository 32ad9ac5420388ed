"""An error that nobody foresaw: a report, a sentence, exit code 1, and no secret in it."""

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import app
import core.cli.main
from core import crash_report
from core.logs.log_text import register_secret


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the start of the program changes in the process is put back for the next tests."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    handlers = [*root.handlers]
    yield
    for handler in {*root.handlers} - {*handlers}:
        if type(handler).__module__ == "core.logs.setup":
            root.removeHandler(handler)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The program with a fault, and the folder of its data."""

    def fail(_arguments: Sequence[str], _line: object, _extras: object) -> int:
        raise RuntimeError("marker-token-7351 of +79072001234")

    monkeypatch.setattr(core.cli.main, "run", fail)
    monkeypatch.setenv("DATAMASTER_HOME", str(tmp_path))
    register_secret("marker-token-7351")
    return tmp_path


def test_leaves_a_report_and_says_where(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["status"]) == 1
    report = next((broken / "logs").glob("crash_*.txt"))
    text = report.read_text("utf-8")
    assert "RuntimeError" in text
    assert "test_crash.py" in text
    said = capsys.readouterr().err
    assert str(report) in said
    assert "Traceback" not in said
    assert "marker-token" not in text + said
    assert "79072001234" not in text + said


def test_goes_elsewhere_where_nothing_can_be_written(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (broken / "logs").write_text("a file where the folder should be")
    passing = broken / "passing"
    monkeypatch.setattr(crash_report.tempfile, "gettempdir", lambda: str(passing))
    assert app.main(["status"]) == 1
    assert len(list(passing.glob("crash_*.txt"))) == 1
