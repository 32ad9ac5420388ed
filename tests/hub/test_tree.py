"""The tree of menus is the contract's, and every place in it can be reached by pressing buttons."""

from types import SimpleNamespace
from typing import Any

import pytest

from core.hub.menu.place import Menu, Place
from core.hub.menu.wizard import WizardDoor
from core.hub.places.settings import TestBot as SendTest
from core.hub.places.tree import build_menu
from core.hub.stand_in.accounts import CODE, PASSWORD, TWO_STEPS
from core.hub.stand_in.telegram import MadeUpPerson, Shown
from core.i18n import speaking
from tests.hub.world import ANNA, BOT_TOKEN, World

# hub.md, section 5: parts, what can be done in each, and what a wizard asks, in this order.
CONTRACT = """\
Главное меню
  👤 Мой аккаунт
    Аккаунт для мониторинга
      Код
      Пароль
    Аккаунт для чёрного списка
      Код
      Пароль
    Отключить
  👷 Мониторинг ПВЗ
    Запустить мониторинг
      Режим
      Чаты
      Даты
      Цена
      ШК
      Город
      Подтверждение
    Мои задачи
      Задача
        Найденное
    История
  🏠 Недвижимость
    Авито
      Ссылка
      Страницы
      Подтверждение
    Циан
      Ссылка
      Страницы
      Подтверждение
    Мои задачи
      Задача
    История
  ⚫ Чёрный список
    Проверить @username
      Имя
    Список чатов
    Добавить чат
      Чат
    Удалить чат
      Подтверждение
  📞 Номера
    Запустить сбор
      Режим
      Подтверждение
    Остановить
    Продолжить
    Оценка
    Последний запуск
    Отчёт файлом
    Мои задачи
      Задача
    История
  ⚙ Настройки
    Бот для недвижимости
      Изменить токен
        Токен
      Изменить чат
        Чат
      Тестовое сообщение
    Бот для ПВЗ
      Изменить токен
        Токен
      Изменить чат
        Чат
      Тестовое сообщение
    Режим по умолчанию
    Язык
  Состояние
  Мои задачи
  Справка
"""

LINKS = {
    "realty.avito": "https://www.avito.ru/moskva/kvartiry/sdam",
    "realty.cian": "https://www.cian.ru/cat.php?deal_type=rent",
}
# What is typed where; elsewhere the first button that is no way back is pressed.
TYPED = {
    "account.parser": TWO_STEPS,
    "account.parser.code": "-".join(CODE),
    "account.parser.password": PASSWORD,
    "account.blacklist": "8 957 123-45-68",
    "account.blacklist.code": " . ".join(CODE),
    "account.blacklist.password": PASSWORD,
    "workers.start.chats": "@pvz_moscow, t.me/pvz_work",
    "workers.start.date": "01.03.2026 - 31.03.2026",
    "workers.start.price": "2 000 - 3500",
    "realty.avito.link": LINKS["realty.avito"],
    "realty.cian.link": LINKS["realty.cian"],
    "realty.avito.pages": "2",
    "blacklist.check.username": "@ivan_petrov",
    "blacklist.add.chat": "@new_chat",
    "blacklist.remove": "@pvz_black",
    "settings.realty.token.given": BOT_TOKEN,
    "settings.workers.token.given": BOT_TOKEN,
    "settings.realty.chat.chat": "-1001234567890",
    "settings.workers.chat.chat": str(ANNA.id),
}


def whole_menu() -> Menu:
    nothing: Any = SimpleNamespace()
    return build_menu(nothing)


def test_the_tree_is_the_contracts() -> None:
    with speaking("ru"):
        assert "\n".join(whole_menu().outline()) + "\n" == CONTRACT


def test_every_place_leads_back_to_the_main_menu() -> None:
    menu = whole_menu()
    for place in menu:
        seen = []
        while place.name != "main":
            seen.append(place.name)
            place = menu[place.parent]
            assert place.name not in seen


class Walker:
    """Presses its way through the whole tree and notes where it was."""

    def __init__(self, world: World, person: MadeUpPerson) -> None:
        self.world = world
        self.person = person
        self.menu = whole_menu()
        self.seen: dict[str, str] = {}

    def where(self, shown: Shown) -> str:
        ((place,),) = self.world.query(
            "SELECT place FROM wizards WHERE user_id = ?", self.person.id
        )
        self.seen[place] = shown.text
        assert shown.text.strip()
        assert shown.buttons, place  # nobody is left without a way on
        return str(place)

    def title(self, place: Place) -> str:
        with speaking(self.person.language):
            return place.title()

    def reach(self, place: Place) -> Shown:
        """From the main menu to a place by the titles above it."""
        path = [place]
        while path[0].parent != "main":
            path.insert(0, self.menu[path[0].parent])
        shown = self.world.menu(self.person)
        for step in path:
            shown = self.world.press(self.person, shown, self.title(step))
            shown = self.settled(shown)
        return shown

    def settled(self, shown: Shown) -> Shown:
        """The message once nothing is being waited for."""
        return self.world.telegram.wait_for(
            self.person.id, "", where=lambda one: one.id == shown.id and not is_waiting(one.text)
        )

    def go_through(self, place: Place) -> None:
        """Enter a place, and where it asks something answer until it asks no more."""
        shown = self.reach(place)
        asked = set()
        while (here := self.where(shown)).startswith(place.name) and here not in asked:
            asked.add(here)
            if here in TYPED:
                shown = self.world.type(self.person, shown, TYPED[here])
            elif self.menu[here].lifetime is not None or here.endswith("confirm"):
                caption = shown.captions[0]
                if here == "workers.start.chats":
                    caption = shown.captions[-2]
                shown = self.world.press(self.person, shown, caption)
            else:
                break
            shown = self.settled(shown)
        self.where(shown)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_place_is_reached_by_pressing(world: World, language: str) -> None:
    person = MadeUpPerson(ANNA.id, "anna", "Anna", language)
    world.know(person, complete=False)
    world.start()
    walker = Walker(world, person)
    # Settings and accounts come first: the rest needs them.
    parts = ["settings", "account", "workers", "realty", "blacklist", "phones", "main"]
    for part in parts:
        for place in list(walker.menu):
            inside = place.name == part or place.name.startswith(f"{part}.")
            if inside and place.listed and place.name not in ("main", "account.disconnect"):
                walker.go_through(place)
    walker.where(walker.world.menu(person))

    for service, more in (("workers", "What was found"), ("realty", ""), ("phones", "")):
        world.until(
            lambda service=service: world.query(
                "SELECT 1 FROM active_tasks WHERE service = ? AND status = 'running'", service
            )
        )
        shown = walker.reach(walker.menu[f"{service}.tasks"])
        shown = world.press(person, shown, shown.captions[0])
        walker.where(shown)
        if more:
            shown = world.press(person, shown, "Найденное" if language == "ru" else more)
            walker.where(walker.settled(shown))
    shown = walker.reach(walker.menu["account.disconnect"])
    walker.where(shown)
    world.press(person, shown, shown.captions[0])
    for command in ("/status", "/tasks", "/help"):
        before = {one.id for one in world.telegram.chat(person.id)}
        world.telegram.say(person, command)
        shown = world.telegram.wait_for(
            person.id,
            "",
            where=lambda one, before=before: bool(one.buttons) and one.id not in before,
        )
        walker.where(shown)

    doors = {
        place.name for place in walker.menu if isinstance(place, WizardDoor | SendTest)
    }  # nobody stays there
    assert set(walker.seen) == {place.name for place in walker.menu} - doors
    for name, text in walker.seen.items():
        assert _is_in(language, text), (name, text)


def is_waiting(text: str) -> bool:
    """Whether the message says that a service or Telegram is being asked."""
    return any(line.startswith("⏳") and line.endswith("…") for line in text.splitlines())


def _is_in(language: str, text: str) -> bool:
    """ШК and Русский stand in English texts, too, and links and numbers in all."""
    letters = [letter for letter in text if letter.isalpha()]
    cyrillic = sum("а" <= letter.casefold() <= "ё" for letter in letters)
    return cyrillic >= 10 if language == "ru" else cyrillic < len(letters) / 4
