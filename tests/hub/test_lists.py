"""Lists that are longer than a screen, and who is told what when."""

import pytest

from core.errors import SettingsError
from core.hub.database import tasks
from core.hub.database.store import open_database
from core.hub.database.tasks import Status, TaskType
from core.hub.program import utc_now
from core.hub.stand_in.telegram import api_error
from tests.hub.world import ADMIN, ANNA, BEN, STRANGER, World


def add_tasks(world: World, count: int, kind: TaskType, *, over: bool = False) -> None:
    db = open_database(world.database)
    try:
        for number in range(count):
            row = tasks.add(db, ANNA.id, kind, {"link": "x", "chats": ["@a_chat"]}, utc_now())
            tasks.note_posting(db, row)
            server = world.workers if kind is TaskType.MONITORING else world.realty
            body = {"user_id": ANNA.id, "mode": "worker", "avito_url": "x", "pages": 3}
            work = server.works.begin(body)
            tasks.began(db, row, work.id, Status.RUNNING)
            if over:
                tasks.end(db, row, Status.COMPLETED, f"word {number}", utc_now())
                db.execute("UPDATE task_cards SET told = 'told'")
    finally:
        db.close()


def test_many_tasks_are_paged(world: World) -> None:
    world.know(ANNA)
    add_tasks(world, 23, TaskType.AVITO)
    world.start()
    shown = world.walk(ANNA, "Недвижимость", "Мои задачи")
    seen = [caption for caption in shown.captions if "№" in caption]
    while "Раньше ▶" in shown.captions:
        shown = world.press(ANNA, shown, "Раньше ▶")
        seen += [caption for caption in shown.captions if "№" in caption]
    assert [int(caption.rpartition(" ")[2]) for caption in seen] == list(range(23, 0, -1))
    shown = world.press(ANNA, shown, "◀ Позже")
    shown = world.press(ANNA, shown, "№ 13")
    world.press(ANNA, shown, "Остановить", "остан")
    world.until(lambda: world.query("SELECT 1 FROM active_tasks WHERE id=13 AND status='stopped'"))


def test_history_is_paged(world: World) -> None:
    world.know(ANNA)
    add_tasks(world, 12, TaskType.AVITO, over=True)
    world.start()
    shown = world.walk(ANNA, "Недвижимость", "История")
    seen = shown.text
    while "Раньше ▶" in shown.captions:
        shown = world.press(ANNA, shown, "Раньше ▶")
        seen += shown.text
    assert all(f"word {number}" in seen for number in range(12))


def test_what_was_found_is_paged(world: World) -> None:
    world.know(ANNA)
    add_tasks(world, 1, TaskType.MONITORING)
    (work,) = world.workers.works.all()
    world.workers.works.finish(work.id)
    work.done_before = 1.0
    world.start()
    world.telegram.wait_for(ANNA.id, ": закончена")
    world.walk(ANNA, "Мониторинг ПВЗ", "История", "№ 1", "Найденное")
    shown = world.telegram.wait_for(ANNA.id, "Найдено: 23")
    links = {line for line in shown.text.splitlines() if line.startswith("https://t.me/")}
    while "Раньше ▶" in shown.captions:
        shown = world.press(ANNA, shown, "Раньше ▶", "Найдено: 23")
        links |= {line for line in shown.text.splitlines() if line.startswith("https://t.me/")}
    assert len(links) == 23


def test_an_admin_who_comes_late_sees_who_waits(world: World) -> None:
    world.start()
    world.telegram.say(STRANGER, "/start")
    world.telegram.wait_for(STRANGER.id, "администратору")
    world.telegram.say(ADMIN, "/start")
    question = world.telegram.wait_for(ADMIN.id, "просит доступ")
    world.telegram.press(ADMIN, question, "Впустить")
    world.telegram.wait_for(STRANGER.id, "Теперь у вас есть доступ")


def test_who_types_too_fast_is_told_once(world: World) -> None:
    world.know(BEN)
    world.start(presses_a_minute=3)
    world.menu(BEN)
    for number in range(10):
        world.telegram.say(BEN, f"text {number}")
    told = world.telegram.wait_for(BEN.id, "Too many presses")
    world.quiet()
    assert [text for text in world.telegram.texts(BEN.id) if "Too many" in text] == [told.text]


def clash(_server: object) -> object:
    return api_error(409, "Conflict: terminated by other getUpdates request")


def test_our_own_poll_of_before_a_crash_is_waited_for(world: World) -> None:
    world.know(ANNA)
    world.telegram.fail("getUpdates", *[clash] * 3)  # type: ignore[list-item]
    world.start(conflict_seconds=2.0)
    world.menu(ANNA)


def test_another_program_with_our_token_ends_the_hub(world: World) -> None:
    world.telegram.fail("getUpdates", *[clash] * 1000)  # type: ignore[list-item]
    world.start(conflict_seconds=0.2)
    world.until(lambda: world.problem is not None)
    with pytest.raises(SettingsError, match="Another program listens"):
        world.stop()
