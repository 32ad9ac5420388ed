"""What is given to users starts, collects, exports and survives a kill, outside of Python."""

import json
import os
import shlex
import shutil
import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import Popen

import pytest
from PIL import Image
from PyInstaller.archive.readers import CArchiveReader

from core import __version__
from core.phones.datamaster.demo.expected import Expected, expected
from core.phones.datamaster.demo.options import dataset_from, parser
from devtools.environment import ROOT
from devtools.screen import virtual_screen
from devtools.wine import Wine
from gui.app import SMOKE_DEMO
from gui.style import START_SIZE
from tests.dragging import drag
from tests.exe.desktop import (
    at_rest,
    covered,
    find_window,
    press,
    until,
    window_picture,
    window_place,
)
from tests.exe.packed import PATIENCE, PackedProgram

pytestmark = [pytest.mark.exe, pytest.mark.slow, pytest.mark.timeout(900)]

TITLE = "DataMaster"  # during a run: "42 % · DataMaster"
KILL_DEMO = "--clients 6 --projects 30 --records 40000 --latency-ms 20"


def _expected(demo: str, generation: int = 0) -> Expected:
    options = parser().parse_args(shlex.split(demo))
    options.generation = generation
    return expected(dataset_from(options))


def _runs(home: Path) -> list[tuple[object, ...]]:
    """Status and the five numbers of each run, only when no program works with the database:

    SQLite on Linux does not see the locks of one under Wine.
    """
    return _rows(
        home,
        "SELECT status, total_clients, total_projects, total_phones, new_phones, errors_count"
        " FROM runs ORDER BY id",
    )


def _phones_and_links(home: Path) -> tuple[object, ...]:
    (row,) = _rows(
        home, "SELECT (SELECT count(*) FROM phones), (SELECT count(*) FROM project_phones)"
    )
    return row


def _rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "demo" / "data" / "phones.db")) as database:
        return database.execute(query).fetchall()


def _log(home: Path) -> str:
    path = home / "demo" / "logs" / "collector.log"
    return path.read_text("utf-8") if path.exists() else ""


def _completed(demo: str, run: int = 1) -> tuple[object, ...]:
    """The row of a completed run; the demo's data grow from run to run."""
    all_ = _expected(demo, run - 1)
    new = all_.phones - (_expected(demo, run - 2).phones if run > 1 else 0)
    return ("completed", all_.clients, all_.projects, all_.valid_records, new, 0)


def _stored(demo: str, runs: int = 1) -> tuple[int, int]:
    all_ = _expected(demo, runs - 1)
    return all_.phones, all_.links


def test_both_shapes_collect_and_export_and_keep_what_the_other_left(
    program: PackedProgram, tmp_path: Path
) -> None:
    """The single file comes into the folder's place, as an update does."""
    home = tmp_path / "Мои данные"
    home.mkdir()
    settings = home / ".env"
    settings.write_text("# моё\nWORKERS=3\nUNKNOWN=kept\n", encoding="utf-8")
    before = settings.read_bytes()
    assert program.run("--smoke-test", home=home) == (0, "")
    assert _runs(home) == [_completed(SMOKE_DEMO)]
    assert _phones_and_links(home) == _stored(SMOKE_DEMO)
    fonts = next((home / "cache" / "matplotlib").glob("fontlist*.json"))
    made = fonts.stat().st_mtime_ns

    assert program.run("--smoke-test", home=home, exe=program.single_exe) == (0, "")
    assert _runs(home) == [_completed(SMOKE_DEMO), _completed(SMOKE_DEMO, run=2)]
    assert _phones_and_links(home) == _stored(SMOKE_DEMO, runs=2)
    assert settings.read_bytes() == before
    assert fonts.stat().st_mtime_ns == made
    reports = list((home / "demo" / "data" / "exports").glob("aggregated_*.csv"))
    assert len(reports) == 2
    for report in reports:
        assert len(report.read_text("utf-8-sig").splitlines()) == 1 + _expected(SMOKE_DEMO).projects


def test_killed_in_mid_run_and_continued(program: PackedProgram, tmp_path: Path) -> None:
    settings = {"DATAMASTER_DEMO": KILL_DEMO, "RATE_LIMIT_DELAY": "0.05"}

    def five_projects_are_stored() -> bool:
        if (code := process.poll()) is not None:
            raise AssertionError(f"ended with {code}: {process.communicate()[0]}")
        return _log(tmp_path).count(": project ") >= 5

    process = program.start("collect", "--demo", home=tmp_path, **settings)
    until(five_projects_are_stored, "the run does not get on")
    program.kill(process)
    assert _runs(tmp_path)[0][0] == "running"
    assert 5 <= _log(tmp_path).count(": project ") < _expected(KILL_DEMO).projects
    assert _interrupted_for_a_reader(program, tmp_path)
    code, output = program.run("continue", "--demo", home=tmp_path, **settings)
    assert code == 0, output
    assert _runs(tmp_path) == [_completed(KILL_DEMO)]
    assert _phones_and_links(tmp_path) == _stored(KILL_DEMO)


def _interrupted_for_a_reader(program: PackedProgram, home: Path) -> bool:
    """What somebody sees of a dead run who may not write where the data lie."""
    lock = home / "demo" / "data" / "phones.db.lock"
    lock.chmod(0o444)  # root may write on Linux all the same; Windows refuses everybody
    _code, output = program.run("status", "--demo", "--json", home=home)
    lock.chmod(0o644)
    return bool(json.loads(output)["run"]["interrupted"])


def test_second_start_brings_the_first_window_forward(
    program: PackedProgram, tmp_path: Path
) -> None:
    settings = {"DATAMASTER_DEMO": SMOKE_DEMO, "LANGUAGE": "ru", "THEME": "light"}

    def in_front() -> bool:
        """Its navigation is in colours; what covers it has none."""
        side = window_picture(program.display, TITLE).crop((20, 60, 180, 300))
        colours = side.getcolors(side.width * side.height) or []
        return any(max(colour) - min(colour) > 20 for _count, colour in colours)

    first = program.start("--demo", home=tmp_path, **settings)
    try:
        press(program.display, TITLE, "ctrl+Return", lambda: "run 1 started" in _log(tmp_path))
        until(lambda: "run 1 completed" in _log(tmp_path), "the run does not end")
        until(in_front, "there is no window")
        with covered(program):
            until(lambda: not in_front(), "the window is not covered")
            # A cover that is still moved comes forward again by itself.
            _at_rest(program)
            assert program.run("--demo", home=tmp_path) == (0, "")
            until(in_front, "the window stays behind")
            _keep_picture(_at_rest(program), program)
        assert first.poll() is None
    finally:
        program.kill(first)
    assert _runs(tmp_path) == [_completed(SMOKE_DEMO)]


def test_a_file_is_dropped_onto_the_window(program: PackedProgram, tmp_path: Path) -> None:
    """The single file unpacks tkdnd anew at each start. Wine hands X11's drops on as OLE's."""
    settings = {"DATAMASTER_DEMO": SMOKE_DEMO, "LANGUAGE": "ru"}
    home = tmp_path / "дом"
    assert program.run("collect", "--demo", home=home, **settings)[0] == 0
    numbers = tmp_path / "Обзвон №1.csv"
    numbers.write_text("+79079999999\n", encoding="utf-8")

    def checked() -> bool:
        return "a list was checked" in _log(home)

    process = program.start("--demo", home=home, exe=program.single_exe, **settings)
    try:
        until(partial(_dropped, program, numbers), "no window takes files")
        until(checked, "the dropped list is not checked")
    finally:
        program.kill(process)


def _dropped(program: PackedProgram, file: Path) -> bool:
    """Onto the middle of the window, where it is there and takes files already."""
    if not find_window(program.display, TITLE):
        return False
    x, y, width, height = window_place(program.display, TITLE)
    with drag(program.display, x + width // 2, y + height // 2, [file]) as source:
        output, _none = source.communicate(timeout=PATIENCE)
    return output.strip() == "dropped"


def test_follows_the_scaling_of_a_windows_screen(program: PackedProgram, tmp_path: Path) -> None:
    """150 %, as on most laptops. What X11 asks for is tested with the window itself."""
    if program.wine is None:
        pytest.skip("a setting of Windows")
    program.wine.end()
    with virtual_screen("2560x1440x24") as display:
        wine = Wine(program.wine.prefix, display)
        wide = replace(program, display=display, wine=wine)
        widths = []
        for percent in (150, 100):  # the usual one last: it stays
            dots = str(96 * percent // 100)
            desktop = r"HKCU\Control Panel\Desktop"
            words = ("/v", "LogPixels", "/t", "REG_DWORD", "/d", dots, "/f")
            assert wine.run("reg", "add", desktop, *words, timeout=PATIENCE)[0] == 0
            wine.end()
            process = wide.start("--demo", home=tmp_path / str(percent), LANGUAGE="ru")
            try:
                until(lambda: find_window(display, TITLE) != "", "no window")
                widths.append(window_place(display, TITLE)[2])
            finally:
                wide.kill(process)
    assert widths == [1800, 1200]


def test_keeps_its_size_from_start_to_start(program: PackedProgram, tmp_path: Path) -> None:
    """The menu bar of Windows is a part of the window that comes and goes."""
    if program.wine is None:
        pytest.skip("Alt+F4 closes a window where somebody manages it")
    kept = tmp_path / "window.json"
    heights = []
    for _start in range(2):
        process = program.start("--demo", home=tmp_path, LANGUAGE="ru")
        try:
            press(program.display, TITLE, "alt+F4", partial(_has_ended, process))
        finally:
            program.kill(process)
        heights.append(json.loads(kept.read_text("utf-8"))["height"])
    assert heights == [START_SIZE[1]] * 2


def _has_ended(process: "Popen[str]") -> bool:
    return process.poll() is not None


def _at_rest(program: PackedProgram) -> Image.Image:
    """The window when nothing on it changes any more."""
    return at_rest(lambda: window_picture(program.display, TITLE))


def _keep_picture(shown: Image.Image, program: PackedProgram) -> None:
    """Into the folder KEEP_PICTURES, where it is set: python dev.py screenshots --packed"""
    if folder := os.environ.get("KEEP_PICTURES"):
        name = "packed-linux.png" if program.wine is None else "packed-windows.png"
        small = shown.quantize(256, dither=Image.Dither.NONE)
        small.save(Path(folder, name), optimize=True)


def test_portable_from_another_drive(program: PackedProgram, tmp_path: Path) -> None:
    """With `.env` beside the program everything stays with it, wherever it is started from."""
    stick = tmp_path / "Флешка №1"
    shutil.copytree(program.folder_exe.parent, stick / "Программа", symlinks=True)
    folder = stick / "Программа"
    (folder / ".env").write_text("WORKERS=2\n", encoding="utf-8")
    exe = folder / program.folder_exe.name
    called = exe
    if program.wine is not None:
        called = Path(program.wine.drive("X", stick) + f"\\Программа\\{exe.name}")
    code, output = program.run(
        "collect", "--demo", home=None, exe=called, DATAMASTER_DEMO=SMOKE_DEMO
    )
    assert code == 0, output
    assert _runs(folder) == [_completed(SMOKE_DEMO)]


def test_commands_speak_to_pipes_and_give_exit_codes(
    program: PackedProgram, tmp_path: Path
) -> None:
    assert program.run("--version", home=tmp_path) == (0, f"DataMaster Collector {__version__}\n")
    code, output = program.run("export", "--help", home=tmp_path, LANGUAGE="ru")
    assert code == 0
    assert output.startswith(f"использование: {program.folder_exe.name} export ")
    code, output = program.run("collect", home=tmp_path, DATAMASTER_API_TOKEN="", LANGUAGE="ru")
    assert code == 2
    assert "DATAMASTER_API_TOKEN" in output
    assert program.run("collect", "--no-such-option", home=tmp_path)[0] == 2
    assert program.run_without_streams("status", home=tmp_path) == 1


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
        press(program.display, TITLE, "Return", lambda: process.poll() is not None)
    finally:
        aside.rename(theme)
    process.communicate()
    assert process.returncode == 1
    report = next((tmp_path / "logs").glob("crash_*.txt"))
    assert "theme.json" in report.read_text("utf-8")


def test_holds_the_program_and_nothing_else(program: PackedProgram) -> None:
    names = CArchiveReader(str(program.folder_exe)).open_embedded_archive("PYZ.pyz").toc
    tops = {name.partition(".")[0] for name in names}
    assert {"core", "gui", "customtkinter", "phonenumbers"} <= tops
    assert not tops & {"tests", "benchmarks", "devtools", "setuptools", "PyInstaller"}
    assert not tops & {"pytest", "_pytest", "attr", "defusedxml"}  # only in requirements-dev.txt
    inside = program.folder_exe.parent / "_internal"
    assert (inside / "licenses" / "Python" / "LICENSE.txt").is_file()
    packages = {path.name.lower() for path in (inside / "licenses").iterdir()}
    assert {"customtkinter", "matplotlib", "numpy", "requests", "phonenumbers"} <= packages
    assert (inside / "assets" / "locale" / "ru" / "LC_MESSAGES" / "collector.mo").is_file()
    files = {path.name for path in inside.rglob("*")}
    assert [name for name in files if "test" in name or name.endswith((".po", ".py", ".h"))] == []
    read_me = (program.folder_exe.parent / "READ ME FIRST.txt").read_bytes()
    assert read_me.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in read_me


def test_tells_windows_about_itself(program: PackedProgram) -> None:
    if program.wine is None:
        pytest.skip("only Windows reads this")
    icon = _largest_picture((ROOT / "assets" / "icon.ico").read_bytes())
    for exe in (program.folder_exe, program.single_exe):
        content = exe.read_bytes()
        assert icon in content
        assert b"PerMonitorV2" in content
        assert "ProductVersion\0".encode("utf-16-le") in content
        assert __version__.encode("utf-16-le") in content


def _largest_picture(icon: bytes) -> bytes:
    """The bytes of the largest of the pictures in an .ico file."""
    (count,) = struct.unpack_from("<H", icon, 4)
    sizes_and_places = [struct.unpack_from("<II", icon, 6 + 16 * n + 8) for n in range(count)]
    size, place = max(sizes_and_places)
    return icon[place : place + size]
