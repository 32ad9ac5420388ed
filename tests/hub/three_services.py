"""The three services as a user meets them: where each is started, asked and stopped in the chat."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.hub.stand_in.base import JsonStandIn
from core.hub.stand_in.telegram import Shown
from core.hub.stand_in.work import Work, Works
from tests.hub.world import ANNA, World


@dataclass(frozen=True)
class Met:
    """One service. `screens` are the ways through the menu to what it is asked for, `of_task`
    to what it is asked of the task № 1, `errands` what it is sent to do."""

    name: str
    title: str  # in the first line of the main menu
    start_path: str
    begin: Callable[[World], None]
    screens: tuple[tuple[str, ...], ...] = ()
    of_task: tuple[tuple[str, ...], ...] = ()
    errands: tuple[Callable[[World], object], ...] = ()

    def server(self, world: World) -> JsonStandIn:
        server: JsonStandIn = getattr(world, self.name)
        return server

    def works(self, world: World) -> Works:
        works: Works = getattr(world, self.name).works
        return works

    def only_work(self, world: World) -> Work:
        (work,) = self.works(world).all()
        return work

    def run_one(self, world: World) -> Shown:
        """Start a task; its message once the service goes on with it."""
        before = {shown.id for shown in world.telegram.chat(ANNA.id)}
        self.begin(world)
        return world.telegram.wait_for(ANNA.id, ": идёт", where=lambda one: one.id not in before)

    def __str__(self) -> str:
        return self.name


def _begin_watching(world: World) -> None:
    shown = world.walk(ANNA, "Мониторинг ПВЗ", "Запустить мониторинг")
    shown = world.press(ANNA, shown, "Работник")
    shown = world.type(ANNA, shown, "@pvz_moscow")
    for caption in ("Любые", "Любая", "Любое", "Все", "Запустить"):
        shown = world.press(ANNA, shown, caption)


def _begin_listing(world: World) -> None:
    shown = world.walk(ANNA, "Недвижимость", "Авито")
    shown = world.type(ANNA, shown, "https://www.avito.ru/moskva/kvartiry/sdam")
    shown = world.press(ANNA, shown, "3")
    world.press(ANNA, shown, "Запустить")


def _begin_collecting(world: World) -> None:
    shown = world.press(ANNA, world.walk(ANNA, "Номера"), "Запустить сбор", "Нажмите кнопку.")
    shown = world.press(ANNA, shown, "Быстрый")
    world.press(ANNA, shown, "Запустить")


def _add_a_chat(world: World) -> None:
    world.type(ANNA, world.walk(ANNA, "Чёрный список", "Добавить"), "@new_chat")


def _remove_a_chat(world: World) -> None:
    shown = world.type(ANNA, world.walk(ANNA, "Чёрный список", "Удалить"), "@pvz_black")
    world.press(ANNA, shown, "Да")


def _check_a_name(world: World) -> None:
    world.type(ANNA, world.walk(ANNA, "Чёрный список", "Проверить"), "@ivan_petrov")


def _continue_a_run(world: World) -> None:
    world.press(ANNA, world.walk(ANNA, "Номера", "Продолжить"), "Да")


def _take_a_report(world: World) -> None:
    world.press(ANNA, world.walk(ANNA, "Номера", "Отчёт"), "Сводка XLSX")


WORKERS = Met(
    "workers",
    "ПВЗ",
    "/workers/start",
    _begin_watching,
    (("Чёрный список", "Список чатов"), ("Чёрный список", "Удалить чат")),
    (("Мониторинг ПВЗ", "Мои задачи", "№ 1", "Найденное"),),
    (_add_a_chat, _remove_a_chat, _check_a_name),
)
REALTY = Met("realty", "Недвижимость", "/parse/start", _begin_listing)
PHONES = Met(
    "phones",
    "Номера",
    "/runs",
    _begin_collecting,
    (("Номера",), ("Номера", "Оценка"), ("Номера", "Последний запуск")),
    (),
    (_continue_a_run, _take_a_report),
)
SERVICES = (WORKERS, REALTY, PHONES)


def others(service: Met) -> list[Met]:
    """The services beside this one."""
    return [one for one in SERVICES if one is not service]


each_service = pytest.mark.parametrize("service", SERVICES, ids=str)


def statuses(world: World) -> list[str]:
    return [row[0] for row in world.query("SELECT status FROM active_tasks ORDER BY id")]


def newest(world: World, message: int) -> Any:
    """A message as it is now, once its task can be stopped."""
    return world.telegram.wait_for(
        ANNA.id, "", where=lambda one: one.id == message and "Остановить" in one.captions
    )


def settled(text: str) -> bool:
    return "⏳" not in text and "⚠️" not in text
