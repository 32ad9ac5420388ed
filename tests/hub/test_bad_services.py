"""Services that are down, slow, restarted, or say what nobody can read: each of the three in each
way. Always a sentence, the menu works on, and the other services are not held up."""

import copy
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from core.hub.stand_in.base import Answer, Call, JsonStandIn, html
from tests.hub.three_services import PHONES, REALTY, SERVICES, WORKERS, Met, others
from tests.hub.world import ANNA, World


@pytest.fixture(autouse=True)
def nothing_raises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a service says, nothing in the hub fails by it."""
    yield
    for phase in ("setup", "call"):
        errors = [one for one in caplog.get_records(phase) if one.levelno >= logging.ERROR]  # type: ignore[arg-type]
        assert not errors, [one.getMessage() for one in errors]


each_service = pytest.mark.parametrize("service", SERVICES, ids=str)


@dataclass(frozen=True)
class Way:
    """One way of being bad at every request; `sentence` is said to whoever asks then, `begun` is
    the status of a task that is started then."""

    name: str
    begin: Callable[[JsonStandIn], object]
    sentence: str
    begun: str

    def __str__(self) -> str:
        return self.name


def answering(name: str, answer: Answer, sentence: str, begun: str) -> Way:
    return Way(name, lambda server: server.misbehave(lambda _call, _right: answer), sentence, begun)


WAYS = (
    Way("down", lambda server: server.go_down("refuse"), "сейчас недоступен", "failed"),
    answering("cut off", Answer(drop=True), "не ответил", "unknown"),
    answering("detail", Answer(500, {"detail": "disk is full"}), "(disk is full)", "failed"),
    answering("no detail", Answer(503, {}), "внутренняя ошибка", "unknown"),
    answering("HTML error", html(502), "внутренняя ошибка", "unknown"),
    answering("HTML", html(200), "нельзя прочитать", "unknown"),
    answering("half", Answer(raw=b'{"task_id": "ab'), "нельзя прочитать", "unknown"),
    answering("list", Answer(body=["a", "list"]), "нельзя прочитать", "unknown"),
)
each_way = pytest.mark.parametrize("way", WAYS, ids=str)


def statuses(world: World) -> list[str]:
    return [row[0] for row in world.query("SELECT status FROM active_tasks ORDER BY id")]


def put_right(service: Met, world: World) -> None:
    server = service.server(world)
    server.come_back()
    server.misbehave(None)
    server.be_slow(0.0)
    world.until_seen(lambda: world.menu(ANNA).text, f"✅ {service.title}")


def asked(service: Met, world: World, count: int) -> None:
    """Wait until the hub has asked so often again."""
    server = service.server(world)
    already = len(server.calls)
    world.until(lambda: len(server.calls) >= already + count)


@each_way
@each_service
def test_a_start(world: World, service: Met, way: Way) -> None:
    world.know(ANNA)
    world.start()
    way.begin(service.server(world))
    service.begin(world)
    told = world.telegram.wait_for(ANNA.id, way.sentence, where=lambda one: not one.silent)
    assert "№ 1" in told.text
    assert statuses(world) == [way.begun]
    if way.begun == "unknown":
        world.telegram.wait_for(ANNA.id, "не запускается", where=lambda one: one.silent)
    assert len(service.server(world).of("POST", service.start_path)) == (way.name != "down")
    for other in others(service):
        other.run_one(world)
    seen = world.until_seen(lambda: world.menu(ANNA).text, f"❌ {service.title}")
    assert all(f"✅ {other.title}" in seen for other in others(service))

    put_right(service, world)
    service.works(world).forget_all()  # what was begun unheard
    service.run_one(world)


@each_way
@each_service
def test_while_a_task_goes_on(world: World, service: Met, way: Way) -> None:
    world.know(ANNA)
    world.start()
    card = service.run_one(world)
    way.begin(service.server(world))
    if way.name == "down":
        world.until_seen(lambda: world.menu(ANNA).text, f"❌ {service.title}")
    else:
        asked(service, world, 5)
    for path in service.of_task:
        world.walk(ANNA, *path)
        world.telegram.wait_for(ANNA.id, way.sentence)
    shown = newest(world, card.id)
    assert ": идёт" in shown.text
    world.telegram.press(ANNA, shown, "Остановить")
    world.telegram.wait_for(ANNA.id, way.sentence, where=lambda one: not one.silent)
    assert statuses(world) == ["running"]
    for other in others(service):
        other.run_one(world)

    put_right(service, world)
    if service.only_work(world).look() == "running":  # the request to stop had not arrived
        world.telegram.press(ANNA, newest(world, card.id), "Остановить")
    world.telegram.wait_for(ANNA.id, ": остановлена", where=lambda one: one.id == card.id)
    assert statuses(world) == ["stopped", "running", "running"]


def newest(world: World, message: int) -> Any:
    """A message as it is now, once its task can be stopped."""
    return world.telegram.wait_for(
        ANNA.id, "", where=lambda one: one.id == message and "Остановить" in one.captions
    )


@each_way
@pytest.mark.parametrize("service", [WORKERS, PHONES], ids=str)
def test_a_screen_and_an_errand(world: World, service: Met, way: Way) -> None:
    world.know(ANNA)
    world.start()
    way.begin(service.server(world))
    for path in service.screens:
        world.walk(ANNA, *path)
        shown = world.telegram.wait_for(ANNA.id, way.sentence)
        assert "Назад" in "".join(shown.captions)
    for errand in service.errands:
        before = times_said(world, way.sentence)
        errand(world)
        world.until(lambda before=before: times_said(world, way.sentence) > before)
    REALTY.run_one(world)

    put_right(service, world)
    for path in service.screens:
        shown = world.walk(ANNA, *path)
        world.telegram.wait_for(
            ANNA.id, "", where=lambda one, last=shown.id: one.id == last and settled(one.text)
        )


def times_said(world: World, sentence: str) -> int:
    return sum(text.count(sentence) for text in world.telegram.texts(ANNA.id))


def settled(text: str) -> bool:
    return "⏳" not in text and "⚠️" not in text


# Slow ones. Twenty-five seconds are half a minute of nothing in the chat, and no trouble at all.


@each_service
def test_a_slow_start_holds_nobody_up(world: World, service: Met) -> None:
    world.know(ANNA)
    world.start()
    service.server(world).be_slow(25.0)
    service.begin(world)
    world.telegram.wait_for(ANNA.id, "запускается", where=lambda one: "№ 1" in one.text)
    for path in service.screens:
        shown = world.walk(ANNA, *path)
        world.telegram.wait_for(ANNA.id, "⏳", where=lambda one, last=shown.id: one.id == last)
    for other in others(service):
        other.run_one(world)
    assert statuses(world) == ["pending", "running", "running"]
    service.server(world).be_slow(0.0)
    world.telegram.wait_for(ANNA.id, ": идёт", where=lambda one: "№ 1:" in one.text)
    assert len(service.server(world).of("POST", service.start_path)) == 1


@each_service
def test_a_slow_stop_holds_nobody_up(world: World, service: Met) -> None:
    world.know(ANNA)
    world.start()
    card = service.run_one(world)
    service.server(world).be_slow(25.0)
    world.telegram.press(ANNA, card, "Остановить")
    world.telegram.wait_for(ANNA.id, "останавливается", where=lambda one: one.id == card.id)
    for other in others(service):
        other.run_one(world)
    service.server(world).be_slow(0.0)
    world.telegram.wait_for(ANNA.id, ": остановлена", where=lambda one: one.id == card.id)


@each_service
def test_too_slow(world: World, service: Met) -> None:
    world.know(ANNA)
    service.server(world).be_slow(3600.0)
    world.start(answer_seconds=0.3)
    service.begin(world)
    world.telegram.wait_for(ANNA.id, "не ответил вовремя", where=lambda one: not one.silent)
    assert statuses(world) == ["unknown"]
    for path in service.screens:
        world.walk(ANNA, *path)
        world.telegram.wait_for(ANNA.id, "не ответил вовремя", where=lambda one: one.silent)
    assert len(service.server(world).of("POST", service.start_path)) == 1


@pytest.mark.slow
def test_starts_that_take_25_seconds(world: World) -> None:
    world.know(ANNA)
    world.start(look_seconds=60.0)
    for service in SERVICES:
        service.server(world).be_slow(25.0)
        service.begin(world)
    for number in (1, 2, 3):
        world.telegram.wait_for(ANNA.id, f"№ {number}: запускается")
    begun = "SELECT count(*) FROM active_tasks WHERE task_id <> ''"
    world.until(lambda: world.query(begun) == [(3,)], seconds=120)
    for service in SERVICES:
        service.server(world).be_slow(0.0)
    world.until(lambda: statuses(world) == ["running"] * 3)


def test_stopping_waits_for_no_service(world: World) -> None:
    world.know(ANNA)
    world.start(look_seconds=600.0)
    for service in SERVICES:
        service.server(world).be_slow(3600.0)
        service.begin(world)
    world.until(lambda: statuses(world) == ["pending"] * 3)
    shown = world.walk(ANNA, "Чёрный список")
    world.press(ANNA, shown, "Список чатов", "⏳")
    world.stop()  # waits a minute at the most, not an hour
    for service in SERVICES:
        service.server(world).be_slow(0.0)
    world.start()
    for number in (1, 2, 3):
        world.telegram.wait_for(
            ANNA.id,
            f"№ {number}: неизвестно, начата ли",
            where=lambda one: not one.silent,
        )


# Restarted ones.


@each_service
def test_restarted_and_its_tasks_are_lost(world: World, service: Met) -> None:
    world.know(ANNA)
    world.start()
    card = service.run_one(world)
    service.works(world).forget_all()
    world.telegram.wait_for(ANNA.id, "потеряна", where=lambda one: one.id == card.id)
    world.telegram.wait_for(ANNA.id, "потеряна", where=lambda one: not one.silent)
    world.stop()
    world.start()
    world.menu(ANNA)
    told = [one for one in world.telegram.chat(ANNA.id) if "потеряна" in one.text]
    assert len(told) == 2  # its own message, and the one that told it
    assert statuses(world) == ["lost"]
    service.run_one(world)


@each_service
def test_restarted_and_back_with_its_tasks(world: World, service: Met) -> None:
    world.know(ANNA)
    world.start()
    card = service.run_one(world)
    server = service.server(world)
    server.go_down("reset")
    world.until_seen(lambda: world.menu(ANNA).text, f"❌ {service.title}")
    server.come_back()
    service.works(world).finish(service.only_work(world).id)
    world.telegram.wait_for(ANNA.id, ": закончена", where=lambda one: one.id == card.id)


# Answers with more keys, fewer, and other values than they should have.


def odd_answers(right: Any) -> Iterator[Any]:
    """The answer without each of its keys, and with each of its values another one, at any
    depth; all else as it is."""
    if isinstance(right, dict):
        for key, value in right.items():
            yield {name: one for name, one in right.items() if name != key}
            for other in (None, "on holiday", -1, {"deep": [1]}):
                yield {**right, key: other}
            for inner in odd_answers(value):
                yield {**right, key: inner}
    elif isinstance(right, list) and right:
        for inner in odd_answers(right[0]):
            yield [inner, *right[1:]]


def with_more(right: Any) -> Any:
    """The answer with keys at every depth that nobody knows."""
    if isinstance(right, dict):
        known = {key: with_more(value) for key, value in right.items()}
        return {"aaa": {"new": [1, None]}, **known, "queue": 7, "zzz": "more"}
    if isinstance(right, list):
        return [with_more(one) for one in right]
    return right


@each_service
def test_more_keys_change_nothing(world: World, service: Met) -> None:
    world.know(ANNA)
    world.start()

    def more(_call: Call, right: Answer) -> Answer:
        return right if right.raw is not None else Answer(right.status, with_more(right.body))

    service.server(world).misbehave(more)
    card = service.run_one(world)
    for path in (*service.screens, *service.of_task):
        shown = world.walk(ANNA, *path)
        world.telegram.wait_for(
            ANNA.id, "", where=lambda one, last=shown.id: one.id == last and settled(one.text)
        )
    world.telegram.press(ANNA, newest(world, card.id), "Остановить")
    world.telegram.wait_for(ANNA.id, ": остановлена", where=lambda one: one.id == card.id)


@each_service
def test_fewer_keys_and_other_values(world: World, service: Met) -> None:
    """Of a task that goes on: it is still there, and can be stopped, after all of them."""
    world.know(ANNA)
    world.start()
    card = service.run_one(world)
    server = service.server(world)
    task = service.only_work(world)
    oddities: dict[str, list[Any]] = {}

    def odd(call: Call, right: Answer) -> Answer:
        if call.method != "GET" or right.raw is not None:
            return right
        left = oddities.setdefault(call.path, [*odd_answers(right.body), right.body])
        answer = left.pop(0) if len(left) > 1 else left[0]
        ended = answer.get("interrupted") is True if isinstance(answer, dict) else False
        return right if ended else Answer(body=copy.deepcopy(answer))

    server.misbehave(odd)
    world.until(
        lambda: any(task.id in path and len(left) == 1 for path, left in list(oddities.items()))
    )
    for path in (*service.screens, *service.of_task):
        shown = world.walk(ANNA, *path)
        for _again in range(30):
            shown = world.telegram.wait_for(
                ANNA.id,
                "",
                where=lambda one, last=shown.id: one.id == last and "⏳" not in one.text,
            )
            again = [name for name in shown.captions if name in ("Попробовать ещё раз", "Обновить")]
            shown = world.press(ANNA, shown, again[0]) if again else world.walk(ANNA, *path)
    server.misbehave(None)
    assert statuses(world) == ["running"]
    world.telegram.press(ANNA, newest(world, card.id), "Остановить")
    world.telegram.wait_for(ANNA.id, ": остановлена", where=lambda one: one.id == card.id)


@pytest.mark.parametrize("body", [{}, {"message": "no name"}, {"task_id": None, "run": {"id": []}}])
@each_service
def test_a_start_without_a_name(world: World, service: Met, body: Any) -> None:
    world.know(ANNA)
    world.start()
    service.server(world).misbehave(
        lambda call, right: Answer(body=body) if call.path == service.start_path else right
    )
    service.begin(world)
    world.telegram.wait_for(ANNA.id, "нельзя прочитать", where=lambda one: not one.silent)
    assert statuses(world) == ["unknown"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "нельзя прочитать"),
        ({"results": "none"}, "нельзя прочитать"),
        ({"results": None}, "Ничего не найдено"),
        ({"results": []}, "Ничего не найдено"),
        ({"results": ["не вышел на смену"]}, "не вышел на смену"),
        ({"results": [{"new": 1}, {"text": "прогул"}]}, "Найдены 2 записи"),
        ({"findings": [{"message": "прогул"}]}, "прогул"),
    ],
)
def test_a_check_says_nothing_found_only_where_the_service_does(
    world: World, body: Any, told: str
) -> None:
    world.know(ANNA)
    world.start()
    world.workers.misbehave(
        lambda call, right: Answer(body=body) if call.path == "/blacklist/check" else right
    )
    world.type(ANNA, world.walk(ANNA, "Чёрный список", "Проверить"), "@ivan_petrov")
    world.telegram.wait_for(ANNA.id, told, where=lambda one: not one.silent)


# Refusals.


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(422, {"detail": [{"msg": "pages", "loc": []}]}), "не принял"),
        (Answer(409, {"detail": "too many tasks"}), "too many tasks"),
        (Answer(404, {"detail": "Not Found"}), "не знает"),
    ],
)
@each_service
def test_a_start_that_is_refused(world: World, service: Met, answer: Answer, sentence: str) -> None:
    world.know(ANNA)
    world.start()
    service.server(world).misbehave(
        lambda call, right: answer if call.path == service.start_path else right
    )
    service.begin(world)
    world.telegram.wait_for(ANNA.id, sentence, where=lambda one: not one.silent)
    assert statuses(world) == ["failed"]


def test_why_a_task_failed_is_told_without_addresses(world: World) -> None:
    world.know(ANNA)
    world.start()
    REALTY.run_one(world)
    world.realty.works.finish(
        REALTY.only_work(world).id, "failed", "blocked by the site: https://secret.example/x"
    )
    told = world.telegram.wait_for(ANNA.id, "blocked by the site", where=lambda one: not one.silent)
    assert "secret.example" not in told.text
