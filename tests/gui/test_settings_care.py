"""Settings: the test message, where tokens are kept, advice; warnings at a start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.database import diskspace
from core.database.diskspace import WARN_BYTES
from gui import style
from tests.gui.conftest import Stage
from tests.phones.telegram_bot.stand_in import CHAT, TOKEN, BotApi, unauthorized

API_TOKEN = "0123456789abcdef0123456789abcdef"  # made up


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


def opened(stage: Stage, env: str = "") -> Any:
    stage.home.mkdir(exist_ok=True)
    (stage.home / ".env").write_text(env, "utf-8")
    (stage.home / ".env").chmod(0o600)
    window = stage.open(demo=False)
    window.navigate("settings")
    return window.view("settings")


def telegram(api: BotApi) -> str:
    return (
        f"TELEGRAM_BOT_TOKEN={TOKEN}\nTELEGRAM_CHAT_ID={CHAT}\nTELEGRAM_API_URL={api.url}\n"
        f"DATAMASTER_API_TOKEN={API_TOKEN}\n"
    )


def test_a_test_message_arrives(stage: Stage, api: BotApi) -> None:
    view = opened(stage, telegram(api))
    view.telegram.test.invoke()
    assert view.telegram.test.cget("state") == "disabled"
    stage.until(lambda: view.telegram.test.cget("state") == "normal")
    assert view.telegram.answer.text == "A test message was sent by @collector_bot."
    api.wait_for("sendMessage", "test message")


def test_what_is_wrong_with_telegram_is_said_without_the_token(stage: Stage, api: BotApi) -> None:
    api.fail("getMe", unauthorized())
    view = opened(stage, telegram(api))
    view.telegram.test.invoke()
    stage.until(lambda: view.telegram.test.cget("state") == "normal")
    assert view.telegram.answer.text
    assert "sent by" not in view.telegram.answer.text
    assert TOKEN not in view.telegram.answer.text


def test_only_saved_settings_are_tested(stage: Stage, api: BotApi) -> None:
    view = opened(stage, telegram(api))
    stage.until(lambda: view.rows["TELEGRAM_CHAT_ID"].text == str(CHAT))
    entry = view.rows["TELEGRAM_CHAT_ID"].control.entry
    entry.put("4711")
    view.rows["TELEGRAM_CHAT_ID"]._typed()
    view.telegram.test.invoke()
    assert view.telegram.answer.text == "Save the settings first."
    assert not api.calls


def test_the_next_demo_run_keeps_its_pace_after_settings_are_saved(stage: Stage) -> None:
    del stage.environ["RATE_LIMIT_DELAY"]
    window = stage.open()
    pace = window.program.settings.rate_limit_delay
    window.navigate("settings")
    view = window.view("settings")
    stage.until(lambda: view.rows["RATE_LIMIT_DELAY"].text == str(pace))
    view.rows["WORKERS"].control.entry.put("3")
    view.rows["WORKERS"]._typed()
    view.save.invoke()
    stage.until(lambda: window.program.settings.workers == 3)
    assert window.program.settings.rate_limit_delay == pace < 0.1


def test_what_the_demo_does_not_use_looks_so(stage: Stage) -> None:
    window = stage.open()
    window.navigate("settings")
    view = window.view("settings")
    stage.until(lambda: view.rows["DATAMASTER_API_URL"].text)
    fixed = view.rows["DATAMASTER_API_URL"].control.entry
    free = view.rows["REQUEST_TIMEOUT"].control.entry
    assert (fixed.cget("state"), free.cget("state")) == ("disabled", "normal")
    assert fixed.cget("text_color") == style.DISABLED != free.cget("text_color")
    assert not view.telegram.test.enabled


def test_a_token_in_the_file_is_pointed_out(stage: Stage, api: BotApi) -> None:
    view = opened(stage, telegram(api))
    row = view.rows["DATAMASTER_API_TOKEN"]
    stage.until(lambda: row.remark.text)
    assert row.remark.text.startswith("Kept readable in .env")
    assert not view.advice.visible


def test_advice_stands_over_the_settings(stage: Stage) -> None:
    view = opened(stage, "WORKRES=3\n")
    stage.until(lambda: view.advice.visible)
    assert "WORKERS" in view.advice.sentence.text


def test_a_cloud_folder_is_warned_of_until_hidden(stage: Stage) -> None:
    place = stage.home / "OneDrive" / "phones.db"
    window = stage.open(demo=False, DATAMASTER_API_TOKEN=API_TOKEN, DATABASE_PATH=str(place))
    banner = window.view("collect").banner
    stage.until(lambda: banner.visible)
    assert str(place) in banner.sentence.text
    banner.buttons[-1].invoke()
    window.runs.look()
    stage.until(lambda: "findings" not in window.background._newest)
    assert not banner.visible


def test_another_database_is_shown_as_soon_as_it_is_chosen(stage: Stage, database: Path) -> None:
    env = f"DATABASE_PATH={database}\nDATAMASTER_API_TOKEN={API_TOKEN}\n"
    window = opened(stage, env).window
    window.navigate("data")
    data = window.view("data")
    stage.until(lambda: data.built and data.table.tree.get_children())
    other = {"DATABASE_PATH": str(database.with_name("other.db"))}
    window.session.save_settings(other, lambda: None, window.show_error)
    stage.until(data.empty.winfo_ismapped)


def test_little_room_on_the_disk_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = diskspace.shutil.disk_usage(Path("/"))._replace(free=WARN_BYTES // 2)
    monkeypatch.setattr(diskspace.shutil, "disk_usage", lambda _path: usage)
    window = stage.open(demo=False, DATAMASTER_API_TOKEN=API_TOKEN)
    banner = window.view("collect").banner
    stage.until(lambda: banner.visible)
    assert "512" in banner.sentence.text


def test_settings_that_are_saved_one_upon_the_other_are_all_kept(stage: Stage) -> None:
    window = opened(stage, f"DATAMASTER_API_TOKEN={API_TOKEN}\n").window
    ended: list[str] = []
    for name, text in (("WORKERS", "7"), ("MAX_RETRIES", "4"), ("BACKUP_KEEP", "9")):
        window.session.save_settings(
            {name: text}, lambda name=name: ended.append(name), window.show_error
        )
    stage.until(lambda: "BACKUP_KEEP" in ended)
    settings = window.program.settings
    assert (settings.workers, settings.max_retries, settings.backup_keep) == (7, 4, 9)
    lines = (stage.home / ".env").read_text("utf-8").splitlines()
    assert {"WORKERS=7", "MAX_RETRIES=4", "BACKUP_KEEP=9"} <= set(lines)


def test_another_programs_file_is_no_database(stage: Stage, tmp_path: Path) -> None:
    from gui.widgets.dialog import Question

    report = tmp_path / "report.docx"
    report.write_bytes(b"PK\x03\x04" + b"words" * 1000)
    view = opened(stage)
    stage.until(lambda: view.rows["DATABASE_PATH"].text)
    before = view.rows["DATABASE_PATH"].text
    row = view.rows["DATABASE_PATH"]
    row.control.entry.put(str(report))
    row._typed()
    view.save.invoke()
    question = view.window.dialog(Question)
    stage.until(lambda: question.opened)
    assert "not a database" in question.heading.text + question.sentence.text
    question.close()
    assert str(view.window.program.settings.database_path) == str(stage.home / before)
    assert view.unsaved  # what was typed is still there to be corrected
    assert report.read_bytes().startswith(b"PK")


def test_unsaved_settings_are_not_lost(stage: Stage) -> None:
    from gui.widgets.dialog import Question

    del stage.environ["THEME"]
    view = opened(stage)
    window = view.window
    stage.until(lambda: view.rows["WORKERS"].text == "5")
    token = view.rows["DATAMASTER_API_TOKEN"]
    token.control.entry.put(API_TOKEN)
    token._typed()
    view.rows["THEME"].control.widget._choose("dark")  # is taken at once, and read anew
    stage.until(lambda: window.program.settings.theme == "dark")
    stage.turn(0.3)
    assert token.text == API_TOKEN
    assert view.unsaved

    question = window.dialog(Question)
    window.ask_to_close()
    stage.until(lambda: question.opened)
    assert [b.cget("text") for b in question.buttons] == [
        "Save",
        "Do not save",
        "To the settings",
        "Cancel",
    ]
    question.buttons[3].invoke()
    assert not window.closing
    window.ask_to_close()
    question.buttons[0].invoke()
    stage.until(lambda: window.closing)
    stage.closed()
    window = stage.open(demo=False)
    assert window.program.settings.api_token.reveal() == API_TOKEN


def test_every_setting_has_a_row_with_a_title_in_words(stage: Stage) -> None:
    from core.phones.settings.fields import FIELDS
    from gui.views.setting_rows import TITLES

    view = opened(stage)
    names = {field.name for field in FIELDS}
    assert set(view.rows) == names
    assert set(TITLES) == names  # the name in .env is for administrators
