"""Reports made after each run: by rules in the database, with what came of them."""

import csv
from pathlib import Path

import pytest

from core.phones.after_run.execute import execute_rules
from core.phones.after_run.results import Outcome, Result, results
from core.phones.after_run.rules import Rule, remove_rule, rules, store_rule
from core.phones.after_run.watcher import AfterRun, Where
from core.phones.collector import Collector
from core.phones.datamaster.demo.server import DemoServer
from core.phones.reports.names import Format, ReportName
from core.phones.run_request import RunRequest
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from core.phones.telegram.service import TelegramBot
from core.stop import StopSignal
from tests.phones.storage.collected import Rows
from tests.phones.telegram_bot.conftest import (
    StartBot,
    api,
    collector,
    start_bot,
    upstream,
)
from tests.phones.telegram_bot.stand_in import PATIENCE, BotApi

__all__ = ["api", "collector", "start_bot", "upstream"]


@pytest.fixture
def database(collector: Collector, tmp_path: Path) -> Path:
    """One run."""
    assert collector.start(RunRequest())
    assert collector.wait(PATIENCE)
    return tmp_path / "phones.db"


def stored(database: Path, *wanted: Rule) -> None:
    with exclusive(database):
        for rule in wanted:
            store_rule(database, rule)


def executed(database: Path, run: int = 1, stop: StopSignal | None = None) -> list[Result]:
    found = execute_rules(
        database, database.parent / "exports", run, lambda file, text: False, stop or StopSignal()
    )
    with Reader(database) as reader:
        assert list(results(reader, run)) == [
            Result(r.rule_id, r.report, r.at.replace(microsecond=0), *rest_of(r)) for r in found
        ]
    return list(found)


def rest_of(result: Result) -> tuple[Outcome, int, tuple[Path, ...], str]:
    return result.outcome, result.rows, result.files, result.detail


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rules_are_kept_changed_and_removed(database: Path) -> None:
    stored(database, Rule(ReportName.NEW), Rule(ReportName.ALL, Format.CSV, (7,), "/x", True, True))
    with Reader(database) as reader:
        first, second = rules(reader)
    assert (first.id, second.id) == (1, 2)
    assert second == Rule(ReportName.ALL, Format.CSV, (7,), "/x", True, True, id=2)
    stored(database, Rule(ReportName.PHONES, enabled=False, id=1))
    with exclusive(database):
        assert remove_rule(database, 2)
        assert not remove_rule(database, 2)
    with Reader(database) as reader:
        assert rules(reader) == [Rule(ReportName.PHONES, enabled=False, id=1)]


def test_each_rule_makes_its_report(database: Path, tmp_path: Path) -> None:
    chosen = Rows(database).one("SELECT client_id FROM projects WHERE phones > 0 LIMIT 1")
    stored(
        database,
        Rule(ReportName.NEW, Format.CSV),
        Rule(ReportName.NEW, Format.CSV, (chosen,), str(tmp_path / "of one")),
        Rule(ReportName.CLIENTS, Format.XLSX, enabled=False),
        Rule(ReportName.BASE, folder=str(tmp_path / "base")),
    )
    everybody, one, base = executed(database)
    assert everybody.outcome is one.outcome is base.outcome is Outcome.DONE
    assert everybody.files[0].parent == tmp_path / "exports"
    assert len(rows_of(everybody.files[0])) == everybody.rows + 1
    assert {row[4] for row in rows_of(one.files[0])[1:]} == {str(chosen)}
    assert base.files[0].suffix == ".db"


def test_only_where_there_is_something_new(
    database: Path, collector: Collector, upstream: DemoServer
) -> None:
    quiet = Rows(database).one("SELECT min(id) FROM clients") + 999_999
    stored(
        database,
        Rule(ReportName.PHONES, Format.CSV, only_new=True),
        Rule(ReportName.PHONES, Format.CSV, (quiet,), only_new=True),
    )
    assert [r.outcome for r in executed(database)] == [Outcome.DONE, Outcome.NOTHING_NEW]
    assert collector.start(RunRequest())
    assert collector.wait(PATIENCE)
    assert [r.outcome for r in executed(database, 2)] == [Outcome.NOTHING_NEW] * 2


def test_what_fails_is_told_and_the_next_rule_goes_on(database: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stored(
        database,
        Rule(ReportName.PHONES, folder=str(tmp_path / "file")),
        Rule(ReportName.CLIENTS, telegram=True),
    )
    failed, done = executed(database)
    assert failed.outcome is Outcome.FAILED
    assert str(tmp_path / "file") in failed.detail
    assert done.outcome is Outcome.DONE
    assert done.detail == "Not sent: Telegram is switched off."


def test_a_stop_leaves_nothing_half_made(database: Path, tmp_path: Path) -> None:
    stored(database, Rule(ReportName.ALL))
    stop = StopSignal()
    stop.request()
    assert executed(database, stop=stop) == []
    assert not (tmp_path / "exports").exists()


def test_a_run_is_followed_by_its_reports_and_a_message(
    database: Path, collector: Collector, api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    """The whole way: the run ends, the report is made, what came of it is kept, the file sent."""
    stored(database, Rule(ReportName.SUMMARY, Format.CSV, telegram=True))
    bot: TelegramBot = start_bot()

    def send(path: Path, caption: str) -> bool:
        bot.send_file(path, caption)
        return True

    after = AfterRun(collector, lambda: Where(database, tmp_path / "exports"), send)
    told: list[int] = []
    after.attend()
    after.on_result(lambda run, found: told.append(run))
    assert collector.start(RunRequest())
    assert collector.wait(PATIENCE)
    assert after.wait(PATIENCE)
    assert told == [2]
    name, content = api.wait_for("sendDocument", "summary").files["document"]
    assert name.startswith("summary_run2_")
    assert content.count(b"\r\n") == 3
    with Reader(database) as reader:
        (result,) = results(reader, 2)
    assert result.files[0].name == name
    after.close()


def test_a_run_that_did_not_complete_is_followed_by_nothing(
    database: Path, collector: Collector, upstream: DemoServer, tmp_path: Path
) -> None:
    stored(database, Rule(ReportName.SUMMARY))
    after = AfterRun(collector, lambda: Where(database, tmp_path / "exports"), lambda f, t: False)
    after.attend()
    upstream.stop()
    assert collector.start(RunRequest())
    collector.stop()
    assert collector.wait(PATIENCE)
    assert after.wait(PATIENCE)
    assert not (tmp_path / "exports").exists()
