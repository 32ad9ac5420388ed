"""A bot against the stand-in Bot API, and a collector against the built-in DataMaster API."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, Mode, Progress, RunStarted, Totals
from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.service import TelegramBot
from core.phones.telegram.surroundings import NextDaily, Surroundings, never
from core.settings.secret import Secret
from core.stop import StopSignal
from tests.phones.telegram_bot.stand_in import CHAT, PATIENCE, TOKEN, BotApi, Call


class FakeClock:
    """Time that the test moves."""

    def __init__(self, at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.at = at
        self.seconds = 0.0

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.at

    def wait(self, _stop: StopSignal, _seconds: float) -> bool:
        raise AssertionError("nothing here waits by this clock")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


@pytest.fixture
def upstream() -> Iterator[DemoServer]:
    """Six clients with a few hundred records."""
    with DemoServer(DemoDataset(1, 6, 12, 600)) as server:
        yield server


@pytest.fixture
def collector(upstream: DemoServer, tmp_path: Path) -> Iterator[Collector]:
    made = collector_for(upstream, tmp_path / "phones.db")
    yield made
    made.stop()
    made.stop()
    made.wait()


def collector_for(
    upstream: DemoServer, database: Path, delay: float = 0.001, workers: int = 5
) -> Collector:
    return Collector(
        CollectorSetup(
            database=database,
            engine=EngineSettings(workers=workers, delay=delay, max_retries=0, outage_limit=60),
            open_source=lambda: DataMasterSource(upstream.url, upstream.token),
        )
    )


StartBot = Callable[..., TelegramBot]


@pytest.fixture
def start_bot(api: BotApi, collector: Collector, tmp_path: Path) -> Iterator[StartBot]:
    """Start a bot that watches the collector; arguments change its configuration."""
    bots: list[TelegramBot] = []

    def start(*, draw_growth: Any = None, next_daily: NextDaily = never, **changes: Any) -> Any:
        config = replace(TelegramConfig(Secret(TOKEN), CHAT, api.url), **changes)
        surroundings = Surroundings(
            collector,
            tmp_path / "phones.db",
            draw_growth,
            next_daily,
        )
        bot = TelegramBot(config, surroundings, Inbox(), gap=0.01, poll_seconds=50)
        collector.watch(bot.inbox.put)
        bot.start()
        bots.append(bot)
        return bot

    yield start
    for bot in bots:
        bot.stop(grace=0)
    alive = [thread.name for thread in threading.enumerate() if thread.name == "telegram"]
    assert not alive


@pytest.fixture
def listening(api: BotApi, start_bot: StartBot) -> TelegramBot:
    """A bot that is ready for commands."""
    bot = start_bot()
    api.wait_for("getUpdates", count=2)
    return bot


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, however slow the machine is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def tell(bot: TelegramBot, event: Event) -> None:
    """Give the bot an event and wait until it has made of it what it makes of it."""
    bot.inbox.put(event)
    until(lambda: not bot.inbox._news)


def run_started(run: int = 7, *, resumed: bool = False) -> RunStarted:
    return RunStarted(run, Mode.FULL, resumed, datetime(2026, 3, 1, tzinfo=UTC), "phones.db")


def progress(fraction: float) -> Progress:
    return Progress(7, Totals(), 10, 100, True, 200, fraction, 2.0, 0.5, 60.0, 60.0)


def say_and_wait(api: BotApi, command: str, containing: str) -> Call:
    """Type a command; returns the answer that holds the words."""
    api.say(command)
    return api.wait_for("sendMessage", containing)


def press(api: BotApi, call: Call, button: str) -> None:
    """Press a button under a message that the bot sent."""
    api.press(call.buttons[button], message=44)


def press_yes(api: BotApi, question: Call) -> None:
    press(api, question, "Yes")
