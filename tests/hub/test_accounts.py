"""Connecting accounts: every answer of Telegram has a sentence, and secrets leave the chat.

Against a made-up client at the seam of Kurigram's: its protocol cannot be tried without Telegram.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.hub.accounts.client import AccountProblem, AccountTrouble
from core.hub.database.users import Session
from core.hub.stand_in.accounts import BANNED, CODE, FLOODED, PASSWORD, TWO_STEPS
from core.hub.stand_in.telegram import Shown
from tests.hub.world import ANNA, World

PHONE = "+7 957 123-45-67"


@pytest.fixture
def known(world: World) -> World:
    world.know(ANNA, complete=False)
    return world


def gone(world: World, number: int) -> None:
    """Wait until a typed message is deleted."""
    world.until(lambda: number not in {shown.id for shown in world.telegram.chat(ANNA.id)})


def at_the_code(world: World, phone: str = PHONE) -> Shown:
    shown = world.walk(ANNA, "Мой аккаунт", "Аккаунт для мониторинга")
    number = world.telegram.say(ANNA, phone)
    shown = world.changed(ANNA, shown, "Telegram отправил код")
    gone(world, number)
    return shown


def test_number_code_password(known: World) -> None:
    world = known.start()
    shown = at_the_code(world, TWO_STEPS)
    assert "+7957•••4568" in shown.text
    assert "приложение Telegram" in shown.text
    number = world.telegram.say(ANNA, "-".join(CODE))
    shown = world.changed(ANNA, shown, "двухэтапная")
    gone(world, number)
    number = world.telegram.say(ANNA, "wrong password")
    shown = world.changed(ANNA, shown, "Пароль неверный")
    gone(world, number)
    number = world.telegram.say(ANNA, PASSWORD)
    shown = world.changed(ANNA, shown, "✅ Аккаунт подключён")
    gone(world, number)
    assert "✅ Аккаунт для мониторинга: подключён" in shown.text
    assert "❌ Аккаунт для чёрного списка: не подключён" in shown.text
    file = world.sessions.file(ANNA.id, Session.PARSER)
    assert file.name == f"{ANNA.id}_parser.session"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert not world.accounts.open  # closed before a service opens it
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_a_bare_code_is_refused_with_what_happened(known: World) -> None:
    world = known.start()
    shown = at_the_code(world)
    number = world.telegram.say(ANNA, CODE)
    shown = world.changed(ANNA, shown, "Telegram увидел этот код")
    gone(world, number)
    assert "sign_in" not in world.accounts.steps
    shown = world.press(ANNA, shown, "Отправить ещё раз", "Код придёт в SMS")
    assert world.accounts.steps == ["send_code", "send_again"]
    world.type(ANNA, shown, " ".join(CODE), "✅ Аккаунт подключён")


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        (BANNED, "заблокировал этот номер"),
        (FLOODED, "подождать 1\N{NO-BREAK SPACE}ч 30\N{NO-BREAK SPACE}мин"),
        ("+7 701 123-45-67", "не российский номер"),
        ("hello", "не российский номер"),
    ],
)
def test_numbers_that_do_not_work(known: World, phone: str, sentence: str) -> None:
    world = known.start()
    shown = world.walk(ANNA, "Мой аккаунт", "Аккаунт для мониторинга")
    number = world.telegram.say(ANNA, phone)
    shown = world.changed(ANNA, shown, sentence)
    gone(world, number)
    world.press(ANNA, shown, "Назад", "Мой аккаунт")


def test_wrong_and_expired_codes(known: World) -> None:
    world = known.start()
    shown = at_the_code(world)
    shown = world.type(ANNA, shown, "1-1-1-1-1", "Код неверный")
    shown = world.type(ANNA, shown, "0-0-0-0-0", "больше не действует")
    world.type(ANNA, shown, "-".join(CODE), "✅ Аккаунт подключён")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (AccountProblem.UNREACHABLE, "Telegram сейчас недоступен"),
        (AccountProblem.API_WRONG, "API_ID"),
        (AccountProblem.NUMBER_UNKNOWN, "ещё нет аккаунта"),
        (AccountProblem.NUMBER_WRONG, "не принимает этот номер"),
        (AccountProblem.OTHER, "Telegram этого не принял"),
    ],
)
def test_every_answer_has_a_sentence(known: World, problem: AccountProblem, sentence: str) -> None:
    world = known.start()

    def trouble(_step: str) -> None:
        raise AccountTrouble(problem)

    world.accounts.trouble = trouble
    shown = world.walk(ANNA, "Мой аккаунт", "Аккаунт для мониторинга")
    world.type(ANNA, shown, PHONE, sentence)


def test_a_login_goes_on_after_a_restart(known: World) -> None:
    world = known.start()
    shown = at_the_code(world)
    world.stop()
    assert not world.accounts.open
    world.start()
    world.type(ANNA, shown, "-".join(CODE), "✅ Аккаунт подключён")


def test_a_login_left_alone_ends_after_ten_minutes(known: World) -> None:
    late = [timedelta()]
    world = known.start(now=lambda: datetime.now(UTC) + late[0])
    at_the_code(world)
    late[0] = timedelta(minutes=10, seconds=1)
    shown = world.telegram.wait_for(ANNA.id, "Ответа не было")
    assert "10" in shown.text
    world.until(lambda: not world.accounts.open)
    folder = Path(world.sessions.file(ANNA.id, Session.PARSER).parent)
    world.until(lambda: not list(folder.iterdir()))


def test_disconnecting(known: World) -> None:
    world = known.start()
    shown = at_the_code(world)
    shown = world.type(ANNA, shown, "-".join(CODE), "✅ Аккаунт подключён")
    shown = world.press(ANNA, shown, "Отключить", "Отключить оба")
    shown = world.press(ANNA, shown, "Нет", "подключён")
    assert world.sessions.file(ANNA.id, Session.PARSER).exists()
    shown = world.press(ANNA, shown, "Отключить", "Отключить оба")
    shown = world.press(ANNA, shown, "Да", "Аккаунты отключены")
    assert world.accounts.logged_out == [f"{ANNA.id}_parser.session"]
    assert not world.sessions.file(ANNA.id, Session.PARSER).exists()
    assert "❌ Аккаунт для мониторинга" in shown.text
    rows = world.query(
        "SELECT is_parser_authorized, is_blacklist_authorized, phone FROM users WHERE user_id = ?",
        ANNA.id,
    )
    assert rows == [(0, 0, None)]


def test_files_go_even_where_telegram_is_away(known: World) -> None:
    world = known.start()
    shown = at_the_code(world)
    shown = world.type(ANNA, shown, "-".join(CODE), "✅ Аккаунт подключён")

    def trouble(_step: str) -> None:
        raise AccountTrouble(AccountProblem.UNREACHABLE)

    world.accounts.trouble = trouble
    shown = world.press(ANNA, shown, "Отключить", "Отключить оба")
    world.press(ANNA, shown, "Да", "в разделе «Устройства»")
    assert not world.sessions.file(ANNA.id, Session.PARSER).exists()
