"""`app.py lookup` as a process of its own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl

from tests.phones.cli.conftest import Api, Installation


def test_a_list_is_checked_and_written(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    home = install(start_api("--clients", "3", "--projects", "6", "--records", "900"))
    assert home.run("collect").returncode == 0
    with closing(sqlite3.connect(home.database)) as db:
        known = [phone for (phone,) in db.execute("SELECT phone FROM phones LIMIT 20")]
    book = openpyxl.Workbook()
    book.active.append(["Клиент", "Контактный телефон"])
    for phone in [*known, known[0], "+79079999999", "нет"]:
        book.active.append(["Окна", phone])
    book.save(home.home / "список.xlsx")

    done = home.run("lookup", "список.xlsx", "--out", "ответ.xlsx")

    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["Column:", "Контактный", "телефон"] in lines
    assert ["Known", "21"] in lines
    assert ["New", "1"] in lines
    assert ["Repeated", "1"] in lines
    assert done.stdout.splitlines()[-1] == "23 rows"
    sheet = openpyxl.load_workbook(home.home / "ответ.xlsx").active
    assert sheet.max_row == 24
    assert not any(phone[1:] in home.log for phone in known)  # a list's numbers are in no log


def test_what_is_wrong_is_said(install: Callable[..., Installation]) -> None:
    home = install()
    (home.home / "a.txt").write_text("79571234567\n", encoding="utf-8")
    (home.home / "b.csv").write_text("a;b\nx;y\n", encoding="utf-8")
    for arguments, words in (
        (["a.txt"], "There is no database"),
        (["none.txt"], "cannot be read"),
        (["b.csv"], "No column"),
        (["a.txt", "--column", "Q"], "no column Q"),
        (["a.txt", "--out", "a.pdf"], "must end in"),
        (["a.txt", "--out", "none/"], "no folder"),
        (["a.txt", "--only", "new"], "without --out"),
    ):
        done = home.run("lookup", *arguments)
        assert done.returncode in {1, 2}, arguments
        assert words in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr


def test_the_name_of_the_answer_in_a_folder(
    start_api: Callable[..., Api], install: Callable[..., Installation], tmp_path: Path
) -> None:
    home = install(start_api("--clients", "1", "--projects", "2", "--records", "50"))
    assert home.run("collect").returncode == 0
    (home.home / "a.txt").write_text("79571234567\n", encoding="utf-8")
    (home.home / "out").mkdir()
    assert home.run("lookup", "a.txt", "--out", "out").returncode == 0
    assert (home.home / "out" / "a_checked.xlsx").exists()
