"""The calls to the Bot API that a panel for many people makes, on top of those of every bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import telegram
from core.hub.database.users import Person
from core.telegram.api import TelegramApi

LANGUAGES_OF_HINTS = ("ru", "")  # '' is what everybody else gets


@dataclass(frozen=True, slots=True)
class News:
    """A typed message or a pressed button of somebody's private chat with the bot."""

    person: Person
    message: int  # what was typed, or what the pressed button stands under
    text: str = ""
    button: str = ""
    press: str = ""  # what a pressed button is answered by


class Messenger(TelegramApi):
    """One bot talking with many people. All coroutines belong to the hub's loop.

    All methods raise TelegramTrouble.
    """

    async def news(self, offset: int | None, seconds: int) -> tuple[list[News], int | None]:
        """Wait at most `seconds` for news from `offset` on; also the offset to ask for next.

        What is said in groups and channels is left out: the hub speaks with one at a time.
        """
        updates = await self._call(
            lambda: self._bot.get_updates(
                offset=offset,
                timeout=timedelta(seconds=seconds),
                allowed_updates=["message", "callback_query"],
            ),
            seconds=seconds + self._call_seconds,
        )
        found = [news for update in updates if (news := _read(update)) is not None]
        return found, updates[-1].update_id + 1 if updates else offset

    async def delete(self, chat: int, message: int) -> None:
        """Take a message away, the user's or our own."""
        await self._call(lambda: self._bot.delete_message(chat, message))

    async def answer(self, press: str, text: str = "", *, window: bool = False) -> None:
        """End the waiting sign on a pressed button, with a few words if given, in a little window
        or as a line that goes by itself."""
        await self._call(
            lambda: self._bot.answer_callback_query(press, text or None, show_alert=window)
        )

    async def send_file(self, chat: int, name: str, content: bytes, caption: str) -> None:
        await self._call(
            lambda: self._bot.send_document(chat, content, caption=caption, filename=name),
            seconds=300.0,
        )

    async def offer(self, commands: Sequence[tuple[str, str]], language: str) -> None:
        """Let Telegram show the commands (name, description) as hints in every private chat.

        `language` is that of the person's Telegram, '' for all that have no hints of their own.
        """
        await self._call(
            lambda: self._bot.set_my_commands(
                [telegram.BotCommand(name, description) for name, description in commands],
                scope=telegram.BotCommandScopeAllPrivateChats(),
                language_code=language or None,
            )
        )


def _read(update: telegram.Update) -> News | None:
    message, press = update.message, update.callback_query
    if message is not None and message.from_user is not None:
        if message.chat.type != "private":
            return None
        return News(_person(message.from_user), message.message_id, text=message.text or "")
    if press is None or press.message is None or press.message.chat.type != "private":
        return None
    return News(
        _person(press.from_user),
        press.message.message_id,
        button=press.data or "?",
        press=press.id,
    )


def _person(user: telegram.User) -> Person:
    return Person(user.id, user.username or "", user.full_name, user.language_code or "")
