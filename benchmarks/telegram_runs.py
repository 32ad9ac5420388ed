"""What Telegram costs a run: the same collection without it, with it, and with it down.

    python -m benchmarks.telegram_runs [--rounds N]

Paced as every real run is, so that the limiter sets how long a run takes. The ways take turns, so
that whatever else the machine does hits each of them. Each run is compared with the one without
Telegram of the same round; printed are the medians. The processor time is that of the whole
process: engine, bot, and both stand-in servers.
"""

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import RunFinished, RunStatus
from core.phones.run_request import RunRequest
from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.inbox import Inbox
from core.phones.telegram.service import TelegramBot
from core.phones.telegram.surroundings import Surroundings
from core.settings.secret import Secret
from tests.phones.telegram_bot.stand_in import CHAT, TOKEN, BotApi, hang

DELAY = 0.1  # seconds between requests


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: its seconds as the engine counts them, and processor seconds."""

    wall: float
    processor: float


def collect(upstream: DemoServer, telegram_url: str | None) -> Cost:
    """One run into a new database."""
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
        before = time.process_time()
        collector.start(RunRequest())
        collector.wait()
        processor = time.process_time() - before
        if bot is not None:
            bot.stop(grace=0)
    assert endings[0].status is RunStatus.COMPLETED
    return Cost(endings[0].seconds, processor)


def main() -> None:
    logging.disable()  # the bot says that it cannot reach Telegram; here that is meant
    parser = argparse.ArgumentParser(description="Time runs with and without Telegram.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    dataset = DemoDataset(1, 5, 60, 20_000)
    with DemoServer(dataset) as upstream, BotApi() as well, BotApi() as hanging:
        hanging.always(hang(600))
        ways: dict[str, Callable[[], Cost]] = {
            "without": lambda: collect(upstream, None),
            "answering": lambda: collect(upstream, well.url),
            "closed port": lambda: collect(upstream, "http://127.0.0.1:9"),
            "hanging": lambda: collect(upstream, hanging.url),
        }
        costs: dict[str, list[Cost]] = {way: [] for way in ways}
        collect(upstream, well.url)  # loads the libraries
        begin = time.monotonic()
        for _ in range(rounds):
            for way, run in ways.items():
                costs[way].append(run())
    for way, of_way in costs.items():
        pairs = zip(of_way, costs["without"], strict=True)
        ratios = [cost.wall / base.wall for cost, base in pairs]
        spread = f"{min(ratios):.3f} to {max(ratios):.3f}"
        wall = statistics.median(cost.wall for cost in of_way)
        processor = statistics.median(cost.processor for cost in of_way)
        ratio = statistics.median(ratios)
        print(f"{way:<12} {wall:6.2f} s  {ratio:.3f} ({spread})  processor {processor:.2f} s")
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else float("nan")
    print(f"{rounds} rounds in {time.monotonic() - begin:.0f} s; load {load:.1f}")


if __name__ == "__main__":
    main()
