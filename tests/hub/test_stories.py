"""From the first /start to a finished task, by buttons pressed over HTTP."""

from dataclasses import replace

import pytest

from core.hub.stand_in.telegram import MadeUpPerson
from tests.hub.world import ADMIN, ANNA, BOT_TOKEN, STRANGER, World


@pytest.mark.parametrize(
    ("language", "ask", "let_in", "have", "property_", "link", "start", "running", "done"),
    [
        (
            "ru",
            "просит доступ",
            "Впустить",
            "Теперь у вас есть доступ",
            "Недвижимость",
            "пришлите ссылку",
            "Запустить",
            ": идёт",
            ": закончена",
        ),
        (
            "en",
            "asks for access",
            "Let in",
            "You have access now",
            "Property",
            "send the link",
            "Start",
            ": is running",
            "completed",
        ),
    ],
)
def test_from_a_strangers_start_to_a_finished_task(
    world: World,
    language: str,
    ask: str,
    let_in: str,
    have: str,
    property_: str,
    link: str,
    start: str,
    running: str,
    done: str,
) -> None:
    admin = replace(ADMIN, language=language)
    anna = MadeUpPerson(ANNA.id, "anna", "Anna", language)
    world.know(admin)
    world.start()
    world.telegram.say(anna, "/start")
    question = world.telegram.wait_for(admin.id, ask)
    world.telegram.press(admin, question, let_in)
    menu = world.telegram.wait_for(anna.id, have)

    # Nothing is set up yet: the start leads to what is missing.
    shown = world.press(anna, menu, property_)
    shown = world.press(anna, shown, "Avito" if language == "en" else "Авито", "⚠️")
    shown = world.press(anna, shown, "token" if language == "en" else "токен")
    typed = world.telegram.say(anna, BOT_TOKEN)
    shown = world.changed(anna, shown)
    assert BOT_TOKEN not in shown.text
    world.until(lambda: typed not in {one.id for one in world.telegram.chat(anna.id)})
    shown = world.press(anna, shown, "Change the chat" if language == "en" else "Изменить чат")
    shown = world.press(anna, shown, "To me" if language == "en" else "Мне")
    shown = world.press(
        anna,
        shown,
        "Test message" if language == "en" else "Тестовое сообщение",
        "✅ Т" if language == "ru" else "✅ T",
    )
    assert world.telegram.others[0][0] == str(anna.id)

    shown = world.walk(anna, property_, "Avito" if language == "en" else "Авито")
    assert link in shown.text
    shown = world.type(anna, shown, "https://www.avito.ru/moskva/kvartiry/sdam")
    shown = world.press(anna, shown, "3")
    world.press(anna, shown, start)
    card = world.telegram.wait_for(anna.id, running)
    (work,) = world.realty.works.all()
    world.realty.works.finish(work.id)
    world.telegram.wait_for(anna.id, done, where=lambda one: one.id == card.id)
    end = world.telegram.wait_for(anna.id, done, where=lambda one: one.id != card.id)
    assert not end.silent
    assert world.query("SELECT status, task_type, service FROM active_tasks") == [
        ("completed", "avito", "realty")
    ]


def test_a_stranger_gets_a_sentence_and_the_admin_one_request(world: World) -> None:
    world.know(ADMIN)
    world.start()
    for text in ("hello", "/menu", "/start", "/start", "/status", "please"):
        world.telegram.say(STRANGER, text)
    world.telegram.wait_for(STRANGER.id, "у администратора")
    question = world.telegram.wait_for(ADMIN.id, "Who")
    world.menu(ADMIN)  # everything said before is dealt with
    asked = [text for text in world.telegram.texts(ADMIN.id) if "просит доступ" in text]
    assert len(asked) == 1
    assert not any(shown.buttons for shown in world.telegram.chat(STRANGER.id))

    world.telegram.press(ADMIN, question, "Не впускать")
    world.telegram.wait_for(STRANGER.id, "не дал вам доступ")
    question = world.telegram.wait_for(ADMIN.id, "доступа к хабу нет")
    world.telegram.press(ADMIN, question, "Впустить")
    menu = world.telegram.wait_for(STRANGER.id, "Теперь у вас есть доступ")
    question = world.telegram.wait_for(ADMIN.id, "доступ к хабу есть")
    world.telegram.press(ADMIN, question, "Забрать доступ")
    world.telegram.wait_for(STRANGER.id, "отозван")
    press = world.telegram.press(STRANGER, menu, "Недвижимость")
    assert "нет доступа" in world.telegram.wait_for_alert(press)


def test_buttons_of_an_admin_do_nothing_for_others(world: World) -> None:
    world.know(ADMIN)
    world.know(ANNA)
    world.start()
    world.telegram.say(STRANGER, "/start")
    question = world.telegram.wait_for(ADMIN.id, "просит доступ")
    press = world.telegram.press_data(ANNA, question.id, question.data("Впустить"))
    assert "чужая" in world.telegram.wait_for_alert(press)
    forged = question.data("Впустить").replace("|37rmakh|", "|37rmaki|")
    assert forged != question.data("Впустить")
    press = world.telegram.press_data(ANNA, question.id, forged)
    assert world.telegram.wait_for_alert(press)
    assert world.query("SELECT state FROM access WHERE user_id = ?", STRANGER.id) == [("asked",)]


def test_thirty_presses_a_minute(world: World) -> None:
    world.know(ANNA)
    world.start(presses_a_minute=30)
    menu = world.menu(ANNA)
    for _number in range(29):
        world.telegram.wait_for_alert(world.telegram.press_data(ANNA, menu.id, "x|y|1|1"))
    press = world.telegram.press(ANNA, menu, "Настройки")
    assert "Подождите" in world.telegram.wait_for_alert(press)
    assert world.telegram.wait_for(ANNA.id, "Нажмите кнопку").id == menu.id


def test_what_is_asked_by_commands(world: World) -> None:
    world.know(ANNA)
    world.start()
    world.telegram.say(ANNA, "/help")
    world.telegram.wait_for(ANNA.id, "/cancel")
    world.telegram.say(ANNA, "/status")
    world.telegram.wait_for(ANNA.id, "Сейчас ваших задач нет")
    world.telegram.say(ANNA, "/tasks")
    world.telegram.wait_for(ANNA.id, "Сейчас ни одна задача не идёт")
    world.telegram.say(ANNA, "/cancel")
    world.telegram.wait_for(ANNA.id, "Отменять нечего")
    world.telegram.say(ANNA, "/nonsense")
    world.telegram.wait_for(ANNA.id, "Такой команды нет")
    shown = world.walk(ANNA, "Недвижимость", "Циан")
    world.telegram.say(ANNA, "/cancel")
    world.telegram.wait_for(ANNA.id, "Отменено")
    press = world.telegram.press(ANNA, shown, "Назад")
    assert "устарела" in world.telegram.wait_for_alert(press)


def test_the_language_is_that_of_telegram_until_another_is_chosen(world: World) -> None:
    anna = replace(ANNA, language="de")
    world.know(anna)
    world.start()
    world.telegram.say(anna, "/menu")
    menu = world.telegram.wait_for(anna.id, "Press a button")
    shown = world.press(anna, menu, "Settings")
    shown = world.press(anna, shown, "Language")
    shown = world.press(anna, shown, "Русский", "Сохранено")
    assert "Язык: Русский" in shown.text
    shown = world.press(anna, shown, "Язык")
    world.press(anna, shown, "Как в моём Telegram", "Stored")


def test_a_wizard_left_alone_ends_with_a_word(world: World) -> None:
    from datetime import UTC, datetime, timedelta

    world.know(ANNA)
    late = [timedelta()]
    world.start(now=lambda: datetime.now(UTC) + late[0])
    shown = world.walk(ANNA, "Недвижимость", "Циан")
    late[0] = timedelta(minutes=29)
    shown = world.type(ANNA, shown, "no link", "⚠️")
    late[0] = timedelta(minutes=60)
    shown = world.telegram.wait_for(ANNA.id, "Ответа не было")
    assert "30" in shown.text
    assert world.query("SELECT place, expires_at FROM wizards") == [("main", None)]
