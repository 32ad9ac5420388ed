"""A problem report says what helps and gives nothing away."""

import re
import sqlite3
import zipfile
from pathlib import Path

import pytest

from core.errors import UserError
from core.phones.problem_report import LOG_BYTES, write_problem_report
from core.phones.settings.load import load
from core.phones.settings.model import Settings
from core.settings.paths import Places

TOKEN = "marker-token-9c1e"
BOT_TOKEN = "123456789:AAmarker-bot_token-0123456789abcdefg"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOME", str(tmp_path / "marker-person"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "marker-person"))
    home = tmp_path / "marker-person" / "Данные"
    environ = {
        "DATAMASTER_HOME": str(home),
        "DATAMASTER_API_TOKEN": TOKEN,
        "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "TELEGRAM_CHAT_ID": "-1009998887776",
        "TELEGRAM_PROXY": "socks5://someone:marker-word@proxy.example:1080",
        "WORKERS": "7",
    }
    return load(Places(home), environ).settings


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def test_it_holds_what_helps_and_no_secret(settings: Settings, tmp_path: Path) -> None:
    settings.log_file.parent.mkdir(parents=True)
    settings.log_file.write_text(
        f"2026-11-21 12:00:00 INFO  run 42 {TOKEN} +79571234567\n"
        f"https://api.telegram.org/bot{BOT_TOKEN}/x in {settings.places.home}\nlast line\n",
        encoding="utf-8",
    )
    settings.database_path.parent.mkdir()
    settings.database_path.write_bytes(b"x" * 1234)
    target = tmp_path / "new folder" / "report.zip"
    write_problem_report(target, settings, "row 5 missing from index")
    files = contents(target)
    everything = "\n".join(files.values())
    assert "marker" not in everything
    assert "9998887776" not in everything
    assert not re.search(r"957\D*123", everything)
    assert "run 42" in files["log.txt"]
    assert "last line" in files["log.txt"]
    assert "WORKERS = 7" in files["settings.txt"]
    assert "DATAMASTER_API_TOKEN = (set)" in files["settings.txt"]
    assert sqlite3.sqlite_version in files["versions.txt"]
    assert "platformdirs" in files["versions.txt"]
    assert "row 5 missing" in files["database.txt"]
    assert "phones.db: 1234 bytes" in files["database.txt"]
    assert [file.name for file in target.parent.iterdir()] == ["report.zip"]


def test_only_the_end_of_a_long_log_is_taken(settings: Settings, tmp_path: Path) -> None:
    settings.log_file.parent.mkdir(parents=True)
    older = settings.log_file.with_name(settings.log_file.name + ".1")
    older.write_text("".join(f"old {number}\n" for number in range(LOG_BYTES // 8)))
    settings.log_file.write_text("new 1\nnew 2\n")
    write_problem_report(tmp_path / "r.zip", settings, "ok")
    lines = contents(tmp_path / "r.zip")["log.txt"].splitlines()
    assert lines[-2:] == ["new 1", "new 2"]
    assert lines[-3] == f"old {LOG_BYTES // 8 - 1}"
    assert all(re.fullmatch(r"(old|new) \d+", line) for line in lines)
    assert sum(len(line) + 1 for line in lines) <= LOG_BYTES


def test_nothing_there_is_no_error(settings: Settings, tmp_path: Path) -> None:
    write_problem_report(tmp_path / "r.zip", settings, "no database yet")
    assert "FileNotFoundError" in contents(tmp_path / "r.zip")["database.txt"]


def test_where_it_cannot_be_written_an_error_says_so(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="problem report"):
        write_problem_report(tmp_path / "folder", settings, "ok")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]
