"""What a place sees of one press or one typed text, and what it makes of it."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.hub.database import users
from core.hub.database.positions import Position
from core.hub.database.users import User
from core.hub.parts import Parts

if TYPE_CHECKING:
    from core.hub.panel import Panel

# What happens outside, after the transaction: it belongs to the loop, in the user's language.
Effect = Callable[["Panel"], Awaitable[None]]


@dataclass(slots=True)
class Desk:
    """One user within one transaction of the database's thread.

    `note` is put above the screen, `alert` answers the pressed button in a little window.
    """

    db: sqlite3.Connection
    user: User
    position: Position
    now: datetime
    parts: Parts
    note: str = ""
    alert: str = ""
    goal: tuple[str, dict[str, Any]] | None = None
    effects: list[Effect] = field(default_factory=list)

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered on the way here."""
        return self.position.answers

    @property
    def next_version(self) -> int:
        """That of the screen which this press leads to: an effect ends there, if he still is."""
        return self.position.version + 1

    def know_anew(self) -> None:
        """Read the user again, after something of his was changed."""
        self.user = users.find(self.db, self.user.id) or self.user

    def go(self, place: str, answers: dict[str, Any] | None = None, note: str = "") -> None:
        """Be at another place from now on, or at this one with other answers."""
        self.goal = (place, {} if answers is None else answers)
        self.note = note

    def stay(self, note: str = "") -> None:
        """Show this place again, with a word on what was typed or pressed."""
        self.go(self.position.place, self.answers, note)

    def later(self, effect: Effect) -> None:
        """Do something outside once all this is stored."""
        self.effects.append(effect)


@dataclass(frozen=True, slots=True)
class Visit:
    """A place as it was shown, for whoever has to ask a service before it can be shown whole."""

    user: User
    answers: dict[str, Any]
    version: int
    now: datetime
    note: str = ""
