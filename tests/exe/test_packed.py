"""What is given to users starts, collects, exports and survives a kill, outside of Python."""

import json
import shlex
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from PyInstaller.archive.readers import CArchiveReader

from core import __version__
from core.datamaster.demo.expected import Expected, expected
from core.datamaster.demo.options import dataset_from, parser
from devtools.wine import wine_crashed
from gui.app import SMOKE_DEMO
from tests.exe.packed import PackedProgram

pytestmark = [pytest.mark.exe, pytest.mark.slow, pytest.mark.timeout(900)]

KILL_DEMO = "--clients 6 --projects 30 --records 40000 --latency-ms 20"


def _expected(demo: str) -> Expected:
    return expected(dataset_from(parser().parse_args(shlex.split(demo))))


def _run_row(home: Path) -> tuple[object, ...]:
    with closing(sqlite3.connect(home / "demo" / "data" / "phones.db")) as database:
        return database.execute(
            "SELECT status, total_clients, total_projects, total_phones, new_phones, errors_count,"
            " (SELECT count(*) FROM phones), (SELECT count(*) FROM project_phones) FROM runs"
        ).fetchone()


def _completed(demo: str) -> tuple[object, ...]:
    all_ = _expected(demo)
    numbers = (all_.clients, all_.projects, all_.valid_records, all_.phones, 0)
    return ("completed", *numbers, all_.phones, all_.links)


@pytest.mark.parametrize("shape", ["folder", "single"])
def test_window_collects_and_exports(program: PackedProgram, shape: str, tmp_path: Path) -> None:
    chosen = program.folder_exe if shape == "folder" else program.single_exe
    for attempt in ("", " 2", " 3"):
        home = tmp_path / f"Мои данные{attempt}"
        code, output = program.run("--smoke-test", home=home, exe=chosen, timeout=120)
        if not wine_crashed(output):
            break
    assert (code, output) == (0, "")
    assert _run_row(home) == _completed(SMOKE_DEMO)
    report = next((home / "demo" / "data" / "exports").glob("aggregated_*.csv"))
    assert len(report.read_text("utf-8-sig").splitlines()) == 1 + _expected(SMOKE_DEMO).projects


def test_killed_in_mid_run_and_continued(program: PackedProgram, tmp_path: Path) -> None:
    settings = {"DATAMASTER_DEMO": KILL_DEMO, "RATE_LIMIT_DELAY": "0.05"}
    process = program.start("collect", "--demo", home=tmp_path, **settings)
    log = tmp_path / "demo" / "logs" / "collector.log"
    deadline = time.monotonic() + 60
    while not log.exists() or log.read_text("utf-8").count(": project ") < 5:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    program.kill(process)
    assert _run_row(tmp_path)[0] == "running"
    code, output = program.run("continue", "--demo", home=tmp_path, **settings)
    assert code == 0, output
    assert _run_row(tmp_path) == _completed(KILL_DEMO)


def test_second_start_brings_the_first_window_forward(
    program: PackedProgram, tmp_path: Path
) -> None:
    first = program.start("--demo", home=tmp_path)
    try:
        program.wait_for_window("DataMaster Collector")
        assert program.run("--demo", home=tmp_path) == (0, "")
        assert first.poll() is None
    finally:
        program.kill(first)


def test_commands_speak_to_pipes_and_give_exit_codes(
    program: PackedProgram, tmp_path: Path
) -> None:
    assert program.run("--version", home=tmp_path) == (0, f"DataMaster Collector {__version__}\n")
    code, output = program.run("collect", home=tmp_path, DATAMASTER_API_TOKEN="", LANGUAGE="ru")
    assert code == 2
    assert "DATAMASTER_API_TOKEN" in output
    code, output = program.run("collect", "--no-such-option", home=tmp_path)
    assert code == 2
    code, output = program.run("status", "--json", "--demo", home=tmp_path)
    assert code == 1 or json.loads(output)["run"] is None


def test_commands_write_to_the_terminal_they_were_started_from(
    program: PackedProgram, tmp_path: Path
) -> None:
    code, shown = program.run_in_terminal("status", home=tmp_path)
    assert code == 1
    assert "phones.db" in "".join(shown.split())  # the terminal breaks lines


def test_broken_program_says_so_and_leaves_a_report(program: PackedProgram, tmp_path: Path) -> None:
    theme = program.folder_exe.parent / "_internal" / "assets" / "theme.json"
    aside = theme.rename(theme.with_suffix(".aside"))
    try:
        process = program.start("--demo", home=tmp_path)
        program.press_return_in("DataMaster Collector")
        assert program.wait(process) == 1
    finally:
        aside.rename(theme)
    report = next((tmp_path / "logs").glob("crash_*.txt"))
    assert "theme.json" in report.read_text("utf-8")


def test_holds_the_program_and_nothing_else(program: PackedProgram) -> None:
    names = CArchiveReader(str(program.folder_exe)).open_embedded_archive("PYZ.pyz").toc
    tops = {name.partition(".")[0] for name in names}
    assert {"core", "gui", "customtkinter", "phonenumbers"} <= tops
    assert not tops & {"tests", "benchmarks", "devtools", "pytest", "setuptools", "PyInstaller"}
    inside = program.folder_exe.parent / "_internal"
    assert (inside / "licenses" / "Python" / "LICENSE.txt").is_file()
    packages = {path.name.lower() for path in (inside / "licenses").iterdir()}
    assert {"customtkinter", "matplotlib", "numpy", "requests", "phonenumbers"} <= packages
    assert (inside / "assets" / "locale" / "ru" / "LC_MESSAGES" / "collector.mo").is_file()
    read_me = (program.folder_exe.parent / "READ ME FIRST.txt").read_bytes()
    assert read_me.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in read_me


def test_tells_windows_about_itself(program: PackedProgram) -> None:
    if program.wine is None:
        pytest.skip("only Windows reads this")
    for exe in (program.folder_exe, program.single_exe):
        content = exe.read_bytes()
        assert b"PerMonitorV2" in content
        assert "ProductVersion\0".encode("utf-16-le") in content
        assert __version__.encode("utf-16-le") in content
