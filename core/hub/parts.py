"""What the places of the menu work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from core.hub.accounts.files import SessionFolder
from core.hub.accounts.logins import Logins
from core.hub.chat.messenger import Messenger
from core.hub.chat.painter import Painter
from core.hub.database.store import Store
from core.hub.gate import Gate
from core.hub.measures import Measures
from core.hub.services.all import Services
from core.hub.tasks.checker import Checker
from core.hub.tasks.keeper import Keeper
from core.hub.tasks.watcher import Watcher
from core.hub.vault import Vault
from core.settings.secret import Secret

TryBot = Callable[[Secret, int, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """`try_bot` sends a test message by a bot of the user's: token, chat, text; raises
    TelegramTrouble. `now` is the wall clock, in UTC."""

    store: Store
    painter: Painter
    messenger: Messenger
    services: Services
    vault: Vault
    folder: SessionFolder
    logins: Logins
    keeper: Keeper
    watcher: Watcher
    checker: Checker
    gate: Gate
    measures: Measures
    try_bot: TryBot
    now: Callable[[], datetime]
