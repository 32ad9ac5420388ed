"""Every command and button, typed by a person into a chat, over real HTTP."""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database.lock import CollectionLock
from core.formats import moment
from core.i18n import set_language
from core.phones.collector import Collector
from core.phones.datamaster.demo.server import DemoServer
from core.phones.events import Mode, RunState
from core.phones.run_request import RunRequest
from core.phones.storage.queries.runs import newest_run
from core.phones.storage.reader import Reader
from core.phones.telegram.menu import QUESTION_SECONDS, Question, Questions
from core.phones.telegram.service import TelegramBot
from tests.phones.telegram_bot.conftest import (
    FakeClock,
    StartBot,
    collector_for,
    press_yes,
    say_and_wait,
)
from tests.phones.telegram_bot.stand_in import PATIENCE, BotApi


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    set_language("en")


def complete_run(collector: Collector) -> None:
    assert collector.start(RunRequest())
    assert collector.wait(PATIENCE)


def test_commands_are_registered_as_hints_for_our_chat(api: BotApi, listening: TelegramBot) -> None:
    fields = api.of("setMyCommands")[0].fields
    for name in ("status", "stats", "last", "run", "stop", "continue", "report", "help"):
        assert f'"command": "{name}"' in fields["commands"]
    assert "700100200" in fields["scope"]


def test_help_lists_every_command_and_offers_buttons(api: BotApi, listening: TelegramBot) -> None:
    call = say_and_wait(api, "/help", "/status")
    assert all(f"/{name} " in call.text for name in ("run", "stop", "continue", "report"))
    assert {"status", "stats", "last", "run", "continue", "report"} == set(call.buttons.values())


def test_status_before_anything_was_collected(api: BotApi, listening: TelegramBot) -> None:
    assert "There was no run yet" in say_and_wait(api, "/status", "No run is going on").text


@pytest.mark.parametrize("command", ["/stats", "/last"])
def test_numbers_before_anything_was_collected(
    api: BotApi, listening: TelegramBot, command: str
) -> None:
    say_and_wait(api, command, "Nothing was collected yet")


def test_stats_and_last_show_what_the_database_holds(
    api: BotApi, listening: TelegramBot, collector: Collector, tmp_path: Path
) -> None:
    complete_run(collector)
    complete_run(collector)
    with Reader(tmp_path / "phones.db") as reader:
        phones = reader.number("SELECT count(*) FROM phones")
        first = reader.number("SELECT new_phones FROM runs WHERE id = 1")
        total = reader.number("SELECT total_phones FROM runs WHERE id = 2")
    assert phones
    assert first == phones
    assert f"Phone numbers: {phones}" in say_and_wait(api, "/stats", "In the database").text
    last = say_and_wait(api, "/last", "Run 2 of").text
    assert f"Numbers handled: {total} (±0)" in last
    assert f"New numbers: 0 (−{phones})" in last
    assert "since run 1 of" in last


def test_stats_names_clients_and_projects_with_most_new_numbers(
    api: BotApi, listening: TelegramBot, collector: Collector, tmp_path: Path
) -> None:
    complete_run(collector)
    with Reader(tmp_path / "phones.db") as reader:
        client, new = reader.rows(
            "SELECT c.username, sum(r.new_phones) AS new FROM run_projects r"
            " JOIN clients c ON c.id = r.client_id GROUP BY c.id ORDER BY new DESC, c.id"
        )[0]
    assert f"{client}: {new}" in say_and_wait(api, "/stats", "In the database").text


@pytest.mark.parametrize(
    ("command", "mode"),
    [("/run", Mode.FULL), ("/run quick", Mode.QUICK), ("/run@collector_bot SMART", Mode.SMART)],
)
def test_run_starts_after_a_yes(
    api: BotApi,
    listening: TelegramBot,
    collector: Collector,
    tmp_path: Path,
    command: str,
    mode: Mode,
) -> None:
    question = say_and_wait(api, command, "Start a run")
    assert collector.state is RunState.IDLE
    press_yes(api, question)
    assert api.wait_for("editMessageText", "The run starts").fields["message_id"] == "44"
    assert collector.wait(PATIENCE)
    with Reader(tmp_path / "phones.db") as reader:
        run = newest_run(reader)
    assert run is not None
    assert run.mode is mode


def test_a_no_starts_nothing_and_the_question_is_closed(
    api: BotApi, listening: TelegramBot, collector: Collector
) -> None:
    question = say_and_wait(api, "/run", "Start a run")
    api.press(question.buttons["No"], message=44)
    api.wait_for("editMessageText", "Nothing was done")
    press_yes(api, question)
    api.press("yes of-last-week", message=45)
    api.wait_for("editMessageText", "no longer open")
    # What was answered first stands.
    assert [call.fields["message_id"] for call in api.of("editMessageText")] == ["44", "45"]
    assert collector.state is RunState.IDLE


def test_a_question_is_open_for_some_minutes_only() -> None:
    clock = FakeClock()
    questions = Questions(clock)
    keys = []
    for mode in (Mode.FULL, Mode.QUICK):
        ((yes, _no),) = questions.ask(Question("run", mode))
        keys.append(yes.data.split()[1])
    clock.advance(QUESTION_SECONDS - 1)
    assert questions.take(keys[0]) == Question("run", Mode.FULL)
    clock.advance(1)
    assert questions.take(keys[1]) is None


@pytest.mark.parametrize(
    ("language", "question", "before", "after"),
    [
        (
            "en",
            "Start a run, mode quick?\n",
            "How long it takes will be known after the first run.",
            r"About \d+ requests, [^(]+ \(known from run 1\)\.",
        ),
        (
            "ru",
            "Начать запуск, режим быстрый?\n",
            "Сколько это займёт, станет известно после первого запуска.",
            r"Примерно \d+ запрос\w+, [^(]+ \(по запуску №\s1\)\.",
        ),
    ],
)
def test_the_question_before_a_run_says_what_it_will_cost(
    api: BotApi,
    listening: TelegramBot,
    collector: Collector,
    language: str,
    question: str,
    before: str,
    after: str,
) -> None:
    set_language(language)
    assert say_and_wait(api, "/run quick", question).text == question + before
    complete_run(collector)
    api.say("/run quick")
    second = api.wait_for("sendMessage", question, count=2).text
    assert re.fullmatch(after, second.removeprefix(question))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Next daily run: "), ("ru", "Следующий ежедневный запуск: ")]
)
def test_status_says_when_the_next_daily_run_begins(
    api: BotApi, start_bot: StartBot, language: str, words: str
) -> None:
    set_language(language)
    tomorrow = datetime.now().astimezone() + timedelta(days=1)
    start_bot(next_daily=lambda: tomorrow)
    api.wait_for("getUpdates", count=2)
    assert moment(tomorrow) in say_and_wait(api, "/status", words).text


def test_a_button_offers_the_modes_first(api: BotApi, listening: TelegramBot) -> None:
    api.press("run")
    modes = api.wait_for("sendMessage", "Which mode")
    api.press(modes.buttons["Quick"])
    api.wait_for("sendMessage", "mode quick?")
    assert len(api.of("answerCallbackQuery")) == 2


def test_wrong_words_are_answered_with_what_there_is(api: BotApi, listening: TelegramBot) -> None:
    say_and_wait(api, "/run everything", "There are: full, quick, smart")
    say_and_wait(api, "/report bills", "There are: aggregated, summary")
    say_and_wait(api, "/report phones pdf", "as csv or as xlsx")
    say_and_wait(api, "/dance", "/status")


def test_stop_asks_then_stops_once_and_continue_goes_on(
    api: BotApi, upstream: DemoServer, tmp_path: Path, collector: Collector, start_bot: StartBot
) -> None:
    slow = collector_for(upstream, tmp_path / "phones.db", delay=0.5)
    collector.configure(slow.setup)
    start_bot()
    api.wait_for("getUpdates", count=2)
    assert collector.start(RunRequest())
    api.wait_for("sendMessage", "Run 1: ")
    upstream.go_down()  # or the run might end before it is stopped
    assert "Stop" in say_and_wait(api, "/status", "Working for").buttons
    say_and_wait(api, "/run", "already going on")
    say_and_wait(api, "/continue", "already going on")
    question = say_and_wait(api, "/stop", "Stop the run?")
    assert collector.state is RunState.RUNNING
    press_yes(api, question)
    press_yes(api, question)  # a second press must not abandon the requests in flight
    api.wait_for("editMessageText", "is being stopped")
    api.wait_for("sendMessage", "is stopped after")
    assert collector.wait(PATIENCE)
    say_and_wait(api, "/stop", "No run is going on")

    upstream.come_back()
    collector.configure(collector_for(upstream, tmp_path / "phones.db").setup)
    say_and_wait(api, "/continue", "is being continued")
    api.wait_for("sendMessage", "Run 1 is completed")
    assert collector.wait(PATIENCE)
    say_and_wait(api, "/continue", "nothing to continue")


def test_strangers_get_no_answer_and_one_log_line(
    api: BotApi, listening: TelegramBot, collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api.say("/status", chat=55512345)
    api.say("/run", chat=55512345)
    api.press("stop", chat=55512345)
    say_and_wait(api, "/status", "No run is going on")
    assert all(call.fields["chat_id"] == "700100200" for call in api.of("sendMessage"))
    assert not api.of("answerCallbackQuery")
    lines = [r.getMessage() for r in caplog.records if "not ours" in r.getMessage()]
    assert len(lines) == 1
    assert "345" in lines[0]
    assert "55512345" not in caplog.text


def test_what_was_typed_while_the_program_was_off_is_not_obeyed(
    api: BotApi, start_bot: StartBot, collector: Collector
) -> None:
    api.say("/help")
    api.say("/continue")
    start_bot()
    api.wait_for("getUpdates", count=2)
    say_and_wait(api, "/status", "No run is going on")
    assert len(api.of("sendMessage")) == 1


def test_a_message_for_another_bot_or_without_a_command_is_ignored(
    api: BotApi, listening: TelegramBot
) -> None:
    api.say("/help@other_bot")
    api.say("hello")
    api.post_photo()
    say_and_wait(api, "/status", "No run is going on")
    assert len(api.of("sendMessage")) == 1


def test_two_questions_whether_to_stop_do_not_abandon_what_was_asked(
    api: BotApi, listening: TelegramBot, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, stops = [RunState.RUNNING], []

    def stop() -> None:
        stops.append(1)
        states[0] = RunState.STOPPING

    monkeypatch.setattr(Collector, "state", property(lambda _self: states[0]))
    monkeypatch.setattr(collector, "stop", stop)
    api.say("/stop")
    api.say("/stop")
    first = api.wait_for("sendMessage", "Stop the run?")
    second = api.wait_for("sendMessage", "Stop the run?", count=2)
    press_yes(api, first)
    press_yes(api, second)
    api.wait_for("editMessageText", "is being stopped", count=2)
    assert len(stops) == 1
    press_yes(api, say_and_wait(api, "/stop", "Wait no longer"))
    api.wait_for("editMessageText", "is being stopped", count=3)
    assert len(stops) == 2


def test_a_run_whose_process_died_is_not_running(
    api: BotApi, listening: TelegramBot, collector: Collector, tmp_path: Path
) -> None:
    complete_run(collector)
    with closing(sqlite3.connect(tmp_path / "phones.db")) as db, db:
        db.execute("UPDATE runs SET status = 'running'")
    assert ": interrupted" in say_and_wait(api, "/last", "⏹ Run 1 of").text
    assert ": interrupted" in say_and_wait(api, "/status", "No run is going on").text


def test_another_process_that_collects_is_told(
    api: BotApi, listening: TelegramBot, collector: Collector, tmp_path: Path
) -> None:
    complete_run(collector)
    lock = CollectionLock(tmp_path / "phones.db")
    lock.acquire(datetime.now(UTC))
    try:
        say_and_wait(api, "/status", "Another copy of the program is collecting.")
    finally:
        lock.release()
