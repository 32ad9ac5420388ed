"""`app.py hub` and its subcommands as real processes; health and metrics over HTTP."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from core.cli.main import run
from core.hub import opening
from core.hub.database.users import Session
from core.hub.stand_in import phones as phones_stand_in
from core.hub.stand_in.accounts import CODE, PASSWORD, TWO_STEPS, MadeUpAccounts
from core.systems import COMMAND_LINE
from tests.hub.world import ADMIN, ANNA, KEY, World

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow  # processes


def environment(world: World, **changes: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATAMASTER_HOME": str(world.folder),
        "LANGUAGE": "en",
        "HUB_BOT_TOKEN": world.telegram.token,
        "HUB_ADMINS": str(ADMIN.id),
        "HUB_SECRET_KEY": KEY.reveal(),
        "HUB_DATABASE_PATH": str(world.database),
        "HUB_PORT": "0",
        "API_ID": "12345",
        "API_HASH": "0123456789abcdef0123456789abcdef",
        "TELEGRAM_API_URL": world.telegram.origin,
        "WORKERS_SERVICE_URL": world.workers.origin,
        "REALTY_SERVICE_URL": world.realty.origin,
        "PHONES_SERVICE_URL": world.phones.origin,
        "PHONES_SERVICE_TOKEN": phones_stand_in.TOKEN,
        **changes,
    }


def hub(*arguments: str, env: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "hub", *arguments],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def finished(*arguments: str, env: dict[str, str]) -> tuple[int, str]:
    process = hub(*arguments, env=env)
    output, _none = process.communicate(timeout=100)
    return process.returncode, output


def get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_it_runs_answers_and_stops(world: World) -> None:
    world.know(ANNA)
    process = hub(env=environment(world))
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+?(?=/health)", process.stdout.readline())
        assert address is not None
        world.menu(ANNA)
        world.until(lambda: get(f"{address[0]}/health")[0] == 200)
        told = json.loads(get(f"{address[0]}/health")[1])
        assert told["telegram"] is True
        assert told["services"] == {"workers": True, "realty": True, "phones": True}
        world.until(lambda: 'hub_service_up{service="realty"} 1.0' in metrics(address[0]))
        text = metrics(address[0])
        assert 'hub_presses_total{kind="text"} 1.0' in text
        assert "hub_answer_seconds_bucket" in text
        assert "anna" not in text.casefold()
        assert get(f"{address[0]}/docs")[0] == 401

        code, output = finished(env=environment(world))  # a second one with the same database
        assert (code, "is in use by" in output) == (1, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
    assert "stopped" in (world.folder / "logs" / "collector.log").read_text("utf-8")


def metrics(address: str) -> str:
    code, text = get(f"{address}/metrics")
    assert code == 200
    return text


def test_unwell_while_telegram_is_away(world: World) -> None:
    world.telegram.go_down("refuse")
    process = hub(env=environment(world))
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+?(?=/health)", process.stdout.readline())
        assert address is not None
        world.until(lambda: get(f"{address[0]}/health")[0] == 503)
        assert "Telegram cannot be reached" in get(f"{address[0]}/health")[1]
        world.telegram.come_back()
        world.until(lambda: get(f"{address[0]}/health")[0] == 200)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"HUB_BOT_TOKEN": ""}, "no token of the hub's bot"),
        ({"HUB_ADMINS": ""}, "Nobody may use the hub yet"),
        ({"HUB_ADMINS": "boss"}, "HUB_ADMINS: 'boss' was given"),
        ({"HUB_BOT_TOKEN": "1:wrong"}, "does not accept the token of the hub's bot"),
        ({"HUB_SECRET_KEY": "x" * 44}, "is no usable key"),
    ],
)
def test_what_is_missing_is_said(world: World, changes: dict[str, str], words: str) -> None:
    code, output = finished(env=environment(world, **changes))
    assert code == 2
    assert words in output
    assert world.telegram.token not in output


def test_check(world: World) -> None:
    code, output = finished("check", env=environment(world))
    assert code == 0, output
    assert "the bot is @hub_bot" in output
    assert output.count("answers.") == 3
    world.realty.go_down("refuse")
    code, output = finished("check", env=environment(world, API_HASH=""))
    assert code == 1
    assert "“Property”: cannot be reached" in output
    assert "API_ID and API_HASH are not set" in output


def test_users(world: World) -> None:
    world.know(ANNA)
    code, output = finished("users", "--take-back", str(ANNA.id), env=environment(world))
    assert (code, "may not use the hub" in output) == (0, True)
    code, output = finished("users", "--let-in", str(ANNA.id), env=environment(world))
    assert "@anna  may use the hub" in output
    code, output = finished("users", "--let-in", "42", env=environment(world))
    assert (code, "does not know 42" in output) == (2, True)


def test_login(world: World, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    for name, value in environment(world).items():
        monkeypatch.setenv(name, value)
    accounts = MadeUpAccounts()
    monkeypatch.setattr("core.hub.cli.login.connect", lambda _settings: accounts)
    typed = iter(["11111", CODE, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda _question: next(typed))
    monkeypatch.setattr("builtins.input", lambda _question: TWO_STEPS)
    world.know(ANNA, complete=False)
    assert run(["hub", "login", str(ANNA.id), "parser"], COMMAND_LINE) == 0
    assert "The code is wrong" in capsys.readouterr().out
    folder = opening.session_folder(opening_settings())
    assert folder.file(ANNA.id, Session.PARSER).exists()
    rows = world.query("SELECT is_parser_authorized, phone FROM users WHERE user_id = ?", ANNA.id)
    assert rows == [(1, "+7957•••4568")]
    monkeypatch.setattr("builtins.input", lambda _question: "nobody")
    assert run(["hub", "login", str(ANNA.id), "blacklist"], COMMAND_LINE) == 1


def opening_settings():  # type: ignore[no-untyped-def]
    from core.hub.settings import load_settings

    return load_settings()


class Newcomer:
    """Reads the demo's output and types, as a person would."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: queue.Queue[str] = queue.Queue()
        self.seen: list[str] = []
        self.entries = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def wait_for(self, pattern: str) -> "re.Match[str]":
        deadline = time.monotonic() + 110
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=1)
            except queue.Empty:
                continue
            self.seen.append(line)
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"no {pattern!r} in:\n{''.join(self.seen[-40:])}")

    def enter(self, text: str) -> None:
        self.entries += 1
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def press(self, caption: str) -> None:
        self.enter(self.wait_for(rf"\[(\d+)\] {caption}")[1])


def test_a_newcomer_reaches_a_finished_task_with_the_keyboard_alone(tmp_path: Path) -> None:
    env = {**os.environ, "DATAMASTER_HOME": str(tmp_path), "LANGUAGE": "en"}
    process = hub("--demo", env=env)
    try:
        you = Newcomer(process)
        you.press("🏠 Property")
        you.press("Avito")
        you.wait_for("Example: https")
        you.enter("https://www.avito.ru/moskva/kvartiry/sdam")
        you.press("3")
        you.press("Start")
        you.wait_for(": is running")
        you.wait_for(": completed")
        assert you.entries == 5
        you.enter("/quit")
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
