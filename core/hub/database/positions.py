"""Where each user is in the menu: the rows of `wizards`. Work for the store."""

import json
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

HOME = "main"


@dataclass(frozen=True, slots=True)
class Position:
    """A place, what was answered on the way to it, and the message and buttons that show it."""

    place: str = HOME
    answers: dict[str, Any] = field(default_factory=dict)
    message: int | None = None
    version: int = 0
    expires: datetime | None = None

    def moved(self, place: str, answers: dict[str, Any], expires: datetime | None) -> "Position":
        """The next one: every step makes the buttons of the one before old."""
        return replace(
            self, place=place, answers=answers, expires=expires, version=self.version + 1
        )

    def elsewhere(self) -> "Position":
        """To be shown in a new message."""
        return replace(self, message=None)


def read(db: sqlite3.Connection, user_id: int) -> Position:
    """Where he is; the main menu where he never was anywhere."""
    row = db.execute("SELECT * FROM wizards WHERE user_id = ?", (user_id,)).fetchone()
    return Position() if row is None else _position(row)


def write(db: sqlite3.Connection, user_id: int, position: Position) -> None:
    expires = position.expires.isoformat(timespec="seconds") if position.expires else None
    db.execute(
        "INSERT OR REPLACE INTO wizards (user_id, place, answers, message_id, version, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            user_id,
            position.place,
            json.dumps(position.answers, ensure_ascii=False),
            position.message,
            position.version,
            expires,
        ),
    )


def note_message(db: sqlite3.Connection, user_id: int, version: int, message: int) -> None:
    """The message that a version was shown in, unless a newer one has taken its place."""
    db.execute(
        "UPDATE wizards SET message_id = ? WHERE user_id = ? AND version >= ?"
        " AND (message_id IS NULL OR message_id < ?)",
        (message, user_id, version, message),
    )


def expired(db: sqlite3.Connection, now: datetime) -> list[int]:
    """Users whose wizard has waited too long."""
    rows = db.execute(
        "SELECT user_id FROM wizards WHERE expires_at <= ?", (now.isoformat(timespec="seconds"),)
    )
    return [row[0] for row in rows]


def attended(db: sqlite3.Connection, since: datetime) -> list[int]:
    """Users who are being asked something, or have done something since then."""
    rows = db.execute(
        "SELECT user_id FROM wizards JOIN users USING (user_id)"
        " WHERE expires_at IS NOT NULL OR last_active >= ? ORDER BY user_id",
        (since.isoformat(timespec="seconds"),),
    )
    return [row[0] for row in rows]


def _position(row: sqlite3.Row) -> Position:
    expires = row["expires_at"]
    return Position(
        place=row["place"],
        answers=json.loads(row["answers"]),
        message=row["message_id"],
        version=row["version"],
        expires=datetime.fromisoformat(expires) if expires else None,
    )
