"""`app.py serve` as a process: waits, obeys Telegram, ends cleanly."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.phones.cli.conftest import Api, Installation
from tests.phones.telegram_bot.stand_in import CHAT, TOKEN, BotApi

SMALL = ("--clients", "5", "--projects", "10", "--records", "300")

Install = Callable[..., Installation]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def telegram() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


def settings(telegram: BotApi) -> dict[str, str]:
    return {
        "TELEGRAM_ENABLED": "true",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": str(CHAT),
        "TELEGRAM_API_URL": telegram.url,
        "LOG_LEVEL": "DEBUG",
    }


def end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def ready(telegram: BotApi) -> None:
    telegram.wait_for("getUpdates", count=2, seconds=30)


@pytest.mark.slow
@posix
def test_runs_from_the_phone_and_a_clean_end(
    start_api: Callable[..., Api], install: Install, telegram: BotApi
) -> None:
    home = install(start_api(*SMALL), **settings(telegram))
    process = home.start("serve")
    ready(telegram)
    telegram.say("/run quick")
    question = telegram.wait_for("sendMessage", "Start a run")
    telegram.press(question.buttons["Yes"])
    telegram.wait_for("sendMessage", "Run 1 is completed", seconds=30)
    telegram.say("/run")
    again = telegram.wait_for("sendMessage", "Start a run", count=2)
    telegram.press(again.buttons["Yes"])
    telegram.wait_for("sendMessage", "Run 2 is completed", seconds=30)
    photo = telegram.wait_for("sendPhoto", seconds=30).files["photo"][1]
    assert photo.startswith(b"\x89PNG")
    code, out, err = end(process)
    assert code == 0
    assert err == ""
    assert "Waiting for commands by Telegram" in out
    assert "Run 1 is completed" in out
    assert TOKEN.partition(":")[2] not in home.log + out + err


@pytest.mark.slow
@posix
def test_sigterm_stops_the_run_and_telegram_tells_it(
    start_api: Callable[..., Api], install: Install, telegram: BotApi
) -> None:
    home = install(start_api(), RATE_LIMIT_DELAY="0.2", **settings(telegram))
    process = home.start("serve")
    ready(telegram)
    telegram.say("/run")
    telegram.press(telegram.wait_for("sendMessage", "Start a run").buttons["Yes"])
    telegram.wait_for("sendMessage", "Run 1 started", seconds=30)
    assert end(process)[0] == 130
    telegram.wait_for("sendMessage", "Run 1 is stopped")
    connection = sqlite3.connect(home.database)
    assert connection.execute("SELECT status FROM runs").fetchall() == [("stopped",)]
    connection.close()


@posix
def test_the_daily_time_alone_is_enough(start_api: Callable[..., Api], install: Install) -> None:
    process = install(start_api(), DAILY_AT="03:00").start("serve")
    assert process.stdout is not None
    first = process.stdout.readline()
    process.stdout.readline()
    assert "every day at 03:00" in first
    assert end(process)[0] == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "nothing to wait for"),
        ({"TELEGRAM_ENABLED": "true"}, "no Telegram bot token"),
        ({"TELEGRAM_ENABLED": "true", "TELEGRAM_BOT_TOKEN": TOKEN}, "no Telegram chat"),
    ],
)
def test_settings_that_make_no_sense_are_named(
    start_api: Callable[..., Api], install: Install, wrong: dict[str, str], words: str
) -> None:
    done = install(start_api(), **wrong).run("serve")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""  # it does not say that it waits


@pytest.mark.slow
def test_collect_tells_by_telegram_too(
    start_api: Callable[..., Api], install: Install, telegram: BotApi
) -> None:
    home = install(start_api(*SMALL), **settings(telegram))
    assert home.run("collect").returncode == 0
    texts = telegram.texts()
    assert "Run 1 started" in texts[0]
    assert any("Run 1 is completed" in text for text in texts)


@pytest.mark.slow
def test_collect_is_not_held_up_by_a_telegram_that_is_not_there(
    start_api: Callable[..., Api], install: Install, telegram: BotApi
) -> None:
    unreachable = {**settings(telegram), "TELEGRAM_API_URL": "http://127.0.0.1:9"}
    home = install(start_api(*SMALL), **unreachable)
    done = home.run("collect")
    assert done.returncode == 0
    assert "Telegram cannot be reached" in home.log
