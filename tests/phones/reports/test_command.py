"""`app.py export` as a process of its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.phones.reports.catalog import OF_THE_REGISTRY, TABLES
from tests.phones.reports.nasty import make_nasty_database
from tests.phones.reports.reading import read_csv

APP = Path(__file__).parents[3] / "app.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("папка агента") / "home"
    home.mkdir()
    make_nasty_database(home / "phones.db")
    return home


def run(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DATAMASTER")},
        "DATAMASTER_HOME": str(home),
        "DATABASE_PATH": str(home / "phones.db"),
        "EXPORT_DIR": str(home / "exports"),
        "LANGUAGE": "en",
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, str(APP), "export", *words]
    return subprocess.run(
        command,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        cwd="/",
        timeout=60,
        check=False,
    )


def test_a_report_and_where_it_is(home: Path) -> None:
    done = run(home, "summary")
    assert done.returncode == 0, done.stderr
    file, rows = done.stdout.splitlines()
    assert Path(file).parent == home / "exports"
    assert rows == "4 rows"
    assert len(read_csv(Path(file))) == 5


def test_all_reports(home: Path, tmp_path: Path) -> None:
    done = run(home, "all", "--out", str(tmp_path / "всё"), "--delimiter", "tab")
    assert done.returncode == 0, done.stderr
    made = {file.stem for file in (tmp_path / "всё").iterdir()}
    assert made == {*map(str, TABLES.keys() - OF_THE_REGISTRY), "base"}
    assert len(read_csv(tmp_path / "всё" / "phones.csv", "\t")) == 901


def test_wrong_usage(home: Path) -> None:
    assert run(home, "nothing").returncode == 2
    missing = run(home, "new", "--run", "99")
    assert missing.returncode == 2
    assert "There is no run 99" in missing.stderr
    assert "Traceback" not in missing.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("summary", "--out", ""), "--out"),
        (("base", "--format", "csv"), "--format"),
        (("base", "--format", "csv", "--delimiter", ";"), "--format, --delimiter"),
        (("summary", "--format", "xlsx", "--delimiter", ";"), "--delimiter"),
        (("summary", "--out", "x.xlsx", "--delimiter", ";"), "--delimiter"),
    ],
)
def test_what_would_be_ignored_is_told(home: Path, words: tuple[str, ...], named: str) -> None:
    done = run(home, *words)
    assert done.returncode == 2
    assert named in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("report", ["phones", "summary", "base"])
def test_a_run_that_changes_nothing_is_told(home: Path, report: str) -> None:
    done = run(home, report, "--run", "1")
    assert done.returncode == 0
    assert f"`{report}` is about all runs" in done.stderr
    assert "_run1_" not in done.stdout  # it holds more than that run
    assert done.stdout.splitlines()[1] == run(home, report).stdout.splitlines()[1]


@pytest.mark.parametrize("name", ["new.xlsx", "NEW.XLSX"])
def test_the_name_of_the_file_chooses_the_format(home: Path, tmp_path: Path, name: str) -> None:
    assert run(home, "new", "--out", str(tmp_path / name)).returncode == 0
    assert zipfile.is_zipfile(tmp_path / name)


@pytest.mark.parametrize(
    "words",
    [
        ("new", "--format", "csv", "--out", "new.xlsx"),
        ("new", "--format", "xlsx", "--out", "new.csv"),
        ("base", "--out", "base.csv"),
    ],
)
def test_a_file_is_what_its_name_says(home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(home, *words[:-1], str(tmp_path / words[-1]))
    assert done.returncode == 2
    assert words[-1] in done.stderr
    assert not any(tmp_path.iterdir())


def test_a_slash_at_the_end_means_a_folder(home: Path, tmp_path: Path) -> None:
    missing = run(home, "new", "--out", f"{tmp_path}/gone/")
    assert missing.returncode == 2
    assert "There is no folder" in missing.stderr
    assert not any(tmp_path.iterdir())
    assert run(home, "new", "--out", f"{tmp_path}/").returncode == 0
    assert run(home, "all", "--out", f"{tmp_path}/all/").returncode == 0
    assert (tmp_path / "all" / "new.csv").exists()


def test_folders_may_be_called_as_they_are(home: Path, tmp_path: Path) -> None:
    (tmp_path / "old.xlsx").mkdir()
    assert run(home, "new", "--out", str(tmp_path / "old.xlsx")).returncode == 0
    assert run(home, "all", "--out", str(tmp_path / "all.xlsx")).returncode == 0
    (file,) = (tmp_path / "old.xlsx").iterdir()
    assert read_csv(file)
    assert (tmp_path / "all.xlsx" / "new.csv").exists()


def test_a_folder_that_cannot_be(home: Path) -> None:
    failed = run(home, "new", "--out", str(home / "phones.db" / "x.csv"))
    assert failed.returncode == 1
    assert "does not exist and cannot be made" in failed.stderr
    assert "Traceback" not in failed.stderr
