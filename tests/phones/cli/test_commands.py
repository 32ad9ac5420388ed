"""The subcommands as an administrator meets them: output, exit codes, sentences."""

import json
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from tests.phones.cli.conftest import Api, Installation

DATA = ("--clients", "8", "--projects", "20", "--records", "3000")
TRUTH = expected(DemoDataset(1, clients=8, projects=20, records=3000))

Start = Callable[..., Api]
Install = Callable[..., Installation]


def test_a_whole_collection(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA))
    done = home.run("collect")
    assert done.returncode == 0, done.stderr
    assert "completed" in done.stdout
    assert f"{TRUTH.phones:,}" in done.stdout
    assert str(home.database) in done.stdout
    status = json.loads(home.run("status", "--json").stdout)
    assert status["phones"] == TRUTH.phones
    assert status["run"]["status"] == "completed"
    assert status["run"]["total_phones"] == TRUTH.valid_records
    assert status["collecting"] is False
    assert home.run("status").stdout.count("\n") > 5
    home.run("collect")
    runs = json.loads(home.run("runs", "--json").stdout)
    assert [run["id"] for run in runs] == [2, 1]
    assert runs[0]["new_phones"] == 0
    assert len(home.run("runs").stdout.splitlines()) == 3
    assert re.search(
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO  run 1: client 10000\d \([^)]+\): \d+ projects$",
        home.log,
        re.MULTILINE,
    )


def test_json_is_whole_in_every_encoding(start_api: Start, install: Install) -> None:
    """A pipe of Windows has the code page of the system, which may lack letters of a path."""
    home = install(start_api(*DATA), name="Дом", PYTHONIOENCODING="ascii")
    assert home.run("collect", "--limit-clients", "1").returncode == 0
    status = json.loads(home.run("status", "--json").stdout)
    assert status["database"] == str(home.database)


def test_what_a_budget_left_out_is_said_in_numbers(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA))
    done = home.run("collect", "--max-requests", "5")
    assert done.returncode == 0, done.stderr
    said = re.search(r"Left out by the budget: ([^.]+)\.", done.stdout)
    assert said is not None
    assert said[0] in home.run("status").stdout
    left_out = json.loads(home.run("status", "--json").stdout)["run"]
    projects, clients = left_out["projects_left_out"], left_out["clients_left_out"]
    assert clients > 0
    assert f"{clients} client" in said[1]
    assert (projects == 0) == ("project" not in said[1])
    assert "LeftOut(" in home.log


def test_projects_that_fail_give_exit_code_3(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA, "--break-projects", "2"), MAX_RETRIES="0")
    done = home.run("collect")
    assert done.returncode == 3
    connection = sqlite3.connect(home.database)
    try:
        failed = connection.execute(
            "SELECT count(*) FROM run_projects WHERE state = 'failed' AND reason IS NOT NULL"
        ).fetchone()[0]
        errors = connection.execute("SELECT errors_count FROM runs").fetchone()[0]
    finally:
        connection.close()
    assert failed == errors == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_and_continue_goes_on(
    start_api: Start, install: Install, number: signal.Signals
) -> None:
    home = install(start_api(*DATA), RATE_LIMIT_DELAY="0.1")
    process = home.start("collect")
    while "started" not in home.log and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130, out
    assert "can be continued" in out
    done = home.run("continue")
    assert done.returncode == 0, done.stderr
    assert f"{TRUTH.phones:,}" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal")
def test_ctrl_c_at_the_very_start_ends_without_a_traceback(install: Install) -> None:
    home = install()
    process = home.start("collect", "--demo")
    while not any(home.home.rglob("*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "Traceback" not in err


def test_wrong_token_is_a_sentence(start_api: Start, install: Install) -> None:
    api = start_api(*DATA)
    home = install(api, DATAMASTER_API_TOKEN="made-up-wrong-token")
    done = home.run("collect", timeout=20)
    assert done.returncode == 1
    assert "token" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr + home.log
    assert "made-up-wrong-token" not in done.stdout + done.stderr + home.log
    assert re.search(r" ERROR run \d+: .*token_rejected", home.log)


def test_missing_token_says_what_to_do(install: Install) -> None:
    done = install().run("collect")
    assert done.returncode == 2
    assert "DATAMASTER_API_TOKEN" in done.stderr


def test_wrong_setting_is_named(install: Install) -> None:
    done = install(WORKERS="many").run("collect")
    assert done.returncode == 2
    assert "WORKERS" in done.stderr
    assert "many" in done.stderr


def test_unknown_client_changes_nothing(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA))
    home.run("collect")
    before = home.run("runs", "--json").stdout
    done = home.run("collect", "--clients", "nobody-of-that-name")
    assert done.returncode == 2
    assert "nobody-of-that-name" in done.stdout
    assert home.run("runs", "--json").stdout == before


def test_of_many_unknown_clients_some_are_named(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA))
    names = [f"nobody-{number:04}" for number in range(1000)]
    (home.home / "clients.txt").write_text("\n".join(names))
    done = home.run("collect", "--clients", f"@{home.home / 'clients.txt'}")
    assert done.returncode == 2
    assert "nobody-0000, nobody-0001" in done.stdout
    assert len(done.stdout) < 600
    assert "nobody-0000" in home.log


def test_clients_from_a_file(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA))
    chosen = home.home / "clients.txt"
    chosen.write_text("100001\n100003\n", encoding="utf-8")
    assert home.run("collect", "--clients", f"@{chosen}").returncode == 0
    assert json.loads(home.run("status", "--json").stdout)["run"]["total_clients"] == 2


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda path: path.write_bytes(b"this is no database" * 100), "not a database"),
        (lambda path: _set_version(path, 99), "newer"),
    ],
)
def test_a_file_that_is_not_ours_is_left_as_it_is(
    start_api: Start, install: Install, damage: Callable[[Path], object], word: str
) -> None:
    home = install(start_api(*DATA))
    home.database.parent.mkdir(parents=True)
    damage(home.database)
    before = home.database.read_bytes()
    done = home.run("collect")
    assert done.returncode == 1
    assert word in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert home.database.read_bytes() == before


def _set_version(path: Path, version: int) -> None:
    from core.phones.storage.schema import APPLICATION_ID

    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE something (x)")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()


def test_check_says_what_is_in_order(start_api: Start, install: Install) -> None:
    api = start_api(*DATA)
    home = install(api)
    done = home.run("check")
    assert done.returncode == 0, done.stdout
    assert "8 clients" in done.stdout
    wrong = install(api, name="wrong", DATAMASTER_API_TOKEN="made-up-wrong-token")
    refused = wrong.run("check")
    assert refused.returncode == 1
    assert "token" in refused.stdout


def test_help_of_every_subcommand(install: Install) -> None:
    from core.phones.cli import COMMANDS

    home = install()
    for name in COMMANDS:
        assert name in home.run(name, "--help").stdout
    assert home.run("unknown").returncode == 2
    assert "DataMaster Collector" in home.run("--version").stdout


def test_without_a_display_the_window_names_the_subcommands(install: Install) -> None:
    done = install().run()
    assert done.returncode == 2
    assert "collect" in done.stdout


def test_nothing_secret_at_debug(start_api: Start, install: Install) -> None:
    """Marker token and phone numbers in no output, no log, no file beside the database."""
    api = start_api(*DATA, "--faults", "0.2", "--retry-after", "0", "--break-projects", "1")
    home = install(api, LOG_LEVEL="DEBUG", MAX_RETRIES="1")
    done = home.run("collect")
    connection = sqlite3.connect(home.database)
    phones = [row[0][1:] for row in connection.execute("SELECT phone FROM phones")]
    connection.close()
    texts = done.stdout + done.stderr + home.log
    assert len(home.log) > 1000
    assert api.token not in texts
    assert not [phone for phone in phones if phone in texts]
    for path in home.home.rglob("*"):
        if path.is_file():
            assert api.token.encode() not in path.read_bytes(), path


def test_wrong_usage_is_told_in_the_language_of_the_program(install: Install) -> None:
    done = install(LANGUAGE="ru").run("collect", "--max-pages", "x")
    assert done.returncode == 2
    assert "ошибка: --max-pages: нужно целое число от 1" in done.stderr


def test_no_word_of_the_parser_is_left_in_english(install: Install) -> None:
    done = install(LANGUAGE="ru").run("export", "summary", "--run", "x")
    assert done.returncode == 2
    assert "ошибка: --run: нужно целое число от 1" in done.stderr
