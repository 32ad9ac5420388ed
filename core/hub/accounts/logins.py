"""Logging in and out, step by step: for the chat and for the terminal.

A client that was connected stays connected between the steps, and is closed before a service may
open its file. After a crash the next step opens the unfinished file again: Telegram knows it.
All coroutines belong to one loop.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from core.hub.accounts.client import (
    AccountClient,
    AccountProblem,
    AccountTrouble,
    Connect,
    SentCode,
)
from core.hub.accounts.files import SessionFolder
from core.hub.database.users import Session
from core.settings.secret import Secret

log = logging.getLogger(__name__)

T = TypeVar("T")

LEFT_ALONE_SECONDS = 600.0
STEP_SECONDS = 60.0


@dataclass(slots=True)
class _Live:
    client: AccountClient
    used_at: float


class Logins:
    """At most one login of each session of each user at a time. Methods raise AccountTrouble."""

    def __init__(self, folder: SessionFolder, connect: Connect) -> None:
        self._folder = folder
        self._connect = connect
        self._live: dict[tuple[int, Session], _Live] = {}

    async def begin(self, user_id: int, session: Session, phone: Secret) -> SentCode:
        """Let Telegram send a code to the number."""
        await self.cancel(user_id, session)
        client = await self._client(user_id, session)
        return await self._bounded(client.send_code(phone.reveal()))

    async def again(self, user_id: int, session: Session, phone: Secret, key: str) -> SentCode:
        """Send the code anew, another way where Telegram has one."""
        client = await self._client(user_id, session)
        return await self._bounded(client.send_again(phone.reveal(), key))

    async def code(
        self, user_id: int, session: Session, phone: Secret, key: str, code: Secret
    ) -> bool:
        """True where the login is done, False where the account has a password besides."""
        client = await self._client(user_id, session)
        if not await self._bounded(client.sign_in(phone.reveal(), key, code)):
            return False
        await self._finish(user_id, session)
        return True

    async def password(self, user_id: int, session: Session, password: Secret) -> None:
        """The last step of an account with a password."""
        client = await self._client(user_id, session)
        await self._bounded(client.check_password(password))
        await self._finish(user_id, session)

    async def cancel(self, user_id: int, session: Session) -> None:
        """Give a login up and delete its file."""
        await self._close(user_id, session)
        await asyncio.to_thread(self._folder.remove_unfinished, user_id, session)

    async def log_out(self, user_id: int) -> list[AccountTrouble]:
        """End both sessions at Telegram and delete their files, whatever Telegram says.

        Returns what did not work at Telegram: such a session may still stand in its list of
        devices. Raises OSError where a file cannot be deleted.
        """
        troubles: list[AccountTrouble] = []
        for session in Session:
            await self.cancel(user_id, session)
            file = self._folder.file(user_id, session)
            if await asyncio.to_thread(file.exists):
                try:
                    await self._bounded(self._log_out(user_id, session))
                except AccountTrouble as trouble:
                    if trouble.problem is not AccountProblem.LOGGED_OUT:
                        troubles.append(trouble)
            await asyncio.to_thread(self._folder.remove, user_id, session)
        return troubles

    async def _log_out(self, user_id: int, session: Session) -> None:
        client = await self._connect(self._folder.file(user_id, session))
        try:
            await client.log_out()
        finally:
            await client.close()

    async def close_left_alone(self) -> None:
        """Close logins that nobody has gone on with for ten minutes."""
        now = time.monotonic()
        for user_id, session in [
            key for key, live in self._live.items() if now - live.used_at > LEFT_ALONE_SECONDS
        ]:
            log.info("a login of user %s was left alone", f"{user_id:_}")
            await self.cancel(user_id, session)

    async def close(self) -> None:
        """Close every connection; unfinished files stay, the next start goes on with them."""
        for user_id, session in list(self._live):
            await self._close(user_id, session)

    async def _client(self, user_id: int, session: Session) -> AccountClient:
        live = self._live.get((user_id, session))
        if live is None:
            await asyncio.to_thread(self._folder.prepare)
            file = self._folder.unfinished(user_id, session)
            live = _Live(await self._bounded(self._connect(file)), 0.0)
            self._live[user_id, session] = live
        live.used_at = time.monotonic()
        return live.client

    async def _finish(self, user_id: int, session: Session) -> None:
        await self._close(user_id, session)
        await asyncio.to_thread(self._folder.finish, user_id, session)

    async def _close(self, user_id: int, session: Session) -> None:
        live = self._live.pop((user_id, session), None)
        if live is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(STEP_SECONDS):
                    await live.client.close()

    async def _bounded(self, step: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                return await step
        except TimeoutError:
            pass
        raise AccountTrouble(AccountProblem.UNREACHABLE)
