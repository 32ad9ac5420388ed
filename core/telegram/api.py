"""The calls to the Bot API that the bot makes, with every failure named and cleaned.

python-telegram-bot speaks the protocol; this file is the only one that knows it. Its
exceptions, its log lines and those of its HTTP library carry the address, and the address
carries the token. So those loggers are closed, and nothing but `TelegramTrouble` leaves here.

All coroutines belong to the bot's loop.
"""

import asyncio
import logging
import os
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import truststore

from core.telegram.account import BotAccount
from core.telegram.outgoing import Keyboard
from core.telegram.trouble import TelegramTrouble, Trouble, clean

# The library announces a change of type; this asks for the new type, which does not warn.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram.request import HTTPXRequest

import telegram
from telegram import error as library_error

log = logging.getLogger(__name__)

T = TypeVar("T")

CALL_SECONDS = 20.0
UPLOAD_SECONDS = 300.0
POLL_SECONDS = 50


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message or a pressed button, from whatever chat."""

    id: int
    chat: int
    text: str = ""
    message: int | None = None  # that the pressed button stands under
    button: str = ""
    press: str = ""  # what a pressed button is answered by


# By this name the library asks for them without a warning that it has a method of its own.
GET_UPDATES = "get_Updates"


class TelegramApi:
    """One bot, talking to any number of chats.

    Raises TelegramTrouble (UNUSABLE_SETTING) where the address or the proxy makes no sense.
    """

    def __init__(self, account: BotAccount, call_seconds: float = CALL_SECONDS) -> None:
        close_library_logs()
        token = account.token.reveal()
        self._secrets = (token, token.partition(":")[2], account.proxy.reveal())
        self._call_seconds = call_seconds
        self.name = ""
        problem = ""
        try:
            # Two request objects, because a long poll must not hold up what is sent.
            self._sending = _requests(account, call_seconds)
            self._polling = _requests(account, call_seconds)
            self._bot = telegram.Bot(
                token,
                base_url=f"{account.api_url.rstrip('/')}/bot",
                request=self._sending,
                get_updates_request=self._polling,
            )
        except Exception as error:  # httpx raises many kinds for an address it cannot read
            problem = clean(str(error), *self._secrets) or type(error).__name__
        if problem:
            raise TelegramTrouble(Trouble.UNUSABLE_SETTING, problem)

    async def close(self) -> None:
        """Give the connections back. The object cannot be used any more."""
        await asyncio.gather(self._sending.shutdown(), self._polling.shutdown())

    async def who_am_i(self) -> str:
        """The bot's user name. The first call to make: it shows whether the token works."""
        user = await self._call(self._bot.get_me)
        self.name = user.username or ""
        return self.name

    async def incoming(self, offset: int | None, seconds: int) -> tuple[list[Incoming], int | None]:
        """Wait at most `seconds` for news from `offset` on; also the offset to ask for next."""
        updates = await self._call(
            lambda: self._updates(offset, seconds), seconds=seconds + self._call_seconds
        )
        found = []
        for update in updates:
            try:
                news = _read(update)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # One that nobody understands must not hold up those behind it for ever.
                log.warning("A Telegram update cannot be read: %s", type(error).__name__)
            else:
                found += [news] if news is not None else []
        numbers = [number for update in updates if type(number := _number(update)) is int]
        return found, max(numbers) + 1 if numbers else offset

    async def _updates(self, offset: int | None, seconds: int) -> list[Any]:
        """As Telegram sent them: the library gives up on all of them where it does not understand
        one, and would be sent the same ones again."""
        updates = await self._bot.do_api_request(
            GET_UPDATES,
            api_kwargs={
                "offset": offset,
                "timeout": seconds,
                "allowed_updates": ["message", "callback_query"],
            },
            read_timeout=seconds + self._call_seconds,
        )
        if not isinstance(updates, list) or (updates and not any(map(_number, updates))):
            raise ValueError("no list of updates")
        return updates

    async def send_text(
        self, chat: int, text: str, keyboard: Keyboard = (), *, silent: bool = False
    ) -> int:
        """Send a message; returns its number in the chat."""
        sent = await self._call(
            lambda: self._bot.send_message(
                chat,
                text,
                disable_notification=silent,
                reply_markup=_markup(keyboard),
                link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
            )
        )
        return sent.message_id

    async def edit_text(self, chat: int, message: int, text: str, keyboard: Keyboard = ()) -> None:
        """Replace the text and the buttons of a message that the bot sent."""
        await self._call(
            lambda: self._bot.edit_message_text(text, chat, message, reply_markup=_markup(keyboard))
        )

    async def send_picture(
        self, chat: int, picture: bytes, caption: str, *, silent: bool = False
    ) -> None:
        """Send a PNG."""
        await self._call(
            lambda: self._bot.send_photo(
                chat, picture, caption=caption, disable_notification=silent
            ),
            seconds=UPLOAD_SECONDS,
        )

    async def send_document(self, chat: int, path: Path, caption: str) -> None:
        """Send a file. Raises OSError where it cannot be read."""
        # Read in a thread: it may lie on a slow disk, and the loop has other work.
        content = await asyncio.to_thread(path.read_bytes)
        await self._call(
            lambda: self._bot.send_document(chat, content, caption=caption, filename=path.name),
            seconds=UPLOAD_SECONDS,
        )

    async def answer_press(self, press: str, text: str = "") -> None:
        """End the waiting sign on a pressed button, with a few words if given."""
        await self._call(lambda: self._bot.answer_callback_query(press, text or None))

    async def offer_commands(self, chat: int, commands: Sequence[tuple[str, str]]) -> None:
        """Let Telegram show the commands (name, description) as hints, in this chat only."""
        await self._call(
            lambda: self._bot.set_my_commands(
                [telegram.BotCommand(name, description) for name, description in commands],
                scope=telegram.BotCommandScopeChat(chat),
            )
        )

    async def _call(self, call: Callable[[], Awaitable[T]], seconds: float | None = None) -> T:
        # The library's own time limits count each read anew: a server that sends a byte now
        # and then would hold us for ever. Hence one limit around the whole call.
        limit = self._call_seconds if seconds is None else seconds
        try:
            async with asyncio.timeout(limit + 1):
                return await call()
        except Exception as error:
            trouble = self._name(error)
        raise trouble  # outside the handler, so that it has no context

    def _name(self, error: Exception) -> TelegramTrouble:
        detail = clean(str(error), *self._secrets)
        match error:
            case library_error.RetryAfter():
                wait = error.retry_after
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                return TelegramTrouble(Trouble.FLOOD, wait=seconds)
            case library_error.ChatMigrated():
                return TelegramTrouble(Trouble.CHAT_MOVED, str(error.new_chat_id))
            case library_error.InvalidToken() | library_error.EndPointNotFound():
                return TelegramTrouble(Trouble.TOKEN_REJECTED)
            case library_error.Conflict():
                return TelegramTrouble(Trouble.CONFLICT, detail)
            case library_error.Forbidden():
                return TelegramTrouble(Trouble.CHAT_REFUSED, detail)
            case library_error.BadRequest():
                return TelegramTrouble(Trouble.BAD_REQUEST, detail)
            case library_error.TimedOut() | TimeoutError():
                return TelegramTrouble(Trouble.UNREACHABLE, "timed out")
            case library_error.NetworkError() if "too large" in detail.casefold():  # 413
                return TelegramTrouble(Trouble.BAD_REQUEST, detail)
            case library_error.NetworkError() if detail.startswith("httpx."):
                return TelegramTrouble(Trouble.UNREACHABLE, detail)
            case _:
                return TelegramTrouble(Trouble.SERVER, detail or type(error).__name__)


def close_library_logs() -> None:
    """Let the libraries log nothing: their lines carry the address with the token."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _requests(account: BotAccount, seconds: float) -> HTTPXRequest:
    # The system's certificate store, as everywhere in this program: a company's proxy works.
    options: dict[str, Any] = {"verify": truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    return HTTPXRequest(
        connection_pool_size=8,
        read_timeout=seconds,
        write_timeout=seconds,
        connect_timeout=seconds,
        pool_timeout=seconds,
        media_write_timeout=UPLOAD_SECONDS,
        proxy=account.proxy.reveal() or None,
        httpx_kwargs=options,
    )


def _markup(keyboard: Keyboard) -> telegram.InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return telegram.InlineKeyboardMarkup(
        [
            [
                telegram.InlineKeyboardButton(button.text, callback_data=button.data)
                for button in row
            ]
            for row in keyboard
        ]
    )


def _number(update: Any) -> Any:
    return update.get("update_id") if isinstance(update, dict) else None


def _read(update: Any) -> Incoming | None:
    if (message := update.get("message")) is not None:
        chat, text = message["chat"]["id"], message.get("text") or ""
        return Incoming(int(_number(update)), int(chat), text=str(text))
    press = update.get("callback_query")
    if press is None or press.get("message") is None:
        return None
    return Incoming(
        int(_number(update)),
        int(press["message"]["chat"]["id"]),
        message=int(press["message"]["message_id"]),
        button=str(press.get("data") or ""),
        press=str(press["id"]),
    )
