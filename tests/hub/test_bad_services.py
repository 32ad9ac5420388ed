"""Services that are down, slow, restarted, or say what nobody can read: each of the three in each
way. Always a sentence, the menu works on, and the other services are not held up."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from core.hub.stand_in.base import Answer, JsonStandIn, html
from tests.hub.three_services import (
    PHONES,
    REALTY,
    SERVICES,
    WORKERS,
    Met,
    each_service,
    newest,
    others,
    settled,
    statuses,
)
from tests.hub.world import ANNA, World

pytestmark = pytest.mark.usefixtures("nothing_raises")


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
