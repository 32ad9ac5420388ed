"""Older bases, registry, reports after runs and accounts, by their dialogs in a real window."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.phones.after_run.rules import Rule, rules, store_rule
from core.phones.events import RunStatus
from core.phones.registry.made_up import write_made_up
from core.phones.reports.names import ReportName
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from gui.dialogs.after_run import AfterRunDialog
from gui.dialogs.import_columns import ImportColumnsDialog
from gui.dialogs.pick_clients import PickClientsDialog
from gui.dialogs.profiles import ProfilesDialog
from gui.dialogs.registry import RegistryDialog
from gui.dialogs.take_in import TakeInDialog
from gui.dialogs.tasks import RevalidateDialog
from tests.gui.conftest import SMALL_DEMO, Stage, open_on, rows

pytestmark = pytest.mark.gui

PHONES = "SELECT count(*) FROM phones"


def asked(stage: Stage, kind: type[Any]) -> Any:
    dialog = stage.window.dialog(kind)
    dialog.ask()
    settle(stage)
    return dialog


def settle(stage: Stage) -> None:
    window = stage.window
    stage.until(lambda: not any(getattr(d, "busy", False) for d in window.opened_dialogs()))
    stage.until(lambda: not window.background._newest)
    stage.turn(0.05)


def test_a_dialog_is_as_high_as_what_stands_in_it(stage: Stage, database: Path) -> None:
    open_on(stage, database, "collect")
    dialog = asked(stage, RevalidateDialog)
    stage.until(lambda: dialog.winfo_height() == dialog.winfo_reqheight())
    small = dialog.winfo_height()
    dialog.say("One line.", hint="And its hint.")
    stage.turn(0.2)
    assert dialog.winfo_height() == small  # nothing moves under the hand
    dialog.say("A long sentence. " * 30)
    stage.until(lambda: dialog.winfo_height() == dialog.winfo_reqheight() > small)
    high = dialog.winfo_height()
    row = dialog.row
    assert row.winfo_y() + row.winfo_height() <= high
    dialog.say("")
    stage.turn(0.2)
    assert dialog.winfo_height() == high
    dialog.cancel()
    dialog.ask()
    stage.until(lambda: dialog.winfo_height() == small)


def test_a_base_is_taken_in_and_let_go(stage: Stage, database: Path, tmp_path: Path) -> None:
    open_on(stage, database, "collect")
    ((before,),) = rows(database, PHONES)
    base = tmp_path / "старая.db"
    with closing(sqlite3.connect(base)) as db:
        db.execute("CREATE TABLE phones (phone TEXT)")
        db.executemany("INSERT INTO phones VALUES (?)", [(f"+7907000{n:04d}",) for n in range(50)])
        db.commit()
    dialog = asked(stage, TakeInDialog)
    dialog.look(base)
    settle(stage)
    stage.window.dialog(ImportColumnsDialog).accept()
    settle(stage)
    ((after,),) = rows(database, PHONES)
    added = after - before
    assert added > 40
    assert f"Taken in: {added}." in dialog.state_text.text
    (key,) = dialog.table.tree.get_children()
    assert dialog.table.values(key)[1:] == ("старая.db", "", str(added))

    dialog.table.choose(key)
    stage.turn(0.05)
    assert dialog.undo_button.enabled
    dialog.undo(int(key))
    settle(stage)
    assert rows(database, PHONES) == [(before,)]
    assert not dialog.undo_button.enabled
    dialog.cancel()


def test_the_columns_of_a_base_are_shown_and_chosen(
    stage: Stage, database: Path, tmp_path: Path
) -> None:
    """Two columns of numbers and two of days: the guess takes the first of each."""
    base = tmp_path / "старая.csv"
    base.write_text(
        "Имя;Телефон;Запасной;Дата;Звонок\n"
        + "".join(
            f"Окна;8907000{n:04d};8935000{n:04d};0{n}.05.2024;1{n}.06.2025\n" for n in range(1, 10)
        ),
        encoding="cp1251",
    )
    open_on(stage, database, "collect")
    dialog = asked(stage, TakeInDialog)
    dialog.look(base)
    settle(stage)
    columns = stage.window.dialog(ImportColumnsDialog)
    assert columns.opened
    assert columns.phone.cget("text") == "Телефон: 89070000001"
    assert columns.table.values("0") == (
        "89070000001",
        "+7 907 000-00-01",
        "01.05.2024",
        "01 May 2024",
    )
    columns.date._choose("none")
    assert columns.table.values("0")[2:] == ("", "")
    columns.phone._choose("0")  # names
    assert columns.table.values("0")[1] == "no number"
    columns.phone._choose("2")
    columns.date._choose("4")
    assert columns.table.values("1")[0] == "89350000002"
    columns.ok.invoke()
    settle(stage)
    assert "Taken in: 9." in dialog.state_text.text
    day = "date(first_seen, 'unixepoch', 'localtime')"
    taken = f"SELECT min({day}), max({day}) FROM phones WHERE phone LIKE '+7935000000%'"
    assert rows(database, taken) == [("2025-06-11", "2025-06-19")]
    dialog.cancel()


def test_a_base_without_numbers_is_taken_in_only_by_choice(
    stage: Stage, database: Path, tmp_path: Path
) -> None:
    (tmp_path / "names.csv").write_text("a;b\nx;y\n", encoding="utf-8")
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    open_on(stage, database, "collect")
    dialog = asked(stage, TakeInDialog)
    dialog.look(tmp_path / "x.pdf")
    settle(stage)
    assert "not a list" in dialog.state_text.text
    dialog.look(tmp_path / "names.csv")
    settle(stage)
    columns = stage.window.dialog(ImportColumnsDialog)
    assert "No column" in columns.wrong.text
    assert not columns.ok.enabled
    columns.accept()
    assert columns.opened
    columns.phone._choose("1")
    assert columns.ok.enabled
    columns.cancel()
    assert not dialog.busy
    dialog.cancel()


def test_the_registry_is_loaded_and_removed(stage: Stage, database: Path, tmp_path: Path) -> None:
    open_on(stage, database, "collect")
    dialog = asked(stage, RegistryDialog)
    assert "No registry" in dialog.state_text.text
    (tmp_path / "wrong.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    dialog.load([tmp_path / "wrong.csv"])
    settle(stage)
    assert "not a file of the registry" in dialog.state_text.text
    dialog.load(write_made_up(tmp_path))
    settle(stage)
    assert "4 operators, 7 regions" in dialog.state_text.text
    assert "3xx, 4xx, 8xx" in dialog.hint.text
    dialog.remove_button.invoke()
    settle(stage)
    assert "No registry" in dialog.state_text.text
    dialog.cancel()


def test_reports_are_made_after_each_run(stage: Stage, collected_home: Path) -> None:
    stage.fill(collected_home)
    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO)
    dialog = asked(stage, AfterRunDialog)
    dialog.report._choose("summary")
    dialog.go.invoke()
    settle(stage)
    dialog.report._choose("clients")
    dialog.only_new.put(True)
    dialog.go.invoke()
    settle(stage)
    texts = [dialog.table.values(key)[0] for key in dialog.table.tree.get_children()]
    assert texts == ["Runs, Excel", "Clients, Excel, only if there is something new"]
    dialog.table.choose("1")
    stage.turn(0.05)
    dialog.switch_button.invoke()
    settle(stage)
    assert dialog.table.values("1")[0] == "Runs, Excel, switched off"
    dialog.cancel()

    window.runs.start()
    stage.finish_run()
    stage.until(lambda: window.program.after_run.wait(0))
    made = list((stage.home / "demo" / "data" / "exports").iterdir())
    assert [path.name.split("_")[0] for path in made] == ["clients"]
    window.navigate("runs")
    view = window.view("runs")
    stage.until(lambda: "After it: Clients" in view.details.sentence.text)


def test_a_report_that_could_not_be_made_is_told(stage: Stage, collected_home: Path) -> None:
    stage.fill(collected_home)
    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO)
    (stage.home / "file").write_text("")
    with exclusive(window.program.settings.database_path):
        store_rule(
            window.program.settings.database_path,
            Rule(ReportName.CLIENTS, folder=str(stage.home / "file")),
        )
        store_rule(
            window.program.settings.database_path,
            Rule(ReportName.NEW, folder=str(stage.home / "file")),
        )
    told: list[str] = []
    window.toast = lambda _kind, sentence: told.append(sentence)
    window.runs.start()
    assert stage.finish_run().status is RunStatus.COMPLETED
    stage.until(lambda: told)
    assert "Clients: not made" in told[0]  # both in one, or the second hides the first
    assert "New numbers of a run: not made" in told[0]


def test_a_rule_is_for_several_clients(stage: Stage, database: Path) -> None:
    open_on(stage, database, "collect")
    dialog = asked(stage, AfterRunDialog)
    dialog.clients.invoke()
    picks = stage.window.dialog(PickClientsDialog)
    stage.until(lambda: picks.opened and picks.list.tree.get_children())
    wanted = rows(database, "SELECT id, username FROM clients ORDER BY id LIMIT 3")
    for _client, name in wanted:
        picks.list.search.field.put(name)
        picks.list.search._typed()
        picks.list.search._entered()
    assert "3 clients" in picks.last.count.text
    picks.last.ok.invoke()
    assert "3 clients" in dialog.clients.cget("text")
    dialog.go.invoke()
    settle(stage)
    assert dialog.table.values("1")[0] == "New numbers of a run, Excel, 3 clients"
    with Reader(database) as reader:
        (rule,) = rules(reader)
    assert sorted(rule.clients) == [client for client, _name in wanted]

    dialog.clients.invoke()  # what was ticked still is
    stage.until(lambda: picks.opened and len(picks.list.clients) > 3)
    assert len(picks.list.ticked) == 3
    picks.list.none.invoke()
    picks.list._toggle(str(wanted[1][0]))
    picks.last.ok.invoke()
    assert dialog.clients.cget("text") == f"Client: {wanted[1][1]}"
    dialog.cancel()


def test_the_rules_are_reached_from_the_settings(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "settings").view("settings")
    view.reports.invoke()
    settle(stage)
    dialog = stage.window.dialog(AfterRunDialog)
    assert dialog.opened
    dialog.cancel()


def test_accounts_are_made_and_opened(
    stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda words, **_more: started.append(words))
    open_on(stage, database, "collect")
    dialog = asked(stage, ProfilesDialog)
    assert not dialog.open_button.enabled
    dialog.name.put("a/b")
    dialog.make_button.invoke()
    assert "cannot be the name" in dialog.said.text
    dialog.name.put("Агентство 2")
    dialog.make_button.invoke()
    stage.turn(0.05)
    assert (stage.home / "profiles" / "Агентство 2").is_dir()
    assert dialog.open_button.enabled
    dialog.open_button.invoke()
    assert started[0][-2:] == ["--profile", "Агентство 2"]
    assert not dialog.opened


def test_a_profile_has_its_own_window_and_says_so(stage: Stage) -> None:
    (stage.home / "profiles" / "Вторая").mkdir(parents=True)
    window = stage.open(demo=False, DATAMASTER_PROFILE="Вторая", DATAMASTER_API_TOKEN="made-up")
    assert window.program.settings.places.home == stage.home / "profiles" / "Вторая"
    stage.until(lambda: window.side_bar.mark.text == "Вторая")
