"""Users: who they are, whether they may use the hub, their language and settings.

Every function is work for the store: it takes the connection and belongs to its transaction.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Access(StrEnum):
    """Whether somebody may use the hub."""

    NONE = ""  # never asked
    ASKED = "asked"
    ALLOWED = "allowed"
    REFUSED = "refused"


class Session(StrEnum):
    """The two Telegram sessions of a user."""

    PARSER = "parser"
    BLACKLIST = "blacklist"


class NotificationBot(StrEnum):
    """The bots by which the services tell a user what they found."""

    REALTY = "realty"
    WORKERS = "workers"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as Telegram describes him with each message. `id` is his chat's number, too."""

    id: int
    username: str = ""
    full_name: str = ""
    language: str = ""

    @property
    def shown(self) -> str:
        """What others call him by."""
        name = self.full_name or str(self.id)
        return f"{name} (@{self.username})" if self.username else name


@dataclass(frozen=True, slots=True)
class User:
    """A user as the database knows him."""

    id: int
    username: str
    full_name: str
    phone: str  # masked
    parser: bool
    blacklist: bool
    access: Access
    language: str  # 'ru' or 'en'
    chosen_language: str  # '' where Telegram's decides
    last_active: str  # ISO 8601, UTC

    def has(self, session: Session) -> bool:
        """Whether this session is logged in, as far as the hub knows."""
        return self.parser if session is Session.PARSER else self.blacklist


@dataclass(frozen=True, slots=True)
class BotSettings:
    """A notification bot; the token is encrypted."""

    token: str
    chat: str

    @property
    def complete(self) -> bool:
        return bool(self.token and self.chat)


_USER = """
SELECT users.*, coalesce(access.state, '') AS state,
       coalesce(manners.language, '') AS chosen, coalesce(telegram_language, '') AS telegrams
FROM users LEFT JOIN access USING (user_id) LEFT JOIN manners USING (user_id)
"""


def meet(db: sqlite3.Connection, person: Person, now: datetime) -> User:
    """Note that somebody is here, under the name he has now; returns what is known of him."""
    db.execute(
        "INSERT INTO users (user_id, username, full_name, created_at, last_active)"
        " VALUES (:id, :username, :name, :now, :now) ON CONFLICT (user_id) DO UPDATE SET"
        " username = :username, full_name = :name, last_active = :now",
        {
            "id": person.id,
            "username": person.username,
            "name": person.full_name,
            "now": now.isoformat(timespec="seconds"),
        },
    )
    db.execute(
        "INSERT INTO manners (user_id, telegram_language) VALUES (?, ?)"
        " ON CONFLICT (user_id) DO UPDATE SET telegram_language = excluded.telegram_language",
        (person.id, person.language),
    )
    user = find(db, person.id)
    assert user is not None  # noqa: S101 - it was written two lines above
    return user


def find(db: sqlite3.Connection, user_id: int) -> User | None:
    row = db.execute(f"{_USER} WHERE user_id = ?", (user_id,)).fetchone()
    return None if row is None else _user(row)


def everybody(db: sqlite3.Connection) -> list[User]:
    """All users and strangers, those who asked first at the top."""
    rows = db.execute(f"{_USER} ORDER BY state = 'asked' DESC, user_id").fetchall()
    return [_user(row) for row in rows]


def language_of(telegram: str) -> str:
    """What to speak with somebody whose Telegram is in that language; '' where it does not say."""
    return "ru" if not telegram or telegram.startswith("ru") else "en"


def _user(row: sqlite3.Row) -> User:
    return User(
        id=row["user_id"],
        username=row["username"] or "",
        full_name=row["full_name"] or "",
        phone=row["phone"] or "",
        parser=bool(row["is_parser_authorized"]),
        blacklist=bool(row["is_blacklist_authorized"]),
        access=Access(row["state"]),
        language=row["chosen"] or language_of(row["telegrams"]),
        chosen_language=row["chosen"],
        last_active=row["last_active"] or "",
    )


def ask_for_access(db: sqlite3.Connection, user_id: int, now: datetime) -> bool:
    """Whether this is the first time that he asks."""
    done = db.execute(
        "INSERT INTO access (user_id, state, asked_at) VALUES (?, 'asked', ?)"
        " ON CONFLICT DO NOTHING",
        (user_id, now.isoformat(timespec="seconds")),
    )
    return done.rowcount > 0


def decide(
    db: sqlite3.Connection, user_id: int, access: Access, by: int | None, now: datetime
) -> bool:
    """Let somebody in or not; whether that is new. `by` is the admin, None for the terminal."""
    before = find(db, user_id)
    if before is None or before.access is access:
        return False
    moment = now.isoformat(timespec="seconds")
    db.execute(
        "INSERT INTO access (user_id, state, asked_at, decided_at, decided_by)"
        " VALUES (:user, :state, :now, :now, :by) ON CONFLICT (user_id) DO UPDATE SET"
        " state = :state, decided_at = :now, decided_by = :by",
        {"user": user_id, "state": access.value, "now": moment, "by": by},
    )
    return True


def choose_language(db: sqlite3.Connection, user_id: int, language: str) -> None:
    """'ru' or 'en', or '' for that of his Telegram."""
    db.execute("UPDATE manners SET language = ? WHERE user_id = ?", (language or None, user_id))


def is_new_message(db: sqlite3.Connection, user_id: int, message: int) -> bool:
    """Whether a message was not dealt with yet; notes that it is now.

    Telegram sends again what was not confirmed before a crash; numbers only grow in a chat.
    """
    done = db.execute(
        "UPDATE manners SET last_message = :message"
        " WHERE user_id = :user AND last_message < :message",
        {"user": user_id, "message": message},
    )
    return done.rowcount > 0


def set_session(
    db: sqlite3.Connection, user_id: int, session: Session, authorized: bool, phone: str = ""
) -> None:
    """`phone` is the masked number of the account, if it is known now."""
    column = f"is_{session}_authorized"
    db.execute(
        f"UPDATE users SET {column} = ?, phone = coalesce(nullif(?, ''), phone) WHERE user_id = ?",
        (int(authorized), phone, user_id),
    )


def forget_sessions(db: sqlite3.Connection, user_id: int) -> None:
    db.execute(
        "UPDATE users SET is_parser_authorized = 0, is_blacklist_authorized = 0, phone = NULL"
        " WHERE user_id = ?",
        (user_id,),
    )


def bot_settings(db: sqlite3.Connection, user_id: int, bot: NotificationBot) -> BotSettings:
    row = db.execute(
        f"SELECT {bot}_bot_token, {bot}_chat_id FROM user_settings WHERE user_id = ?", (user_id,)
    ).fetchone()
    return BotSettings(*(value or "" for value in row)) if row else BotSettings("", "")


def set_bot(
    db: sqlite3.Connection,
    user_id: int,
    bot: NotificationBot,
    *,
    token: str | None = None,
    chat: str | None = None,
) -> None:
    """Change the encrypted token, or the chat, or both."""
    _have_settings(db, user_id)
    db.execute(
        f"UPDATE user_settings SET {bot}_bot_token = coalesce(?, {bot}_bot_token),"
        f" {bot}_chat_id = coalesce(?, {bot}_chat_id) WHERE user_id = ?",
        (token, chat, user_id),
    )


def default_mode(db: sqlite3.Connection, user_id: int) -> str:
    row = db.execute(
        "SELECT default_mode FROM user_settings WHERE user_id = ?", (user_id,)
    ).fetchone()
    return str(row[0]) if row else "worker"


def set_default_mode(db: sqlite3.Connection, user_id: int, mode: str) -> None:
    _have_settings(db, user_id)
    db.execute("UPDATE user_settings SET default_mode = ? WHERE user_id = ?", (mode, user_id))


def _have_settings(db: sqlite3.Connection, user_id: int) -> None:
    db.execute("INSERT INTO user_settings (user_id) VALUES (?) ON CONFLICT DO NOTHING", (user_id,))
