"""The same run with Telegram in each bad mood and without it: result and log are the same."""

import logging
from pathlib import Path

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.phones.events import Event, RunFinished
from core.phones.run_request import RunRequest
from core.phones.storage.reader import Reader
from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.service import TelegramBot
from core.phones.telegram.surroundings import Surroundings
from core.settings.secret import Secret
from tests.phones.telegram_bot.conftest import collector_for
from tests.phones.telegram_bot.stand_in import (
    CHAT,
    PATIENCE,
    TOKEN,
    BotApi,
    flood,
    garbage,
    hang,
    unauthorized,
)


def collect(
    folder: Path, api_url: str | None, caplog: pytest.LogCaptureFixture
) -> tuple[list[object], list[str], list[Event]]:
    folder.mkdir()
    events: list[Event] = []
    caplog.clear()
    with DemoServer(DemoDataset(1, 6, 12, 600)) as upstream:
        # With several workers it is chance which of two projects is first with a number.
        collector = collector_for(upstream, folder / "phones.db", workers=1)
        collector.watch(events.append)
        bot = None
        if api_url is not None:
            around = Surroundings(collector, folder / "phones.db")
            bot = TelegramBot(
                TelegramConfig(Secret(TOKEN), CHAT, api_url), around, Inbox(), gap=0.01
            )
            collector.watch(bot.inbox.put)
            bot.start()
        assert collector.start(RunRequest())
        assert collector.wait(PATIENCE)
        if bot is not None:
            bot.stop(grace=0)
    with Reader(folder / "phones.db") as reader:
        result: list[object] = reader.rows(
            "SELECT status, total_clients, total_projects, total_phones, new_phones,"
            " errors_count FROM runs"
        )
        result += reader.rows(
            "SELECT l.project_id, p.phone, l.created_at_api FROM project_phones l"
            " JOIN phones p ON p.id = l.phone_id ORDER BY l.project_id, p.phone"
        )
    log = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(("core.telegram", "core.phones.telegram"))
        and record.levelno >= logging.INFO
    ]
    return result, sorted(_timeless(line) for line in log), events


@pytest.mark.parametrize("mood", ["fine", "closed", "hanging", "garbage", "wrong token", "flood"])
def test_result_and_log_are_the_same(
    api: BotApi, tmp_path: Path, caplog: pytest.LogCaptureFixture, mood: str
) -> None:
    caplog.set_level(logging.INFO)
    moods = {
        "hanging": hang(30),
        "garbage": garbage(),
        "wrong token": unauthorized(),
        "flood": flood(60),
    }
    api.always(moods.get(mood))
    url = "http://127.0.0.1:9" if mood == "closed" else api.url
    without = collect(tmp_path / "without", None, caplog)
    with_bot = collect(tmp_path / "with", url, caplog)
    assert with_bot[0] == without[0]
    assert with_bot[1] == without[1]
    assert isinstance(with_bot[2][-1], RunFinished)
    assert {type(event) for event in with_bot[2]} == {type(event) for event in without[2]}


def _timeless(line: str) -> str:
    """A log line without what differs between any two runs: ports and durations."""
    return "".join("#" if letter.isdigit() else letter for letter in line)
