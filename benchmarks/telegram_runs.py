"""What Telegram costs a run: the same collection without it, with it, and with it down.

    python -m benchmarks.telegram_runs [--rounds N]

The ways take turns, so that whatever else the machine does hits each of them; printed is the
median of each and its ratio to the run without Telegram.
"""

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.collector import Collector, CollectorSetup
from core.datamaster.api import DataMasterSource
from core.datamaster.demo.dataset import DemoDataset
from core.datamaster.demo.server import DemoServer
from core.engine.session import EngineSettings
from core.events import RunFinished, RunStatus
from core.run_request import RunRequest
from core.settings.secret import Secret
from core.telegram.config import TelegramConfig
from core.telegram.inbox import Inbox
from core.telegram.service import TelegramBot
from core.telegram.surroundings import Surroundings
from tests.telegram_bot.stand_in import CHAT, TOKEN, BotApi, hang

DELAY = 0.005  # seconds between requests: paced, as every real run is


def collect(upstream: DemoServer, telegram_url: str | None) -> float:
    """One run into a new database; its seconds as the engine counts them."""
    endings: list[RunFinished] = []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "phones.db")
        collector = Collector(
            CollectorSetup(
                database=database,
                engine=EngineSettings(delay=DELAY),
                open_source=lambda: DataMasterSource(upstream.url, upstream.token),
            )
        )
        collector.watch(
            lambda event: endings.append(event) if isinstance(event, RunFinished) else None
        )
        bot = None
        if telegram_url is not None:
            bot = TelegramBot(
                TelegramConfig(Secret(TOKEN), CHAT, telegram_url),
                Surroundings(collector, database),
                Inbox(),
            )
            collector.watch(bot.inbox.put)
            bot.start()
        collector.start(RunRequest())
        collector.wait()
        if bot is not None:
            bot.stop(grace=0)
    assert endings[0].status is RunStatus.COMPLETED
    return endings[0].seconds


def main() -> None:
    logging.disable()  # the bot says that it cannot reach Telegram; here that is meant
    parser = argparse.ArgumentParser(description="Time runs with and without Telegram.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    dataset = DemoDataset(1, 20, 400, 60_000)
    with DemoServer(dataset) as upstream, BotApi() as well, BotApi() as hanging:
        hanging.always(hang(600))
        ways: dict[str, Callable[[], float]] = {
            "without": lambda: collect(upstream, None),
            "answering": lambda: collect(upstream, well.url),
            "closed port": lambda: collect(upstream, "http://127.0.0.1:9"),
            "hanging": lambda: collect(upstream, hanging.url),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        begin = time.monotonic()
        for _ in range(rounds):
            for way, run in ways.items():
                times[way].append(run())
    base = statistics.median(times["without"])
    for way, seconds in times.items():
        median = statistics.median(seconds)
        spread = f"{min(seconds):.2f}-{max(seconds):.2f}"
        print(f"{way:<12} {median:6.2f} s  ({spread})  {median / base:.3f}")
    print(f"{rounds} rounds in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
