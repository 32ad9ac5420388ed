"""Services that are down, slow, restarted, or say what nobody can read: always a sentence, the
menu works on, and the other services are not held up."""

import pytest

from core.hub.stand_in.base import Answer, Call, html
from tests.hub.test_requests import start_listing
from tests.hub.world import ANNA, World


def begin(world: World) -> None:
    """Press through to the start of a task of Avito."""
    shown = world.walk(ANNA, "Недвижимость", "Авито")
    shown = world.type(ANNA, shown, "https://www.avito.ru/moskva/kvartiry/sdam")
    shown = world.press(ANNA, shown, "3")
    world.press(ANNA, shown, "Запустить")


def statuses(world: World) -> list[str]:
    return [row[0] for row in world.query("SELECT status FROM active_tasks ORDER BY id")]


def test_down(world: World) -> None:
    world.know(ANNA)
    world.start()
    world.realty.go_down("refuse")
    begin(world)
    world.telegram.wait_for(ANNA.id, "сейчас недоступен")
    assert statuses(world) == ["failed"]
    world.until(lambda: "❌ Недвижимость" in world.menu(ANNA).text)
    assert "✅ ПВЗ" in world.menu(ANNA).text
    world.realty.come_back()
    world.until(lambda: "✅ Недвижимость" in world.menu(ANNA).text)


@pytest.mark.parametrize(
    ("answer", "sentence", "status"),
    [
        (Answer(500, {"detail": "database is locked"}), "database is locked", "failed"),
        (Answer(422, {"detail": [{"msg": "pages", "loc": []}]}), "не принял", "failed"),
        (Answer(409, {"detail": "too many tasks"}), "too many tasks", "failed"),
        (html(502), "внутренняя ошибка", "unknown"),
        (html(200), "нельзя прочитать", "unknown"),
        (Answer(200, ["a", "list"]), "нельзя прочитать", "unknown"),
        (Answer(200, {"message": "no task_id"}), "нельзя прочитать", "unknown"),
        (Answer(200, {"task_id": None}), "нельзя прочитать", "unknown"),
        (Answer(200, raw=b'{"task_id": "ab'), "нельзя прочитать", "unknown"),
        (Answer(200, drop=True), "не ответил", "unknown"),
    ],
)
def test_a_start_that_is_answered_badly(
    world: World, answer: Answer, sentence: str, status: str
) -> None:
    world.know(ANNA)
    world.start()
    world.realty.misbehave(lambda call, right: answer if call.path == "/parse/start" else right)
    begin(world)
    told = world.telegram.wait_for(ANNA.id, sentence, where=lambda one: not one.silent)
    assert "№ 1" in told.text
    world.until(lambda: statuses(world) == [status])
    assert len(world.realty.of("POST", "/parse/start")) == 1
    world.menu(ANNA)
    if status == "unknown":
        assert (
            "Сама она ещё раз не запускается"
            in world.telegram.wait_for(
                ANNA.id, "неизвестно, начата ли", where=lambda one: one.silent
            ).text
        )


def test_more_keys_and_fewer(world: World) -> None:
    world.know(ANNA)
    world.start()

    def odd(call: Call, right: Answer) -> Answer:
        if call.path.startswith("/parse/status") and isinstance(right.body, dict):
            return Answer(body={"status": "running", "new": {"deep": [1]}, "progress": None})
        if call.path == "/parse/start" and isinstance(right.body, dict):
            return Answer(body={**right.body, "queue": 7, "status": "brand-new"})
        return right

    world.realty.misbehave(odd)
    begin(world)
    card = world.telegram.wait_for(ANNA.id, ": идёт")
    world.realty.misbehave(
        lambda call, right: (
            Answer(body={"status": "on holiday"}) if "status" in call.path else right
        )
    )
    world.telegram.press(ANNA, card, "Обновить")
    world.menu(ANNA)
    assert statuses(world) == ["running"]
    world.realty.misbehave(None)
    (work,) = world.realty.works.all()
    world.realty.works.finish(work.id, "failed", "blocked by the site: https://secret.example/x")
    told = world.telegram.wait_for(ANNA.id, "blocked by the site", where=lambda one: not one.silent)
    assert "secret.example" not in told.text


def test_a_slow_service_holds_nobody_up(world: World) -> None:
    world.know(ANNA)
    world.start(look_seconds=30.0)
    world.workers.be_slow(25.0)
    shown = world.walk(ANNA, "Чёрный список")
    shown = world.press(ANNA, shown, "Список чатов", "⏳")
    # The chat goes on meanwhile, with that service and with others.
    shown = world.press(ANNA, shown, "Назад")
    shown = world.walk(ANNA, "Номера")
    world.telegram.wait_for(ANNA.id, "Уникальных номеров")
    start_listing(world)
    world.telegram.wait_for(ANNA.id, ": идёт")
    shown = world.walk(ANNA, "Чёрный список", "Добавить")
    world.type(ANNA, shown, "@new_chat", "добавляется")
    world.workers.be_slow(0.0)
    world.telegram.wait_for(ANNA.id, "Чат @new_chat добавлен", seconds=60)


@pytest.mark.slow
def test_a_start_that_takes_25_seconds(world: World) -> None:
    world.know(ANNA)
    world.start(look_seconds=60.0)
    world.realty.be_slow(25.0)
    begin(world)
    world.telegram.wait_for(ANNA.id, "запускается", where=lambda one: "№" in one.text)
    world.realty.be_slow(0.0)
    world.telegram.wait_for(ANNA.id, ": идёт", seconds=60)
    assert len(world.realty.of("POST", "/parse/start")) == 1


def test_a_service_that_was_restarted_has_lost_its_tasks(world: World) -> None:
    world.know(ANNA)
    world.start()
    start_listing(world)
    card = world.telegram.wait_for(ANNA.id, ": идёт")
    world.realty.works.forget_all()
    world.telegram.wait_for(ANNA.id, "потеряна", where=lambda one: one.id == card.id)
    world.telegram.wait_for(ANNA.id, "потеряна", where=lambda one: not one.silent)
    world.stop()
    world.start()
    world.menu(ANNA)
    told = [one for one in world.telegram.chat(ANNA.id) if "потеряна" in one.text]
    assert len(told) == 2  # its own message, and the one that told it
    assert statuses(world) == ["lost"]


def test_services_that_say_nonsense_in_every_place(world: World) -> None:
    world.know(ANNA)
    world.start()
    for service in (world.workers, world.phones):
        service.misbehave(lambda _call, _right: html(200))
    for path in (
        ("Чёрный список", "Список чатов"),
        ("Чёрный список", "Удалить чат"),
        ("Номера",),
        ("Номера", "Оценка"),
        ("Номера", "Последний запуск"),
    ):
        world.walk(ANNA, *path)
        shown = world.telegram.wait_for(ANNA.id, "нельзя прочитать")
        assert "Назад" in "".join(shown.captions)
    world.phones.misbehave(None)
    shown = world.walk(ANNA, "Номера")
    world.phones.misbehave(lambda _call, _right: Answer(500, {"detail": "ядро занято"}))
    shown = world.press(ANNA, world.telegram.wait_for(ANNA.id, "Уникальных"), "Оценка")
    shown = world.telegram.wait_for(ANNA.id, "ядро занято")
    world.phones.misbehave(None)
    world.press(ANNA, shown, "Попробовать ещё раз", "запросов")


def test_stopping_does_not_work(world: World) -> None:
    world.know(ANNA)
    world.start()
    start_listing(world)
    card = world.telegram.wait_for(ANNA.id, ": идёт")
    world.realty.misbehave(
        lambda call, right: Answer(500, {"detail": "busy"}) if "stop" in call.path else right
    )
    world.telegram.press(ANNA, card, "Остановить")
    world.telegram.wait_for(ANNA.id, "(busy)")
    card = world.telegram.wait_for(ANNA.id, ": идёт", where=lambda one: one.id == card.id)
    world.realty.misbehave(None)
    world.telegram.press(ANNA, card, "Остановить")
    world.telegram.wait_for(ANNA.id, ": остановлена")


def test_stopping_waits_for_no_service(world: World) -> None:
    world.know(ANNA)
    world.start(look_seconds=600.0)
    for server in (world.realty, world.workers, world.phones):
        server.be_slow(3600.0)
    begin(world)
    world.telegram.wait_for(ANNA.id, "запускается", where=lambda one: "№" in one.text)
    shown = world.walk(ANNA, "Чёрный список")
    world.press(ANNA, shown, "Список чатов", "⏳")
    world.stop()  # waits a minute at the most, not an hour
    world.realty.be_slow(0.0)
    world.start()
    world.telegram.wait_for(ANNA.id, "неизвестно, начата ли", where=lambda one: not one.silent)
