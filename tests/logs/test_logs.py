"""The log: its form, what it hides, and that it never troubles whoever logs."""

import io
import logging
import os
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.logs.log_text import LogFormatter, masked, one_line, register_secret
from core.logs.setup import setup_logging, stop_logging
from core.phones.settings.load import load
from core.phones.settings.model import Settings
from core.settings.paths import Places

TOKEN = "marker/token+0001"
BOT_TOKEN = "123456789:AAmarker-bot_token-0123456789abcdefg"
log = logging.getLogger("core.test")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environ = {
        "DATAMASTER_HOME": str(tmp_path),
        "DATAMASTER_API_TOKEN": TOKEN,
        "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "LOG_LEVEL": "DEBUG",
    }
    return load(Places(tmp_path), environ).settings


@pytest.fixture
def log_text(settings: Settings) -> Iterator[Path]:
    """Logging set up for a test; gives the path of the file."""
    root = logging.getLogger()
    level = root.level
    setup_logging(settings)
    yield settings.log_file
    stop_logging()
    root.setLevel(level)


def record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, args, None)


def raised(error: Exception) -> Exception:
    """`error` with the traceback of having been raised."""

    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        fail()
    return error


def test_the_form_of_a_line(log_text: Path) -> None:
    log.info("run 42: client %d (%s): %d projects", 100001, "d.client-one", 932)
    log.error("broken")
    first, second = log_text.read_text("utf-8").splitlines()
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(
        time + r" INFO  run 42: client 100001 \(d\.client-one\): 932 projects", first
    )
    assert re.fullmatch(time + " ERROR broken", second)


def test_tokens_and_numbers_are_masked_in_messages_and_tracebacks(log_text: Path) -> None:
    log.debug("token %s for %s", TOKEN, "+79571234567")
    log.debug("GET https://api.telegram.org/bot%s/getMe?x=marker%%2Ftoken%%2B0001", BOT_TOKEN)
    error = raised(RuntimeError("phone 8 (957) 123-45-67"))
    error.__cause__ = raised(ValueError(f"bad {TOKEN}"))
    log.error("failed", exc_info=error)
    text = log_text.read_text("utf-8")
    assert "marker" not in text
    assert not re.search(r"957\D*123", text)
    assert "+7957•••4567" in text
    assert "RuntimeError" in text


def test_tokens_nobody_registered_are_masked_by_their_form() -> None:
    other = "987654321:AAanother-token-0123456789abcdefgh"
    assert "another" not in masked(f"https://api.telegram.org/bot{other}/sendMessage")
    for text in (
        '{"token": "abc-def", "page": 2}',
        "{'token': 'abc-def'}",
        "?token=abc-def&page=2",
    ):
        assert "abc-def" not in masked(text)
        assert "page" in masked(text) or "page" not in text
    assert masked("Token: rejected by the server") == "Token: rejected by the server"


def test_a_secret_is_masked_however_it_is_written() -> None:
    register_secret('se"cr et\\ü1')
    for shown in ('se"cr et\\ü1', 'se\\"cr et\\\\\\u00fc1', "se%22cr%20et%5C%C3%BC1"):
        assert masked(f"<{shown}>") == "<•••>"
    register_secret("abc")
    assert masked("abcdef") == "abcdef"
    register_secret("made-up-token")
    register_secret("made-up-token-of-tests")
    assert masked("<made-up-token-of-tests>") == "<•••>"


def test_foreign_text_cannot_forge_lines_or_move_the_cursor(log_text: Path) -> None:
    evil = "name\r\n2026-01-01 00:00:00 INFO  all is well\x1b[2J\x00\u2028\u202ename"
    log.info("client %s", evil)
    log.error("failed", exc_info=raised(ValueError(evil)))
    lines = log_text.read_text("utf-8").split("\n")[:-1]
    records = [line for line in lines if not line.startswith("    ")]
    assert len(records) == 2
    assert "\\r\\n2026-01-01" in records[0]
    assert all(line.isprintable() for line in lines)
    assert one_line("a\tb") == "a\\tb"


def test_a_record_that_cannot_be_formatted_is_still_a_line() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError(TOKEN)

    formatter = LogFormatter()
    assert "two %s %s" in formatter.format(record("two %s %s", "one"))
    assert "RuntimeError" in formatter.format(record("%s", Broken()))
    assert "Broken" in formatter.format(record(Broken()))  # type: ignore[arg-type]


def test_libraries_that_tell_urls_are_quiet_and_warnings_are_taken_in(log_text: Path) -> None:
    for name in ("httpx", "urllib3.connectionpool", "telegram.ext", "apscheduler.scheduler"):
        logging.getLogger(name).debug("a request")
        logging.getLogger(name).info("a request")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("something old", stacklevel=1)
    text = log_text.read_text("utf-8")
    assert "a request" not in text
    assert "something old" in text


def test_many_threads_write_whole_lines(log_text: Path) -> None:
    def work(number: int) -> None:
        for count in range(50):
            log.info("thread %d line %d %s", number, count, "x" * 200)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = log_text.read_text("utf-8").splitlines()
    assert len(lines) == 400
    assert all(line.endswith("x" * 200) for line in lines)


def test_a_log_file_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    settings = load(Places(tmp_path), {"DATAMASTER_HOME": str(tmp_path)}).settings
    before = list(logging.getLogger().handlers)
    with pytest.raises(SettingsError, match=r"collector\.log"):
        setup_logging(settings)
    assert logging.getLogger().handlers == before


def test_setting_up_twice_writes_once(log_text: Path, settings: Settings) -> None:
    setup_logging(settings)
    log.info("once")
    assert log_text.read_text("utf-8").count("once") == 1


def test_the_terminal_gets_masked_lines_and_may_go_away(
    settings: Settings, log_text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    setup_logging(settings, console=True)
    log.warning("token %s", TOKEN)
    assert terminal.getvalue().endswith(" WARNING token •••\n")
    terminal.close()
    log.warning("gone %s", TOKEN)
    assert "gone •••" in log_text.read_text("utf-8")


def run_program(home: Path, program: str) -> tuple[str, str]:
    """A process of its own that fails: its output, and its log."""
    head = "from core.logs.setup import *\nfrom core.phones.settings.load import load_settings\n"
    done = subprocess.run(
        [sys.executable, "-c", head + program],
        env=os.environ | {"DATAMASTER_HOME": str(home), "DATAMASTER_API_TOKEN": TOKEN},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    path = home / "logs" / "collector.log"
    return done.stdout + done.stderr, path.read_text("utf-8") if path.exists() else ""


def test_uncaught_errors_go_to_the_log_alone(tmp_path: Path) -> None:
    output, text = run_program(
        tmp_path,
        f"""
log_from_the_start()
setup_logging(load_settings())
thread = threading.Thread(target=lambda: dict()[{TOKEN!r}])
thread.start()
thread.join()
raise ValueError({TOKEN!r})
""",
    )
    assert output == ""
    assert text.count("unexpected error") == 2
    assert "marker" not in text


def test_what_is_logged_before_the_set_up_waits_for_the_file(tmp_path: Path) -> None:
    output, text = run_program(
        tmp_path,
        f"""
log_from_the_start()
log.warning("early {TOKEN}")
setup_logging(load_settings())
log.warning("late")
exit(1)
""",
    )
    assert output == ""
    assert [line.split("WARNING ")[1] for line in text.splitlines()] == ["early •••", "late"]


def test_an_error_before_the_set_up_is_shown_masked(tmp_path: Path) -> None:
    program = f"log_from_the_start()\nload_settings()\nraise ValueError('why {TOKEN}')"
    output, _ = run_program(tmp_path, program)
    assert re.search("ValueError: why (•••|\\\\u2022)", output)
    assert "marker" not in output


def test_formatting_leaves_the_record_as_it_was() -> None:
    shown = record("a %s", TOKEN)
    error = raised(ValueError("x"))
    shown.exc_info = (type(error), error, error.__traceback__)
    assert "Traceback" in LogFormatter().format(shown)
    assert shown.args == (TOKEN,)
    assert shown.exc_text is None
