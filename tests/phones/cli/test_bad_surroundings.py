"""Rights that are missing, output that goes nowhere, names that cannot be."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.cli.main import run
from core.database.failures import StorageProblem
from core.database.lock import CollectionLock
from core.phones import wording
from core.phones.events import Notice
from core.systems import COMMAND_LINE
from tests.phones.cli.conftest import ROOT, Api, Installation
from tests.rights import ordinary_rights

DATA = ("--clients", "3", "--projects", "6", "--records", "600")

pytestmark = pytest.mark.slow

Start = Callable[..., Api]
Install = Callable[..., Installation]


@pytest.fixture
def home(start_api: Start, install: Install, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """With one run collected; its settings are those of this process too."""
    made = install(start_api(*DATA))
    assert made.run("collect").returncode == 0
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.mark.parametrize("command", ["status", "runs", "estimate", "check"])
def test_a_folder_that_is_closed_to_us(
    home: Installation, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    folder = home.database.parent
    folder.chmod(0)
    try:
        with ordinary_rights():
            assert run([command], COMMAND_LINE) == 1
    finally:
        folder.chmod(0o755)
    said = "".join(capsys.readouterr())
    assert f"{home.database} cannot be opened" in said
    assert "8,388,608" not in said  # what free space is where nobody tells


@pytest.mark.parametrize("which", ["log", "database"])
def test_check_finds_a_file_that_cannot_be_written(
    home: Installation, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    path = home.database if which == "database" else home.home / "logs" / "collector.log"
    path.chmod(0o444)
    with ordinary_rights():
        assert run(["check"], COMMAND_LINE) == 1
    assert f"{path} cannot be written" in capsys.readouterr().out


@pytest.mark.parametrize("collecting", [True, False])
def test_who_may_only_read_sees_whether_somebody_collects(
    home: Installation, capsys: pytest.CaptureFixture[str], *, collecting: bool
) -> None:
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("SELECT count(*) FROM runs").fetchone()  # the last one out takes the WAL away
    lock = CollectionLock(home.database)
    if collecting:
        lock.acquire(datetime.now(UTC))
    for path in [home.database.parent, *home.database.parent.glob("phones.db*")]:
        path.chmod(0o555)
    try:
        with ordinary_rights():
            assert run(["status", "--json"], COMMAND_LINE) == 0
    finally:
        home.database.parent.chmod(0o755)
        lock.release()
    assert json.loads(capsys.readouterr().out)["collecting"] is collecting


def test_a_name_that_is_too_long(home: Installation) -> None:
    done = home.run("backup", "--out", "x" * 300)
    assert done.returncode == 1
    assert "the name is too long" in done.stderr
    assert "report" not in done.stderr  # no crash


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the full device is that of Linux")
@pytest.mark.parametrize(("command", "code"), [("collect", 0), ("status", 1)])
def test_output_to_a_full_disk(home: Installation, command: str, code: int) -> None:
    """It ends no run, but who asked for an answer did not get it."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "app.py"), command],
            env=home.environment,
            stdout=full,
            stderr=full,
            check=False,
            timeout=60,
        )
    assert done.returncode == code
    assert not list((home.home / "logs").glob("crash*"))


@pytest.mark.skipif(os.name != "posix", reason="a terminal that goes away is made as POSIX does")
def test_a_run_outlives_its_terminal(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA, "--latency-ms", "300", "--break-projects", "2"))
    import pty

    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "collect"],
        env=home.environment,
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # as nohup does
    )
    os.close(its)
    deadline = time.monotonic() + 20
    while not home.database.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.close(ours)
    assert process.wait(60) == 3  # two projects failed, and that was told to nobody
    assert not list((home.home / "logs").glob("crash*"))


def test_a_backup_that_could_not_be_made_is_told_in_words() -> None:
    said = wording.log_line(Notice("backup_failed", str(StorageProblem.DISK_FULL)))
    assert said == ("warning", "The daily backup could not be made: there is no room on the disk")


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("socks5h://user:marker-word@127.0.0.1:{port}", "connect"),
        ("http://user:marker-word@127.0.0.1:{port}", "connect"),
        ("socks9://user:marker-word@host:1", "ALL_PROXY"),
        ("http://user:marker-word@two words:80", "ALL_PROXY"),
        ("http://user:marker-word@[::1", "ALL_PROXY"),
    ],
)
def test_check_names_a_proxy_that_cannot_be_used(install: Install, proxy: str, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # closed when it is asked
    home = install(None, DATAMASTER_API_URL="https://datamaster.invalid/api/index.php")
    home.environment["DATAMASTER_API_TOKEN"] = "made-up-token"
    home.environment["ALL_PROXY"] = proxy.format(port=port)
    done = home.run("check")
    assert done.returncode in (1, 2), done.stdout + done.stderr
    whole = done.stdout + done.stderr
    assert said in whole, whole
    assert "Traceback" not in whole
    assert "cannot be opened" not in whole
    assert "marker-word" not in whole
    assert "marker-word" not in (home.home / "logs" / "collector.log").read_text(encoding="utf-8")
