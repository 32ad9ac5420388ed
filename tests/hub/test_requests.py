"""The requests are exactly those of the contract."""

import threading

from core.hub.stand_in import phones as phones_stand_in
from core.hub.stand_in.base import Answer, Call
from tests.hub.world import ANNA, BOT_TOKEN, World


def test_the_start_of_a_monitoring(world: World) -> None:
    world.know(ANNA)
    world.start()
    shown = world.walk(ANNA, "Мониторинг ПВЗ", "Запустить мониторинг")
    shown = world.press(ANNA, shown, "Работодатель")
    shown = world.type(ANNA, shown, "@pvz_moscow @pvz_work")
    shown = world.type(ANNA, shown, "01.03.2026 - 31.03.2026")
    shown = world.type(ANNA, shown, "2000 - 3500")
    shown = world.press(ANNA, shown, "Мало")
    shown = world.press(ANNA, shown, "СПБ")
    assert "Работодатель" in shown.text
    assert "01.03.2026 – 31.03.2026" in shown.text
    world.press(ANNA, shown, "Запустить")
    world.telegram.wait_for(ANNA.id, ": идёт")
    (call,) = world.workers.of("POST", "/workers/start")
    assert call.body == {
        "user_id": ANNA.id,
        "mode": "employer",
        "chats": ["@pvz_moscow", "@pvz_work"],
        "filters": {
            "date_from": "2026-03-01",
            "date_to": "2026-03-31",
            "min_price": 2000,
            "max_price": 3500,
            "shk_filter": "мало",
            "city_filter": "СПБ",
        },
        "session_path": f"/sessions/{ANNA.id}_parser",
        "blacklist_session_path": f"/sessions/{ANNA.id}_blacklist",
        "notification_bot_token": BOT_TOKEN,
        "notification_chat_id": str(ANNA.id),
        "parse_history_days": 3,
    }


def test_any_of_everything_is_the_contracts_default(world: World) -> None:
    world.know(ANNA)
    world.start()
    shown = world.walk(ANNA, "Мониторинг ПВЗ", "Запустить мониторинг")
    shown = world.press(ANNA, shown, "Работник")
    shown = world.type(ANNA, shown, "@pvz_moscow")
    for caption in ("Любые", "Любая", "Любое", "Все", "Запустить"):
        shown = world.press(ANNA, shown, caption)
    world.telegram.wait_for(ANNA.id, ": идёт")
    (call,) = world.workers.of("POST", "/workers/start")
    assert call.body["filters"] == {
        "date_from": None,
        "date_to": None,
        "min_price": 0,
        "max_price": 999_999_999,
        "shk_filter": "любое",
        "city_filter": "ALL",
    }


def test_stopping_and_looking(world: World) -> None:
    world.know(ANNA)
    world.start()
    task = start_listing(world)
    card = world.telegram.wait_for(ANNA.id, ": идёт")
    world.telegram.press(ANNA, card, "Остановить")
    world.telegram.wait_for(ANNA.id, ": остановлена", where=lambda one: one.id == card.id)
    assert [call.path for call in world.realty.of("POST")] == [
        "/parse/start",
        f"/parse/stop/{task}",
    ]
    assert world.realty.of("GET", f"/parse/status/{task}")
    card = world.telegram.wait_for(ANNA.id, "", where=lambda one: "Продолжить" in one.captions)
    world.telegram.press(ANNA, card, "Продолжить")
    world.telegram.wait_for(ANNA.id, ": идёт", where=lambda one: one.id == card.id)
    assert world.realty.of("POST")[-1].path == f"/parse/resume/{task}"


def test_going_on_before_the_answer_to_the_stop_has_come(world: World) -> None:
    world.know(ANNA)
    world.start()
    start_listing(world)
    card = world.telegram.wait_for(ANNA.id, ": идёт")
    answer = world.realty.answer
    stop_may_answer, resume_may_begin = threading.Event(), threading.Event()

    def slow(call: Call) -> Answer:
        if "resume" in call.path:
            resume_may_begin.wait(60)
        right = answer(call)
        if "stop" in call.path:
            stop_may_answer.wait(60)
        return right

    world.realty.answer = slow  # type: ignore[method-assign]
    world.telegram.press(ANNA, card, "Остановить")
    card = world.telegram.wait_for(ANNA.id, "", where=lambda one: "Продолжить" in one.captions)
    world.telegram.press(ANNA, card, "Продолжить")
    world.until(lambda: world.realty.of("POST", "/parse/resume"))
    stop_may_answer.set()
    for _ in range(3):  # the service still says 'stopped' then: that is no new end
        world.menu(ANNA)
    assert world.query("SELECT status FROM active_tasks") == [("pending",)]
    resume_may_begin.set()
    world.telegram.wait_for(ANNA.id, ": идёт", where=lambda one: one.id == card.id)
    asked = len(world.realty.of("GET", "/parse/status"))
    world.until(lambda: len(world.realty.of("GET", "/parse/status")) > asked + 2)
    assert world.query("SELECT status FROM active_tasks") == [("running",)]


def start_listing(world: World) -> str:
    """Start a task of Avito; returns the service's name of it."""
    shown = world.walk(ANNA, "Недвижимость", "Авито")
    shown = world.type(ANNA, shown, "https://www.avito.ru/moskva/kvartiry/sdam")
    shown = world.press(ANNA, shown, "3")
    world.press(ANNA, shown, "Запустить")
    world.until(lambda: len(world.realty.works.all()) == 1)
    (work,) = world.realty.works.all()
    assert work.body == {
        "user_id": ANNA.id,
        "avito_url": "https://www.avito.ru/moskva/kvartiry/sdam",
        "pages": 3,
        "notification_bot_token": BOT_TOKEN,
        "notification_chat_id": str(ANNA.id),
    }
    return work.id


def test_the_blacklist(world: World) -> None:
    world.know(ANNA)
    world.start()
    shown = world.walk(ANNA, "Чёрный список", "Проверить")
    world.type(ANNA, shown, "@ivan_petrov")
    told = world.telegram.wait_for(ANNA.id, "Найдена 1 запись")
    assert "Жалобы ПВЗ: не вышел на смену" in told.text
    (call,) = world.workers.of("POST", "/blacklist/check")
    assert call.query == {
        "username": "@ivan_petrov",
        "session_path": f"/sessions/{ANNA.id}_blacklist",
    }
    shown = world.walk(ANNA, "Чёрный список", "Добавить")
    world.type(ANNA, shown, "t.me/new_chat", "добавлен.")
    assert world.workers.of("POST", "/blacklist/chats/add")[0].query == {
        "chat_username": "@new_chat"
    }
    shown = world.walk(ANNA, "Чёрный список", "Добавить")
    world.type(ANNA, shown, "@nobody_here", "не находит")
    shown = world.walk(ANNA, "Чёрный список", "Удалить")
    shown = world.telegram.wait_for(ANNA.id, "Какой чат удалить")
    shown = world.press(ANNA, shown, "@new_chat")
    assert not world.workers.of("POST", "/blacklist/chats/remove")
    world.press(ANNA, shown, "Да", "удалён.")
    assert world.workers.of("POST", "/blacklist/chats/remove")[0].query == {
        "chat_username": "@new_chat"
    }


def test_the_phone_collector(world: World) -> None:
    world.know(ANNA)
    world.start()
    shown = world.walk(ANNA, "Номера", "Запустить сбор")
    shown = world.press(ANNA, shown, "Быстрый")
    world.press(ANNA, shown, "Запустить")
    card = world.telegram.wait_for(ANNA.id, "Сбор номеров № 1: идёт")
    call = world.phones.of("POST", "/runs")[0]
    assert call.body == {"mode": "quick"}
    assert call.headers["authorization"] == f"Bearer {phones_stand_in.TOKEN}"

    # Another start while one runs: the service says who runs.
    shown = world.walk(ANNA, "Номера", "Запустить сбор")
    shown = world.press(ANNA, shown, "Полный")
    world.press(ANNA, shown, "Запустить")
    world.telegram.wait_for(ANNA.id, "A run is going on already")

    shown = world.walk(ANNA, "Номера", "Остановить")
    world.press(ANNA, shown, "Да")
    world.telegram.wait_for(ANNA.id, "№ 1: остановлена", where=lambda one: one.id == card.id)
    shown = world.walk(ANNA, "Номера", "Продолжить")
    world.press(ANNA, shown, "Да", "продолжается")
    shown = world.walk(ANNA, "Номера", "Оценка")
    world.telegram.wait_for(ANNA.id, "Быстрый: запросов 60")
    shown = world.walk(ANNA, "Номера", "Отчёт")
    world.press(ANNA, shown, "Сводка XLSX")
    sent = world.telegram.wait_for(ANNA.id, "Сводка", where=lambda one: bool(one.file))
    assert sent.file == "summary.xlsx"
    assert [call.path for call in world.phones.of("POST")][-2:] == ["/runs/stop", "/runs/continue"]
