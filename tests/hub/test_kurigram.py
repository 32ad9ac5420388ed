"""The one file that knows Kurigram: every answer of Telegram by our names, and nothing of what was
sent in errors and logs. The protocol itself is not tried here: there is no Telegram."""

import asyncio
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyrogram import errors
from pyrogram.storage import SQLiteStorage

from core.hub.accounts import kurigram
from core.hub.accounts.client import AccountProblem, AccountTrouble, say
from core.hub.accounts.kurigram import KurigramClient, KurigramConnect
from core.settings.secret import Secret

CODE = Secret("54321")


class Client:
    """What KurigramClient calls of the library's client."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.is_connected = True
        self.closed = False

    async def _say(self, *_arguments: object) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    send_code = resend_code = sign_in = check_password = invoke = _say

    async def disconnect(self) -> None:
        self.closed = True
        raise ConnectionError("already")


def client(answer: Any) -> KurigramClient:
    made: Any = Client(answer)
    return KurigramClient(made)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (errors.PhoneNumberInvalid(), AccountProblem.NUMBER_WRONG),
        (errors.PhoneNumberBanned(), AccountProblem.NUMBER_BANNED),
        (errors.PhoneNumberUnoccupied(), AccountProblem.NUMBER_UNKNOWN),
        (errors.PhoneCodeInvalid(), AccountProblem.CODE_WRONG),
        (errors.PhoneCodeExpired(), AccountProblem.CODE_EXPIRED),
        (errors.PasswordHashInvalid(), AccountProblem.PASSWORD_WRONG),
        (errors.SendCodeUnavailable(), AccountProblem.NO_OTHER_WAY),
        (errors.ApiIdInvalid(), AccountProblem.API_WRONG),
        (errors.AuthKeyUnregistered(), AccountProblem.LOGGED_OUT),
        (errors.PhoneNumberFlood(), AccountProblem.FLOOD),
        (ConnectionError("to 149.154.167.51"), AccountProblem.UNREACHABLE),
        (TimeoutError(), AccountProblem.UNREACHABLE),
        (errors.InternalServerError(), AccountProblem.OTHER),
        (ValueError(CODE.reveal()), AccountProblem.OTHER),
    ],
)
def test_every_error_has_a_name_and_a_sentence(error: Exception, problem: AccountProblem) -> None:
    with pytest.raises(AccountTrouble) as caught:
        asyncio.run(client(error).sign_in("+79571234567", "key", CODE))
    assert caught.value.problem is problem
    assert caught.value.__context__ is None
    assert CODE.reveal() not in str(caught.value)
    assert say(caught.value)


def test_a_flood_says_how_long() -> None:
    with pytest.raises(AccountTrouble) as caught:
        asyncio.run(client(errors.FloodWait(120)).send_code("+79571234567"))
    assert (caught.value.problem, caught.value.wait) == (AccountProblem.FLOOD, 120.0)
    assert "2 min" in say(caught.value)


def test_the_steps() -> None:
    code = SimpleNamespace(phone_code_hash="key", type=SimpleNamespace(name="APP"))
    sent = asyncio.run(client(code).send_code("+79571234567"))
    assert (sent.key, sent.way) == ("key", "app")
    user = SimpleNamespace(id=1, is_self=True)
    assert asyncio.run(client(user).sign_in("+79571234567", "key", CODE))
    needs = errors.SessionPasswordNeeded()
    assert not asyncio.run(client(needs).sign_in("+79571234567", "key", CODE))
    with pytest.raises(AccountTrouble, match="number_unknown"):  # it would have to be registered
        asyncio.run(client(False).sign_in("+79571234567", "key", CODE))


def test_closing_raises_nothing() -> None:
    asyncio.run(client(None).close())


def test_the_librarys_log_is_closed() -> None:
    assert logging.getLogger("pyrogram").level > logging.CRITICAL
    assert not logging.getLogger("pyrogram.session.session").isEnabledFor(logging.CRITICAL)


def test_session_files_have_the_schema_that_the_guide_names() -> None:
    assert SQLiteStorage.VERSION == 7
    guide = Path(kurigram.__file__).parents[3] / "docs" / "hub.md"
    assert "They have schema 7" in guide.read_text(encoding="utf-8")


def test_a_proxy_is_handed_on() -> None:
    made = KurigramConnect(1, Secret("a" * 32), Secret("socks5h://user:word@proxy.local:1080"))
    assert made._proxy == "socks5://user:word@proxy.local:1080"
    assert KurigramConnect(1, Secret("a" * 32), Secret())._proxy is None
