"""One chat of a bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.telegram.api import TelegramApi
from core.telegram.outgoing import Keyboard


@dataclass(slots=True)
class Chat:
    """Where messages go. `number` changes when a group becomes a supergroup.

    The calls and their errors are those of `TelegramApi`.
    """

    api: TelegramApi
    number: int

    async def send_text(self, text: str, keyboard: Keyboard = (), *, silent: bool = False) -> int:
        return await self.api.send_text(self.number, text, keyboard, silent=silent)

    async def edit_text(self, message: int, text: str, keyboard: Keyboard = ()) -> None:
        await self.api.edit_text(self.number, message, text, keyboard)

    async def send_picture(self, picture: bytes, caption: str, *, silent: bool = False) -> None:
        await self.api.send_picture(self.number, picture, caption, silent=silent)

    async def send_document(self, path: Path, caption: str) -> None:
        await self.api.send_document(self.number, path, caption)

    async def offer_commands(self, commands: Sequence[tuple[str, str]]) -> None:
        await self.api.offer_commands(self.number, commands)
