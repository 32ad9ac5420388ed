"""Runs at DEBUG with everything going wrong: neither a token nor a number shows anywhere."""

import contextlib
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.problem_report import write_problem_report
from core.phones.settings.load import load_settings
from core.stand_in.faults import Fault, mixed
from tests.phones.cli.conftest import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TOKEN = "mrk-8f2c61e07b54"
BOT_TOKEN = "7001002003:mrk-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SECRETS = (TOKEN, BOT_TOKEN, BOT_TOKEN.partition(":")[2])
DATA = DemoDataset(4, clients=10, projects=25, records=3000, rejected_share=0.05)


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """Says the token and a number wherever it may say something."""
    first, second, *_ = DATA.project_ids()
    shares = {**mixed(0.25), Fault.FOREIGN: 0.03, Fault.MESSAGE: 0.03, Fault.REDIRECT: 0.03}
    words = f"Номер +7 (907) 123-45-67 и 79071234567 с ключом {TOKEN} не обработан"
    faults = Faults(shares=shares, broken_projects={first: words, second: 404})
    with DemoServer(DATA, token=TOKEN, faults=faults) as running:
        yield running


def texts_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file, or everything in a zip file."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path.name}/{name}", archive.read(name)
    else:
        yield path.name, path.read_bytes()


def test_after_runs_full_of_failures(
    server: DemoServer, install: Callable[..., Installation], tmp_path: Path
) -> None:
    home = install(
        None,
        DATAMASTER_API_URL=server.url,
        DATAMASTER_API_TOKEN=TOKEN,
        TELEGRAM_BOT_TOKEN=BOT_TOKEN,
        TELEGRAM_CHAT_ID="5",
        LOG_LEVEL="DEBUG",
        WORKERS="8",
        MAX_RETRIES="4",
    )
    assert home.run("collect", timeout=200).returncode == 3
    forgotten = _phones(home.database)[0]
    commands = [
        ("continue",),
        ("status",),
        ("status", "--json"),
        ("runs", "--json"),
        ("revalidate",),
        ("backup",),
        ("forget", forgotten),
        ("export", "all", "--format", "xlsx"),
        ("export", "errors", "--out", str(tmp_path / "errors.csv")),
        ("check",),
    ]
    said = []
    for command in commands:
        done = home.run(*command, timeout=200)
        assert done.returncode in (0, 3), (command, done.stderr)
        said.append(done.stdout + done.stderr)
    server.revoke_token()
    done = home.run("collect")
    assert done.returncode == 1
    said.append(done.stdout + done.stderr)
    report = tmp_path / "report.zip"
    settings = load_settings(environ=home.environment)
    write_problem_report(report, settings, "ok")

    files = [path for path in home.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".xlsx" for path in files)
    for path in (*files, report, tmp_path / "errors.csv"):
        for name, content in texts_in(path):
            for secret in SECRETS:
                assert secret.encode() not in content, name

    numbers = {phone[1:] for phone in _phones(home.database)} | {forgotten[1:], "79071234567"}
    log = home.log
    assert "retry 1 of 4" in log
    texts = [*said, log, (tmp_path / "errors.csv").read_text("utf-8-sig")]
    texts += [content.decode("utf-8", "replace") for _, content in texts_in(report)]
    for text in texts:
        for secret in SECRETS:
            assert secret not in text
        digits = set(re.findall(r"\d{10,11}", re.sub(r"(?<=\d)[ ()-]+(?=\d)", "", text)))
        assert not digits & numbers
        assert "123-45-67" not in text


def _phones(database: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(database)) as db:
        return [row[0] for row in db.execute("SELECT phone FROM phones ORDER BY phone")]
