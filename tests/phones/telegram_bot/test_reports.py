"""/report: the real export, sent as files that Telegram takes."""

import asyncio
import csv
import io
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from core.phones.collector import Collector
from core.phones.reports.export import ExportCancelled, ExportRequest
from core.phones.reports.names import Format, ReportName
from core.phones.run_request import RunRequest
from core.phones.storage.reader import Reader
from core.phones.telegram.reports import REPORTS, ReportSender
from core.phones.telegram.service import TelegramBot
from core.stop import StopSignal
from core.telegram.outgoing import Outgoing
from tests.phones.telegram_bot.conftest import StartBot, press, say_and_wait
from tests.phones.telegram_bot.stand_in import PATIENCE, BotApi


@pytest.fixture
def collected(collector: Collector) -> None:
    assert collector.start(RunRequest())
    assert collector.wait(PATIENCE)


def phones_of(database: Path) -> set[str]:
    with Reader(database) as reader:
        return {phone for (phone,) in reader.rows("SELECT phone FROM phones")}


def column(content: bytes, number: int = 0) -> list[str]:
    return [row[number] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]


@pytest.mark.usefixtures("collected")
def test_a_report_comes_as_a_file(api: BotApi, listening: TelegramBot, tmp_path: Path) -> None:
    api.say("/report phones")
    name, content = api.wait_for("sendDocument", "phones").files["document"]
    assert name.startswith("phones_run1_")
    assert name.endswith(".csv")
    heading, *phones = column(content)
    assert heading == "phone"
    assert set(phones) == phones_of(tmp_path / "phones.db")


@pytest.mark.usefixtures("collected")
def test_every_report_can_be_had_by_its_button(api: BotApi, listening: TelegramBot) -> None:
    menu = say_and_wait(api, "/report", "Which report?")
    assert len(menu.buttons) == 2 * len(REPORTS)
    for place, name in enumerate(REPORTS, start=1):
        press(api, menu, f"{name} XLSX")
        call = api.wait_for("sendDocument", count=place)
        assert call.files["document"][0].startswith(name)
        assert call.files["document"][1].startswith(b"PK")


def test_a_report_without_a_database_says_so(api: BotApi, listening: TelegramBot) -> None:
    say_and_wait(api, "/report phones", "There is no database")


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("kind", list(Format))
def test_a_large_report_is_sent_in_parts_under_the_limit(tmp_path: Path, kind: Format) -> None:
    database = tmp_path / "phones.db"
    contents: list[bytes] = []
    limit = 8000

    def keep(message: Outgoing) -> None:
        assert message.document is not None
        assert message.temporary
        contents.append(message.document.read_bytes())

    async def send() -> None:
        sender = ReportSender(database, keep, limit)
        assert sender.begin(ReportName.PHONES, kind)
        while not contents:
            await asyncio.sleep(0.01)
        await sender.close()

    asyncio.run(send())
    assert len(contents) > 1
    assert max(map(len, contents)) <= limit
    if kind is Format.CSV:
        parts = [column(content) for content in contents]
        assert {part[0] for part in parts} == {"phone"}
        phones = [phone for part in parts for phone in part[1:]]
        assert len(phones) == len(set(phones))
        assert set(phones) == phones_of(database)


def test_one_report_at_a_time_and_none_outlives_the_bot(
    api: BotApi, start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()
    folders: list[Path] = []

    def slow(_: Path, request: ExportRequest, stop: StopSignal, rows_a_part: int) -> NoReturn:
        folders.append(request.folder)
        begun.set()
        stop.wait(PATIENCE)
        ended.set()
        raise ExportCancelled

    monkeypatch.setattr("core.phones.telegram.reports.export", slow)
    bot = start_bot()
    api.wait_for("getUpdates", count=2)
    api.say("/report phones")
    assert begun.wait(PATIENCE)
    say_and_wait(api, "/report summary", "Another report is being made")
    bot.stop(grace=0)
    assert ended.is_set()
    assert not folders[0].exists()


def test_a_report_that_fails_says_so_without_a_traceback(
    api: BotApi,
    listening: TelegramBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr("core.phones.telegram.reports.export", broken)
    text = say_and_wait(api, "/report phones", "could not be made").text
    assert "ZeroDivision" not in text
    assert "ZeroDivisionError" in caplog.text
