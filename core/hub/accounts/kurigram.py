"""The account client that speaks Telegram's own protocol: Kurigram, the successor of Pyrogram.

The one file that knows it. Its log tells what is sent, codes and passwords among it, so it is
closed; its errors are named here and go no further. Importing this file takes a second.
"""

import logging
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

from core.hub.accounts.client import AccountClient, AccountProblem, AccountTrouble, SentCode
from core.settings.secret import Secret

logging.getLogger("pyrogram").setLevel(logging.CRITICAL + 1)

from pyrogram import Client, errors, raw  # noqa: E402 - its import already logs

T = TypeVar("T")

_PROBLEMS: tuple[tuple[AccountProblem, tuple[type[Exception], ...]], ...] = (
    (
        AccountProblem.NUMBER_WRONG,
        (errors.PhoneNumberInvalid, errors.PhoneNumberInvalid406, errors.PhoneMigrate),
    ),
    (AccountProblem.NUMBER_BANNED, (errors.PhoneNumberBanned,)),
    (
        AccountProblem.NUMBER_UNKNOWN,
        (errors.PhoneNumberUnoccupied, errors.PhoneNumberAppSignupForbidden),
    ),
    (AccountProblem.CODE_WRONG, (errors.PhoneCodeInvalid, errors.PhoneCodeEmpty)),
    (AccountProblem.CODE_EXPIRED, (errors.PhoneCodeExpired, errors.PhoneHashExpired)),
    (
        AccountProblem.PASSWORD_WRONG,
        (errors.PasswordHashInvalid, errors.PasswordEmpty, errors.SrpPasswordChanged),
    ),
    (AccountProblem.NO_OTHER_WAY, (errors.SendCodeUnavailable,)),
    (AccountProblem.API_WRONG, (errors.ApiIdInvalid, errors.ApiIdPublishedFlood)),
    (AccountProblem.FLOOD, (errors.PhoneNumberFlood, errors.PhonePasswordFlood)),
    (
        AccountProblem.LOGGED_OUT,
        (errors.AuthKeyUnregistered, errors.SessionRevoked, errors.SessionExpired),
    ),
    (AccountProblem.UNREACHABLE, (OSError, TimeoutError)),
)
_DAY = 86400.0  # where Telegram gives no time: its limits on numbers last about so long


class KurigramConnect:
    """Opens session files for an application registered at my.telegram.org."""

    def __init__(self, api_id: int, api_hash: Secret, proxy: Secret) -> None:
        self._api_id = api_id
        self._api_hash = api_hash
        # The names are looked up by the proxy in either case.
        self._proxy = proxy.reveal().replace("socks5h://", "socks5://") or None

    async def __call__(self, file: Path) -> AccountClient:
        client = Client(
            name=file.name.removesuffix(".session"),
            api_id=self._api_id,
            api_hash=self._api_hash.reveal(),
            workdir=file.parent,
            proxy=self._proxy,
            no_updates=True,
            sleep_threshold=0,
        )
        try:
            await _named(client.connect())
        except BaseException:
            await _close(client)
            raise
        return KurigramClient(client)


class KurigramClient:
    """One connected session."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def send_code(self, phone: str) -> SentCode:
        return _sent(await _named(self._client.send_code(phone)))

    async def send_again(self, phone: str, key: str) -> SentCode:
        return _sent(await _named(self._client.resend_code(phone, key)))

    async def sign_in(self, phone: str, key: str, code: Secret) -> bool:
        try:
            signed = await _named(self._client.sign_in(phone, key, code.reveal()))
        except _PasswordNeeded:
            return False
        if not hasattr(signed, "id") or not hasattr(signed, "is_self"):
            raise AccountTrouble(AccountProblem.NUMBER_UNKNOWN)  # it would have to be registered
        return True

    async def check_password(self, password: Secret) -> None:
        await _named(self._client.check_password(password.reveal()))

    async def log_out(self) -> None:
        # Not its own log_out: on a client that is only connected that one logs out, then raises
        # and leaves the file.
        await _named(self._client.invoke(raw.functions.auth.log_out.LogOut()))

    async def close(self) -> None:
        await _close(self._client)


class _PasswordNeeded(Exception):
    pass


async def _named(call: Awaitable[T]) -> T:
    """The result; every failure by our names, without the library's words about it."""
    trouble: Exception
    try:
        return await call
    except errors.SessionPasswordNeeded:
        trouble = _PasswordNeeded()
    except (errors.FloodWait, errors.FloodPremiumWait) as flood:
        wait = flood.value if isinstance(flood.value, int | float) else _DAY
        trouble = AccountTrouble(AccountProblem.FLOOD, float(wait))
    except Exception as error:
        trouble = _trouble(error)
    raise trouble  # outside the handler, so that it has no context


def _trouble(error: Exception) -> AccountTrouble:
    for problem, kinds in _PROBLEMS:
        if isinstance(error, kinds):
            return AccountTrouble(problem, _DAY if problem is AccountProblem.FLOOD else 0.0)
    return AccountTrouble(AccountProblem.OTHER, detail=type(error).__name__)


async def _close(client: Client) -> None:
    try:
        if client.is_connected:
            await client.disconnect()
        else:
            await client.storage.close()  # type: ignore[no-untyped-call]
    except Exception as error:
        logging.getLogger(__name__).debug("a session closed badly: %s", type(error).__name__)


def _sent(code: Any) -> SentCode:
    return SentCode(str(code.phone_code_hash), str(getattr(code.type, "name", "")).casefold())
