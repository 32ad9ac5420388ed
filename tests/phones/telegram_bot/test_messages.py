"""What arrives in the chat during a run, and how long texts are cut."""

from pathlib import Path

import pytest

from core.asking.troubles import Reason
from core.phones.collector import Collector
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.events import (
    ItemFailed,
    OutageEnded,
    OutageStarted,
    RunFinished,
    RunStatus,
    Target,
    Totals,
)
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest
from core.phones.storage.reader import Reader
from core.telegram.outgoing import TEXT_LIMIT, length, split_text
from tests.phones.telegram_bot.conftest import StartBot, collector_for, run_started
from tests.phones.telegram_bot.stand_in import PATIENCE, BotApi

PNG = b"\x89PNG\r\n\x1a\n" + b"growth"


def test_a_run_tells_start_milestones_end_and_sends_the_chart(
    api: BotApi, upstream: DemoServer, collector: Collector, start_bot: StartBot, tmp_path: Path
) -> None:
    collector.configure(collector_for(upstream, tmp_path / "phones.db", delay=0.05).setup)
    drawn: list[int] = []

    def draw(rows: list[object]) -> bytes:
        drawn.append(len(rows))
        return PNG

    start_bot(draw_growth=draw)
    api.wait_for("getUpdates", count=2)
    for run in (1, 2):
        assert collector.start(RunRequest())
        assert collector.wait(PATIENCE)
        api.wait_for("sendPhoto", count=run)
    texts = api.texts()
    assert "Run 1 started, mode full" in texts[0]
    assert any("Run 1: " in text and "%" in text for text in texts)
    end = api.wait_for("sendMessage", "Run 2 is completed").text
    with Reader(tmp_path / "phones.db") as reader:
        rows = reader.rows(
            "SELECT total_clients, total_projects, total_phones, new_phones, errors_count"
            " FROM runs ORDER BY id"
        )
    names = ("Clients", "Projects", "Numbers handled", "New numbers", "Errors")
    for name, before, now in zip(names, *rows, strict=True):
        change = now - before
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        assert f"{name}: {now} ({sign}{abs(change)})" in end
    assert drawn == [1, 2]
    assert api.wait_for("sendPhoto").files["photo"][1] == PNG


def test_failures_are_told_with_reasons_at_the_end(
    api: BotApi, upstream: DemoServer, collector: Collector, start_bot: StartBot
) -> None:
    broken = dict.fromkeys(list(upstream.dataset.project_ids())[:2], 500)
    upstream.faults = Faults(broken_projects=broken)
    start_bot()
    assert collector.start(RunRequest())
    end = api.wait_for("sendMessage", "is completed").text
    assert collector.wait(PATIENCE)
    assert "Errors: 2" in end
    assert "2 clients and projects could not be read" in end
    assert "2 projects: " in end
    assert all(str(project) in end for project in broken)


def test_a_run_that_cannot_begin_is_told_as_such(
    api: BotApi, upstream: DemoServer, tmp_path: Path, start_bot: StartBot
) -> None:
    bot = start_bot()
    nothing = collector_for(upstream, tmp_path / "none.db")
    nothing.watch(bot.inbox.put)
    assert nothing.resume()
    api.wait_for("sendMessage", "No run could begin")
    assert nothing.wait(PATIENCE)


def test_outage_and_recovery(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    bot.inbox.put(run_started())
    bot.inbox.put(OutageStarted(Reason.NO_CONNECTION, ""))
    api.wait_for("sendMessage", "no connection to the server")
    bot.inbox.put(OutageEnded(3600))
    api.wait_for("sendMessage", "answers again after")


def test_a_chart_that_cannot_be_drawn_costs_only_the_picture(
    api: BotApi, collector: Collector, start_bot: StartBot, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_rows: object) -> bytes:
        raise ZeroDivisionError

    bot = start_bot(draw_growth=broken)
    assert collector.start(RunRequest())
    assert collector.wait(PATIENCE)
    api.wait_for("sendMessage", "Run 1 is completed")
    bot.stop(grace=PATIENCE)
    assert not api.of("sendPhoto")
    assert "could not be drawn" in caplog.text


def test_stopping_the_program_sends_what_waits_first(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    bot.inbox.put(run_started())
    bot.inbox.put(RunFinished(7, RunStatus.STOPPED, Totals(), 61.0))
    bot.stop(grace=PATIENCE)
    assert "is stopped after" in api.texts()[-1]


def test_a_long_message_arrives_in_parts_cut_at_line_ends(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    bot.inbox.put(run_started())
    names = ", ".join(f"client {number}" for number in range(500))
    end = RunFinished(7, RunStatus.FAILED, Totals(), 61.0, RunFailure.UNKNOWN_CLIENTS, names)
    bot.inbox.put(end)
    bot.stop(grace=PATIENCE)
    parts = [text for text in api.texts() if "started" not in text]
    assert len(parts) > 1
    assert all(length(part) <= TEXT_LIMIT for part in parts)


def test_long_names_take_a_line_each_and_no_more(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    name = "first\nsecond\t" + "long name " * 150
    bot.inbox.put(ItemFailed(Target.PROJECT, 1, name, Reason.SERVER_ERROR, "502"))
    bot.inbox.put(RunFinished(7, RunStatus.COMPLETED, Totals(errors=1), 61.0))
    bot.stop(grace=PATIENCE)
    (text,) = api.texts()
    assert "“first second long name" in text
    assert len(text.splitlines()[-1]) < 120
    assert text.startswith("⚠️ Run 7 is completed")  # not a plain success, as in the window


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "\n".join(f"line {n} " + "x" * (n % 90) for n in range(400)),
        "word " * 3000,
        "y" * 9000,
        "😀" * 5000,
    ],
)
def test_split_text_keeps_every_letter_and_every_line_that_fits(text: str) -> None:
    parts = split_text(text)
    assert all(0 < length(part) <= TEXT_LIMIT for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
    lines = set(text.split("\n"))
    if all(length(line) <= TEXT_LIMIT for line in lines):
        assert all(line in lines for part in parts for line in part.split("\n"))


def test_split_text_of_nothing_is_nothing() -> None:
    assert split_text("\n \n") == []
