"""No token, code, password or whole phone in database, log, message or exception at DEBUG."""

import logging
from pathlib import Path

from core.hub.stand_in import phones as phones_stand_in
from core.hub.stand_in.accounts import CODE, PASSWORD, TWO_STEPS
from core.hub.stand_in.base import Answer
from core.logs.setup import setup_logging, stop_logging
from tests.hub.test_accounts import gone
from tests.hub.world import ANNA, BOT_TOKEN, KEY, World

OTHER_TOKEN = "555555555:AAanother-token-that-nobody-may-see-x"


class _Log:
    log_level = "DEBUG"
    log_format = "text"

    def __init__(self, folder: Path) -> None:
        self.log_file = folder / "hub.log"


def test_nothing_leaks(world: World, tmp_path: Path, caplog) -> None:  # type: ignore[no-untyped-def]
    caplog.set_level(logging.DEBUG)
    setup_logging(_Log(tmp_path))
    try:
        _live_through_a_day(world)
        world.stop()
    finally:
        stop_logging()
    secrets = {
        "bot of the hub": world.telegram.token,
        "its half": world.telegram.token.partition(":")[2],
        "notification bot": BOT_TOKEN.partition(":")[2],
        "new notification bot": OTHER_TOKEN.partition(":")[2],
        "service": phones_stand_in.TOKEN,
        "key": KEY.reveal(),
        "password": PASSWORD,
        "phone": TWO_STEPS.removeprefix("+"),
        "phone as typed": "957 123-45-68",
        "national": "9571234568",
        "typed code": "-".join(CODE),
    }
    places = {
        "log": (tmp_path / "hub.log").read_text("utf-8"),
        "chat": "\n".join(world.telegram.texts(ANNA.id)),
        "alerts": "\n".join(text for _press, text in world.telegram.alerts),
        "raw log": caplog.text,
    }
    for file in world.database.parent.glob("hub.db*"):
        places[file.name] = file.read_bytes().decode("latin-1")
    assert "user 7_000_000_002 is logged in" in places["log"]
    for where, text in places.items():
        for name, secret in secrets.items():
            assert secret not in text, f"{name} in {where}"
    assert f"{CODE}\n" not in places["log"]


def _live_through_a_day(world: World) -> None:
    """Everything that handles a secret, done well and badly."""
    world.know(ANNA)
    world.query("UPDATE users SET is_parser_authorized = 0")
    world.start()
    shown = world.walk(ANNA, "Мой аккаунт", "Аккаунт для мониторинга")
    typed = [world.telegram.say(ANNA, "8 957 123-45-68")]
    shown = world.changed(ANNA, shown, "Telegram отправил код")
    for text, expect in (
        (CODE, "увидел этот код"),
        ("1-1-1-1-1", "Код неверный"),
        ("-".join(CODE), "двухэтапная"),
        ("not " + PASSWORD[:4], "Пароль неверный"),
        (PASSWORD, "✅ Аккаунт подключён"),
    ):
        typed.append(world.telegram.say(ANNA, text))
        shown = world.changed(ANNA, shown, expect)
    shown = world.walk(ANNA, "Настройки", "Бот для недвижимости", "Изменить токен")
    typed.append(world.telegram.say(ANNA, OTHER_TOKEN))
    world.telegram.bots.add(OTHER_TOKEN)
    shown = world.changed(ANNA, shown, "сохранён")
    shown = world.press(ANNA, shown, "Тестовое", "✅ Тест")
    world.telegram.bots.discard(OTHER_TOKEN)
    shown = world.press(ANNA, shown, "Тестовое", "не принимает токен")
    # A token that is typed where nobody asked for it is deleted, too.
    typed.append(world.telegram.say(ANNA, f"is this it? {OTHER_TOKEN}"))
    # A service that repeats what it was given.
    world.realty.misbehave(
        lambda call, right: (
            Answer(400, {"detail": f"bad {call.body} +79571234568"})
            if call.path == "/parse/start"
            else right
        )
    )
    shown = world.walk(ANNA, "Недвижимость", "Циан")
    shown = world.type(ANNA, shown, "https://www.cian.ru/cat.php?deal_type=rent")
    shown = world.press(ANNA, shown, "3")
    world.press(ANNA, shown, "Запустить")
    world.telegram.wait_for(ANNA.id, "не принял", where=lambda one: not one.silent)
    world.phones.misbehave(lambda _call, _right: Answer(500, raw=b"<html>"))
    world.walk(ANNA, "Номера", "Оценка")
    shown = world.walk(ANNA, "Мой аккаунт", "Отключить")
    world.press(ANNA, shown, "Да", "отключены")
    for number in typed:
        gone(world, number)
