"""Services whose answers have more keys, fewer, or other values than they should have."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from core.hub.stand_in.base import Answer, Call
from tests.hub.three_services import Met, each_service, newest, settled, statuses
from tests.hub.world import ANNA, World

pytestmark = pytest.mark.usefixtures("nothing_raises")


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
